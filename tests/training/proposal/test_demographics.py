"""Columns that say who a student is are for the audit, and so is what says the same in other words."""

import random
from collections.abc import Sequence

import pytest

from tests.support.proposals import Init, columns


def filled(headers: Sequence[str], values: Sequence[object], num_rows: int = 60) -> str:
    """A table of columns of given values, no two of them alike."""

    def shuffled(header: str) -> list[object]:
        return random.Random(header).choices(values, k=num_rows)

    cells = {header: shuffled(header) for header in headers}
    return columns(num_rows, **{header: column.__getitem__ for header, column in cells.items()})


def test_dummies_and_words_run_together_serve_the_audit(init: Init) -> None:
    """As exports and public tables have them beside gender and race."""
    result = init(
        columns(
            gender=lambda row: "FM"[row % 2],
            male=lambda row: row % 2,
            asian=lambda row: int(row % 5 == 2),
            PlaceofBirth=lambda row: ["Oslo", "Lima", "Rome"][row * 7 % 11 % 3],
        )
    )

    assert result.entries["audit_only"] == ["gender", "male", "asian", "PlaceofBirth"]
    assert list(result.features) == ["hours"]
    assert set(result.dataset.groups) == {"gender", "male", "asian", "PlaceofBirth"}


def test_a_copy_of_an_audited_column_goes_with_it(init: Init) -> None:
    """Whatever it is called, and however its values are written; a column that differs in one row stays."""
    result = init(
        columns(
            sex=lambda row: "FM"[row * 5 % 7 % 2],
            code7=lambda row: [2, 1][row * 5 % 7 % 2],
            house=lambda row: "ab"[row * 5 % 7 % 2 if row else 1],
        )
    )

    assert result.entries["audit_only"] == ["sex", "code7"]
    assert '"code7", # 1 to 2; the same as "sex" in other words' in result.text
    assert list(result.features) == ["hours", "house"]


def test_where_nearly_every_value_is_another_nothing_is_a_copy(init: Init) -> None:
    """Then any two columns stand one to one."""
    text = columns(
        postcode=lambda row: 10000 + row * 37 % 5003, mark=lambda row: row * 11 % 61 + row / 1000, x=lambda row: row % 3
    )

    assert "mark" in init(text).features


def test_copies_are_features_where_demographics_are(init: Init) -> None:
    """There is nothing to keep from the network then."""
    text = columns(sex=lambda row: "FM"[row * 5 % 7 % 2], code7=lambda row: [2, 1][row * 5 % 7 % 2])

    assert list(init(text, "--demographics", "features").features) == ["hours", "sex", "code7"]


def test_categories_of_who_a_student_is_serve_the_audit(init: Init) -> None:
    """Short forms, plurals, support, faiths; in the languages of schools."""
    headers = [
        *("Geschl.", "F/M", "w/m", "Learning_Disabilities", "Country of origin", "nonwhite", "Native English speaker"),
        *("Married", "Students with disabilities", "Additional needs", "ALN", "PPG", "CLA", "Service Premium"),
        *("Military family", "Disadvantage", "Low SES", "People of colour", "Muslim", "Konf.", "ESOL", "ENL", "EHC"),
        *("País de origen", "Staatsang.", "MigHG", "Italofono", "ANEAE", "SASE", "dyslexieverklaring"),
    ]

    assert init(filled(headers, "abc")).entries["audit_only"] == headers


def test_values_say_who_a_student_is(init: Init) -> None:
    """Under a header that says nothing, where most of them do; a colour of a house is none."""
    text = columns(
        Category=lambda row: ["SC", "ST", "OBC", "General"][row * 7 % 11 % 4],
        house=lambda row: ["Red", "Black", "White", "Blue"][row * 5 % 13 % 4],
    )

    assert init(text).entries["audit_only"] == ["Category"]


@pytest.mark.parametrize(
    "values", ["M F", "m w", "H F", "K M", "Herr Frau", "Mr Ms Mrs", "M. Mme", "Hispanic Non-Hispanic"]
)
def test_sexes_and_titles_say_so_beside_each_other(init: Init, values: str) -> None:
    """Whatever the header; an M beside an L is a level."""
    each = values.split()
    text = columns(q7=lambda row: each[row * 7 % 11 % len(each)], q8=lambda row: "LM"[row * 5 % 13 % 2])

    assert init(text).entries["audit_only"] == ["q7"]


def test_a_year_of_birth_is_no_period(init: Init) -> None:
    """Nor is a date of birth that the latest are to be held out by."""
    text = columns(
        YOB=lambda row: 2005 + row % 4,
        GebDat=lambda row: f"{row % 28 + 1:02}.03.2008",
        geb=lambda row: f"{row % 27 + 1:02}.04.2008",
    )
    result = init(text)

    assert result.entries["audit_only"] == ["YOB"]
    assert result.entries["ignore"] == ["GebDat", "geb"]
    assert "# time" not in result.text


@pytest.mark.parametrize("values", [range(9), range(40), "abcd"])
def test_marks_and_things_stay_features(init: Init, values: Sequence[object]) -> None:
    """Though a word in their names says elsewhere who a student is."""
    headers = [
        *("Language score", "Foreign Language grade", "Gender Studies grade", "Sex education grade", "sped up"),
        *("Birthday paradox quiz", "Race condition quiz", "Migration unit test", "100m race time", "Male teacher"),
        *("male teacher ratio", "Programming language", "Body Language", "Account disabled", "ZIP submissions"),
        *("IEP meetings attended", "Alter Test", "Cap", "Citizenship mark", "white board use", "native apps"),
        *("mixed methods score", "left hand", "repeat visits", "present simple test", "Num logins"),
        *("Course name", "School name", "Class ID", "Reading index", "Mobile logins"),
    ]

    assert list(init(filled(headers, values)).features) == ["hours", *headers]


_NAMES = ("Surname", "Forename", "First name", "Nachname", "Vorname", "Nom", "Prénom", "apellidos", "cognome", "naam")
_PHONES = ("Phone", "Teléfono", "Móvil padre")


@pytest.mark.parametrize(
    ("headers", "values"),
    [
        (_NAMES, ["Adams", "Baker"]),
        (_NAMES, ["Adams", "Baker", "Clark"]),
        (_PHONES, range(5551000000, 5551000004)),
        (_PHONES, range(5551000000, 5551000040)),
        (("Parent email address", "contact"), ["a@x.org", "b@x.org", "c@x.org"]),
    ],
)
def test_names_and_ways_to_reach_somebody_are_left_out(
    init: Init, headers: Sequence[str], values: Sequence[object]
) -> None:
    """However few; and a telephone number is no amount."""
    assert init(filled(headers, values)).entries["ignore"] == list(headers)


def test_a_group_is_asked_about(init: Init) -> None:
    """Next year's is another, and a model refuses what it has not seen."""
    result = init(filled(["Class", "Klasse"], ["9a", "9b", "9c"]))

    assert result.text.count("will next year's be others?") == 2
    assert "have they an order" not in result.text
