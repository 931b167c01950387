"""Headers and values are understood word by word, in nine languages, and never by a part of a word."""

import pytest

from training.terms.header import (
    actionable_direction,
    ends_well,
    header_is,
    header_mentions,
    more_is_better,
    words,
)
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
        *(
            "F/M",
            "w/m",
            "Geschl.",
            "Learning_Disabilities",
            "Students with disabilities",
            "nonwhite",
            "People of colour",
        ),
        *("Country of origin", "Native English speaker", "Married", "YOB", "D.O.B.", "GebDat", "Né(e) le", "né le"),
        *("Additional needs", "ALN", "PPG", "CLA", "Service Premium", "Military family", "Disadvantage", "Low SES"),
        *("Muslim", "Is Catholic?", "Konf.", "ESOL", "ENL", "EHC", "MigHG", "Staatsang.", "País de origen", "ANEAE"),
        *("Italofono", "SASE", "dyslexieverklaring", "special education", "IDACI score", "Age at test"),
        *("Displaced", "Pell", "Orphan", "urban/rural", "Lang. at home", "Number of children", "weight_kg", "IMMIG"),
        *("Schwerbeh.", "Mutterspr.", "Förderschwerp.", "modalidade_cota", "Sisbén", "Cittad.", "Pochodz.", "BYRACE"),
        *("Migrationsstatus", "ITSEX", "SG_UF_RESIDENCIA"),
        *(
            "First Lang",
            "EL",
            "Econ Disadv",
            "McKinney-Vento",
            "LBOTE",
            "Visa type",
            "Fee status",
            "Care experienced",
            "MigHi",
            "geb. am",
            "Umgangssprache",
            "Adaptación curricular",
            "Stranieri",
            "Rok nar.",
        ),
    ],
)
def test_a_header_says_who_a_student_is(header: str) -> None:
    """Apart, run together, in any case, and as the name of a yes or no."""
    assert says_who(header)


@pytest.mark.parametrize(
    "header",
    [
        *("Mother's qualification", "Father's occupation", "ParentAnsweringSurvey", "Household type", "Siblings"),
        *("Beruf der Mutter", "CSP du père", "Estudios de la madre", "Titolo di studio del padre", "Profissão da mãe"),
        *("FAMI_EDUCACIONMADRE", "Opleiding vader", "Zawód matki", "Vzdělání otce"),
    ],
)
def test_what_is_said_of_parents_is_of_the_family(header: str) -> None:
    """Whatever it is: whether it may count is asked."""
    assert header_mentions(header, "circumstances")


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
    "header",
    [
        *(
            "Language score",
            "Foreign Language grade",
            "Gender Studies grade",
            "Sex education grade",
            "Citizenship mark",
        ),
        *("Birthday paradox quiz", "Race condition quiz", "Migration unit test", "Alter Test", "mixed methods score"),
        *("100m race time", "Male teacher", "male teacher ratio", "Programming language", "Body Language", "sped up"),
        *("Account disabled", "ZIP submissions", "IEP meetings attended", "white board use", "native apps", "Cap"),
        *("Reading age", "Indirizzo di studio", "Parent email address", "left hand", "present simple test"),
    ],
)
def test_a_word_beside_it_gives_a_term_another_sense(header: str) -> None:
    """A mark in a language, and the length of a race, say nothing of who a student is."""
    assert not says_who(header)


@pytest.mark.parametrize(
    "header",
    [
        "Surname",
        "Forename",
        "First name",
        "Nachname",
        "Vorname",
        "Nom",
        "Prénom",
        "Nom de l'élève",
        "Student surname",
        "Student's name",
        "Student",
        *("First", "Last", "Student Last", "Vorn.", "Alumno/a"),
    ],
)
def test_a_whole_header_is_a_name(header: str) -> None:
    """Also with the student beside it."""
    assert header_is(header, "personal")


@pytest.mark.parametrize(
    "header",
    ["Course name", "School name", "Class ID", "course_id", "Name der Schule", "Nom de l'école", "Reading index"],
)
def test_the_name_of_a_thing_is_no_students(header: str) -> None:
    """Unless the student is beside it."""
    assert not header_mentions(header, "personal")
    assert not header_mentions(header, "id")
    assert header_mentions("school student id", "id")


@pytest.mark.parametrize(
    "header",
    [
        *("DNI", "RUT", "CURP", "Nº de expediente", "Codice fiscale", "RA", "n_processo", "Nº do processo", "CPF"),
        *(
            "Stamnr",
            "BSN",
            "Schüler-Nr.",
            "N° étudiant",
            "Apogée",
            "Enrollment No",
            "LRN",
            "PRN",
            "stu_key",
            "os. číslo",
            "Adm No",
            "NU_INSCRICAO",
            "IDSTUD",
        ),
        *(
            "DCID",
            "Adno",
            "SSID",
            "EMPLID",
            "Matric No",
            "Personalnummer",
            "Identifiant",
            "Nº Expediente",
            "Nº aluno",
            "Lln.nr",
            "Nr w dzienniku",
            "Ev. č.",
        ),
    ],
)
def test_what_schools_and_registers_number_students_by_is_an_id(header: str) -> None:
    """Also where the word for a number is not in it."""
    assert header_mentions(header, "id")


@pytest.mark.parametrize("header", ["No.", "Nº", "#", "Row #", "lfd. Nr.", "Zeile", "rij"])
def test_a_whole_header_numbers_rows(header: str) -> None:
    """What is counted is no row: "Num logins"."""
    assert header_is(header, "number")
    assert not header_is(f"{header} logins", "number")


@pytest.mark.parametrize("header", ["Class", "form", "Tutor Group", "Homeroom", "Klasse", "turma", "sezione", "klas"])
def test_a_header_names_a_group(header: str) -> None:
    """In which a student learns."""
    assert header_mentions(header, "group")
    assert not says_who(header)
    assert not header_mentions("class participation", "group")


@pytest.mark.parametrize(
    "text",
    [
        *("Didn't pass", "Didn\u2019t pass", "didnt pass", "doesn't pass", "Won't pass", "wasn't promoted"),
        *("isn't eligible", "aren't enrolled", "Hasn't passed", "Can't graduate", "Cannot graduate", "unable to pass"),
        *("is not going to pass", "not expected to graduate", "Not at all satisfactory", "Yet to pass"),
        *("Below proficient", "Below pass mark", "Less than proficient", "Partially proficient", "nearly passed"),
        *("Missed graduation", "Passing mark missed", "Completion not possible", "Graduation not expected"),
        *("Promotion withheld", "Success unlikely", "Un-enrolled", "de-enrolled", "passed (reversed)"),
        *("Versetzung nicht möglich", "Versetzung nicht erfolgt", "Versetzung unwahrscheinlich", "nichts bestanden"),
        *("Versetzung verweigert", "Versetzung ausgesetzt", "kaum Erfolg", "ohne Versetzung", "Ohne Abbruch"),
        *("Aucune réussite", "n'a jamais réussi", "Aucun échec", "Redoublement évité", "Ningún aprobado"),
        *("no se ha graduado", "ningún suspenso", "Nessun successo", "Nenhum sucesso", "zonder succes"),
        *("zonder diploma behaald", "Zonder uitval", "Dropout avoided", "Failure avoided", "Risk free"),
        *("Result (0=fail)", "Ergebnis (0=bestanden)", "Outcome (0 = passed)", "0=fail, 1=pass", "0: fail"),
        *("Promoted/Retained", "retained_or_promoted", "passed or not", "n_aprovado", "N. passed", "passed or failed"),
        *("qualifies_for_help", "enrolled_in_remedial", "graduated_late", "prob_dropout", "dropout prevention"),
        *("Result (1 fail)", "Result (fail: 0)", "fail-0", "Result 0 → fail", "1 - passed"),
        *(
            "Exempt from resit",
            "Off probation",
            "Graduation waived",
            "Degree annulled after passing",
            "Abbruch entgangen",
            "Versetzung bedroht",
            "Réussite compromise",
            "Hors risque d'échec",
            "Evita abandono",
            "Libre de riesgo",
            "Promozione compromessa",
            "Isento de exame, aprovado",
            "Vrijgesteld, geslaagd",
            "Unika rezygnacji",
            "Osvobozen, prospěl",
        ),
    ],
)
def test_an_end_in_doubt_is_not_known(text: str) -> None:
    """What denies from afar, from behind or in another way, and a key, is asked about."""
    assert ends_well(text) is None


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
        *((text, False) for text in ("no_of_failures", "NoOfFailures", "failed or withdrawn", "failed/withdrawn")),
        *((text, True) for text in ("zero_failures", "zéro échec", "Passed (true/false)", "Réussi (oui/non)")),
        *((text, None) for text in ("result", "y", "label", "target", "outcome", "class", "Pass/Fail", "retained")),
        *((text, True) for text in ("Passed (yes/no)", "Passed (0/1)", "Aprobado (sí/no)", "passed_1", "Passed 2024")),
        *((text, False) for text in ("Dropout (0/1)", "did not finish", "Unenrolled", "DidNotPass", "Failed? (Y/N)")),
        *((text, False) for text in ("needs improvement", "hasfailed", "DROPOUTFLAG", "failstatus", "DidNotPassFlag")),
        *((text, False) for text in ("Risikoschüler", "kein Abschluss", "Klassenziel nicht erreicht", "mangelhaft")),
        *((text, False) for text in ("off_track", "stopout", "left_university", "not meets standard", "ATKT")),
        *((text, False) for text in ("en difficulté", "redouble", "giudizio sospeso", "trancou", "nematuroval")),
        *(
            (text, True)
            for text in ("ispassed", "Klassenziel erreicht", "genügend", "Abschluss", "vorgerückt", "passe")
        ),
        *((text, True) for text in ("meets_standard", "persist", "aprovou", "overgegaan", "diplomado", "geschafft")),
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
        *(
            (header, False)
            for header in ("Attendance gaps", "Incomplete homework", "Homework owed", "Low attendance", "Class rank")
        ),
        *((header, False) for header in ("Fehlstunden", "Fehltage", "retards", "faltas", "assenze", "verzuim")),
        *((header, False) for header in ("FStd.", "davon unent.", "Versp. (Min.)", "Abs. inj.", "Faltas injust.")),
        *((header, False) for header in ("onvold.", "nb. nieuspr.", "oceny ndst", "Zameškáno", "negative points")),
        *((header, True) for header in ("Curricular units 1st sem (approved)", "Sem1 GPA", "GPA sem II", "Freq.")),
        *(
            (header, None)
            for header in (
                "Points possible",
                "Behaviour points",
                "homework not done",
                "Note",
                "work hours",
                "G1",
                "grade",
                "stage",
                "pointsman",
            )
        ),
    ],
)
def test_more_is_better_or_worse_where_that_is_plain(header: str, better: bool | None) -> None:
    """Of a "Note" less is better in German and more in French: it is not known."""
    assert more_is_better(header) is better


@pytest.mark.parametrize(
    ("direction", "headers"),
    [
        (
            "increase",
            """
            study_hours | StudyTimeWeekly | Hours of study | Attendance % | homework | Tutoring | schoolsup | test
            preparation course | Lernstunden pro Woche | Hausaufgaben | Nachhilfe | Heures d'étude | devoirs rendus |
            horas de estudio | refuerzo | ore di studio | compiti | trabalhos de casa | apoio escolar | studietijd |
            bijles | czas nauki | korepetycje | Docházka | doučování
            """,
        ),
        (
            "decrease",
            """
            unsubmitted assignments | attendance gaps | low participation | fehlende Hausaufgaben |
            tareas no entregadas | zapomenuté úkoly |
            absences | Minutes late | missed homework | homework not handed in | unexcused absences | screen time |
            goout | Fehlstunden | Fehltage unentschuldigt | Verspätungen | Hausaufgaben nicht abgegeben | retards |
            devoirs non rendus | absences non justifiées | faltas | assenze | compiti non consegnati | atrasos | verzuim
            | huiswerk niet ingeleverd | nieobecności | spóźnienia | zameškané hodiny | neomluvené hodiny
            """,
        ),
        (
            "both",
            """
            sleep_hours | freetime | Extracurricular | Schlafdauer | sommeil | sueño | sonno | sono | slaap | czas snu |
            spánek
            """,
        ),
        (
            None,
            """
            travel time | travel hours | commute | Distance to school | age | sex | address | Medu | parental level of
            education | Parents' attendance | G1 | previous attendance | homework_score | attendance grade | failures |
            Absences last year | excused absences | late registration | SEN support | teacher | city | Schulweg |
            Fahrzeit | Fehlstunden entschuldigt | Mathenote | Temps de trajet | retard scolaire | absences justifiées |
            moyenne | tiempo de viaje | titolo di studio | tempo di viaggio | tempo de viagem | reistijd | czas dojazdu
            | dojíždění | omluvené hodiny | favourite colour
            """,
        ),
    ],
)
def test_what_can_be_changed_is_told_by_a_header(direction: str | None, headers: str) -> None:
    """In nine languages; never the way to school, who somebody is, parents, earlier marks, or what is excused."""
    told = {" ".join(header.split()): actionable_direction(header) for header in headers.split("|")}

    assert told == dict.fromkeys(told, direction)


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
