"""Rows of totals and averages are told from students, in Polish and Czech as in the other languages."""

import pytest

from registry.contract.table.other_rows import is_no_student, says_nobody


@pytest.mark.parametrize(
    "cell",
    [
        *("Razem", "SUMA:", "Łącznie", "Średnia", "srednia", "Średnia klasy", "Maksimum punktów", "Liczba uczniów"),
        *("Celkem", "Součet", "Průměr", "prumer", "Průměr třídy", "Maximum bodů", "Směrodatná odchylka"),
        *(
            "Count",
            "# students",
            "% passed",
            "N = 28",
            "Due date",
            "Quartile 1",
            "Exported on 2026-06-01",
            "Nota máxima",
        ),
        *("Media grupo", "Maks.", "Group mean", "Student View", "Demo Schüler", "Source: SIMS"),
    ],
)
def test_a_word_for_a_total_is_no_student(cell: str) -> None:
    """With or without accents."""
    assert is_no_student(cell)


@pytest.mark.parametrize(
    "cell", ["Anna Suma", "Suma Anna", "Liczba Jan", "Maksymowicz Jan", "Średnia Anna", "Celkema", "* Moss, Ada"]
)
def test_a_name_is_a_student_s(cell: str) -> None:
    """Family names that mean a total, first or last, or begin like one."""
    assert not is_no_student(cell)


def test_a_surname_that_means_a_total_is_a_student_s_where_the_row_is_full() -> None:
    """In Poland some are called Suma."""
    assert says_nobody(["Suma", "Jan", "5"], [0, 1]) is None
    assert says_nobody(["Suma", "", "90"], [0, 1]) == "Suma"
