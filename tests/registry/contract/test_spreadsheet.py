"""What a spreadsheet program would take for a formula is made text."""

import pytest

from registry.contract.table.spreadsheet import to_safe
from tests.support.growth import stays_linear


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", '"', "' ", "\t", "\r", "\n", "x;", "Lee, ", "1\n"])
def test_a_formula_becomes_text(sign: str, before: str) -> None:
    """Also behind blanks, quotes and what may part cells in another country's program."""
    cell = f"{before}{sign}SUM(1)"

    safe = to_safe(cell)

    assert safe.replace("'", "") == cell.replace("'", "")
    assert safe[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
    assert not any(part.strip(' \u00a0"')[:1] == sign for part in safe.replace("\n", ",").replace(";", ",").split(","))


@pytest.mark.parametrize(
    "cell",
    ["", "-3.5", "-3,5", "+1", "-1e-05", "- 4", "-1 200,5", "-5 %", "-", "--", "a-b", "x = 1", "Ann-Kathrin", "0"],
)
def test_numbers_and_plain_text_stay_as_they_are(cell: str) -> None:
    """A minus before a number is no formula, nor is a dash where there is no value."""
    assert to_safe(cell) == cell


@pytest.mark.parametrize("piece", ["1", " ", "\t", "'", "=", "1 ", "-", "e1"])
def test_a_cell_of_any_length_is_made_safe_in_proportion(piece: str) -> None:
    """It comes from outside."""
    assert stays_linear(to_safe, lambda size: piece * (size // len(piece)) + "x")
