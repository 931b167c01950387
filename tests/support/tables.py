"""Tables with a known signal, for tests that need more than the 15 students."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from registry.contract.features import FeatureSchema, Number
from training.config import Target, TrainingConfig
from training.plan import Plan
from training.statistics.folds import Fold, split
from training.table.dataset import Dataset


def with_directions(schema: FeatureSchema, *directions: Literal["increasing", "decreasing"] | None) -> FeatureSchema:
    """A schema whose numbers are monotone in these directions, in order; those beyond are free."""
    left = iter(directions)
    return replace(
        schema,
        features=tuple(
            replace(feature, monotone=next(left, None)) if isinstance(feature, Number) else feature
            for feature in schema.features
        ),
    )


def made(num_rows: int, seed: int, *, signal: float, rows_each: int = 1) -> Dataset:
    """A table of three numbers, the first of which tells the label as well as the signal is strong."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(num_rows, 3)).astype(np.float32)
    labels = (signal * matrix[:, 0] + generator.logistic(size=num_rows) > 0).astype(int)
    schema = FeatureSchema(tuple(Number(name) for name in "abc")).with_observed(matrix)
    return Dataset("made", schema, matrix, labels, np.arange(num_rows) // rows_each, "", "made.csv")


def of_rows(matrix: np.ndarray, labels: np.ndarray, schema: FeatureSchema) -> Dataset:
    """Encoded rows as they are, each a student's own."""
    return Dataset("made", schema, matrix, labels, np.arange(len(labels)), "", "made.csv")


def planned(dataset: Dataset, config: TrainingConfig, by_time: Fold | str = "", at_least: float | None = None) -> Plan:
    """A plan for a table: folds of seed 0, and what is given."""
    return Plan(dataset, Target("passed", ("1",), (), at_least), config, split(dataset, 0), by_time, 0)


def write_small(folder: Path, name: str, hours: float = 7) -> Path:
    """Write a table of five students and its dataset file, which is trained on as quickly as can be; give the file.

    Args:
        folder: Where to.
        name: The model's.
        hours: Of one of the students, by which tables differ.
    """
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(f"hours,sleep,passed\n1,6,0\n2,8,0\n{hours},6,1\n8,7,1\n9,5,1\n")
    features = "".join(f'[[features]]\nname = "{feature}"\nkind = "number"\n' for feature in ("hours", "sleep"))
    training = "[training]\nhidden_units = [2]\nepochs = 10\nmembers = 2\nl2 = 0.001\nskip_l2 = 0.001\n"
    target = '[target]\ncolumn = "passed"\npositive = "1"\n'
    (folder / f"{name}.toml").write_text(f'name = "{name}"\ndata = "{name}.csv"\n{target}{features}{training}')
    return folder / f"{name}.toml"
