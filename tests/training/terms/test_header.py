"""Headers and values are understood word by word, in nine languages, and never by a part of a word."""

import pytest

from training.terms.header import ends_well, header_mentions, more_is_better, words
from training.terms.subject import Subject


def says_who(header: str) -> bool:
    return header_mentions(header, "demographic") or header_mentions(header, "age_or_place")


@pytest.mark.parametrize(
    "header",
    [
        *(
            "PlaceofBirth",
            "NationalITy",
            "dateofbirth",
            "HOMELANGUAGE",
            "freeschoolmeals",
            "DoB",
            "SeX",
            "MotherTongue",
        ),
        *("male", "is_female", "Female (Y/N)", "boy", "woman", "asian", "Black (Y/N)", "white", "race_white", "hisp"),
        *("Hispanic/Latino", "African American", "indigenous", "minority", "BAME", "LGBT+", "foreign", "refugee"),
        *(
            "SEND",
            "SEN status",
            "EAL",
            "EHCP",
            "FSM",
            "FSM6",
            "Free School Meals",
            "Pupil Premium",
            "Looked After Child",
        ),
        *("ELL", "ESL", "LEP", "IEP", "504", "504 plan", "Title I", "FRL", "free/reduced lunch", "imd_band"),
        *("männlich", "weiblich", "Mädchen", "Junge", "DaZ", "Förderbedarf", "Migrationshintergrund", "Anrede"),
        *("garçon", "fille", "boursière", "allophone", "civilité", "varón", "mujer", "indígena", "NEE"),
        *("maschio", "femmina", "DSA", "BES", "104", "Legge 104", "straniero", "masculino", "feminino", "cor/raça"),
        *("jongen", "meisje", "thuistaal", "NT2", "geboorteland"),
    ],
)
def test_a_header_says_who_a_student_is(header: str) -> None:
    """Apart, run together, in any case, and as the name of a yes or no."""
    assert says_who(header)


@pytest.mark.parametrize(
    "header",
    [
        *("average", "message", "sextant", "Altersheim", "BlackBoard logins", "white board", "man hours", "Room 504"),
        *("foreign trips", "hours", "Title", "send date", "senior", "raced", "S ex"),
    ],
)
def test_a_part_of_a_word_says_nothing(header: str) -> None:
    """Nor does a word that means it only when it stands alone."""
    assert not says_who(header)


@pytest.mark.parametrize(
    ("text", "well"),
    [
        *((text, True) for text in ("passed", "Pass", "Graduated", "course_completed", "bestanden", "Versetzt")),
        *((text, True) for text in ("réussi", "admis", "aprobado", "promosso", "aprovado", "geslaagd", "not failed")),
        *((text, True) for text in ("no dropout", "kein Abbruch", "Nicht gefährdet", "low risk", "Did he pass?")),
        *((text, False) for text in ("Dropout", "drop_out", "DropOut", "At Risk", "atrisk", "withdrawn", "repeater")),
        *((text, False) for text in ("absent", "left", "has_left", "durchgefallen", "sitzengeblieben", "Abbruch")),
        *(
            (text, False)
            for text in ("échec", "ÉCHEC", "redoublement", "risque d'échec", "suspenso", "repite", "en riesgo")
        ),
        *((text, False) for text in ("bocciato", "respinto", "a rischio", "reprovação", "evasão", "desistente")),
        *(
            (text, False)
            for text in ("gezakt", "uitval", "blijven zitten", "Versetzung gefährdet", "versetzungsgefährdet")
        ),
        *((text, False) for text in ("not passed", "notPassed", "notpassed", "nicht bestanden", "non admis")),
        *((text, False) for text in ("no aprobado", "has not yet passed", "No. of failures", "no of failures")),
        *((text, None) for text in ("result", "y", "label", "target", "outcome", "class", "Pass/Fail", "retained")),
        *((text, None) for text in ("left handed", "Pass/No pass", "1", "ja", "compass", "failsafe")),
    ],
)
def test_an_end_is_good_or_bad_where_that_is_plain(text: str, well: bool | None) -> None:
    """What is denied is the other; "retained" is good at a university and bad at a school."""
    assert ends_well(text) is well


@pytest.mark.parametrize(
    ("header", "better"),
    [
        *((header, True) for header in ("attendance", "GPA", "Quiz 1", "hours", "study_hours", "Punkte", "Mitarbeit")),
        *((header, True) for header in ("asistencia", "voto", "presenças", "cijfer", "assiduité")),
        *((header, False) for header in ("absences", "No. of absences", "hours absent", "points lost", "days late")),
        *((header, False) for header in ("Fehlstunden", "Fehltage", "retards", "faltas", "assenze", "verzuim")),
        *((header, None) for header in ("Note", "work hours", "G1", "grade", "stage", "pointsman")),
    ],
)
def test_more_is_better_or_worse_where_that_is_plain(header: str, better: bool | None) -> None:
    """Of a "Note" less is better in German and more in French: it is not known."""
    assert more_is_better(header) is better


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        *(("Student", "personal"), ("Pupil", "personal"), ("Schüler/in", "personal"), ("Schueler", "personal")),
        *(("Élève", "personal"), ("Alumna", "personal"), ("Studente", "personal"), ("Aluno", "personal")),
        *(
            ("Leerling", "personal"),
            ("Né le", "age_or_place"),
            ("Née le", "age_or_place"),
            ("Né(e) le", "age_or_place"),
        ),
    ],
)
def test_a_column_called_student_holds_names(header: str, subject: Subject) -> None:
    """In every language, where nothing stands beside it; and French says when somebody is born in three ways."""
    assert header_mentions(header, subject)
    assert not header_mentions(f"{words(header)} points", "personal")


def test_a_header_of_any_length_is_read_in_no_time() -> None:
    """Only its beginning is looked at: a million words are a mistake."""
    header = "a b " * 1_000_000 + "gender"

    assert not says_who(header)
    assert ends_well(header) is None
    assert more_is_better(header) is None
