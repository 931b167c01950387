"""The gate: what a candidate must show, and whom it may replace."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.features import FeatureSchema, FeatureSpec
from registry.store import MANIFEST, ModelStore
from training.dataset import Dataset
from training.gate import decide


def made(labels: list[int], rows_each: int = 1) -> Dataset:
    """A table of which the gate sees labels and students only."""
    schema = FeatureSchema((FeatureSpec("a", "number"),))
    students = np.arange(len(labels)) // rows_each
    return Dataset("made", schema, np.zeros((len(labels), 1)), np.array(labels), students, "", "made.csv")


ENOUGH = made([0, 1] * 30)


def losses(model: float, majority: float, logistic_regression: float) -> dict[str, Any]:
    def figures(value: float) -> dict[str, Any]:
        return {"log_loss": {"value": value, "low": value, "high": value}}

    return {
        "model": figures(model),
        "baselines": {"majority": figures(majority), "logistic_regression": figures(logistic_regression)},
    }


@pytest.mark.parametrize(
    ("evaluation", "verdict"),
    [
        (losses(0.4, 0.6, 0.4), "promoted"),
        (losses(0.415, 0.6, 0.4), "promoted"),
        (losses(0.43, 0.6, 0.4), "rejected"),
        (losses(0.7, 0.6, 0.9), "rejected"),
    ],
)
def test_log_loss_decides(tmp_path: Path, evaluation: dict[str, Any], verdict: str) -> None:
    """Better than the majority, and at most .02 worse than logistic regression."""
    decision = decide(evaluation, ENOUGH, ModelStore(tmp_path, "pass_fail"))

    assert decision.verdict == verdict
    assert decision.promote == (verdict == "promoted")
    assert len(decision.reasons) == 2
    assert f"{evaluation['model']['log_loss']['value']:.3f}" in decision.reasons[0]


@pytest.mark.parametrize(
    ("dataset", "num_students"),
    [(made([0, 1] * 24), 48), (made([0] * 9 + [1] * 200), 209), (made([0, 1] * 100, rows_each=10), 20)],
)
def test_too_few_students_show_nothing(tmp_path: Path, dataset: Dataset, num_students: int) -> None:
    """However good the figures look, and however many rows each of them has."""
    decision = decide(losses(0.1, 0.6, 0.4), dataset, ModelStore(tmp_path, "pass_fail"))

    assert decision.verdict == "insufficient_data"
    assert f"{num_students} students" in decision.reasons[0]


@pytest.mark.parametrize(("champion", "replaced"), [("insufficient_data", True), ("promoted", False)])
def test_too_few_students_replace_only_a_champion_of_too_few(
    students_copy: Path, champion: str, replaced: bool
) -> None:
    """A school's first own table replaces the demonstration, and nothing that was shown to be good."""
    store = ModelStore(students_copy, "pass_fail")
    path = store.path(1) / MANIFEST
    document = json.loads(path.read_bytes())
    document["gate"]["verdict"] = champion
    path.write_text(json.dumps(document))

    decision = decide(losses(0.1, 0.6, 0.4), made([0, 1] * 8), store)

    assert (decision.promote, decision.over) == (replaced, 1)
