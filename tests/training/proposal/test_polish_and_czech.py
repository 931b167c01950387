"""A school's table in Polish or Czech is proposed for as one in English."""

import pytest

from tests.support.proposals import Init

POLISH = "Uczeń;Płeć;Wiek;Frekwencja;Kartkówka;Motywacja;{target}\n"
CZECH = "Žák;Pohlaví;Věk;Docházka;Písemka;Motivace;{target}\n"


def table(header: str, target: str, values: tuple[str, str], odd: str) -> str:
    """40 students of whom those with much attendance have the second of the values, and 2 no mark."""
    levels = ("nízká", "střední", "vysoká") if header is CZECH else ("niska", "średnia", "wysoka")
    rows = [
        f"Jan Novák {row};{'KM'[row * 5 % 7 % 2]};{15 + row % 3};{50 + row * 17 % 50};"
        f"{odd if row in (7, 21) else row * 7 % 19};{levels[row * 3 % 11 % 3]};"
        f"{values[row * 17 % 50 + row * 13 % 29 > 38]}\n"
        for row in range(40)
    ]
    return header.format(target=target) + "".join(rows)


CASES = [
    (POLISH, "zdal", ("nie", "tak"), "nb"),
    (POLISH, "Zdał", ("N", "T"), "zw."),
    (POLISH, "Czy zdał", ("FAŁSZ", "PRAWDA"), "nieobecny"),
    (POLISH, "wynik", ("nie zdał", "zdał"), "np"),
    (CZECH, "Prospěl", ("ne", "ano"), "omluven"),
    (CZECH, "prospela", ("N", "A"), "N"),
    (CZECH, "Prospěl", ("NEPRAVDA", "PRAVDA"), "nepřítomen"),
    (CZECH, "výsledek", ("neprospěl", "prospěl"), "nepsal"),
]


@pytest.mark.parametrize(("header", "target", "values", "odd"), CASES)
def test_a_table_is_understood(init: Init, header: str, target: str, values: tuple[str, str], odd: str) -> None:
    """Which value passes, who a student is, what is a number, and a scale's order."""
    result = init(table(header, target, values, odd), "--target", target)

    assert result.entries["target"]["positive"] == values[1]
    names = header.strip().split(";")[:-1]
    assert result.entries["ignore"] == names[:1]
    assert result.entries["audit_only"] == names[1:3]
    assert list(result.features) == names[3:]
    assert f'"{odd}" (2)' in result.out
    order = '["nízká", "střední", "vysoká"]' if header is CZECH else '["niska", "średnia", "wysoka"]'
    assert f"order = {order}" in result.text


@pytest.mark.parametrize(
    ("header", "target", "values"), [(POLISH, "Oblał", ("tak", "nie")), (CZECH, "Propadl", ("ano", "ne"))]
)
def test_a_name_that_says_it_ended_badly_is_taken_so(
    init: Init, header: str, target: str, values: tuple[str, str]
) -> None:
    """Who did not fail has passed."""
    assert init(table(header, target, values, "5"), "--target", target).entries["target"]["positive"] == values[1]


@pytest.mark.parametrize(
    ("header", "target", "values", "attendance"),
    [(POLISH, "zdał", ("nie", "tak"), "Frekwencja"), (CZECH, "prospěl", ("ne", "ano"), "Docházka")],
)
def test_a_label_the_wrong_way_round_is_questioned(
    init: Init, header: str, target: str, values: tuple[str, str], attendance: str
) -> None:
    """By the name of the target, and by those who come to school."""
    result = init(table(header, target, values, "5"), "--target", target, "--positive", values[0])

    assert f"the column is called {target}: is it the other way round?" in result.out
    assert f'students who pass have less "{attendance}"' in result.out


def test_rows_of_totals_are_left_out(init: Init) -> None:
    """Named by their lines."""
    rows = table(POLISH, "zdał", ("nie", "tak"), "5")

    result = init(rows + "Średnia klasy;;16;75;9;;\nRazem;;;;400;;\n", "--target", "zdał")

    assert result.entries["skip_rows"] == ["Średnia klasy", "Razem"]
    assert len(result.dataset.labels) == 40
