"""What explanations are held against: students of like kinds merged into means, so that nobody's own row is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple, assert_never

import numpy as np

from registry.contract.background import Background
from registry.contract.features import Amount, Category, FeatureSchema
from training.network.members import input_features
from training.publishing.microaggregation import microaggregate, nearest
from training.table.dataset import Dataset, same_bits

MIN_STUDENTS_OF_MEAN = 5  # in a mean; of fewer, a few who know each other can work out the one who is left
_MAX_GROUPS = 20  # the network answers for each of them again and again to explain one student
_MAX_CELLS = 4_000_000  # coordinates of all points, 32 MB, and some copies while they are cut
_MAX_CHANGES = 200  # tried on one group; a table that defeats so many has next to no row that nobody has


class _Choice(NamedTuple):
    """A value that may stand for some students in a feature.

    Attributes:
        cost: Share of these students that the value stands for less than the best one does.
        column: Index of the feature.
        code: The value, encoded; NaN for null.
    """

    cost: float
    column: int
    code: float


@dataclass(frozen=True)
class _Rows:
    """Rows and whose they are.

    Attributes:
        schema: What they hold.
        matrix: Encoded, null as NaN, shape (num_rows, num_features).
        students: Whose each row is, int of shape (num_rows,).
        shares: Of each row in its student, shape (num_rows,): a student counts once, however many rows they have.
    """

    schema: FeatureSchema
    matrix: np.ndarray
    students: np.ndarray
    shares: np.ndarray

    def of(self, students: np.ndarray) -> "_Rows":
        """Those of some students."""
        kept = np.isin(self.students, students)
        return _Rows(self.schema, self.matrix[kept], self.students[kept], self.shares[kept])


def make_background(dataset: Dataset) -> Background | None:
    """Merge students into at most 20 groups of at least 5 each, none of whose means is a row that only a few have.

    All rows of a student are in one group, and count as one student there. Where a group's values are together the row
    of 1 to 4 students, a less frequent category takes its place in the features where that costs least; where none
    helps, the group joins the nearest one. Nothing is drawn: the same table gives the same groups.

    Args:
        dataset: The training rows. On large tables students are taken from it at even distances.

    Returns:
        For each group null where more than half are null, else the mean or the most frequent category; where fewer than
        5 of the group have a value, everybody's, and null where fewer than 5 of everybody do. None of fewer than 5
        students in all, which no mean would hide, and where all of them together still come out as the row of a few.
    """
    schema = dataset.schema
    rare = _rare_rows(dataset)
    rows = _looked_at(dataset.students, schema)
    _, students, num_rows = np.unique(dataset.students[rows], return_inverse=True, return_counts=True)
    if len(num_rows) < MIN_STUDENTS_OF_MEAN:
        return None
    everybody = _Rows(schema, dataset.matrix[rows], students, 1 / num_rows[students])
    found = _instances(everybody, rare)
    if found is None:
        return None
    instances, num_students = found
    columns = {
        feature.name: [feature.decode(None if np.isnan(code) else code) for code in column]
        for feature, column in zip(schema.features, np.array(instances).T.tolist(), strict=True)
    }
    return Background(columns, np.array(num_students) / sum(num_students), num_students)


def _rare_rows(dataset: Dataset) -> set[bytes]:
    """The bytes of the rows that too few students have."""
    rows = np.ascontiguousarray(same_bits(dataset.matrix))
    distinct, codes = np.unique(rows.view(f"V{rows[0].nbytes}").ravel(), return_inverse=True)
    return set(distinct[_num_students(codes, dataset.students, len(distinct)) < MIN_STUDENTS_OF_MEAN].tolist())


def _num_students(codes: np.ndarray, students: np.ndarray, num_codes: int) -> np.ndarray:
    """How many different students have each code, shape (num_codes,)."""
    pairs = np.unique(students.astype(np.int64) * num_codes + codes)
    return np.bincount(pairs % num_codes, minlength=num_codes)


def _looked_at(whose: np.ndarray, schema: FeatureSchema) -> np.ndarray:
    """Rows to look at, all of a student's or none of them."""
    students = np.unique(whose)
    most = max(_MAX_CELLS // len(input_features(schema)), MIN_STUDENTS_OF_MEAN)
    looked_at = students[np.unique(np.linspace(0, len(students) - 1, most).round().astype(int))]
    return np.flatnonzero(np.isin(whose, looked_at))


def _instances(everybody: _Rows, rare: set[bytes]) -> tuple[list[np.ndarray], list[int]] | None:
    """Encoded instances and how many students each stands for; None where not even everybody's mean is nobody's row."""
    points = _points(everybody)
    groups = microaggregate(points, smallest=MIN_STUDENTS_OF_MEAN, most=_MAX_GROUPS)
    of_all = [_choices(everybody, index, or_null=False) for index in range(len(everybody.schema.features))]
    instances: list[np.ndarray] = []
    while len(instances) < len(groups):
        index = len(instances)
        instance = _instance(everybody.of(groups[index]), of_all, rare)
        if instance is not None:
            instances.append(instance)
            continue
        if len(groups) == 1:
            return None
        # Each time there is one group less, so that it ends. The one that is joined may have had its instance already.
        near = nearest(groups, index, points)
        groups[index] = np.sort(np.concatenate([groups[index], groups[near]]))
        del groups[near], instances[near : near + 1]
    return instances, [len(group) for group in groups]


def _points(rows: _Rows) -> np.ndarray:
    """The mean of each student's rows, as points whose distances mean something."""
    coordinates = _coordinates(rows.matrix, rows.schema)
    points = np.zeros((rows.students.max() + 1, coordinates.shape[1]))
    np.add.at(points, rows.students, coordinates * rows.shares[:, None])
    return points


def _coordinates(matrix: np.ndarray, schema: FeatureSchema) -> np.ndarray:
    """Numbers by their deviation, a coordinate for each category and for null."""
    parts = []
    for feature, column in zip(schema.features, matrix.T.astype(np.float64), strict=True):
        missing = np.isnan(column)
        match feature:
            case Category():
                parts.append(column[:, None] == np.arange(len(feature.vocabulary)))
            case Amount():
                present = column[~missing] if not missing.all() else np.zeros(1)
                scaled = (column - present.mean()) / (present.std() or 1.0)
                parts.append(np.where(missing, 0.0, scaled)[:, None])
            case _:
                assert_never(feature)
        if feature.nullable:
            parts.append(missing[:, None])
    return np.hstack(parts, dtype=np.float64)


def _instance(group: _Rows, of_all: Sequence[Sequence[_Choice]], rare: set[bytes]) -> np.ndarray | None:
    """What stands for a group, encoded, shape (num_features,); None where all that may is the row of a few.

    Args:
        group: Its rows.
        of_all: `_choices` of everybody for each feature, which stand in where too few of the group have a value.
        rare: Bytes of the rows that too few have.
    """
    choices = [_choices(group, index, or_null=True) or of_all[index] for index in range(len(of_all))]
    # Where too few have a value there are nulls, so that null is valid.
    best = np.array([some[0].code if some else np.nan for some in choices])
    alternatives = sorted(choice for some in choices for choice in some[1:])
    for changes in islice(_combined(alternatives), _MAX_CHANGES):
        instance = best.copy()
        for _, index, code in changes:
            instance[index] = code
        if same_bits(instance.astype(np.float32)).tobytes() not in rare:
            return instance
    return None


def _combined(alternatives: Sequence[_Choice]) -> Iterator[list[_Choice]]:
    """All selections of alternatives, the cheapest first, none at all before any.

    One with two of the same feature comes after that with the last of them alone: it changes nothing, and does no harm.
    """
    yield []
    waiting: list[tuple[float, tuple[int, ...]]] = [(choice.cost, (0,)) for choice in alternatives[:1]]
    while waiting:
        cost, selected = heappop(waiting)
        yield [alternatives[index] for index in selected]
        last, following = alternatives[selected[-1]], selected[-1] + 1
        if following < len(alternatives):
            dearer = cost + alternatives[following].cost
            heappush(waiting, (dearer, (*selected, following)))
            heappush(waiting, (dearer - last.cost, (*selected[:-1], following)))


def _choices(rows: _Rows, index: int, *, or_null: bool) -> list[_Choice]:
    """What may stand for some students in a feature, the best first; nothing where too few have a value.

    Null where it may be and more than half are null, else the mean or the most frequent category; then the categories
    that enough of them have.
    """
    feature, column = rows.schema.features[index], rows.matrix[:, index].astype(np.float64)
    present = ~np.isnan(column)
    total, num_null = rows.shares.sum(), rows.shares[~present].sum()
    column, students, shares = column[present], rows.students[present], rows.shares[present]
    is_null = or_null and num_null > total / 2
    if not is_null and len(np.unique(students)) < MIN_STUDENTS_OF_MEAN:
        return []
    if isinstance(feature, Amount):
        return [_Choice(0.0, index, np.nan if is_null else _mean(feature, column, shares))]
    codes, num_codes = column.astype(int), len(feature.vocabulary)
    frequencies = np.bincount(codes, shares, num_codes)
    enough = _num_students(codes, students, num_codes) >= MIN_STUDENTS_OF_MEAN
    best = np.nan if is_null else float(frequencies.argmax())
    costs = ((num_null if is_null else frequencies.max()) - frequencies) / total
    others = [_Choice(float(costs[code]), index, float(code)) for code in np.flatnonzero(enough) if code != best]
    return [_Choice(0.0, index, best), *others]


def _mean(feature: Amount, column: np.ndarray, shares: np.ndarray) -> float:
    """Weighted mean of numbers, within the feature's bounds."""
    # Shortest, as people write it; that may lie beside a bound, even beside float32's own.
    return feature.within_limits(float(str(np.float32(np.average(column, weights=shares)))) + 0.0)
