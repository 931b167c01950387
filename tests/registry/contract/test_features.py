"""The feature contract: what a value may be, and how it is coded."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract.features import FLOAT32_MAX, Category, Feature, FeatureSchema, InvalidValues, Number

HOURS = Number("hours", unit="hours per day", minimum=0, maximum=24)
GRADE = Category("grade", vocabulary=("1", "2", "a"))


@pytest.mark.parametrize(
    ("feature", "value", "code"),
    [
        (HOURS, 5, 5.0),
        (HOURS, 0.25, 0.25),
        (HOURS, 24, 24.0),
        (HOURS, -0.0, 0.0),
        (GRADE, "1", 0.0),
        (GRADE, 2, 1.0),
        (GRADE, "a", 2.0),
    ],
)
def test_a_valid_value_is_coded(feature: Feature, value: object, code: float) -> None:
    """A number is itself, a category its position in the vocabulary, an integer n the category "n"."""
    assert feature.encode(value) == code


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        (HOURS, True),
        (HOURS, "5"),
        (HOURS, None),
        (HOURS, [5]),
        (HOURS, -0.001),
        (HOURS, 24.0000001),  # float32 would take it to 24
        (HOURS, math.nan),
        (HOURS, math.inf),
        (HOURS, 10**400),
        (Number("free"), 1e300),  # infinite in float32
        (GRADE, True),  # an int in Python, 1 is a category
        (GRADE, 1.5),
        (GRADE, "b"),
        (GRADE, ""),
        (GRADE, None),
    ],
)
def test_an_invalid_value_is_refused_with_what_must_hold(feature: Feature, value: object) -> None:
    """The message is the requirement, with bounds and unit, and never repeats the value."""
    with pytest.raises(ValueError, match=r"^must be ") as caught:
        feature.encode(value)

    assert str(caught.value) == feature.requirement


def test_the_requirement_names_bounds_unit_categories_and_null() -> None:
    """A person can mend a value from the message alone."""
    assert HOURS.requirement == "must be a number from 0 to 24 hours per day"
    beyond = Number("n", minimum=0, maximum=5e38)
    assert beyond.requirement == "must be a number from 0 to 3.40282346638529e+38"
    assert beyond.json_schema()["maximum"] == FLOAT32_MAX  # what the network takes
    assert Number("n", minimum=1, nullable=True).requirement == "must be a number of at least 1, or null"
    assert Number("n", maximum=1234567.5).requirement == "must be a number of at most 1234567.5"
    assert Number("n", unit="%").requirement == "must be a number in %"
    assert GRADE.requirement == 'must be one of "1", "2", "a"'


@pytest.mark.parametrize("feature", [HOURS, GRADE])
def test_null_is_nan_where_the_feature_is_nullable(feature: Feature) -> None:
    """Null is coded as NaN, and only where the schema allows it."""
    nullable = replace(feature, nullable=True)

    assert math.isnan(nullable.encode(None))


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        (" 5 ", ".", 5.0),
        ("+.5", ".", 0.5),
        ("1e3", ".", 1000.0),
        ("3,5", ",", 3.5),
        ("3.5", ",", "3.5"),
        ("3,5", ".", "3,5"),
        ("1_0", ".", "1_0"),
        ("\u0661", ".", "\u0661"),
        ("nan", ".", "nan"),
        ("  ", ".", None),
    ],
)
def test_a_cell_is_read_strictly(text: str, decimal: str, value: object) -> None:
    """Text that is no plain number stays text, so that the encoder refuses it."""
    assert HOURS.parse(text, decimal) == value


def test_columns_become_one_float32_matrix_in_the_order_of_the_schema() -> None:
    """The order of the columns given does not matter; the schema's does."""
    schema = FeatureSchema((HOURS, GRADE))

    matrix = schema.encode({"grade": ["a", 1], "hours": [1, 2.5]})

    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[1.0, 2.0], [2.5, 0.0]]


def test_every_fault_is_listed_row_by_row() -> None:
    """Nothing stops at the first bad value."""
    schema = FeatureSchema((HOURS, GRADE))

    with pytest.raises(InvalidValues) as caught:
        schema.encode({"hours": [1, "x", 99], "grade": ["z", "a", "z"]})

    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (0, "grade"),
        (1, "hours"),
        (2, "hours"),
        (2, "grade"),
    ]


@given(st.floats(0, 24, allow_nan=False))
def test_a_number_written_as_text_is_coded_as_the_number(value: float) -> None:
    """CSV and JSON give the same code: no skew between training and service."""
    assert HOURS.encode(HOURS.parse(repr(value))) == HOURS.encode(value)


@given(st.lists(st.text().map(str.strip).filter(bool), min_size=1, unique=True))
def test_safe_names_are_unique_and_plain_whatever_the_header(names: list[str]) -> None:
    """TensorFlow refuses or renames other names, and does not tell capitals from small letters."""
    safe = FeatureSchema(tuple(Number(name) for name in names)).safe_names

    assert len({name.lower() for name in safe}) == len(names)
    assert all(name.isascii() and name.isidentifier() for name in safe)


def test_a_safe_display_name_is_kept_and_others_make_way() -> None:
    """A client that knows the header knows the tensor's name, where that is possible."""
    names = ("study hours", "study_hours", "Study_Hours", "class", "self", "1st", "Présence %", "成绩")

    safe = FeatureSchema(tuple(Number(name) for name in names)).safe_names

    assert safe == (
        "study_hours_2",
        "study_hours",
        "Study_Hours_3",
        "class_",
        "self_",
        "feature_1st",
        "Presence",
        "feature",
    )
    shadowed = FeatureSchema(tuple(Number(name) for name in ("A", "a", "a_2")))
    assert shadowed.safe_names == ("A", "a_3", "a_2")


def test_categories_have_names_that_generators_can_tell_apart() -> None:
    """Whatever they look like without their signs, accents and capitals."""
    schema = Category("grade", vocabulary=("A+", "A", "A-", "a", "Ä", "1", "成绩")).json_schema()

    texts, _ = schema["anyOf"]
    names = texts["x-enum-varnames"]
    assert texts["enum"] == ["A+", "A", "A-", "a", "Ä", "1", "成绩"]
    assert names == ["A_2", "A", "A_3", "A_4", "A_5", "VALUE_1", "VALUE"]


def test_what_training_has_seen_is_kept_and_what_it_has_not() -> None:
    """Ranges of numbers, and whether they are counts; categories and nulls that are valid and that no row had."""
    schema = FeatureSchema(
        (
            Number("hours", nullable=True),
            Number("never", nullable=True),
            Number("whole", nullable=True),
            Number("measured", unit="hours"),
            Number("broken"),
            Category("mood", vocabulary=("good", "bad", "so so"), nullable=True),
        )
    )
    matrix = np.array([[1, np.nan, 3, 3, 3, 0], [np.nan, np.nan, 4, 4, 4.5, 2]], np.float32)

    observed = schema.with_observed(matrix)
    hours, never, whole, measured, broken = observed.amounts.values()
    mood = observed.features[-1]

    assert (hours.observed, hours.unseen) == ((1.0, 1.0), ())
    assert (never.observed, never.unseen) == (None, ())
    assert (whole.observed, whole.unseen) == ((3.0, 4.0), (None,))
    assert mood.unseen == ("bad", None)
    assert [feature.whole for feature in (hours, never, whole, measured, broken)] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("num_students", "rows_each", "num_known", "observed"),
    [
        (49, 1, 49, (0, 48)),
        (50, 1, 50, (4, 45)),
        (50, 1, 9, (4, 4)),
        (50, 1, 8, None),
        (49, 2, 98, (0, 97)),
        (50, 2, 100, (8, 91)),  # the lower of the 5th student's two, and the higher of the 5th last's
        (50, 2, 14, None),
    ],
)
def test_no_single_student_shows_in_the_range_of_many(
    num_students: int, rows_each: int, num_known: int, observed: tuple[float, float] | None
) -> None:
    """From the 5th smallest to the 5th largest, of 50 students on; one with several rows is one."""
    values = np.arange(num_students * rows_each, dtype=np.float32)
    students = np.arange(len(values)) // rows_each
    values[num_known:] = np.nan
    order = np.random.default_rng(0).permutation(len(values))
    schema = FeatureSchema((Number("hours", nullable=True),))

    seen = schema.with_observed(values[order, None], students[order])

    assert seen.amounts[0].observed == observed
    if rows_each == 1:
        assert schema.with_observed(values[order, None]) == seen


@pytest.mark.parametrize(
    "make",
    [
        lambda: Number(" "),
        lambda: Number("x "),
        lambda: Category("x", vocabulary=("a", " b")),
        lambda: Category("x", vocabulary=()),
        lambda: Category("x", vocabulary=("a", "a")),
        lambda: Category("x", vocabulary=("a", "")),
        lambda: Number("x", minimum=2, maximum=1),
        lambda: Number("x", minimum=5e38),  # float32 holds none of them
        lambda: Number("x", maximum=math.nan),
        lambda: FeatureSchema(()),
        lambda: FeatureSchema((HOURS, HOURS)),
        lambda: FeatureSchema((HOURS,), id="hours"),
        lambda: FeatureSchema((HOURS,), labels=("pass", "pass")),
    ],
)
def test_a_contract_that_no_value_could_meet_is_refused(make: object) -> None:
    """Contradictions show when the schema is made, not when a student is sent."""
    with pytest.raises(ValueError, match=r"\w"):
        make()  # type: ignore[operator]
