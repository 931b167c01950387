"""Shapley values: what each feature adds to a probability, held against typical students."""

from functools import cached_property
from math import comb
from typing import NamedTuple

import numpy as np

from service.engines.engine import Engine, answer_in_parts

MAX_EXACT = 12  # features up to which every coalition is looked at: 4,096 of them
NUM_SAMPLED = 2**14  # rows that the network answers for each student beyond, or more where features are many
_MIN_PAIRS = 2  # of orders for each background instance: one alone would tell nothing of its error
_MAX_CELLS = 2**20  # that are put together at once, of which the network answers a part at a time: 4 MiB


class Contributions(NamedTuple):
    """What a probability is made of; everything is float64.

    Attributes:
        base: What the network answers for the background, its weighted mean.
        probabilities: What it answers for each student, shape (num_instances,).
        values: What each feature adds, shape (num_instances, num_features); with the base they add up to the
            probability.
        standard_errors: Of values that were sampled, of the same shape; None where they are exact.
    """

    base: float
    probabilities: np.ndarray
    values: np.ndarray
    standard_errors: np.ndarray | None


class Explainer:
    """Explains the answers of one network against one background.

    The value of a set of features is what the network answers where these are the student's and the others are the
    background's, in the mean over the background. A feature's contribution is what its value adds to that, in the mean
    over all orders in which the features may be taken up.

    Up to MAX_EXACT features this is reckoned over all sets. Beyond, orders are drawn, the same for every student: for
    each background instance some, each with its reverse, so that what is left to chance is between pairs.

    Reference:
        Strumbelj & Kononenko (2014), Knowledge and Information Systems 41, 647-665, for the sampling; Lundberg & Lee
        (2017), NeurIPS, for the background; Mitchell et al. (2022), JMLR 23, for orders with their reverse.
    """

    def __init__(self, background: np.ndarray, weights: np.ndarray) -> None:
        """Hold answers against a background.

        Args:
            background: Encoded instances, float32 of shape (num_background, num_features).
            weights: Of each, shape (num_background,); they sum to 1.
        """
        self._background = background
        self._weights = weights
        self.is_exact = background.shape[1] <= MAX_EXACT

    @cached_property
    def num_rows(self) -> int:
        """Rows that the network answers for each student, about."""
        num_background, num_features = self._background.shape
        if self.is_exact:
            return int(num_background * 2**num_features)
        return int(len(self._orders[0]) * (num_features - 1) + 1)

    def explain(self, engine: Engine, matrix: np.ndarray) -> Contributions:
        """Explain what the network answers for some students, in one batch where they are few.

        Args:
            engine: Runs the network.
            matrix: Encoded instances, float32 of shape (num_instances, num_features).
        """
        return self._exact(engine, matrix) if self.is_exact else self._sampled(engine, matrix)

    def _exact(self, engine: Engine, matrix: np.ndarray) -> Contributions:
        members, factors = self._sets
        num_background, num_features = self._background.shape
        at_once = max(_MAX_CELLS // (len(members) * self._background.size), 1)
        parts = []
        for start in range(0, len(matrix), at_once):
            own = matrix[start : start + at_once, None, None, :]
            mixed = np.where(members[:, None, :], own, self._background)
            answers = answer_in_parts(engine, mixed.reshape(-1, num_features)).astype(np.float64)
            parts.append(answers.reshape(len(own), len(members), num_background) @ self._weights)
        values = np.concatenate(parts)
        return Contributions(float(values[0, 0]), values[:, -1], values @ factors, None)

    def _sampled(self, engine: Engine, matrix: np.ndarray) -> Contributions:
        num_background, num_features = self._background.shape
        ends = engine(np.concatenate([self._background, matrix])).probabilities.astype(np.float64)
        bottom, top = ends[:num_background], ends[num_background:]
        found = [self._walk(engine, own, bottom, float(end)) for own, end in zip(matrix, top, strict=True)]
        # By background, pair, the two of a pair, and feature: chance is between pairs only.
        pairs = np.stack(found).reshape(len(matrix), num_background, -1, 2, num_features).mean(axis=3)
        variances = pairs.var(axis=2, ddof=1) / pairs.shape[2]
        return Contributions(
            float(self._weights @ bottom),
            top,
            np.einsum("b,ibf->if", self._weights, pairs.mean(axis=2)),
            np.sqrt(np.einsum("b,ibf->if", self._weights**2, variances)),
        )

    def _walk(self, engine: Engine, own: np.ndarray, bottom: np.ndarray, top: float) -> np.ndarray:
        """From the background to one student, feature by feature, in every order.

        Args:
            engine: Runs the network.
            own: The student, shape (num_features,).
            bottom: What the network answers for the background, shape (num_background,).
            top: What it answers for the student.

        Returns:
            What each feature adds on each way, float64 of shape (num_orders, num_features).
        """
        places, of_background = self._orders
        num_orders, num_features = places.shape
        walks = np.empty((num_orders, num_features + 1))
        walks[:, 0], walks[:, -1] = bottom[of_background], top
        at_once = max(_MAX_CELLS // num_features**2, 1)
        for start in range(0, num_orders, at_once):
            part = slice(start, start + at_once)
            taken_up = places[part, None, :] < np.arange(1, num_features)[:, None]
            mixed = np.where(taken_up, own, self._background[of_background[part], None, :])
            answers = answer_in_parts(engine, mixed.reshape(-1, num_features))
            walks[part, 1:-1] = answers.reshape(-1, num_features - 1)
        added: np.ndarray = np.take_along_axis(np.diff(walks, axis=1), places, axis=1)
        return added

    @cached_property
    def _sets(self) -> tuple[np.ndarray, np.ndarray]:
        """Every set of features, bool of shape (2^n, n), and by what its value counts for each of them."""
        num = self._background.shape[1]
        members = (np.arange(2**num)[:, None] >> np.arange(num)) % 2 == 1
        sizes = members.sum(axis=1, keepdims=True)
        # Of the orders, in how many a feature comes right after this set, or as its last.
        weights = np.array([1 / (num * comb(num - 1, size)) for size in range(num)] + [0.0])
        factors = np.where(members, weights[sizes - 1], -weights[sizes])
        return members, factors

    @cached_property
    def _orders(self) -> tuple[np.ndarray, np.ndarray]:
        """The place of each feature in each order, of shape (num_orders, n); and each order's background instance."""
        num_background, num = self._background.shape
        num_pairs = max(NUM_SAMPLED // (2 * num_background * (num - 1)), _MIN_PAIRS)
        generator = np.random.default_rng(0)  # the same student is told the same each time
        drawn = np.argsort(generator.random((num_background * num_pairs, num)), axis=1)
        places = np.stack([drawn, num - 1 - drawn], axis=1).reshape(-1, num)
        return places, np.repeat(np.arange(num_background), 2 * num_pairs)
