"""How a column of numbers is written, found out from its cells."""

from collections import Counter

import pytest

from training.proposal.missing_words import MISSING_WORDS
from training.table.numerals import find_numerals

NUMBERS = [str(number) for number in range(1, 21)]


@pytest.mark.parametrize(
    ("cells", "decimal", "written"),
    [
        (["95%", "91 %", "52", "47.5%"], ".", {"unit": "%"}),
        (["17/20", "28.00 / 20", "5", "3 of 20"], ".", {"out_of": 20}),
        (["6 h", "5h", "1 hour", "3 hours", "7 Hrs"], ".", {"unit": "h", "suffixes": {"hour", "hours", "hrs"}}),
        (["5 bodů", "1 bod", "3 body"], ",", {"unit": "bodů", "suffixes": {"bod", "body"}}),
        (["5 godz.", "1 godzina", "3 godziny"], ",", {"unit": "godz.", "suffixes": {"godzina", "godziny"}}),
        (["5 Std.", "1 Stunde", "2 Stunden", "3 Std."], ".", {"unit": "std.", "suffixes": {"stunde", "stunden"}}),
        (["\u20ac5", "\u20ac 6"], ".", {"unit": "\u20ac"}),
        (["5 lessons", "6 lessons"], ".", {"unit": "lessons"}),
        (["%5", "%6,5"], ",", {"unit": "%"}),
        (["R$ 5", "R$ 6,50"], ",", {"unit": "r$"}),
        (["5 h/Woche", "6,5 h/Woche"], ",", {"unit": "h/woche"}),
        (["20 °C", "18 °C"], ".", {"unit": "°c"}),
        (["17 z 20", "5 z 20"], ",", {"out_of": 20}),
        (["0,5", "1.5", "2,5"], ".", {"other_mark": "decimal"}),
        (["\u0661\u066b\u0665", "2"], ",", {"other_mark": "decimal"}),
        (["950", "1.200", "870"], ",", {"other_mark": "thousands"}),
        (["1,200 h", "950 h"], ".", {"other_mark": "thousands", "unit": "h"}),
        (["1 200", "950"], ".", {}),
        (["5.5*", "4.5 (NT)", "6"], ".", {"suffixes": {"*", "(nt)"}}),
        (["95%", "91%", "90*", "80%"], ".", {"unit": "%", "suffixes": {"*"}}),
        (["2,25 (NT)", "4.5", "3"], ".", {"other_mark": "decimal", "suffixes": {"(nt)"}}),
        ([f"{number}L" for number in range(810, 900, 5)], ".", {"unit": "l"}),
        (["45,000", "1,234.50", "3.5"], ".", {"other_mark": "thousands"}),
        (["45,000", "12,34,567", "3.5"], ".", {"other_mark": "thousands"}),
    ],
)
def test_what_stands_beside_numbers_is_found(cells: list[str], decimal: str, written: dict[str, object]) -> None:
    """Units in their spellings, points, marks; then every cell is a number."""
    found = find_numerals(Counter(cells), decimal)

    assert found is not None
    assert found.odd == {}
    reader = found.reader
    said = {key: value for key, value in reader.to_document().items() if key in ("unit", "out_of", "other_mark")}
    assert said | ({"suffixes": {*reader.suffixes}} if reader.suffixes else {}) == written


@pytest.mark.parametrize(
    "odd",
    [
        ["Absent"],
        ["#DIV/0!", "EX"],
        [">20", "(8)", "9.5 x"],
        ["12/25"],
        ["-", "\u2013"],
        ["Abs", "Abs", "Abs"],
        ["abc"],
    ],
)
def test_some_other_cells_do_not_make_texts_of_numbers(odd: list[str]) -> None:
    """They are named, with how often each stands there."""
    found = find_numerals(Counter(NUMBERS + odd), ".", MISSING_WORDS)

    assert found is not None
    assert set(found.numbers) == set(NUMBERS)
    assert found.odd == Counter(odd)


def test_a_percentage_among_shares_is_not_read_as_a_number() -> None:
    """Whether 90% is .9 or 90 there only people can tell."""
    found = find_numerals(Counter(["0.85", "0.9", "90%", "0.7"]), ".")

    assert found is not None
    assert found.odd == {"90%": 1}


@pytest.mark.parametrize(
    "cells",
    [
        ["7a", "8b", "9a"],
        ["A", "B"],
        ["1", "2", "3", "K"],
        ["12:30", "11:20"],
        ["2023/24", "2024/25"],
        ["Name1", "Name2"],
        ["remark 1", "remark 2"],
        ["12/20", "8/10", "3/15"],
        [],
    ],
)
def test_texts_stay_texts(cells: list[str]) -> None:
    """Classes, names with numbers, times, school years, points of different wholes."""
    assert find_numerals(Counter(cells), ".", MISSING_WORDS) is None
