"""`init` and a table that is not UTF-8: what is guessed is said, and can be said otherwise."""

import pytest

from tests.support.proposals import Init, columns
from training.config import read_dataset_file
from training.table.dataset import InvalidData, load_dataset

POLISH = "Średnia;Obecność;passed\n" + "".join(
    f"{row % 5},5;{row * 7 % 50};{['no', 'yes'][row % 2]}\n" for row in range(20)
)


def test_names_are_read_and_the_guess_is_shown(init: Init) -> None:
    """With a name in the summary and in the dataset file, so that whoever reviews it sees whether it is right."""
    result = init(POLISH.encode("cp1250"))

    assert list(result.features) == ["Średnia", "Obecność"]
    assert 'read as cp1250, which is a guess: "Średnia"; --encoding names another' in result.out.splitlines()
    assert 'encoding = "cp1250" # a guess: "Średnia"' in result.text
    assert len(result.dataset.labels) == 20


def test_the_names_that_were_typed_tell_the_encoding(init: Init) -> None:
    """Where pupils' names have as many letters of western Europe as the header has Czech ones."""
    text = "Příjmení;Absence;Celkový prospěch\n" + "".join(
        f"{['Noël', 'Björn', 'José'][row % 3]} {row};{row * 7 % 13};{['prospěl', 'neprospěl'][row % 3 % 2]}\n"
        for row in range(30)
    )

    result = init(text.encode("cp1250", "replace"), "--target", "Celkový prospěch")

    assert 'encoding = "cp1250"' in result.text


def test_where_the_encoding_is_a_guess_a_name_that_is_not_found_may_be_due_to_it(init: Init) -> None:
    """And what else is refused."""
    result = init(POLISH.encode("cp1250"), "--target", "wynik")

    assert result.error.endswith("; read as cp1250, which is a guess; --encoding names another\n")


def test_a_cell_shows_it_where_no_name_does(init: Init) -> None:
    """The first with a letter beyond ASCII."""
    result = init(columns(school=lambda row: ["10 €", "Ecole", "Lycée"][row % 3]).encode("cp1252"))

    assert 'read as cp1252, which is a guess: "Lycée"; --encoding names another' in result.out.splitlines()


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_what_is_no_guess_is_not_shown(init: Init, encoding: str) -> None:
    """Nor is there anything to decide."""
    lycee = "Lycee" if encoding == "ascii" else "Lycée"

    result = init(columns(school=lambda row: ["Collège", lycee][row % 2]).replace("è", "e").encode(encoding))

    assert result.features["school"]["vocabulary"] == ["College", lycee]
    assert "a guess" not in result.out + result.text


def test_the_encoding_can_be_named(init: Init) -> None:
    """What is named is written down, and no guess."""
    result = init(POLISH.encode("cp1250"), "--encoding", "windows-1252")

    assert list(result.features) == ["Œrednia", "Obecnoœæ"]
    assert result.entries["encoding"] == "windows-1252"
    assert "a guess" not in result.out + result.text


@pytest.mark.parametrize(
    ("encoding", "why"),
    [
        ("klingon", "--encoding: unknown encoding: klingon"),
        ("rot13", "--encoding: 'rot13' is not a text encoding"),
        ("ascii", "not ascii at byte 0; --encoding names another"),
        ("utf-8", "not utf-8 at byte 0; --encoding names another"),
    ],
)
def test_an_encoding_that_does_not_fit_is_refused(init: Init, encoding: str, why: str) -> None:
    """By its name, or by the bytes that it has no meaning for."""
    result = init(POLISH.encode("cp1250"), "--encoding", encoding)

    assert result.code == 2
    assert why in result.error


def test_a_run_on_another_encoding_says_which_it_may_be(init: Init) -> None:
    """The next year's export need not be as the first."""
    result = init(POLISH)
    result.path.with_name("table.csv").write_bytes(POLISH.encode("cp1250"))

    with pytest.raises(InvalidData, match="not utf-8 at byte 0; it may be cp1250: set encoding in the dataset file"):
        load_dataset(read_dataset_file(result.path))
