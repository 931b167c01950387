"""Which of two values passes: told by plain names, asked for where there is none, and always said with its reason."""

import pytest

from tests.support.proposals import Init, columns

PAIRS = ["01", ("no", "yes"), ("N", "Y"), ("FALSE", "TRUE"), ("F", "T"), ("nein", "ja"), ("N", "J"), ("non", "oui")]
PAIRS += [("N", "O"), ("faux", "vrai"), ("F", "V"), ("no", "sí"), ("N", "S"), ("falso", "verdadero"), ("no", "sì")]
PAIRS += [("não", "sim"), ("nee", "ja"), ("onwaar", "waar"), ("falsch", "wahr"), ("-1", "1"), ("0.0", "1.0")]


def table(name: str, values: tuple[str, str] | str) -> str:
    rows = "".join(f"{row * 7 % 13 / 2},{values[row * 3 % 7 % 2]}\n" for row in range(40))
    return f"hours,{name}\n{rows}"


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_what_is_affirmed_passes_where_the_column_is_called_well(init: Init, pair: tuple[str, str]) -> None:
    """And fails where it is called badly: 1 of "Dropout" is who left."""
    good = init(table("graduated", pair), "--target", "graduated").entries["target"]
    bad = init(table("Dropout", pair), "--target", "Dropout", "--force")

    assert (good["negative"], good["positive"]) == (pair[0], pair[1])
    assert (bad.entries["target"]["negative"], bad.entries["target"]["positive"]) == (pair[1], pair[0])
    assert f"# `{pair[0]}` passes: the column is called Dropout" in bad.text
    assert f"which pass; `{pair[0]}` passes: the column is called Dropout" in bad.out.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        *((name, "1") for name in ("passed", "Did the student pass?", "bestanden", "versetzt", "réussi", "promosso")),
        *((name, "1") for name in ("aprobado", "aprovado", "geslaagd", "not_failed", "no dropout", "kein Abbruch")),
        *((name, "0") for name in ("failed", "at_risk", "AtRisk", "withdrawn", "repeat", "absent", "durchgefallen")),
        *((name, "0") for name in ("échec", "redoublement", "suspenso", "bocciato", "evasão", "gezakt")),
        *((name, "0") for name in ("not passed", "nicht bestanden", "non admis", "no aprobado")),
    ],
)
def test_the_name_of_the_column_tells_of_two_numbers(init: Init, name: str, passes: str) -> None:
    """In every language that `init` knows, and the other way round where it is denied."""
    assert init(table(name, "01"), "--target", name).entries["target"]["positive"] == passes


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        *((pair, pair[0]) for pair in (("P", "F"), ("pass", "fail"), ("bestanden", "nicht bestanden"))),
        *((pair, pair[0]) for pair in (("Graduate", "Dropout"), ("apto", "no apto"), ("admis", "ajourné"))),
        *((pair, pair[0]) for pair in (("promosso", "respinto"), ("Aprovado", "Reprovado"), ("geslaagd", "gezakt"))),
        *((pair, pair[0]) for pair in (("Completed", "Withdrawn"), ("P", "NP"), ("credit", "no credit"))),
        *((pair, pair[0]) for pair in (("1 - passed", "0 - failed"), ("0: pass", "1: fail"))),
    ],
)
@pytest.mark.parametrize("name", ["result", "Dropout"])
def test_values_that_are_plain_themselves_decide(init: Init, name: str, values: tuple[str, str], positive: str) -> None:
    """Whatever the column is called."""
    result = init(table(name, values), "--target", name)

    assert result.entries["target"]["positive"] == positive
    assert f"# `{positive}` passes: it is called so" in result.text


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *((name, "01") for name in ("result", "y", "label", "target", "outcome", "class", "Pass/Fail", "retained")),
        *(("result", pair) for pair in (("2", "1"), ("S", "F"), ("o", "x"), ("si", "ir"), ("pass", "merit"))),
        *(("result", pair) for pair in (("pass", "distinction"), ("pass", "credit"), ("yes", "non"), ("P", "A"))),
        *(("passed", pair) for pair in (("2", "1"), ("yes", "maybe"), ("3", "5"), ("A", "B"), ("bestanden", "offen"))),
        *((name, "01") for name in ("Result (0=fail)", "Outcome (0 = passed)", "Can't graduate", "Dropout avoided")),
        *(("result", pair) for pair in (("Y", "Can't graduate"), ("Didn't pass", "-"), ("passed", "not expected"))),
    ],
)
def test_what_is_not_plain_is_asked(init: Init, name: str, values: tuple[str, str]) -> None:
    """Both values are named, and nothing is written."""
    result = init(table(name, values), "--target", name)

    assert result.code == 2
    assert f"give the value of {name!r} that passes with --positive VALUE" in result.error
    assert all(repr(value) in result.error for value in values)


def test_what_is_asked_for_is_obeyed_and_questioned(init: Init) -> None:
    """The name says that it is the other one."""
    result = init(table("Dropout", "01"), "--target", "Dropout", "--positive", "1")

    question = 'the column is called Dropout: is it the other way round? then positive = "0", negative = "1"'
    assert result.entries["target"]["positive"] == "1"
    assert "# `1` passes, as asked for" in result.text
    assert f"# ? {question}" in result.text
    assert f"  {question}" in result.out
    assert "way round?" not in init(table("Dropout", "01"), "--target", "Dropout", "--positive", "0", "--force").text


@pytest.mark.parametrize("half", [".5", ""])
def test_less_can_be_better(init: Init, half: str) -> None:
    """German marks, with decimal commas in every row and not in the header: up to 4 is a pass."""
    rows = "".join(f"{row % 11 / 2:.1f};{row % 7}{half}\n".replace(".", ",") for row in range(44))

    result = init("Note;Stunden\n" + rows, "--target", "Note", "--at-most", "4,0")

    assert result.entries["target"] == {"column": "Note", "at_most": 4, "labels": ["fail", "pass"]}
    assert "# marks up to 4 pass, as asked for" in result.text
    assert "36 of which pass; marks up to 4 pass, as asked for" in result.out
    assert result.dataset.labels.sum() == 36


def test_a_table_that_is_sorted_by_its_marks_keeps_what_speaks_for_a_student(init: Init) -> None:
    """26 students whose lessons missed are 2, 3, 4, …: they number no rows."""
    text = "Note;Fehlstunden\n" + "".join(f"{1 + row / 5:.1f};{row + 2}\n".replace(".", ",") for row in range(26))

    wrong = init(text, "--target", "Note", "--at-least", "4,0")

    assert list(wrong.features) == ["Fehlstunden"]
    assert 'students who pass have more "Fehlstunden": is less better in "Note"? then at_most = 4' in wrong.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "give the pass line with --at-least N, or --at-most N where less is better"),
        (["--at-most", "-1"], "no mark in 'mark' is at most -1; marks are from 0 to 19"),
        (["--at-most", "20"], "every mark in 'mark' is at most 20"),
        (["--at-most", "4", "--at-least", "4"], "--at-least is not allowed with --at-most"),
        (["--at-most", "4", "--positive", "4"], "--at-most is not allowed with --positive"),
    ],
)
def test_a_pass_line_that_can_not_be_is_refused(init: Init, arguments: list[str], why: str) -> None:
    """And both lines are named where one is missing."""
    result = init(columns(mark=lambda row: row % 20), "--target", "mark", *arguments)

    assert result.code == 2
    assert why in result.error


def test_a_pass_line_against_the_rest_of_the_table_is_questioned(init: Init) -> None:
    """Those who "pass" with a 5 have more lessons missed."""
    rows = [f"{row % 6 + 1};{row % 6 * 3 + row * 7 % 11};{60 - row % 6 * 9 + row * 5 % 37}" for row in range(60)]
    text = "\n".join(["Note;Fehlstunden;Punkte", *rows]) + "\n"

    wrong = init(text, "--target", "Note", "--at-least", "4")

    question = 'is less better in "Note"? then at_most = 4 in place of at_least'
    assert f'students who pass have less "Punkte" and more "Fehlstunden": {question}' in wrong.out
    assert question in " ".join(wrong.text.replace("\n#  ", "").split())
    right = init(text, "--target", "Note", "--at-most", "4", "--force")
    assert "students who pass have" not in right.text + right.out


@pytest.mark.parametrize(("target", "test", "is_asked"), [("Rang", 90, True), ("Note", 90, True), ("Note", 5, False)])
def test_a_pass_line_against_tests_of_more_than_six_points_is_questioned(
    init: Init, target: str, test: int, is_asked: bool
) -> None:
    """Up to 6 they may be marks, of which less is better."""
    text = columns(60, **{target: lambda row: row % 6 + 1, "Test": lambda row: test - row % 6 * test // 6 + row % 2})

    result = init(text, "--target", target, "--at-least", "4")

    assert ('students who pass have less "Test": is less better' in result.out) is is_asked


def test_a_value_against_the_rest_of_the_table_is_questioned(init: Init) -> None:
    """Where no name says it, the other columns do."""
    text = columns(60, attendance=lambda row: 95 - row % 3 * 7 + row % 4, result=lambda row: "AB"[row % 3 > 0])

    question = 'students who pass have less "attendance": is it the other way round? then swap positive and negative'
    assert question in init(text, "--target", "result", "--positive", "B").out
    assert question not in init(text, "--target", "result", "--positive", "A", "--force").out


@pytest.mark.parametrize(
    ("name", "line", "question"),
    [
        ("no_of_failures", "--at-least", "the column is called no_of_failures: is less better in it? then at_most"),
        ("Risk score", "--at-least", "the column is called Risk score: is less better in it? then at_most"),
        ("dropout", "--at-least", "the column is called dropout: is less better in it? then at_most"),
        ("Fehlstunden", "--at-most", ""),
        ("attendance", "--at-most", "the column is called attendance: is more better in it? then at_least"),
        ("mark", "--at-most", ""),
    ],
)
def test_a_pass_line_against_the_column_s_name_is_questioned(init: Init, name: str, line: str, question: str) -> None:
    """Where no other column says which way is better, the target's own name may."""
    text = columns(x=lambda row: row % 7, **{name: lambda row: row * 3 % 5})

    result = init(text.replace("hours", "y", 1), "--target", name, line, "2", "--ignore", "passed")

    assert question in result.out
    assert ("is less better" in result.text or "is more better" in result.text) is bool(question)


@pytest.mark.parametrize(
    ("positive", "question"),
    [
        (("Graduate", "Dropped"), "called as what fails, but positive: `Dropped`; is that right?"),
        (("Graduate",), "called as what passes, but negative: `Enrolled`; is that right?"),
        (("Graduate", "Enrolled"), ""),
    ],
)
def test_values_against_their_own_names_are_questioned(init: Init, positive: tuple[str, ...], question: str) -> None:
    """Of three, as of two: who is enrolled has not failed."""
    text = columns(90, Target=lambda row: ["Graduate", "Enrolled", "Dropped"][row * 5 % 7 % 3])

    result = init(text, "--target", "Target", *(word for value in positive for word in ("--positive", value)))

    assert question in result.out
    assert ("called as what" in result.text) is bool(question)


def test_codes_of_a_target_are_named_beside_the_pass_line(init: Init) -> None:
    """A 9 that stands for unknown is at least 1, too."""
    result = init(columns(graduated=lambda row: [0, 1, 9][row % 3]), "--target", "graduated")

    assert (
        "where less is better; or, if they are codes, each that passes with --positive: '0', '1', '9'" in result.error
    )


@pytest.mark.parametrize(
    ("most", "other", "arguments", "asked"),
    [
        (6, "Mathe", ("--at-least", "4"), True),
        (6, "Mathe", ("--at-most", "4"), False),
        (6, "Fehlstunden", ("--at-least", "4"), False),
        (20, "Mathe", ("--at-least", "4"), False),
    ],
)
def test_marks_of_which_nothing_tells_the_better_end_are_asked_about(
    init: Init, most: int, other: str, arguments: tuple[str, ...], asked: bool
) -> None:
    """A table of marks alone, where some countries take 1 for the best."""
    rows = "".join(f"{row * 7 % 5 + 1},{row * 3 % most + 1}\n" for row in range(60))

    result = init(f"{other},Gesamtnote\n{rows}", "--target", "Gesamtnote", *arguments)

    said = 'nothing else in the table says whether more is better: is less better in "Gesamtnote"? then at_most = 4'
    assert (said in result.out) is asked


def test_capitals_make_no_third_value(init: Init) -> None:
    """As typed by many hands; one of them given alone is questioned."""
    text = columns(90, result=lambda row: ["Pass", "FAIL", "PASS", "Fail", "pass"][row * 2 % 7 % 5])

    alone = init(text, "--target", "result", "--positive", "Pass")
    plain = init(text, "--target", "result", "--force")

    assert sorted(plain.entries["target"]["positive"]) == ["PASS", "Pass", "pass"]
    assert sorted(plain.entries["target"]["negative"]) == ["FAIL", "Fail"]
    assert "do all of these fail" not in plain.out
    assert "do all of these fail? `FAIL`, `Fail`, `PASS`, `pass`" in alone.out


def test_what_neither_passes_nor_fails_is_passed_over_as_the_question_says(init: Init) -> None:
    """An incomplete is no F: the file names the entries, and `run` takes them."""
    text = columns(result=lambda row: "I" if row % 20 == 7 else "PF"[row * 3 % 7 % 2], passed=lambda row: "")
    result = init(text, "--target", "result", "--positive", "P", "--ignore", "passed")

    said = 'as `I` may, is passed over with missing = ["I"] and drop_rows_without_target = true at the top'
    assert said in result.out
    mended = result.text.replace('negative = ["F", "I"]', 'negative = "F"')
    result.path.write_text('missing = ["I"]\ndrop_rows_without_target = true\n' + mended, encoding="utf-8")
    assert (len(result.dataset.labels), result.dataset.num_left_out) == (57, 3)
