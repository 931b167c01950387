"""Text from outside: reading it takes time in proportion to its length."""

import io
from collections.abc import Callable
from contextlib import suppress

import pytest

from registry.contract.features import Category, Feature, FeatureSchema, Number
from registry.contract.table import InvalidTable, RowReader, read_table
from tests.support.growth import grows_linearly

NUMBER = Number("hours")
CATEGORY = Category("school", vocabulary=("Lycée",))
MARKS = "\u0315\u0300"  # in this order normalising has to sort them


def refused(read: Callable[[], object]) -> None:
    """Do it, whether it is taken or not."""
    with suppress(ValueError):
        read()


@pytest.mark.parametrize("cell", ["1", "1.", ".1", "1e1", "+", "1,1", MARKS, " ", "9" * 50 + "x"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("feature", [NUMBER, CATEGORY], ids=["number", "category"])
def test_a_cell_of_any_length_is_read_in_proportion(feature: Feature, decimal: str, cell: str) -> None:
    """Digits behind digits, marks over marks."""
    schema = FeatureSchema((feature,))

    def read(text: str) -> None:
        refused(lambda: feature.encode(feature.parse(text, decimal)))
        schema.try_encode_cells({feature.name: [text]}, decimal)

    assert grows_linearly(read, lambda size: cell * (size // len(cell)) + "x")


@pytest.mark.parametrize("piece", [MARKS, "a" + MARKS * 10 + ",", '"', ";,|\t", "1"])
@pytest.mark.parametrize("expected", [("Lycée",), ()])
def test_a_header_of_any_length_is_read_in_proportion(expected: tuple[str, ...], piece: str) -> None:
    """Its names are looked at under every delimiter."""

    def read(text: str) -> None:
        with suppress(InvalidTable):
            RowReader(io.StringIO(text, newline=""), expected, max_columns=100)

    assert grows_linearly(read, lambda size: piece * (size // len(piece)) + "\n1\n")


def test_a_number_has_a_longest_length() -> None:
    """Longer than any that means something, and the same whether cells are read one by one or a column at once."""
    longest, longer = "0." + "1" * 398, "0." + "1" * 399

    assert NUMBER.parse(longest) == pytest.approx(1 / 9)
    assert NUMBER.parse(longer) == longer
    assert NUMBER.try_encode_cells([longest]) is not None
    assert NUMBER.try_encode_cells([longer]) is None


def test_names_and_categories_match_however_an_accent_is_written() -> None:
    """Also where many marks make a text several times as long as the one that is known."""
    decomposed = "\u03b9\u0308\u0301" * 3  # iota with two marks, each time one character in NFC
    feature = Category("\u0390\u0390\u0390", vocabulary=("\u0390\u0390\u0390",))

    table = read_table(f"{decomposed}\n{decomposed}\n", [feature.name])

    assert list(table.columns) == [feature.name]
    assert feature.encode(feature.parse(decomposed)) == 0.0
