"""The background: means of at least five students, none of them the row of a few."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from registry.contract.background import Background
from registry.contract.features import FLOAT32_MAX, Category, FeatureSchema, Number
from tests.support import NEEDS_UCI, UCI
from tests.support.tables import made
from training.publishing.background import MIN_STUDENTS_OF_MEAN, make_background
from training.table.dataset import Dataset

MIXED = FeatureSchema(
    (
        Number("hours", minimum=0, nullable=True),
        Category("school", vocabulary=("a", "b", "c")),
        Category("mood", vocabulary=("good", "bad"), nullable=True),
    )
)


def of_rows(schema: FeatureSchema, rows: Sequence[Sequence[float]], students: Sequence[int] | None = None) -> Dataset:
    """A table in which each row is a student's own, unless it is said whose they are."""
    matrix = np.array(rows, np.float32)
    labels = np.arange(len(rows)) % 2
    schema = schema.with_observed(matrix)
    whose = np.arange(len(rows)) if students is None else np.array(students)
    return Dataset("made", schema, matrix, labels, whose, "", "made.csv")


def found(dataset: Dataset) -> Background:
    """What is found, as it is read from disk again."""
    made_of = make_background(dataset)
    assert made_of is not None
    return Background.from_json(made_of.to_json(), dataset.schema)


def num_holders(dataset: Dataset) -> list[int]:
    """How many different students have exactly the row that an instance is, for each."""
    holders = defaultdict(set)
    for row, student in zip(dataset.matrix.tolist(), dataset.students.tolist(), strict=True):
        holders[str(row)].add(student)
    return [len(holders[str(row)]) for row in dataset.schema.encode(found(dataset).columns).tolist()]


def mixed(num_rows: int) -> Dataset:
    generator = np.random.default_rng(5)
    hours = generator.gamma(2, 3, num_rows)
    hours[generator.random(num_rows) < 0.3] = np.nan
    mood = generator.integers(0, 2, num_rows).astype(float)
    mood[generator.random(num_rows) < 0.6] = np.nan
    return of_rows(MIXED, np.column_stack([hours, generator.integers(0, 3, num_rows), mood]).tolist())


@pytest.mark.parametrize(("num_rows", "num_groups"), [(5, 1), (9, 1), (10, 2), (15, 2), (40, 8), (1000, 20)])
def test_every_instance_is_the_mean_of_at_least_five(num_rows: int, num_groups: int) -> None:
    """At most 20 of them; together they are everybody, and their mean is everybody's."""
    dataset = made(num_rows, 1, signal=1)

    means = found(dataset)

    assert len(means.weights) == num_groups
    assert min(means.num_students) >= MIN_STUDENTS_OF_MEAN
    assert sum(means.num_students) == num_rows
    np.testing.assert_allclose(means.weights.sum(), 1)
    matrix = dataset.schema.encode(means.columns)
    np.testing.assert_allclose(means.weights @ matrix, dataset.matrix.mean(axis=0), atol=1e-6)


def test_no_students_row_is_in_it() -> None:
    """Nor any number of a student's, where all of them differ."""
    dataset = made(300, 2, signal=1)

    means = dataset.schema.encode(found(dataset).columns)

    assert not np.isin(means, dataset.matrix).any()


@pytest.mark.parametrize("num_rows", [2, 4])
def test_fewer_than_five_students_give_none(num_rows: int) -> None:
    """However many rows they have: a mean of so few hides nobody."""
    assert make_background(made(num_rows, 0, signal=1)) is None
    assert make_background(made(num_rows * 30, 0, signal=1, rows_each=30)) is None


def test_a_group_has_five_students_not_five_rows() -> None:
    """12 students of 10 rows: two groups, each student in one of them, where 12 groups of 10 rows could be."""
    means = found(made(120, 3, signal=1, rows_each=10))

    assert list(means.num_students) == [6, 6]


def test_a_student_of_many_rows_counts_once() -> None:
    """In a number's mean, in which category is most frequent, and in how many are null."""
    rows = [[100, 2, np.nan]] * 40 + [[1, 0, 0]] * 5
    students = [0] * 40 + [1, 2, 3, 4, 5]

    means = found(of_rows(MIXED, rows, students))

    assert means.columns == {"hours": [17.5], "school": ["a"], "mood": ["good"]}
    assert list(means.num_students) == [6]


def test_kinds_of_students_are_told_apart() -> None:
    """Two crowds far from each other are never merged, whichever column tells them apart."""
    for column in range(2):
        rows = [[5 + row % 3 / 10, 1.0, 0.0] for row in range(40)]
        for row in range(0, 40, 2):
            rows[row][column] = [50, 2][column]
        dataset = of_rows(MIXED, rows, list(range(40)))

        means = dataset.schema.encode(found(dataset).columns)

        alike = np.isclose(means[:, column], [50, 2][column])
        assert 0 < alike.sum() < len(means)
        assert (means[~alike, column] < [6, 1.5][column]).all()


def test_null_is_kept_only_where_most_are_null() -> None:
    """Else the mean or the most frequent of those that are there, where these are five."""
    rows = [[np.nan, 0, np.nan]] * 3 + [[hours, 1, 1] for hours in (1, 2, 4)] + [[6, 1, np.nan], [7, 1, np.nan]]

    means = found(of_rows(MIXED, rows, list(range(8))))

    assert means.columns == {"hours": [4.0], "school": ["b"], "mood": [None]}


def test_a_number_that_nobody_has_is_null() -> None:
    """A column without a value in any row."""
    means = found(of_rows(MIXED, [[np.nan, row % 3, 0] for row in range(30)], list(range(30))))

    assert set(means.columns["hours"]) == {None}


def test_a_number_that_four_have_is_null() -> None:
    """However many rows these have; a fifth makes it a mean."""
    rows = [[float(row), 0, 0] for row in range(1, 9)] + [[np.nan, school, 1] for school in (0, 1, 2)]

    four = found(of_rows(MIXED, rows, [0, 1, 2, 3] * 2 + [4, 5, 6]))
    five = found(of_rows(MIXED, rows, [0, 1, 2, 3, 4, 1, 2, 3, 5, 6, 7]))

    assert four.columns["hours"] == [None]
    assert five.columns["hours"] == [4.2]


CROWDS = FeatureSchema(
    (
        *(Category(f"crowd{number}", vocabulary=("a", "b")) for number in range(6)),
        Number("always"),
        Number("hours", nullable=True),
        Category("mood", vocabulary=("good", "fair", "bad"), nullable=True),
    )
)


@pytest.mark.parametrize("seed", range(12))
def test_a_value_of_fewer_than_five_is_everybodys(seed: int) -> None:
    """Two crowds of seven, some without a value: a mean, a mode or null of their own only where enough are there."""
    generator = np.random.default_rng(seed)
    crowd = np.repeat([0, 1], 7)
    values = np.column_stack([generator.normal(size=14), generator.integers(1, 9, 14), generator.integers(0, 3, 14)])
    missing = generator.random((14, 2)) < generator.choice([0.2, 0.45, 0.6], 2)
    values[:, 1:][missing] = np.nan
    rows = np.column_stack([*[crowd] * 6, values])

    means = found(of_rows(CROWDS, rows.tolist(), list(range(14))))

    assert list(means.num_students) == [7, 7]
    for place, name in enumerate(means.columns["crowd0"]):
        own = values[crowd == "ab".index(name)]
        hours, mood = (shown(own[:, column], values[:, column]) for column in (1, 2))
        assert means.columns["hours"][place] == (None if hours is None else pytest.approx(np.mean(hours), rel=1e-6))
        counts = None if mood is None else np.bincount(mood.astype(int))
        assert means.columns["mood"][place] == (None if counts is None else ("good", "fair", "bad")[counts.argmax()])


def shown(own: np.ndarray, everybodys: np.ndarray) -> np.ndarray | None:
    """Of whose values a crowd shows the mean or the mode; None where it shows null."""
    if np.isnan(own).sum() > len(own) / 2:
        return None
    for column in (own, everybodys):
        present: np.ndarray = column[~np.isnan(column)]
        if len(present) >= MIN_STUDENTS_OF_MEAN:
            return present
    return None


NUMBERS = FeatureSchema(tuple(Number(name) for name in "abc"))
CATEGORIES = FeatureSchema(
    tuple(Category(f"of {size}", vocabulary=tuple("abcdefg"[:size])) for size in (2, 3, 4, 5, 6, 7))
)
GRADES = FeatureSchema(
    (
        Number("failures", minimum=0, maximum=2),
        Number("effort", nullable=True),
        *CATEGORIES.features[1:4],
        Category("mood", vocabulary=("good", "bad"), nullable=True),
    )
)
# Rows, how many different values a number has, and the share of nulls.
SIZES = [(5, 2, 0.0), (11, 3, 0.4), (40, 2, 0.7), (150, 4, 0.3), (600, 3, 0.5)]


def tables(schema: FeatureSchema, seed: int, *, ids: bool) -> Iterator[Dataset]:
    """Of few different values, so that means and modes fall on real rows; with ids, a third of students have two."""
    generator = np.random.default_rng(seed)
    for num_rows, num_values, share_null in SIZES:
        columns = []
        for feature in schema.features:
            # The first ones far more often than the last ones.
            drawn = generator.random(num_rows) ** 2 * (
                len(feature.vocabulary) if isinstance(feature, Category) else num_values
            )
            missing = feature.nullable & (generator.random(num_rows) < share_null)
            columns.append(np.where(missing, np.nan, np.floor(drawn)))
        students = (np.arange(num_rows) * 3 // 4).tolist() if ids else None
        yield of_rows(schema, np.column_stack(columns).tolist(), students)


@pytest.mark.parametrize("ids", [True, False], ids=["with an id", "without"])
@pytest.mark.parametrize("schema", [NUMBERS, CATEGORIES, GRADES, MIXED], ids=["numbers", "categories", "both", "nulls"])
def test_no_instance_is_the_row_of_fewer_than_five(schema: FeatureSchema, ids: bool) -> None:
    """Counted in the table itself."""
    counts = [
        num_holders(dataset)
        for seed in range(10)
        for dataset in tables(schema, seed, ids=ids)
        if make_background(dataset) is not None
    ]

    assert all(num == 0 or num >= MIN_STUDENTS_OF_MEAN for nums in counts for num in nums)
    assert max(map(len, counts)) >= 4
    assert len(counts) >= 10


def test_five_rows_of_one_student_are_one_students() -> None:
    """Where an id tells; without one, every row is a student's own, as everywhere."""
    rows = [[3, 1, 0]] * 5 + [[row, 2, 1] for row in (1, 2, 4, 9, 11)]

    of_one = make_background(of_rows(MIXED, rows, [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]))
    of_five = found(of_rows(MIXED, rows))

    assert of_one is None or (3, "b", "good") not in zip(*of_one.columns.values(), strict=True)
    assert (3, "b", "good") in zip(*of_five.columns.values(), strict=True)


def test_a_table_in_which_every_row_is_somebodys_gives_none() -> None:
    """Whatever stood for its students would be the row of four; with five of each, it is the row of five."""
    schema = FeatureSchema(CATEGORIES.features[:2])
    rows = [[first, second] for first in range(2) for second in range(3)]

    assert make_background(of_rows(schema, rows * 4, list(range(24)))) is None
    assert num_holders(of_rows(schema, rows * 5, list(range(30)))) == [5] * 4


# Rows of a student: mostly the first category in each column, never in all; the last has 9 second ones, others fewer.
NEVER_ALL = [[1, 0, 1]] * 4 + [[1, 0, 0]] * 4 + [[0, 1, 0]] * 7 + [[0, 0, 1]] * 5


@pytest.mark.parametrize("place", range(3))
def test_what_stands_for_a_group_is_changed_where_it_costs_least(place: int) -> None:
    """All three features are mostly the first category, but only one student is so throughout."""
    rows = np.roll(NEVER_ALL * 9 + [[0, 0, 0]], place, axis=1)
    schema = FeatureSchema(CATEGORIES.features[:3])

    dataset = of_rows(schema, rows.tolist(), [*np.repeat(range(9), 20), 0])

    assert schema.encode(found(dataset).columns).tolist() == [np.roll([0.0, 0.0, 1.0], place).tolist()]


def test_it_is_not_changed_to_what_four_have() -> None:
    """Though that cost less than what five have, and the row were nobody's."""
    # The fourth column: four students have the second category, four the first, one the first in four rows of 20.
    fourth = [1] * 80 + [0] * 80 + [2] * 16 + [0] * 4
    rows = [[*row, own] for row, own in zip(NEVER_ALL * 9, fourth, strict=True)]
    schema = FeatureSchema(CATEGORIES.features[:4])

    dataset = of_rows(schema, [*rows, [0, 0, 0, 0]], [*np.repeat(range(9), 20), 4])

    assert schema.encode(found(dataset).columns).tolist() == [[0, 0, 1, 0]]


@NEEDS_UCI
@pytest.mark.parametrize("ids", [True, False], ids=["with an id", "without"])
@pytest.mark.parametrize(
    ("num_rows", "num_features", "num_groups"),
    [(649, 6, 5), (649, 8, 16), (100, 8, 5), (649, 16, 20)],
)
def test_real_students_are_hidden(num_rows: int, num_features: int, num_groups: int, ids: bool) -> None:
    """UCI's Portuguese classes by their categories, most of which many share; enough kinds of students are left."""
    names = "school sex address famsize Mjob Fjob reason guardian Pstatus schoolsup famsup paid activities nursery"
    with (UCI / "student-por.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))[:num_rows]
    columns = {name: [line[name] for line in lines] for name in [*names.split(), "higher", "internet"][:num_features]}
    schema = FeatureSchema(
        tuple(Category(name, vocabulary=tuple(sorted(set(cells)))) for name, cells in columns.items())
    )
    rows = schema.encode(columns).tolist()

    counts = num_holders(of_rows(schema, rows, list(range(num_rows)) if ids else None))

    assert len(counts) >= num_groups
    assert all(num == 0 or num >= MIN_STUDENTS_OF_MEAN for num in counts)


@pytest.mark.parametrize(
    ("bound", "values", "expected"),
    [
        ({"minimum": 0.7}, [0.7] * 12, 0.7),
        ({"maximum": 0.1}, [0.1] * 12, 0.1),
        ({"minimum": 16777217.0}, [16777217.0] * 12, 16777217.0),
        ({}, [FLOAT32_MAX] * 12, FLOAT32_MAX),
        ({}, [-FLOAT32_MAX] * 12, -FLOAT32_MAX),
    ],
)
def test_means_keep_to_the_bounds(bound: dict[str, float], values: list[float], expected: float) -> None:
    """Float32 may lie beside a bound, and its shortest form beside float32's own."""
    schema = FeatureSchema((Number("a", **bound),))  # type: ignore[arg-type]

    means = found(of_rows(schema, [[value] for value in values], list(range(12))))

    assert means.columns == {"a": [expected]}  # one group: what is the same all over is not cut


def test_the_same_table_gives_the_same_bytes() -> None:
    """Nothing is drawn, and students who are alike go by the order of their rows."""
    dataset = mixed(500)
    copy = replace(dataset, matrix=np.asfortranarray(dataset.matrix))

    first, again = make_background(dataset), make_background(copy)

    assert first is not None
    assert again is not None
    assert first.to_json() == again.to_json()


def test_every_kind_of_value_is_one_that_the_encoder_takes() -> None:
    """Numbers, categories and nulls together; all three are there."""
    means = found(mixed(400))

    assert len(means.weights) == 20
    assert None in means.columns["mood"]
    assert {"good", "bad"} & set(means.columns["mood"])
    assert set(means.columns["school"]) == {"a", "b", "c"}


def test_a_large_table_is_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evenly, whole students, as many as the memory is for."""
    monkeypatch.setattr("training.publishing.background._MAX_CELLS", 300)

    means = found(made(2000, 4, signal=1, rows_each=2))

    assert sum(means.num_students) == 100
    assert min(means.num_students) >= MIN_STUDENTS_OF_MEAN
