"""A table's cells before anything is known of it: what bounds them."""

import pytest

from registry.contract.table import InvalidTable
from registry.contract.table.raw import read_raw
from registry.contract.table.reader import TooManyRows
from tests.support.growth import grows_linearly


def test_a_small_table_does_not_grow_to_a_large_one() -> None:
    """A wide row makes all others wide: beyond two million cells that is refused."""
    narrow, wide = "a\n" * 2999, "," * 999 + "b"

    with pytest.raises(InvalidTable, match="more than 2000000 cells"):
        read_raw(narrow + wide, 3000, 1000)

    assert len(read_raw(narrow[:3998] + wide, 3000, 1000).rows) == 2000


def test_blank_rows_count_where_something_stands_below_them() -> None:
    """However many there are."""
    assert read_raw("\n" * 9 + "a\n\nb" + "\n" * 10**6, 3, 1).rows == [["a"], [""], ["b"]]
    with pytest.raises(TooManyRows):
        read_raw("a\n\n\nb", 3, 1)


@pytest.mark.parametrize("piece", ['"', ";,|\t", "1,", "a\n", "\n", "sep=;\n", "1\r"])
def test_reading_takes_time_after_the_length(piece: str) -> None:
    """Whatever it is made of."""

    def read(text: str) -> None:
        try:
            read_raw(text, 10**6, 10**6)
        except InvalidTable:
            pass

    assert grows_linearly(read, lambda size: piece * (size // len(piece)) + "x")
