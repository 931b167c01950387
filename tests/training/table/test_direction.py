"""Whether a label is the right way round is told by an earlier mark and by what speaks for a student."""

from dataclasses import replace

import numpy as np
import pytest

from registry.contract.features import FeatureSchema, Number
from tests.support.tables import of_rows
from training.config import Target
from training.table.dataset import Dataset
from training.table.direction import Contradiction, Opposed, find_contradiction, in_words, ordered_columns

LABELS = np.arange(200) % 2
VALUE, AT_LEAST, AT_MOST = Target("y", ("1",), (), None), Target("y", (), (), 4), Target("y", (), (), None, 4)


def table(**effects: float) -> Dataset:
    """Rows in which a column is higher by so much for the label 1, in standard deviations, and alike else."""
    generator = np.random.default_rng(0)
    matrix = np.column_stack([generator.normal(size=100).repeat(2) + effect * LABELS for effect in effects.values()])
    return of_rows(matrix.astype(np.float32), LABELS, FeatureSchema(tuple(map(Number, effects))))


def found(dataset: Dataset, target: Target = VALUE) -> Contradiction | None:
    return find_contradiction(ordered_columns(dataset, target), dataset.labels, target)


@pytest.mark.parametrize(
    ("effects", "opposed"),
    [
        ({"attendance": 1, "absences": -1}, None),
        ({"attendance": -1, "absences": 1}, {"attendance", "absences"}),
        ({"attendance": -1, "absences": -1}, None),  # as many for as against
        ({"attendance": -1, "absences": 1, "quiz": 1}, {"attendance", "absences"}),
        ({"attendance": -1, "quiz": 1, "hours": 1}, None),
        ({"attendance": -1}, {"attendance"}),
        ({"attendance": -0.45}, None),  # an AUC of .37 alone is not enough
        ({"attendance": -0.45, "score": -0.45}, {"attendance", "score"}),
        ({"attendance": 0, "absences": 0}, None),
        ({"Note": -1, "grade": -1}, None),  # not known
    ],
)
def test_most_columns_whose_direction_is_known_decide(effects: dict[str, float], opposed: set[str] | None) -> None:
    """Of those that say something at all."""
    contradiction = found(table(**effects))

    assert (contradiction and {each.column for each in contradiction.columns}) == opposed


def test_a_direction_that_is_declared_counts_before_the_name() -> None:
    """In some tables more "absences" are excused ones."""
    dataset = table(absences=1)
    declared = replace(dataset.schema, features=(Number("absences", monotone="increasing"),))

    assert found(dataset) is not None
    assert found(replace(dataset, schema=declared)) is None


@pytest.mark.parametrize(
    ("effect", "target", "others", "contradicted"),
    [
        (-1, VALUE, {"x": 0}, True),
        (1, VALUE, {"x": 0}, False),
        (-1, AT_LEAST, {"x": 0}, True),
        (-1, AT_MOST, {"x": 0}, False),
        (1, AT_MOST, {"x": 0}, True),
        (-1, VALUE, {"attendance": 1}, True),
        (-1, VALUE, {"attendance": 1, "quiz": 1}, False),  # less is better in this mark
        (1, VALUE, {"hours": -1}, False),
        (1, AT_LEAST, {"attendance": -1}, True),  # marks of one scale agree whichever way it goes
    ],
)
def test_an_earlier_mark_decides_alone(
    effect: float, target: Target, others: dict[str, float], contradicted: bool
) -> None:
    """Less is better in it where the pass line says so; two other columns outvote it."""
    prior_mark = np.random.default_rng(1).normal(size=200) + effect * LABELS
    prior_mark[::20] = np.nan

    assert (found(replace(table(**others), prior_mark=prior_mark), target) is not None) == contradicted


def test_the_area_is_counted_by_hand() -> None:
    """Of 4 pairs of a pass and a fail the pass has more in one, and as much in one."""
    hours, labels = np.array([1, 3, 1, 2], np.float32), np.array([1, 0, 0, 1])
    few = of_rows(hours[:, None], labels, FeatureSchema((Number("hours"),)))
    many = of_rows(np.tile(hours, (2, 40)).T, np.tile(labels, 40), FeatureSchema((Number("hours"), Number("score"))))

    assert found(few) is None  # .375 of 4 rows may be chance
    assert found(many) == Contradiction((Opposed("hours", 0.375), Opposed("score", 0.375)), 2)


def test_it_is_said_in_words() -> None:
    """Less first, more then."""
    assert in_words([("a", 0.9), ("b", 0.1), ("c", 0.2)]) == "less b, c and more a"
