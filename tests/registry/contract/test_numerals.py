"""Numbers in cells as people write them."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.contract.features import Category, FeatureSchema, InvalidValues, Number, as_number

PLAIN = Number("x")
WRITTEN = Number("x", unit="%", suffixes=("percent", "Pct."), out_of=20, other_mark="thousands")
EITHER = Number("x", other_mark="decimal")
MARKED = Number("x", nullable=True, missing=("Absent", "\u2013"))


@pytest.mark.parametrize(
    ("feature", "cell", "decimal", "value"),
    [
        (WRITTEN, "85%", ".", 85),
        (WRITTEN, "75.00 %", ".", 75),
        (WRITTEN, "75,00\u00a0%", ",", 75),
        (WRITTEN, "85 PERCENT", ".", 85),
        (WRITTEN, "85 pct.", ".", 85),
        (WRITTEN, "85", ".", 85),
        (WRITTEN, "12/20", ".", 12),
        (WRITTEN, "12.50 / 20.00", ".", 12.5),
        (WRITTEN, "12 out of 20", ".", 12),
        (WRITTEN, "12/25", ".", None),
        (WRITTEN, "12/20/20", ".", None),
        (WRITTEN, "85 h", ".", None),
        (WRITTEN, "1,200", ".", 1200),
        (WRITTEN, "1.200", ",", 1200),
        (WRITTEN, "1,20", ".", None),
        (EITHER, "0,5", ".", 0.5),
        (EITHER, "0.5", ".", 0.5),
        (PLAIN, "1,200", ".", None),
        (PLAIN, "1,234,567.5", ".", 1234567.5),
        (PLAIN, "1.234,5", ",", 1234.5),
        (PLAIN, "12,34,567.5", ".", 1234567.5),
        (PLAIN, "1,20,000", ".", 120_000),
        (PLAIN, "1,20,000", ",", None),
        (PLAIN, "1 200", ".", 1200),
        (PLAIN, "1\u202f200,5", ",", 1200.5),
        (PLAIN, "1'200", ".", 1200),
        (PLAIN, "1\u2019200", ".", 1200),
        (PLAIN, "1 20", ".", None),
        (PLAIN, "\uff11\uff12", ".", 12),
        (PLAIN, "\u0661\u0662\u066b\u0665", ".", 12.5),
        (PLAIN, "\u22125", ".", -5),
        (PLAIN, "'12", ".", 12),
        (PLAIN, "\u200f\u0661\u0662\u200e", ".", 12),
        (PLAIN, "85%", ".", None),
        (PLAIN, "5\u00b2", ".", None),
        (PLAIN, "(8)", ".", None),
        (PLAIN, ">20", ".", None),
        (PLAIN, "9.5*", ".", None),
        (PLAIN, "12:30", ".", None),
        (Number("x", unit="\u20ac"), "\u20ac 5", ".", 5),
        (Number("x", unit="h"), "5h", ".", 5),
        (Number("x", unit="h"), "h", ".", None),
    ],
)
def test_a_cell_is_the_number_that_people_mean(feature: Number, cell: str, decimal: str, value: float | None) -> None:
    """What the feature says may stand beside it, and what can be read in one way only."""
    schema = FeatureSchema((feature,))

    if value is None:
        with pytest.raises(InvalidValues):
            schema.encode_cells({"x": [cell]}, decimal)
    else:
        assert schema.encode_cells({"x": ["1", cell, f" {cell} "]}, decimal)[:, 0].tolist() == [1, value, value]


def test_marks_of_missing_values_are_null() -> None:
    """Among numbers with other capitals, too; beside categories, which may be called so, as they are listed."""
    club = Category("club", vocabulary=("chess",), nullable=True, missing=("n/a",))
    schema = FeatureSchema((MARKED, club))

    matrix = schema.encode_cells({"x": ["ABSENT", "\u2013", "", "5"], "club": ["n/a", "", "chess", " n/a "]})

    assert [math.isnan(value) for value in matrix[:, 0]] == [True, True, True, False]
    assert [math.isnan(value) for value in matrix[:, 1]] == [True, True, False, True]
    with pytest.raises(InvalidValues):
        schema.encode_cells({"x": ["5"], "club": ["N/A"]})


@pytest.mark.parametrize("mark", ["-", "NA", "#DIV/0!", "#WERT!", "Err:502", "n/a"])
def test_the_message_says_that_a_mark_is_not_read_as_blank(mark: str) -> None:
    """Who types it thinks that it means no value."""
    with pytest.raises(InvalidValues) as caught:
        FeatureSchema((MARKED,)).encode_cells({"x": ["5", mark]})

    [fault] = caught.value.faults
    assert fault.detail == f'must be a number, or null; "{mark}" is not read as blank here'


@pytest.mark.parametrize("cell", ["1.200", "1.200 %", "-1.200", "1.200/20"])
def test_the_decimal_mark_before_three_digits_is_refused_where_it_may_be_between_thousands(cell: str) -> None:
    """Where a column has such marks, 1.200 with the wrong decimal mark would be little more than 1."""
    schema = FeatureSchema((WRITTEN,))

    with pytest.raises(InvalidValues) as caught:
        schema.encode_cells({"x": ["950", "12.5", cell]})

    [fault] = caught.value.faults
    assert fault.row == 2
    assert fault.detail.endswith('"." before three digits may stand between thousands there')
    assert schema.encode_cells({"x": ["950", "12,5", cell]}, ",")[1, 0] == 12.5
    assert as_number("1.200", ".") == 1.2


@given(st.text("0123456789.,+-' /%e", max_size=12), st.sampled_from([PLAIN, WRITTEN, EITHER]))
@example("1.200", WRITTEN)
@example("1,5", EITHER)
def test_no_cell_is_two_numbers(cell: str, feature: Number) -> None:
    """By the wrong decimal mark it is at fault, not something else, so that whoever guesses it can't mislead."""
    read = [feature.parse(cell, decimal) for decimal in ".,"]

    assert isinstance(read[0], str) or isinstance(read[1], str) or read[0] == read[1]


def test_how_cells_are_written_is_no_matter_of_values() -> None:
    """JSON's numbers stay numbers, and a text with a number in it is none."""
    assert WRITTEN.encode(85) == 85
    with pytest.raises(ValueError, match="must be a number"):
        WRITTEN.encode("85%")


def test_a_number_can_mean_that_there_is_no_value() -> None:
    """As -9 does in surveys, also where every cell is a plain number within the bounds."""
    schema = FeatureSchema((Number("x", minimum=-10, nullable=True, missing=("-9",)),))

    column = schema.encode_cells({"x": ["1", "-9", " -9 ", "-8"]})[:, 0]

    assert [None if math.isnan(value) else value for value in column] == [1, None, None, -8]


def test_a_category_can_not_be_what_means_missing() -> None:
    """One of the two would never be read."""
    with pytest.raises(ValueError, match="the vocabulary can't hold what means missing: n/a"):
        Category("club", vocabulary=("chess", "n/a"), missing=("n/a",))


def test_the_message_says_what_is_not_read() -> None:
    """Another decimal mark, other points, other capitals: the rule alone would not show it."""
    schema = FeatureSchema((Number("x", out_of=20), Number("y"), Category("club", vocabulary=("Chess", "Judo"))))

    with pytest.raises(InvalidValues) as caught:
        schema.encode_cells({"x": ["12/25"], "y": ["2.5"], "club": ["judo"]}, ",")

    assert [fault.detail for fault in caught.value.faults] == [
        "must be a number (out of 20)",
        'must be a number; decimals are written with "," there',
        'must be one of "Chess", "Judo"; capitals count: "Judo"',
    ]
