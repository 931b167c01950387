"""The piecewise-linear code of numbers: what it computes, and where its knots come from."""

from dataclasses import replace

import numpy as np
import pytest

from registry.contract.features import FLOAT32_MAX, FeatureSchema, Number
from tests.support.tables import of_rows
from training.config import TrainingConfig
from training.network.fitting import GroupPlan, MemberPlan, train_members
from training.network.piecewise_linear import PiecewiseLinear, fit_knots, num_pieces
from training.statistics.calibration import sigmoid
from training.table.dataset import Dataset

SCHEMA = FeatureSchema((Number("hours", nullable=True), Number("age")))


def stepped(num_rows: int) -> Dataset:
    """Passed from 3 to 6 hours only; age says nothing."""
    generator = np.random.default_rng(3)
    matrix = np.column_stack([generator.uniform(0, 10, num_rows), np.full(num_rows, 16)]).astype(np.float32)
    return of_rows(matrix, ((matrix[:, 0] > 3) & (matrix[:, 0] < 6)).astype(int), SCHEMA)


def test_a_number_is_coded_by_how_far_it_has_come_through_each_piece() -> None:
    """Two groups by hand: the first with knots 0, 4, 6, the second with 2, 4 and a piece that nothing reaches."""
    layer = PiecewiseLinear(2, [0, 0])
    knots = {0: [np.array([0, 4, 6], np.float32), np.array([2, 4], np.float32)]}
    matrix = np.array([[-1, 0], [1, 0], [4, 0], [5, 0], [FLOAT32_MAX, 0], [np.nan, 0]], np.float32)
    layer.build(matrix.shape)

    layer.fit(knots, {0: np.array([5.0, 3.0])})

    first, second = np.asarray(layer(matrix)).tolist()
    assert first == [[0, 0], [0.25, 0], [1, 0], [1, 0.5], [1, 1], [1, 0.5]]
    assert second == [[0, 0], [0, 0], [1, 0], [1, 0], [1, 0], [0.5, 0]]
    assert layer.used(0).tolist() == [0, 1]


def test_knots_are_where_the_labels_change() -> None:
    """Near 3 and 6, between the means beyond them; none for a number that says nothing."""
    knots = fit_knots(stepped(400), np.ones((400, 1)))

    assert list(knots) == [0]
    assert knots[0][0] == pytest.approx([1.5, 3, 6, 8], abs=0.2)
    assert num_pieces(knots[0]) == 3


def test_rows_of_other_groups_say_nothing_about_a_groups_knots() -> None:
    """Whatever is held out from a group."""
    table = stepped(200)
    rows = np.stack([np.arange(200) < 100, np.arange(200) >= 100], axis=1).astype(float)
    turned = replace(table, labels=np.where(rows[:, 0] == 1, table.labels, 1 - table.labels))
    turned.matrix[100:, 0] *= 2

    before, after = fit_knots(table, rows)[0], fit_knots(turned, rows)[0]

    np.testing.assert_array_equal(before[0], after[0])


def test_no_piece_is_of_fewer_than_five_students() -> None:
    """Four who fail among those who pass are one piece with their neighbours; rows of one student are one student."""
    hours = np.arange(40, dtype=np.float32)
    matrix = np.column_stack([hours, np.zeros(40)]).astype(np.float32)
    table = of_rows(matrix, (hours < 36).astype(int), SCHEMA)

    [own] = fit_knots(table, np.ones((40, 1)))[0]
    assert own[-2] <= 35
    assert own[-1] == pytest.approx(hours[hours > own[-2]].mean(), abs=0.1)
    assert fit_knots(replace(table, students=np.arange(40) // 5), np.ones((40, 1))) == {}


def test_knots_are_rounded() -> None:
    """To a hundredth of the range: what a single student has doesn't show."""
    generator = np.random.default_rng(5)
    matrix = np.column_stack([generator.normal(71.2345, 8, 300), np.zeros(300)]).astype(np.float32)

    [own] = fit_knots(of_rows(matrix, (matrix[:, 0] > 70).astype(int), SCHEMA), np.ones((300, 1)))[0]

    np.testing.assert_allclose(own, np.round(own, 1), atol=1e-4)


@pytest.mark.parametrize("scale", [1e-37, 1e37, 3e37])
def test_numbers_at_the_ends_of_float32_have_no_pieces(scale: float) -> None:
    """Their differences are nothing, or without end."""
    table = stepped(100)
    table.matrix[:, 0] *= np.float32(scale)

    assert fit_knots(table, np.ones((100, 1))) == {}


def test_a_long_table_has_knots_of_some_of_its_rows() -> None:
    """And the same ones each time."""
    first, again = (fit_knots(stepped(30_000), np.ones((30_000, 1)))[0][0] for _ in range(2))

    assert first == pytest.approx([1.5, 3, 6, 8], abs=0.1)
    np.testing.assert_array_equal(first, again)


def test_the_skip_bends_where_a_straight_line_can_not() -> None:
    """Without hidden units: those between 3 and 6 hours pass, those below and above fail."""
    table = stepped(400)
    config = TrainingConfig(hidden_units=(), epochs=300, learning_rate=0.05, members=1)

    members = train_members(table, [GroupPlan(np.ones(400), (MemberPlan((0,)),))], config, seed=0)

    low, middle, high = sigmoid(np.ravel(members(np.array([[1, 16], [4.5, 16], [9, 16]], np.float32))))
    assert max(low, high) < 0.1
    assert middle > 0.8
