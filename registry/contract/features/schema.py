"""The columns of a table in order, what the answer means, and the project's only encoder."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, repeat
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from registry.contract.features.amount import Amount
from registry.contract.features.category import Category
from registry.contract.features.number import Number
from registry.contract.features.safe_names import safe_names

# How a feature is coded: whoever must tell apart what it is asks which of the two, not of which kind.
Feature = Amount | Category
KINDS: dict[str, type[Number] | type[Category]] = {kind.kind: kind for kind in (Number, Category)}
_FEW = 16  # rows, below which coding value by value is faster


class Fault(NamedTuple):
    """One value at fault: where it stands and what must hold there.

    Attributes:
        row: The row, from 0.
        column: Name of the column.
        detail: What must hold, with bounds and unit; never the value itself.
    """

    row: int
    column: str
    detail: str


class InvalidValues(ValueError):
    """Values that break the feature contract; `faults` lists every one of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} value(s) break the feature contract")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class FeatureSchema:
    """The raw input of a model, in order, and what its output means.

    Attributes:
        features: One specification per column of the encoded matrix.
        labels: Names of the negative and the positive class.
        id: A column that is passed through to the answer, never encoded.
        skip_rows: Cells of a table that say that their row is no student's.
    """

    features: tuple[Feature, ...]
    labels: tuple[str, str] = ("fail", "pass")
    id: str | None = None
    skip_rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a schema whose names can't be told apart.

        Raises:
            ValueError: What is wrong with it, in words.
        """
        if not self.features:
            raise ValueError("a schema needs at least one feature")
        counts = Counter([*self.names, *([] if self.id is None else [self.id])])
        repeated = sorted(name for name, count in counts.items() if count > 1)
        if repeated:
            raise ValueError(f"names are used twice: {', '.join(map(repr, repeated))}")
        if self.labels[0] == self.labels[1] or not all(self.labels):
            raise ValueError("the two labels must differ and not be blank")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Display names, in order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Name → what people call the feature, in order: its title, else its name; where two are called so, both."""
        counts = Counter(feature.title or feature.name for feature in self.features)
        return {
            feature.name: feature.name
            if feature.title is None
            else feature.title
            if counts[feature.title] == 1
            else f"{feature.title} ({feature.name})"
            for feature in self.features
        }

    @cached_property
    def amounts(self) -> Mapping[int, Amount]:
        """Column → feature of those that are coded as amounts, in order."""
        return {column: feature for column, feature in enumerate(self.features) if isinstance(feature, Amount)}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What a table of this schema holds as text: its columns' names, then the values of its categories."""
        vocabularies = (feature.vocabulary for feature in self.features if isinstance(feature, Category))
        return (*self.names, *([] if self.id is None else [self.id]), *chain.from_iterable(vocabularies))

    @cached_property
    def safe_names(self) -> tuple[str, ...]:
        """Names that a TensorFlow signature takes as they are, in order: a display name where it is one already.

        Accents are dropped, other characters become underscores, keywords get one at the end, and names that then
        collide are numbered; TensorFlow does not tell capitals from small letters there, so the first of such names is
        kept. A name that is kept is never another column's.
        """
        return safe_names(self.names, "feature")

    def encode(self, columns: Mapping[str, Sequence[object]]) -> np.ndarray:
        """Code columns of raw values as the matrix that the network takes.

        Args:
            columns: Feature name → its values as JSON has them, each of length num_instances.

        Returns:
            float32 matrix of shape (num_instances, num_features): a number as itself, a category as its position in
            the vocabulary, null as NaN.

        Raises:
            InvalidValues: Some values break the contract; lists all of them, row by row.
        """
        matrix = self.try_encode_columns(columns)
        if matrix is not None:
            return matrix
        matrix = np.empty((len(columns[self.names[0]]), len(self.features)), dtype=np.float32)
        faults = []
        for column, feature in enumerate(self.features):
            for row, value in enumerate(columns[feature.name]):
                try:
                    matrix[row, column] = feature.encode(value)
                except ValueError as error:
                    faults.append(Fault(row, feature.name, str(error)))
        if faults:
            raise InvalidValues(sorted(faults, key=lambda fault: fault.row))
        return matrix

    def encode_cells(
        self, columns: Mapping[str, Sequence[str]], decimal: str = ".", most_details: int = sys.maxsize
    ) -> np.ndarray:
        """Code columns of CSV cells.

        Args:
            columns: Feature name → its cells, each of length num_instances.
            decimal: The decimal mark, "." or ",".
            most_details: Faults, the first ones, that are told in detail; what others are told is "".

        Returns:
            As `encode`.

        Raises:
            InvalidValues: Some cells break the contract; lists all of them, row by row.
        """
        if not columns[self.names[0]]:
            return self.encode(columns)
        matrix = self.try_encode_cells(columns, decimal)
        if matrix is not None:
            return matrix
        found: list[tuple[int, Feature]] = []
        for feature in self.features:
            for row, cell in enumerate(columns[feature.name]):
                try:
                    feature.read_cell(cell, decimal)
                except ValueError:
                    found.append((row, feature))
        found.sort(key=itemgetter(0))
        details = [feature.fault_of(columns[feature.name][row], decimal) for row, feature in found[:most_details]]
        told = chain(details, repeat(""))
        faults = [Fault(row, feature.name, detail) for (row, feature), detail in zip(found, told, strict=False)]
        raise InvalidValues(faults)

    def try_encode_columns(self, columns: Mapping[str, Sequence[object]]) -> np.ndarray | None:
        """Code columns in a few calls where all of it is plainly valid; see `BaseFeature.try_encode_column`.

        Args:
            columns: As `encode` takes them.

        Returns:
            The matrix, or None where `encode` has to tell.
        """
        num_rows = len(columns[self.features[0].name])
        if num_rows < _FEW:
            try:
                coded = [list(map(feature.encode, columns[feature.name])) for feature in self.features]
            except ValueError:
                return None
            # Of no rows, too, it has as many columns.
            return np.array([*zip(*coded, strict=True)], dtype=np.float32).reshape(num_rows, len(coded))
        return self._stack(lambda feature: feature.try_encode_column(columns[feature.name]), columns)

    def try_encode_cells(self, columns: Mapping[str, Sequence[str]], decimal: str = ".") -> np.ndarray | None:
        """Code columns of CSV cells where all of them are valid; see `BaseFeature.try_encode_cells`.

        Args:
            columns: Feature name → its cells, at least one each.
            decimal: The decimal mark, "." or ",".

        Returns:
            The matrix that `encode` gives of what the cells stand for, or None where some are at fault.
        """
        return self._stack(lambda feature: feature.try_encode_cells(columns[feature.name], decimal), columns)

    def _stack(
        self, encode: Callable[[Feature], np.ndarray | None], columns: Mapping[str, Sequence[object]]
    ) -> np.ndarray | None:
        matrix = np.empty((len(columns[self.features[0].name]), len(self.features)), dtype=np.float32)
        for column, feature in enumerate(self.features):
            codes = encode(feature)
            if codes is None:
                return None
            matrix[:, column] = codes
        return matrix

    def with_observed(self, matrix: np.ndarray, students: np.ndarray | None = None) -> "FeatureSchema":
        """The same schema with what a training matrix shows: the ranges of numbers, and what no row had.

        Args:
            matrix: Encoded rows, shape (num_instances, num_features).
            students: Who each row is of, int of shape (num_instances,); None: each is another's.
        """
        features = tuple(
            feature.with_observed(column, students) for feature, column in zip(self.features, matrix.T, strict=True)
        )
        return replace(self, features=features)
