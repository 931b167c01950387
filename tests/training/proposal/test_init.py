"""`python -m training init`: from a table that nothing is known of to a dataset file that loads."""

import re
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import NEEDS_UCI, UCI
from tests.support.processes import run
from tests.support.proposals import Init, call, columns
from tests.support.stores import run_job
from tests.support.workbooks import book_of, to_bytes
from training.__main__ import main
from training.config import NOBODY_CHOSE, DecisionRule, read_dataset_file
from training.proposal.dataset_toml import list_item
from training.proposal.quoted import quoted
from training.table.dataset import load_dataset


def test_the_written_file_says_what_run_needs(init: Init) -> None:
    """Target, both values, bounds with what was seen; and the next command."""
    result = init(columns(school=lambda row: ["north", "south"][row % 2]))

    assert result.entries["target"] == {
        "column": "passed",
        "positive": "yes",
        "negative": "no",
        "labels": ["fail", "pass"],
    }
    assert result.features == {
        "hours": {"name": "hours", "kind": "number", "minimum": 0, "maximum": 10, "actionable": "increase"},
        "school": {"name": "school", "kind": "category", "vocabulary": ["north", "south"]},
    }
    assert "# seen: 0 to 6" in result.text
    assert result.entries["data"] == "table.csv"
    assert result.dataset.labels.sum() == 20
    assert f"python -m training run {result.path}" in result.out


def test_it_starts_without_tensorflow(tmp_path: Path) -> None:
    """Nobody should wait seconds for a proposal."""
    (tmp_path / "table.csv").write_text(columns())
    program = (
        "import sys; from training.__main__ import main; code = main(sys.argv[1:]); "
        "assert not {'tensorflow', 'keras', 'pandas', 'sklearn'} & sys.modules.keys(); sys.exit(code)"
    )
    (tmp_path / "started.py").write_text(program)

    done = run("started", "init", "table.csv", "--target", "passed", "-o", "-", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["data"] == "table.csv"
    assert "60 rows" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(init: Init, encoding: str, delimiter: str) -> None:
    """And written down, so that `run` reads the same."""
    text = columns(présence=lambda row: row % 7, école=lambda row: ["Lycée", "Collège"][row % 2])

    result = init(text.replace(",", delimiter).encode(encoding))

    assert result.entries["delimiter"] == delimiter
    assert result.features["école"]["vocabulary"] == ["Collège", "Lycée"]
    assert result.dataset.matrix.shape == (60, 3)


def test_bytes_that_windows_leaves_undefined_are_latin_1(init: Init) -> None:
    """Every byte has a meaning there, so that the table can at least be read."""
    result = init(columns(école=lambda row: ["\x81", "é"][row % 2]).encode("latin-1"))

    assert result.entries["encoding"] == "latin-1"
    assert result.dataset.matrix.shape == (60, 2)


@pytest.mark.parametrize(
    ("text", "decimal", "values"),
    [
        ("mark;hours;passed\n3,5;1;1\n4,25;2;0\n3;1;1\n5;2;0\n", ",", [3.5, 4.25, 3, 5]),
        ("mark,hours,passed\n3.5,1,1\n4.25,2,0\n3,1,1\n5,2,0\n", ".", [3.5, 4.25, 3, 5]),
        ('mark,hours,passed\n"3,5",1,1\n"4,25",2,0\n3,1,1\n5,2,0\n', ",", [3.5, 4.25, 3, 5]),
        ("mark\thours\tpassed\n3,5\t1\t1\nNA\t2\t0\n3\t1\t1\n5\t2\t0\n", ",", [3.5, None, 3, 5]),
        ("mark;hours;passed\n3.5;1;1\n4;2;0\n3;1;1\n5;2;0\n", ".", [3.5, 4, 3, 5]),
    ],
)
def test_the_decimal_mark_is_found(init: Init, text: str, decimal: str, values: list[float | None]) -> None:
    """From the cells of all columns, whatever the delimiter."""
    result = init(text)

    assert result.entries["decimal"] == decimal
    column = result.dataset.matrix[:, 0].tolist()
    assert [None if value != value else value for value in column] == values


@pytest.mark.parametrize(
    "header",
    [
        '"Study, hours";"say ""hi""";passed',
        "class;self;passed",
        "Hours;hours;passed",
        "pre\u0301sence %;a/b;passed\t",
        "a\u00a0b ; c\\d;\u00a0passed",
        '"two\nlines";#;passed',
    ],
)
def test_odd_names_are_found_again(init: Init, header: str) -> None:
    """Quotes, the delimiter, blanks, accents of two forms, keywords, names that differ only by capitals."""
    rows = "".join(f"{row % 4};{row % 5}.5;{row % 2}\n" for row in range(20))

    result = init(f"\ufeff{header}\n{rows}")

    assert result.dataset.matrix[:3].tolist() == [[0, 0.5], [1, 1.5], [2, 2.5]]


def test_a_table_of_one_column_but_the_target_will_do(init: Init) -> None:
    """The smallest there can be; decimal commas do not become columns."""
    assert init("mark;passed\n3,5;0\n4,5;1\n3,5;0\n4,5;1\n3,5;0\n5;1\n3,5;1\n").dataset.matrix.shape == (7, 1)


@pytest.mark.parametrize(
    ("cells", "minimum", "maximum"),
    [
        (["15", "22"], 0, 25),
        (["0", "19"], 0, 20),
        (["0", "1"], 0, 1),
        (["-3", "7"], -5, 10),
        (["-7", "-3.5"], -10, 0),
        (["0.001", "0.0003"], 0, 0.001),
        (["1e30", "3e38"], 0, 5e38),
        (["1e-320", "0"], 0, 1e-320),
    ],
)
def test_bounds_are_round_and_hold_what_was_seen(init: Init, cells: list[str], minimum: float, maximum: float) -> None:
    """Zero below, unless something is negative."""
    feature = init(columns(x=lambda row: cells[row % 2])).features["x"]

    assert (feature["minimum"], feature["maximum"]) == (minimum, pytest.approx(maximum))


def test_a_percentage_goes_to_100(init: Init) -> None:
    """Whatever was the largest seen."""
    feature = init(columns(**{"Présence %": lambda row: 10 + row % 30})).features["Présence %"]

    assert (feature["minimum"], feature["maximum"]) == (0, 100)


def test_marks_for_missing_values_are_listed(init: Init) -> None:
    """Then the column is one of numbers; "none" of a category is a value, unless numbers have it."""
    text = columns(
        x=lambda row: ["NA", "?", "-", 1, 2.5, ""][row % 6],
        club=lambda row: ["none", "chess", "n/a"][row % 3 - row % 2],
    )

    result = init(text)

    assert result.entries["missing"] == ["-", "?", "n/a", "NA"]
    assert result.features["x"] == {"name": "x", "kind": "number", "minimum": 0, "maximum": 2.5, "nullable": True}
    assert result.features["club"]["vocabulary"] == ["chess", "none"]
    assert result.features["club"]["nullable"]
    assert "does one of these mean that there is no value?" in result.text
    assert result.dataset.matrix.shape == (60, 3)


@pytest.mark.parametrize(
    ("name", "cell", "why"),
    [
        ("code", lambda row: f"x{row}", "different in every row"),
        ("number", lambda row: row + 1, "counts the rows"),
        ("number", lambda row: 4000 + row * 37 % 60, "counts the rows"),
        ("number", lambda row: row * row + 5, "counts the rows"),
        ("Student ID", lambda row: row * 7919 % 10007, "names the student"),
        ("matricule", lambda row: f"m{row // 2}", "names the student"),
        ("Vorname", lambda row: f"Name{row % 40}", "says who the student is"),
        ("e-mail", lambda row: f"s{row % 50}@example.org", "says who the student is"),
        ("country", lambda row: "FR", 'the same in every row: "FR"'),
        ("notes", lambda row: " ", "blank in every row"),
        ("hours again", lambda row: row * 7 % 13 / 2, 'the same as "hours"'),
        ("motto", lambda row: f"motto {row % 55}", "55 different texts are too many"),
        ("seen on", lambda row: f"2024-09-{row % 28 + 1:02}", "dates"),
        ("seen on", lambda row: f"{row % 28 + 1}.9.2024", "dates"),
        ("year", lambda row: 2020 + row % 4, "years"),
        ("taught in", lambda row: f"{2020 + row % 4}/{21 + row % 4}", "years"),
        ("result", lambda row: "PF"[row % 3 > 0], "it says the same as the target in other words"),
        ("copy", lambda row: "yes" if row % 3 == 0 else "no", "it is the target again"),
        ("points", lambda row: 50 + row % 7 if row % 3 == 0 else row % 45, "it alone tells the target"),
        ("code", lambda row: 2 if row % 3 == 0 else 1 + row % 2 * 2, "its values alone tell the target"),
        ("certificate", lambda row: f"type {row % 2}" if row % 3 == 0 else "", "it is filled only for those who pass"),
    ],
)
def test_what_is_no_feature_is_left_out_with_its_reason(
    init: Init, name: str, cell: Callable[[int], object], why: str
) -> None:
    """In the file and in the summary."""
    result = init(columns(**{name: cell}))

    assert result.entries["ignore"] == [name]
    [comment] = [line.partition("#")[2] for line in result.text.splitlines() if line.startswith(f'    "{name}"')]
    assert why in comment
    assert f'  "{name}":{comment}' in result.out
    assert list(result.features) == ["hours"]


def test_an_id_is_known_by_its_name_in_the_smallest_table(init: Init) -> None:
    """Four rows in which the numbers alone would show nothing."""
    assert init("id,hours,passed\n7,1,1\n9,2,0\n12,1,1\n3,3,0\n").entries["ignore"] == ["id"]


def test_a_mark_that_orders_the_students_as_the_target_does_is_left_out(init: Init) -> None:
    """The same exam on another scale."""
    text = columns(mark=lambda row: row % 21, percent=lambda row: row % 21 * 5, passed=lambda row: "")

    result = init(text, "--target", "mark", "--at-least", "10")

    assert result.entries["ignore"][0] == "percent"
    assert result.dataset.labels.sum() == sum(row % 21 >= 10 for row in range(60))


def test_below_40_rows_only_copies_give_the_target_away(init: Init) -> None:
    """In 32 rows an honest column may separate the classes."""
    text = columns(32, points=lambda row: 50 + row % 7 if row % 3 == 0 else row % 45)

    assert "points" in init(text).features


def test_codes_are_numbers_with_a_question(init: Init) -> None:
    """Only people know whether 4 is more than 1."""
    result = init("\ufeffschool type\t;hours;passed\n" + "".join(f"{r % 4 + 1};{r % 9}.5;{r % 2}\n" for r in range(32)))

    assert result.features["school type"]["kind"] == "number"
    assert 'codes or amounts? if codes: kind = "category", vocabulary = ["1", "2", "3", "4"]' in result.text
    assert 'codes or amounts? "school type"' in result.out


def test_numbers_that_leap_may_be_codes_too(init: Init) -> None:
    """Courses are numbered 33, 171, 8014; credits come in equal steps, and marks leave out next to nothing."""
    result = init(
        columns(
            120,
            course=lambda row: (33, 171, 8014, 9853)[row % 4],
            credits=lambda row: (30, 60, 90, 120)[row * 7 % 4],
            mark=lambda row: row * 11 % 21,
        )
    )

    assert 'codes or amounts? if codes: kind = "category", vocabulary = ["33", "171", "8014", "9853"]' in result.text
    assert 'codes or amounts? "course"' in result.out
    assert result.text.count("codes or amounts?") == 1


@pytest.mark.parametrize(
    "name",
    [
        *(
            "sex",
            "Gender",
            "AGE",
            "âge",
            "Geschlecht",
            "date_of_birth",
            "birthPlace",
            "Nationalité",
            "raza",
            "Religião",
        ),
        *("Età", "moedertaal", "mother tongue", "race/ethnicity", "code_postal", "Pstatus", "disability", "address"),
    ],
)
def test_who_a_student_is_serves_the_audit(init: Init, name: str) -> None:
    """In the languages of western European schools; as features where asked for."""
    text = columns(**{name: lambda row: "ABC"[row % 7 % 3]})

    assert init(text).entries["audit_only"] == [name]
    assert set(init(text, "--force").dataset.groups) == {name}
    assert name in init(text, "--demographics", "features", "--force").features


@pytest.mark.parametrize("name", ["average", "language_mark", "message", "sextant", "Altersheim", "religion points"])
def test_a_name_that_only_sounds_like_it_is_a_feature(init: Init, name: str) -> None:
    """Whole words count; a column of many numbers is a mark."""
    assert name in init(columns(**{name: lambda row: row * 5 % 17 + 0.5})).features


def test_columns_have_the_roles_that_were_asked_for(init: Init) -> None:
    """An id with repeats, a period, an earlier mark that is a feature too, and two to leave out, one quoted."""
    text = columns(
        pupil=lambda row: f"p{row // 2}",
        year=lambda row: 2020 + row % 3,
        before=lambda row: row * 11 % 17,
        **{'"x, y"': lambda row: row % 5, "z": lambda row: row % 4},
    )

    result = init(text, "--id", "pupil", "--time", "year", "--prior-mark", "before", "--ignore", '"x, y",z')

    entries = result.entries
    assert (entries["id"], entries["time"], entries["prior_mark"]) == ("pupil", "year", "before")
    assert entries["ignore"] == ["x, y", "z"]
    assert list(result.features) == ["hours", "before"]
    assert result.dataset.num_students == 30
    assert result.dataset.period_names == ("2020", "2021", "2022")


def test_what_could_be_an_id_or_a_period_is_suggested(init: Init) -> None:
    """As a comment that can be taken over."""
    result = init(columns(student_id=lambda row: row // 2 + 100, **{"school year": lambda row: f"{2020 + row % 4}/x"}))

    assert '# id = "student_id"' in result.text
    assert '# time = "school year"' in result.text


def test_rows_without_a_target_are_passed_over(init: Init) -> None:
    """They are counted, and nothing is inferred from them."""
    result = init(
        columns(passed=lambda row: ["yes", "no", "", "NA"][row % 4], x=lambda row: "a" if row % 4 < 2 else "b")
    )

    assert result.entries["drop_rows_without_target"]
    assert "# 30 rows have no target." in result.text
    assert '"x", # the same in every row: "a"' in result.text
    assert result.dataset.rows[:4].tolist() == [1, 2, 5, 6]


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ("01", "1"),
        (("no", "Yes"), "Yes"),
        (("nicht bestanden", "bestanden"), "bestanden"),
        (("sí", "no"), "sí"),
        (("pass", "fail"), "pass"),
        (("oui", "non"), "oui"),
        (("FALSE", "TRUE"), "TRUE"),
        (("re\u0301ussi", "x"), "réussi"),
    ],
)
def test_the_value_that_passes_is_known_by_its_name(init: Init, values: tuple[str, str], positive: str) -> None:
    """Where there are two, and one of them says so."""
    assert init(columns(passed=lambda row: values[row % 2])).entries["target"]["positive"] == positive


def test_several_values_can_fail(init: Init) -> None:
    """All but the one that was given."""
    result = init(columns(passed=lambda row: "ABC"[row % 3]), "--positive", "A")

    assert result.entries["target"]["negative"] == ["B", "C"]
    assert result.dataset.labels.sum() == 20


def test_several_values_can_pass(init: Init) -> None:
    """A distinction is a pass as well."""
    result = init(columns(passed=lambda row: "ABCD"[row % 4]), "--positive", "A", "--positive", "C")

    assert result.entries["target"]["positive"] == ["A", "C"]
    assert result.entries["target"]["negative"] == ["B", "D"]
    assert "do all of these fail?" in result.text
    assert result.dataset.labels.tolist()[:4] == [1, 0, 1, 0]
    assert "every value" in init(columns(), "--positive", "yes", "--positive", "no", "--force").error


@pytest.mark.parametrize(
    ("text", "arguments", "why"),
    [
        (columns(), ["--target", "Passed"], r"no column 'Passed'; the header has 'passed', 'hours'"),
        (columns(), ["--ignore", "our"], "no column 'our'; the header has 'hours', 'passed'"),
        (columns(), ["--id", "passed"], "'passed' can't be two of target, id"),
        (columns(), ["--ignore", "hours"], r'no column is left as a feature \("hours": as asked for\)'),
        (columns(), ["--positive", "YES"], "'YES' is no value of 'passed': '"),
        (columns(), ["--at-least", "10"], "'passed' is not a column of numbers; use --positive: 'no', 'yes'"),
        (columns(), ["--at-least", "x"], "--at-least.*must be a number"),
        (columns(), ["--at-least", "1", "--positive", "yes"], "not allowed with"),
        (columns(), ["--name", "a/b"], "--name"),
        (columns(passed=lambda row: "AB"[row % 2]), [], "passes with --positive VALUE: 'A', 'B'"),
        (columns(passed=lambda row: row % 20), [], "give the pass line with --at-least N"),
        (columns(passed=lambda row: row % 20), ["--at-least", "30"], "no mark in 'passed' is at least 30; .* 0 to 19"),
        (columns(passed=lambda row: row % 20), ["--at-least", "-1"], "every mark in 'passed' is at least -1"),
        (columns(passed=lambda row: row), ["--positive", "1"], "60 different values, too many for --positive"),
        (columns(passed=lambda row: "yes"), [], "has one value only: 'yes'"),
        (columns(passed=lambda row: ""), [], "is blank in every row"),
        (columns(1), [], "has one value only"),
        (columns(0), [], "no rows under the header"),
        ("", [], "there is no header"),
        (b"PK\x03\x04\x14\x00", [], "a workbook that can't be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [], "not a text file"),
        (b"a,b\n1,\0\n", [], "not a text file"),
        (b"\xff\xfea", [], "not a text file"),
        ('a,passed\n1,"1\n', [], "not readable as CSV"),
        ("a,a,passed\n1,1,1\n", [], "1 and 2 of the header have the same name, 'a' in line 1: give each its own"),
        (
            "Who,1st term,,2nd term,\nname,mark,days,mark,passed\nKim,3,4,5,1\n",
            [],
            "'mark' in line 2, below '1st term' and '2nd term': give each its own, such as 'mark 1st term'",
        ),
        (
            "Who,1st term,,2nd term,\nname,of,mark,days,mark,passed\nKim,1,3,4,5,1\n",
            [],
            "'mark' in line 2, below '1st term' and '2nd term'",
        ),
    ],
)
def test_a_table_or_wish_that_can_not_be_met_is_refused(
    init: Init, text: str | bytes, arguments: list[str], why: str
) -> None:
    """In words, with exit code 2 and nothing written."""
    result = init(text, *arguments)

    assert result.code == 2
    assert re.search(why, result.error)
    assert not result.path.exists()


def test_rows_that_are_all_wider_than_the_header_are_told(init: Init) -> None:
    """As programs write them that number the rows without a name for it; the target is then not blank in every row."""
    result = init("hours,passed\n" + "".join(f"{row},{row % 9},yes\n" for row in range(20)), "--target", "passed")

    assert result.code == 2
    assert "every row has 3 cells where the header has 2, beginning with line 2" in result.error


def test_a_formula_without_a_result_is_no_mark_for_no_value(init: Init) -> None:
    """Nor a category: the table is refused until it is saved where its formulas are worked out."""
    rows = [[row * 7 % 13, "chess" if row % 2 else "judo", "yes" if row % 3 == 0 else "no"] for row in range(60)]
    rows[5][0] = rows[7][1] = "=A9"

    result = init(to_bytes(book_of({"class": [["hours", "club", "passed"], *rows]})), "--target", "passed")

    assert result.features["club"]["vocabulary"] == ["chess", "judo"]
    assert "missing" not in result.text
    assert "row 6, column 'hours': must be a number from 0 to 20, or null; it is a formula without" in result.error
    assert "row 8, column 'club'" in result.error


def test_a_workbook_is_proposed_for_as_the_same_table_in_csv(init: Init) -> None:
    """Shares of a hundred are such as a sheet shows them; how a CSV would be written is not said of it."""
    rows: list[list[Any]] = [["yes" if row % 3 == 0 else "no", row * 7 % 13 / 2, row % 50 / 100] for row in range(60)]
    rows_of_one = [["passed", "hours", "attendance"], *rows]
    book = book_of({"lists": [["a"]], "class": [["Klasse 9b"], *rows_of_one]})
    for row in range(3, 63):
        book["class"].cell(row, 3).number_format = "0%"

    result = init(to_bytes(book), "--target", "passed", "--sheet", "CLASS")

    assert "of 2 sheets with cells 'class' was read; --sheet names another" in result.out
    assert result.entries["sheet"] == "class"
    assert {"delimiter", "decimal", "encoding"}.isdisjoint(result.entries)
    assert result.features["attendance"]["unit"] == "%"
    assert result.dataset.matrix[:3].tolist() == [[0, 0], [3.5, 1], [0.5, 2]]
    for target in ("passed", "a"):
        first = init(to_bytes(book), "--target", target, "--force")
        assert first.error.endswith("; of 2 sheets with cells 'lists' was read; --sheet names another\n")
    alone = init(to_bytes(book_of({"class": rows_of_one})), "--target", "passed", "--force")
    assert "sheet" not in alone.entries
    assert alone.dataset.matrix[:3].tolist() == [[0, 0], [3.5, pytest.approx(0.01)], [0.5, pytest.approx(0.02)]]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, and nothing at all."""
    for name, why in ((".", "Is a directory"), ("nowhere.csv", "No such file")):
        done = run("training", "init", name, "--target", "x", "-o", "x.toml", cwd=tmp_path)
        assert done.returncode == 2
        assert why in done.stderr


def test_a_file_that_is_there_is_not_replaced(init: Init) -> None:
    """It may have been reviewed already; --force replaces it. An output that `run` would refuse is none."""
    first = init(columns())
    first.path.write_text("reviewed")

    assert "is there already" in init(columns()).error
    assert first.path.read_text() == "reviewed"
    assert init(columns(), "--force").code == 0
    assert "ends in .toml" in init(columns(), "-o", "x.txt").error
    assert "No such file" in init(columns(), "-o", "/nowhere/at/all.toml").error


def test_the_table_is_named_as_seen_from_the_file(tmp_path: Path) -> None:
    """Wherever both lie; a link is named, not what it leads to."""
    for folder in ("data", "sets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "real.csv").write_text(columns())
    (tmp_path / "data/table.csv").symlink_to(tmp_path / "real.csv")

    assert (
        main(["init", str(tmp_path / "data/table.csv"), "--target", "passed", "-o", str(tmp_path / "sets/x.toml")]) == 0
    )

    assert tomllib.loads((tmp_path / "sets/x.toml").read_text())["data"] == "../data/table.csv"
    assert load_dataset(read_dataset_file(tmp_path / "sets/x.toml")).file == "table.csv"


def test_rows_at_fault_are_told_and_the_file_is_written(init: Init) -> None:
    """As `run` will tell them; the other rows show what the columns are."""
    result = init(columns() + "3,yes,more\n")

    assert result.code == 0
    assert "table.csv:62: row 61: has 3 cells where the header has 2" in result.error
    assert result.features["hours"]["kind"] == "number"


@NEEDS_UCI
@pytest.mark.parametrize(("subject", "num_rows", "num_positive"), [("mat", 395, 265), ("por", 649, 549)])
def test_the_uci_students_are_proposed_as_they_are(
    tmp_path: Path, subject: str, num_rows: int, num_positive: int
) -> None:
    """Who they are is for the audit; the earlier marks are features; nothing else is left out."""
    path = tmp_path / "x.toml"

    table = UCI / f"student-{subject}.csv"
    code = main(f"init {table} --target G3 --at-least 10 --prior-mark G2 -o {path}".split())

    dataset_file = read_dataset_file(path)
    dataset = load_dataset(dataset_file)
    assert code == 0
    assert dataset_file.audit_only == ("sex", "age", "address", "Pstatus")
    assert dataset_file.ignore == ()
    assert dataset.matrix.shape == (num_rows, 28)
    assert dataset.labels.sum() == num_positive
    assert dataset.prior_mark is not None


def test_the_run_takes_what_was_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a table to a version in two commands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(
        columns(sex=lambda row: "FM"[row % 2], x=lambda row: ["", "a", "b", "b"][row % 4])
    )

    first = run("training", "init", "table.csv", "--target", "passed", "-o", "t.toml", cwd=tmp_path)
    with (tmp_path / "t.toml").open("a") as file:
        file.write("epochs = 2\nmembers = 1\n")
    second = run_job("t.toml")

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr


def test_what_can_be_changed_is_proposed_and_asked(init: Init) -> None:
    """By names, with the direction and a word to check it; of texts without an order there is none."""
    marks = {"sleep": lambda row: row % 7 + 4, "first_essay": lambda row: row % 17}
    result = init(
        columns(
            absences=lambda row: row % 11,
            homework=lambda row: ["none", "some", "all", "some"][row % 4],
            travel_time=lambda row: row % 7 * 10,
            **marks,
        ),
        "--prior-mark",
        "sleep",
    )

    directions = {name: feature.get("actionable") for name, feature in result.features.items()}
    assert directions == {
        "hours": "increase",
        "absences": "decrease",
        "homework": "both",
        "travel_time": None,
        "sleep": None,  # an earlier mark, whatever it is called
        "first_essay": None,
    }
    assert 'actionable = "decrease" # proposed because of its name: check\n' in result.text
    asked = "can a student or the school change these, and these alone? "
    assert f'{asked}"hours" (increase), "absences" (decrease), "homework" (both)\n' in result.out
    assert {each.name: each.actionable for each in result.dataset.schema.features} == directions


def test_what_never_changes_is_not_proposed_to_be_changed(init: Init) -> None:
    """Nor what numbers the students, nor names of which there are many; then it is asked what can be."""
    result = init(
        columns(
            hours=lambda row: row * 7 % 13,
            attendance=lambda row: "yes" if row % 4 else "",
            absences=lambda row: row * 7 % 60,
            tutoring=lambda row: f"group {row % 20}",
        ),
        "--ignore",
        "hours",
    )

    assert set(result.features) == {"attendance", "absences", "tutoring"}
    assert "actionable" not in result.text
    assert "what can a student or the school change? no name says so" in result.out


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6),
    st.sampled_from(
        ["", "1", "2", "3,5", "2.5", "NA", "-", "yes", "no", "e\u0301", "\u00e9", '"', "a;b", " x ", "\u00a0"]
    ),
    st.integers(-100, 100).map(str),
)


@settings(max_examples=200)
@given(
    header=st.lists(CELLS, min_size=1, max_size=4),
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_table_is_refused_in_words_or_gives_a_file_that_loads(
    header: list[str], rows: list[list[str]], delimiter: str
) -> None:
    """Never a traceback, and never a file that `run` refuses for what `init` wrote."""
    names = [*header, "passed"]
    body = [[*row[: len(header)], ["yes", "no"][number % 2]] for number, row in enumerate(rows)]
    text = "\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in [names, *body])
    with tempfile.TemporaryDirectory() as folder:
        result = call(Path(folder), text, "--target", "passed")

        if result.code == 2:
            assert result.error.startswith("error: ")
            assert not result.path.exists()
        elif result.error:
            assert "at least 2 of each are needed" in result.error
        else:
            assert len(result.dataset.labels) == len(rows) - result.dataset.num_left_out
            assert result.dataset.num_left_out == 0 or "no student's, and left out" in result.out


@given(st.lists(st.text(), max_size=3))
def test_any_text_is_read_back_from_toml(texts: list[str]) -> None:
    """Also within a comment, where it must not end the line."""
    document = f"x = {list_item(texts).as_string()}  # {quoted(''.join(texts))}\ny = 1\n"

    assert tomllib.loads(document) == {"x": texts, "y": 1}


def test_who_is_called_at_risk_is_asked_in_three_lines(tmp_path: Path) -> None:
    """On the screen and in the file, each with what it would mean; without its "#" each of them is a choice."""
    result = call(tmp_path, columns(), "--target", "passed")
    asked = [line for line in result.text.splitlines() if line.startswith("# decision.")]

    assert "there is help for 12 of 60: for those most at risk" in asked[0]
    assert len(asked) == 3
    assert all(line.removeprefix("# ") in result.out for line in asked)
    assert read_dataset_file(result.path).decision == NOBODY_CHOSE
    for line in asked:
        path = tmp_path / "chosen.toml"
        path.write_text(result.text.replace(line, line.removeprefix("# ")))
        assert f"{read_dataset_file(path).decision.rule} = " in line


def test_help_for_nobody_is_not_proposed(tmp_path: Path) -> None:
    """A fifth of four students; what the two other choices would mean is said all the same."""
    result = call(tmp_path, columns(4), "--target", "passed")

    assert "there is help for" not in result.out + result.text
    assert result.out.count("decision.") == 2


def test_the_share_that_can_be_helped_is_an_option(tmp_path: Path) -> None:
    """Then it stands in the file, with what it means, and nothing is asked."""
    result = call(tmp_path, columns(), "--target", "passed", "--help-share", "0.25")

    assert read_dataset_file(result.path).decision == DecisionRule("help", 0.25)
    assert "[decision]\n# there is help for 15 of 60: for those most at risk\nhelp = 0.25\n" in result.text
    assert "decision." not in result.out + result.text
    assert call(tmp_path, columns(), "--target", "passed", "--force", "--help-share", "25").code == 2
