"""Piecewise-linear code of numbers: how far a value has come through each of a few pieces of its range.

Beside the number itself, it lets the path straight from inputs to output bend where the labels say so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from sklearn.tree import DecisionTreeClassifier

from registry.contract.features import FLOAT32_MAX
from training.table.dataset import Dataset

_MOST_PIECES = 8  # of a number
_MIN_STUDENTS = 5  # of a piece; of fewer, its ends would say too much about some of them
_MOST_ROWS = 10_000  # that knots are fitted on; they show as well as more where the share of a label changes
_BEYOND = FLOAT32_MAX  # a knot that no number is above
_NARROWEST, _FARTHEST = 1e-30, 1e37  # what can be divided by and subtracted in float32
_NONE = np.empty(0, np.float32)

Knots = Mapping[int, Sequence[np.ndarray]]  # of each column and group


class PiecewiseLinear(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """Encoded matrix to pieces, per group: 0 below a piece of a number's range, 1 above it, a straight line between.

    A null number is first filled with the mean of the group's training rows.

    Reference:
        Gorishniy et al. (2022), On Embeddings for Numerical Features in Tabular Deep Learning, NeurIPS, section 3.2.
    """

    def __init__(self, num_groups: int, columns: Sequence[int], *, flat: bool = False, **options: Any) -> None:
        """Describe the pieces.

        Args:
            num_groups: Groups of members side by side.
            columns: Of the encoded matrix, for each piece.
            flat: Whether a single group has no axis of its own.
            options: Keras's own.
        """
        super().__init__(**options)
        self.num_groups = num_groups
        self.columns = list(columns)
        self.flat = flat
        self.numbers = list(dict.fromkeys(columns))

    def build(self, _input_shape: tuple[int | None, ...]) -> None:
        """Make room for means, shape (num_groups, 1, num_numbers), and the pieces, (num_groups, 1, num_pieces)."""
        shape = (self.num_groups, 1, len(self.columns))
        means = (self.num_groups, 1, len(self.numbers))
        self.mean = self.add_weight(shape=means, initializer="zeros", trainable=False, name="mean")
        self.start = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="start")
        self.width = self.add_weight(shape=shape, initializer="ones", trainable=False, name="width")

    def call(self, encoded: Any) -> Any:
        """Shape (num_rows, num_features) in, (num_groups, num_rows, num_pieces) out; flat: (num_rows, num_pieces)."""
        value = ops.take(encoded, self.numbers, axis=1)
        mean, start, width = (weight[0] if self.flat else weight for weight in (self.mean, self.start, self.width))
        filled = ops.where(ops.isnan(value), mean, value)
        # A number for each of its pieces, by a product with zeros and ones: LiteRT's gather takes five times as long.
        of_pieces = np.array(self.numbers)[:, None] == np.array(self.columns)
        of_pieces = of_pieces if self.flat else of_pieces[None]
        return ops.clip((ops.matmul(filled, of_pieces.astype(np.float32)) - start) / width, 0.0, 1.0)

    def fit(self, knots: Knots, means: Mapping[int, np.ndarray]) -> None:
        """Take the pieces of each group; of those that it has fewer of than another, the rest stay 0 for every number.

        Args:
            knots: Of each column and group, as `fit_knots` gives them.
            means: Of each column and group, shape (num_groups,), for nulls.
        """
        shape = self.start.shape
        start, width = np.full(shape, _BEYOND), np.ones(shape)
        first = 0
        for of_groups in knots.values():
            last = first + num_pieces(of_groups)
            for group, ends in enumerate(of_groups):
                own = slice(first, first + max(len(ends) - 1, 0))
                start[group, 0, own], width[group, 0, own] = ends[:-1], np.diff(ends)
            first = last
        self.mean.assign(np.stack([means[column] for column in self.numbers], axis=1)[:, None])
        self.start.assign(start)
        self.width.assign(width)

    def used(self, column: int) -> np.ndarray:
        """Indices of the pieces of a column that some number is above, of the first group."""
        return np.flatnonzero((np.array(self.columns) == column) & (self.start.numpy()[0, 0] < _BEYOND))


def fit_knots(dataset: Dataset, rows: np.ndarray) -> Knots:
    """Where the pieces of numbers begin and end: where a tree of one number splits, and the means outside of that.

    Args:
        dataset: The rows.
        rows: 1 for each row of a group, shape (num_rows, num_groups); others say nothing about its knots.

    Returns:
        Column of the encoded matrix → knots of each group, ascending; none where its rows have nothing to split by.
        Without columns that no group splits. On long tables some rows of a group, drawn by lot, speak for all.
    """
    generator = np.random.default_rng(0)
    each = [np.flatnonzero(own) for own in rows.T]
    each = [generator.choice(own, _MOST_ROWS, replace=False) if len(own) > _MOST_ROWS else own for own in each]
    found = {column: [_split(dataset, column, own) for own in each] for column in dataset.schema.amounts}
    return {column: of_groups for column, of_groups in found.items() if num_pieces(of_groups)}


def num_pieces(of_groups: Sequence[np.ndarray]) -> int:
    """Of a number: as many as the group has that splits it most often."""
    return max(max(map(len, of_groups), default=0) - 1, 0)


def _split(dataset: Dataset, column: int, rows: np.ndarray) -> np.ndarray:
    rows = rows[~np.isnan(dataset.matrix[rows, column])]
    values = dataset.matrix[rows, column].astype(np.float64)
    _, students, num_rows = np.unique(dataset.students[rows], return_inverse=True, return_counts=True)
    if len(num_rows) < 2 * _MIN_STUDENTS or np.abs(values).max() > _FARTHEST:
        return _NONE
    shares = 1 / num_rows[students]  # a student counts once
    tree = DecisionTreeClassifier(
        max_leaf_nodes=_MOST_PIECES, min_weight_fraction_leaf=_MIN_STUDENTS / len(num_rows), random_state=0
    )
    tree.fit(values[:, None], dataset.labels[rows], shares)
    splits = np.sort(tree.tree_.threshold[tree.tree_.feature >= 0])
    if not len(splits):
        return _NONE
    lowest, highest = values <= splits[0], values > splits[-1]
    ends = [np.average(values[part], weights=shares[part]) for part in (lowest, highest)]
    # Rounded to a hundredth of the range or less: easier to read, and no single student's value.
    step = 10.0 ** np.floor(np.log10((ends[1] - ends[0]) / 100))
    knots = np.unique((np.round(np.r_[ends[0], splits, ends[1]] / step) * step).astype(np.float32))
    return knots if step > _NARROWEST and len(knots) > 1 else _NONE
