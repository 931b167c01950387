"""Shapley values held against their definition, and sampled ones against what is known exactly."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from registry.store.model_store import ModelStore
from service.engines.engine import Answers
from service.reasons.shapley import MAX_EXACT, Explainer
from service.settings import Settings
from service.versions.loaded_version import load_version

WEIGHTS = np.linspace(-0.02, 0.02, 20, dtype=np.float32)


def product(matrix: np.ndarray) -> Answers:
    """Twenty features: a sum, and the product of the first two, for which the values are known."""
    return Answers(0.5 + matrix @ WEIGHTS + 0.05 * matrix[:, 0] * matrix[:, 1], None)


def test_exact_values_are_those_of_the_definition(odd: Path) -> None:
    """Of a real network with categories and nulls: the mean over all orders of what each feature adds, one by one."""
    version = load_version(ModelStore(odd, "odd").read(1), Settings())
    assert version.explainer is not None
    background, weights = version.explainer._background[:3], np.array([0.5, 0.25, 0.25])
    own = version.explainer._background[5]
    num = len(own)

    found = Explainer(background, weights).explain(version.engine, own[None])

    def value(members: frozenset[int]) -> float:
        mixed = background.copy()
        for place in members:
            mixed[:, place] = own[place]
        return float(weights @ version.engine(mixed).probabilities.astype(np.float64))

    subsets = {frozenset(order[:size]) for order in permutations(range(num)) for size in range(num + 1)}
    values = {members: value(members) for members in subsets}
    expected = np.zeros(num)
    orders = list(permutations(range(num)))
    for order in orders:
        for place, feature in enumerate(order):
            expected[feature] += values[frozenset(order[: place + 1])] - values[frozenset(order[:place])]
    assert found.values[0] == pytest.approx(expected / len(orders), abs=1e-6)
    assert found.standard_errors is None
    assert found.base == pytest.approx(values[frozenset()], abs=1e-6)


def test_many_students_at_once_are_explained_as_each_alone(odd: Path) -> None:
    """Whatever part of them goes to the network in one call."""
    version = load_version(ModelStore(odd, "odd").read(1), Settings())
    assert version.explainer is not None
    matrix = np.tile(version.explainer._background, (15, 1))[:100]

    together = version.explainer.explain(version.engine, matrix)

    for position in (0, 57, 99):
        alone = version.explainer.explain(version.engine, matrix[position : position + 1])
        assert together.values[position] == pytest.approx(alone.values[0], abs=1e-6)


def test_sampled_values_lie_within_their_stated_error() -> None:
    """Beyond MAX_EXACT features: they add up all the same, and what is drawn misses by about what is stated."""
    generator = np.random.default_rng(1)
    background = generator.normal(size=(4, 20)).astype(np.float32)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    matrix = generator.normal(size=(6, 20)).astype(np.float32)
    assert matrix.shape[1] > MAX_EXACT

    found = Explainer(background, weights).explain(product, matrix)

    expected = (matrix - weights @ background) * WEIGHTS
    for place, other in ((0, 1), (1, 0)):
        difference = matrix[:, None, place] - background[None, :, place]
        expected[:, place] += 0.025 * (difference * (matrix[:, None, other] + background[None, :, other])) @ weights
    assert found.standard_errors is not None
    assert found.values.sum(axis=1) == pytest.approx(found.probabilities - found.base, abs=1e-6)
    assert (np.abs(found.values - expected) <= 5 * found.standard_errors + 1e-6).all()
    # What has no part in the product is certain; the product's share is left to chance in which of the two comes first.
    assert found.standard_errors[:, 2:].max() < 1e-6


def test_the_stated_error_is_about_the_real_one() -> None:
    """For a function that is no sum of pairs: over many students, misses are as large as is stated."""

    def engine(matrix: np.ndarray) -> Answers:
        return Answers(1 / (1 + np.exp(-(matrix**2) @ WEIGHTS * 20 - matrix[:, 0] * matrix[:, 1] * matrix[:, 2])), None)

    generator = np.random.default_rng(2)
    background = generator.normal(size=(4, 13)).astype(np.float32)
    weights = np.full(4, 0.25)
    wide = np.pad(background, ((0, 0), (0, 7)))
    matrix = np.pad(generator.normal(size=(30, 13)).astype(np.float32), ((0, 0), (0, 7)))

    found = Explainer(wide, weights).explain(engine, matrix)
    other = Explainer(wide[::-1].copy(), weights).explain(engine, matrix)  # other orders for each

    assert found.standard_errors is not None
    assert other.standard_errors is not None
    stated = np.sqrt((found.standard_errors**2 + other.standard_errors**2)[:, :13].mean())
    missed = np.sqrt(((found.values - other.values) ** 2)[:, :13].mean())
    assert 0.7 < missed / stated < 1.4


def test_many_features_are_explained_in_pieces() -> None:
    """Three hundred: what goes to the network at once stays within bounds, and the values add up."""
    sizes = []

    def engine(matrix: np.ndarray) -> Answers:
        sizes.append(matrix.nbytes)
        return Answers(matrix.mean(axis=1), None)

    generator = np.random.default_rng(3)
    background = generator.normal(size=(20, 300)).astype(np.float32)
    own = generator.normal(size=(2, 300)).astype(np.float32)

    found = Explainer(background, np.full(20, 0.05)).explain(engine, own)

    assert max(sizes) <= 2**24
    assert found.values.sum(axis=1) == pytest.approx(found.probabilities - found.base, abs=1e-6)
