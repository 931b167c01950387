"""What is odd about a table is said, with row numbers; nothing is dropped."""

from dataclasses import replace

import numpy as np
import pytest

from registry.contract.features import Category, Feature, FeatureSchema, Number
from tests.support.tables import made
from training.config import SHIPPED, Target, read_dataset_file
from training.evaluation.audit import (
    Audit,
    Completeness,
    Leak,
    OneSidedFeature,
    RowGroup,
    audit,
    completeness,
    suspect_labels,
)
from training.evaluation.cross_validation import by_repeat
from training.statistics.baselines import baselines
from training.statistics.folds import split
from training.table.dataset import Dataset, load_dataset


def audited(dataset: Dataset) -> Audit:
    """As the job does it: by the logistic regression of cross-validation."""
    folds, logistic = split(dataset, 0), baselines(dataset, None)["logistic_regression"]
    held_out = by_repeat([logistic(fold) for fold in folds.each], folds, len(dataset.labels)).mean(axis=0)
    return audit(dataset, held_out, Target("passed", ("1",), (), None))


def test_the_two_odd_students_of_the_notebook_are_found() -> None:
    """[8, 6] who fails and [3, 4] who passes, by the rule that holds for every table."""
    found = audited(load_dataset(read_dataset_file(SHIPPED / "students.toml")))

    assert [(entry.row, entry.label) for entry in found.suspect_labels] == [(10, "fail"), (12, "pass")]
    assert [entry.probability > 0.5 for entry in found.suspect_labels] == [True, False]
    assert found.num_suspect_labels == 2
    assert "left out alone" in found.method
    assert (found.duplicates, found.contradictions) == ((), ())
    assert found.leakage is None


def test_the_rule_is_counted_by_hand() -> None:
    """Thresholds: mean P(fail) of those who fail, (.9 + .8 + .1) / 3 = .6; mean P(pass) of those who pass, .645."""
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    probabilities = np.array([0.1, 0.2, 0.9, 0.95, 0.9, 0.35, 0.38])

    # P(pass) of the third is above .645; P(fail) of the last two, .65 and .62, above .6.
    assert suspect_labels(labels, probabilities) == [2, 5, 6]
    assert suspect_labels(labels, np.where(labels == 1, 0.9, 0.1)) == []


def test_labels_that_were_turned_around_are_found() -> None:
    """Of 20 errors among students who are clearly the one or the other, nearly all; few others are named."""
    table = made(400, 3, signal=8)
    clear = np.flatnonzero(np.abs(table.matrix[:, 0]) > 0.6)
    wrong = np.random.default_rng(1).permutation(clear)[:20]
    labels = table.labels.copy()
    labels[wrong] = 1 - labels[wrong]

    found = audited(replace(table, labels=labels))

    named = {entry.row - 1 for entry in found.suspect_labels}
    assert len(named & set(wrong.tolist())) >= 18
    assert len(named) <= 45
    doubts = [abs((entry.label == "pass") - entry.probability) for entry in found.suspect_labels]
    assert doubts == sorted(doubts, reverse=True)


def test_rows_alike_are_told_by_their_numbers_in_the_csv() -> None:
    """Nulls and -0 are like themselves; rows that were passed over keep their numbers free."""
    table = made(60, 3, signal=2)
    matrix = table.matrix.copy()
    matrix[7] = matrix[3] = [1, np.nan, 0]
    matrix[9] = [1, np.nan, -0.0]
    matrix[20] = matrix[21]
    labels = table.labels.copy()
    labels[[3, 7, 9]] = [1, 1, 0]
    labels[[20, 21]] = 1

    schema = FeatureSchema(tuple(replace(feature, nullable=True) for feature in table.schema.features))
    found = audited(replace(table, schema=schema, matrix=matrix, labels=labels, rows=np.arange(60) * 2 + 1))

    assert found.duplicates == (RowGroup((7, 15)), RowGroup((41, 43)))
    assert found.contradictions == (RowGroup((7, 15, 19)),)
    assert (found.num_duplicate_rows, found.num_contradictory_rows) == (4, 3)


@pytest.mark.parametrize(
    "kind", ["number", "number, turned around", "category", "code", "only where it fails", "in the order of rows"]
)
def test_a_feature_that_alone_gives_the_label_is_told(kind: str) -> None:
    """Above .99 only: the honest one beside it has .95 or so."""
    table = made(200, 3, signal=6)
    noise = np.random.default_rng(0).normal(size=200)
    leak = table.labels * 10 + noise
    spec: Feature = Number("result")
    if kind == "number, turned around":
        leak = -leak
    elif kind == "code":  # 1 is pass, 0 and 2 are not
        leak = np.where(table.labels == 1, 1, np.where(noise > 0, 0, 2))
    elif kind == "only where it fails":
        spec, leak = replace(spec, nullable=True), np.where(table.labels == 1, np.nan, noise)
        leak[::2] = np.where(table.labels[::2] == 1, np.nan, 1)
        leak[1::2] = np.where(table.labels[1::2] == 1, np.nan, 2)
    elif kind == "in the order of rows":
        order = np.argsort(np.argsort(table.labels, kind="stable") % 2, kind="stable")
        table = replace(table, matrix=table.matrix[order], labels=table.labels[order])
        spec, leak = Category("result", vocabulary=("a", "b")), table.labels.astype(float)
    elif kind == "category":
        # Two codes each, whose order means nothing.
        leak = np.where(table.labels == 1, np.where(noise > 0, 0, 3), np.where(noise > 0, 1, 2)).astype(float)
        spec = Category("result", vocabulary=("a", "b", "c", "d"))
    leaking = replace(
        table,
        schema=FeatureSchema((*table.schema.features, spec)),
        matrix=np.column_stack([table.matrix, leak]).astype(np.float32),
    )

    leaks = audited(leaking).leakage

    assert leaks is not None
    assert [leak.feature for leak in leaks] == ["result"]
    assert leaks[0].auc > 0.99
    assert audited(table).leakage == ()


def test_what_gives_the_label_away_by_its_blanks_or_with_another_is_told() -> None:
    """An amount of any number of values; and a ratio, of which neither part says much."""
    table = made(400, 3, signal=2)
    generator = np.random.default_rng(0)
    possible = generator.choice([40, 60, 100], 400)
    earned = possible * (0.3 * table.labels + generator.uniform(0.3, 0.6, 400))
    paid = np.where(table.labels == 1, generator.normal(size=400), np.nan)
    asked = np.where((table.labels == 0) & (np.arange(400) % 3 == 0), np.nan, generator.normal(size=400))
    extra = (Number("earned"), Number("possible"), Number("paid", nullable=True), Number("asked", nullable=True))

    found = audited(
        replace(
            table,
            schema=FeatureSchema((*table.schema.features, *extra)),
            matrix=np.column_stack([table.matrix, earned, possible, paid, asked]).astype(np.float32),
        )
    )

    assert found.leakage == (Leak("paid", 1.0, "blank"), Leak("earned", 1.0, "/", "possible"))
    assert found.one_sided == (OneSidedFeature("asked", False, "fail", int(np.isnan(asked).sum())),)


def test_a_long_list_is_cut_and_its_length_is_said() -> None:
    """Of 3,000 rows without any signal many are suspect by chance."""
    table = made(3000, 3, signal=0)

    found = audit(table, np.where(table.labels == 1, 0.3, 0.7), Target("passed", ("1",), (), None))

    assert found.num_suspect_labels == 3000
    assert len(found.suspect_labels) == 200


def test_blank_cells_are_counted_by_feature() -> None:
    """What few rows lack is not named; nor is a row a student's that has no target."""
    dataset = made(100, 1, signal=1)
    matrix = dataset.matrix.copy()
    matrix[:30, 1] = np.nan
    matrix[20:60, 2] = np.nan
    matrix[99, 0] = np.nan

    found = completeness(replace(dataset, matrix=matrix, num_left_out=4))

    assert found == Completeness(4, 39, {"c": 40, "b": 30}, 1)
    assert list(found.blanks) == ["c", "b"]
