"""Tables as schools have them: what is read, what is asked, and that the service reads the same."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.proposals import Init, call, columns

ROWS = 40


def table(**cells: object) -> str:
    """`columns` of 40 rows."""
    return columns(ROWS, **cells)  # type: ignore[arg-type]


def test_one_cell_does_not_decide_for_a_column_of_numbers(init: Init) -> None:
    """It is missing, unless its owner says otherwise; the question says what there is and how often."""
    result = init(columns(quiz=lambda row: "Absent" if row == 7 else row * 3.5 % 20))

    assert result.features["quiz"] == {
        **{"name": "quiz", "kind": "number", "minimum": 0, "maximum": 20, "missing": ["Absent"], "nullable": True}
    }
    assert '59 of 60 are numbers; "Absent" (1) is not: is there no value? "quiz"' in result.out
    assert '# ? 59 of 60 are numbers; "Absent" (1) is not' in result.text
    assert result.dataset.matrix.shape == (60, 2)


@pytest.mark.parametrize(
    ("cells", "entries", "first"),
    [
        (["95%", "91 %", "52%", "47.5%"], {"unit": "%", "minimum": 0, "maximum": 100}, 95),
        (["17/20", "15/20", "7/20", "6.5 / 20"], {"out_of": 20, "minimum": 0, "maximum": 20}, 17),
        (["6 h", "5h", "1 hour", "3 h"], {"unit": "h", "suffixes": ["hour"], "minimum": 0, "maximum": 10}, 6),
        (["950", '"1,200"', "870", "600"], {"other_mark": "thousands", "minimum": 0, "maximum": 2000}, 950),
        (["\uff15", "6.5", "'7", "3"], {"minimum": 0, "maximum": 10}, 5),
        (["#DIV/0!", "6.5", "7", "3"], {"minimum": 0, "maximum": 10, "nullable": True}, None),
    ],
)
def test_numbers_are_read_as_they_are_written(
    init: Init, cells: list[str], entries: dict[str, object], first: float | None
) -> None:
    """And the file says how, so that the service reads them too."""
    result = init(table(x=lambda row: cells[row % 4]))

    assert result.features["x"] == {"name": "x", "kind": "number", **entries}
    value = result.dataset.matrix[0, 1]
    assert value == first if first is not None else value != value


def test_two_decimal_marks_in_a_column_are_both_read(init: Init) -> None:
    """It is said how."""
    result = init("".join(["mark;hours;passed\n", *(f"{r % 9}{',.'[r % 2]}5;{r % 7};{r % 2}\n" for r in range(40))]))

    assert result.features["mark"]["other_mark"] == "decimal"
    assert re.search(r'"\d[,.]5" is read as \d\.5: is that right\? "mark"', result.out)
    assert result.dataset.matrix[:3, 0].tolist() == [0.5, 1.5, 2.5]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (lambda row: f"{row % 12 + 1}:{row % 60:02}", "hours and minutes; written as numbers"),
        (lambda row: f"{row % 20} x{row}" if row % 3 else row, "20 of 60 are numbers; "),
    ],
)
def test_a_column_that_is_left_out_has_its_true_reason(init: Init, cell: object, why: str) -> None:
    """Not that it has too many texts, where numbers are written in another way."""
    assert f'  "x": {why}' in init(columns(x=cell)).out  # type: ignore[arg-type]


def test_rows_that_are_no_students_are_left_out_by_what_stands_in_them(init: Init) -> None:
    """Points, averages; an id that is no number among numbers; each named by its line."""
    names = [f'"Moss, Ada {row}"' for row in range(ROWS)]
    rows = [f"{names[row]},{1000 + 7 * row},{row % 11},{row % 3 % 2}" for row in range(ROWS)]
    others = ["    Points Possible,,10,", '"Bo, Kim",demo,3,0', "Durchschnitt,,5.5,"]

    result = init("\n".join(["student,id,quiz,passed", others[0], *rows, *others[1:]]) + "\n")

    assert result.entries["skip_rows"] == ["Points Possible", "Durchschnitt", "demo"]
    for line, cell in ((2, "Points Possible"), (43, "demo"), (44, "Durchschnitt")):
        assert f'no student\'s, and left out: line {line}, "{cell}"' in result.out
    assert result.features["quiz"]["maximum"] == 10
    assert len(result.dataset.labels) == ROWS
    assert result.dataset.rows[0] == 2


def test_a_row_without_an_id_is_asked_about(init: Init) -> None:
    """It may be a student's all the same."""
    result = init(
        "student_id,quiz,passed\n" + "".join(f"{'' if r == 3 else 100 + r},{r % 7},{r % 2}\n" for r in range(40))
    )

    assert 'is line 5 a student\'s? it has no "student_id"' in result.out
    assert '# ? is line 5 a student\'s? it has no "student_id"' in result.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ",hours,passed\n" + "".join(f"{r},{r % 7},{r % 2}\n" for r in range(20)),
            "column 1 has no name, and is left out",
        ),
        (
            "Class register 2025/26,\n,\nhours,passed\n" + "".join(f"{r % 7},{r % 2}\n" for r in range(20)),
            'the header is line 3; above it stands "Class register 2025/26,"',
        ),
        ("sep=;\nhours;passed\n" + "".join(f"{r % 7},5;{r % 2}\n" for r in range(20)), "2 features"),
        ("hours,passed\n" + "".join(f"{r % 7},{r % 2},\n" for r in range(20)), "1 features"),
    ],
)
def test_what_programs_write_around_a_table_is_passed_over(init: Init, text: str, said: str) -> None:
    """And said, where something is left out."""
    result = init(text)

    assert said.replace("2 features", "1 features") in result.out
    assert list(result.features) == ["hours"]
    assert len(result.dataset.labels) == 20


def test_a_rising_column_is_not_left_out_without_a_question(init: Init) -> None:
    """Minutes in order may be minutes; a column called number, or without a gap from the first row on, counts rows."""
    result = init(columns(minutes=lambda row: row * row + 30, score=lambda row: row * 37 % 60, row=lambda row: row + 1))

    assert list(result.features) == ["hours", "minutes", "score"]
    assert 'does it number the students? "minutes", "score"' in result.out
    assert 'does it number the rows? "row"' in result.out
    assert '# ? "row": does it number the rows?' in result.text


def test_a_number_that_begins_anew_in_each_class_is_no_feature(init: Init) -> None:
    """Also where some have left; in another order it is asked about."""
    nr = [*range(1, 20), *range(2, 22), *range(1, 22)]

    result = init(columns(**{"Nr.": nr.__getitem__, "No": lambda row: nr[row * 7 % 60]}))

    assert list(result.features) == ["hours", "No"]
    assert 'does it number the rows? "Nr."' in result.out
    assert 'does it number the students of a class? "No"' in result.out


@pytest.mark.parametrize("header", ["Comments", "Bemerkung", "Observations", "Observaciones", "Uwagi", "Pozn\u00e1mka"])
def test_remarks_are_no_categories(init: Init, header: str) -> None:
    """However few: next year's are others. A scale, and a yes or no, are none."""
    result = init(columns(**{header: lambda row: ["", "", "new in October", "talks"][row % 4]}))
    assert list(result.features) == ["hours"]
    scale = init(columns(**{header: lambda row: ["good", "excellent"][row % 5 % 2]}), "--force")

    assert f'"{header}": remarks: next year\'s are others' in result.out
    assert list(scale.features) == ["hours", header]


def test_long_numbers_of_which_no_two_are_alike_are_asked_about(init: Init) -> None:
    """In whatever order and under whatever header; amounts are seldom so."""
    result = init(columns(key7=lambda row: 20_000_000 + row * 7919 % 90_001, score=lambda row: row * 37 % 101 / 2))

    assert list(result.features) == ["hours", "key7", "score"]
    assert 'does it number the students? "key7"' in result.out


def test_short_numbers_of_which_no_two_are_alike_are_asked_about(init: Init) -> None:
    """Of four digits, as many schools count their admissions."""
    result = init(columns(key7=lambda row: 1000 + row * 7919 % 9001))

    assert 'does it number the students? "key7"' in result.out


@pytest.mark.parametrize("mark", ["-", "None", ""])
def test_a_mark_for_none_among_counts_is_asked_about(init: Init, mark: str) -> None:
    """Many write no 0; of marks, which have none either, nothing is asked."""
    made = {name: lambda row: row * 7 % 5 or mark for name in ("days missed", "points")}

    result = init(columns(**made))

    assert 'no 0 stands in it: does a blank, or a mark such as -, say 0? "days missed"\n' in result.out


@pytest.mark.parametrize(
    "took", ["{} mins {} secs", "{} hours {} min", "{} Minuten {} Sekunden", "{} minutes {} secondes"]
)
def test_a_time_in_words_is_left_out_as_a_time(init: Init, took: str) -> None:
    """As learning platforms write it: no text of one student's."""
    result = init(columns(took=lambda row: took.format(row % 50 + 1, row * 7 % 60)))

    assert '"took", # hours and minutes' in result.text


def test_a_whole_scale_of_letter_grades_has_an_order(init: Init) -> None:
    """Of 13 grades, as in the United States."""
    grades = [f"{letter}{sign}" for letter in "DCBA" for sign in ("-", "", "+")]

    result = init(columns(78, grade=lambda row: ["F", *grades][row * 5 % 13]))

    assert 'have they an order? "grade"' in result.out
    assert '"A-", "A", "A+"]' in result.text


def test_texts_that_are_one_student_s_each_are_no_categories(init: Init) -> None:
    """Of a class in which two share a name, too: "different in every row" alone would keep it."""
    result = init(columns(28, Kind=lambda row: f"M{chr(97 + row % 24)}", club=lambda row: "abcdefghijkl"[row % 12]))

    assert result.entries["ignore"] == ["Kind"]
    assert '"Kind", # 24 different texts are too many for categories' in result.text


@pytest.mark.parametrize("name", ["Unnamed: 0", "Unnamed: 3_level_0", "...1"])
def test_what_a_program_calls_a_column_without_a_name_is_left_out(init: Init, name: str) -> None:
    """As one without; here an index of rows that were shuffled afterwards."""
    result = init(columns(**{name: lambda row: row * 37 % 101}))

    assert result.entries["ignore"] == [name]
    assert "it has no name; one in the header would keep it" in result.text


def test_a_spreadsheet_s_dates_are_noticed(init: Init) -> None:
    """5-10 becomes 10-May there."""
    result = init(columns(**{"study hours": lambda row: ["< 5", "10-May", "> 10", "5. M\u00e4rz"][row % 4]}))

    assert '"5. M\u00e4rz" (15), "10-May" (15): are these dates that a spreadsheet made' in result.out


def test_an_order_is_asked_about_and_proposed(init: Init) -> None:
    """Letter grades from the worst, words by their meaning; what is not known as it stands."""
    result = init(
        columns(
            midterm=lambda row: ["B", "A-", "F", "C+", "A"][row * 7 % 5],
            effort=lambda row: ["often", "never", "sometimes"][row * 3 % 5 % 3],
            club=lambda row: ["chess", "art", "judo"][row * 2 % 7 % 3],
        )
    )

    assert 'order = ["F", "C+", "B", "A-", "A"]' in result.text
    assert 'order = ["never", "sometimes", "often"]' in result.text
    assert "order = […]" in result.text
    assert 'have they an order? "midterm", "effort", "club"' in result.out


@pytest.mark.parametrize(
    ("grades", "passing", "worst", "best"),
    [
        (["2+", "2", "2-", "3", "4-"], lambda row: row % 5 < 3, "6-", "1+"),
        (["2+", "2", "2-", "3", "4-"], lambda row: row % 5 > 2, "1-", "6+"),
        (["5-", "5", "5+", "7"], lambda row: row % 4 == 3, "1-", "9+"),
    ],
)
def test_grades_with_a_tendency_are_a_whole_scale_in_order(
    init: Init, grades: list[str], passing: Callable[[int], bool], worst: str, best: str
) -> None:
    """Next year's 6 is read though nobody had it; which end is the best, those who pass tell."""
    made = {
        "test": lambda row: grades[row % len(grades)],
        "passed": lambda row: "yes" if passing(row) or row == 11 else "no",
    }
    result = init(columns(34, **made))

    order = result.features["test"]["order"]
    assert (order[0], order[-1]) == (worst, best)
    assert f'is this the order, from the worst grade, "{worst}", to the best, "{best}"? "test"' in result.out
    assert set(result.dataset.schema.features[1].unseen) == {*order} - {*grades}


def test_an_absence_among_grades_with_a_tendency_is_no_grade(init: Init) -> None:
    """It takes no grade's tendency away."""
    cells = ["2+", "2", "krank", "3-", "-"]
    result = init(table(test=lambda row: cells[row * 3 % 7 % 5]))

    feature = result.features["test"]
    assert (len(feature["order"]), feature["missing"], feature["nullable"]) == (18, ["krank", "-"], True)
    assert '"krank" (6): is there no value? "test"' in result.out
    seen = result.dataset.matrix[:4, 1].tolist()
    assert seen[:3] == [feature["order"].index(grade) for grade in ("2+", "3-", "2")]
    assert seen[3] != seen[3]  # as NaN alone


def test_four_and_more_is_no_tendency(init: Init) -> None:
    """It is read as 4, and asked about."""
    result = init(columns(siblings=lambda row: ["1", "2", "3", "4+"][row * 3 % 7 % 4]))

    assert (result.features["siblings"]["kind"], result.features["siblings"]["suffixes"]) == ("number", ["+"])
    assert "does the number count, whatever stands behind it?" in result.out


def test_categories_of_few_students_are_asked_about(init: Init) -> None:
    """Single students may show in what such a version says."""
    result = init(columns(club=lambda row: "judo" if row in (3, 9) else ["art", "chess"][row % 2]))

    assert '"judo" (2): merge or leave out what fewer than 5 students have? "club"' in result.out


def test_bounds_are_asked_about(init: Init) -> None:
    """A scale of few steps is proposed as it was seen."""
    result = init(columns(effort=lambda row: row * 3 % 4 + 1))

    assert (result.features["effort"]["minimum"], result.features["effort"]["maximum"]) == (1, 4)
    assert 'are minimum and maximum the real bounds? "hours", "effort"' in result.out


@pytest.mark.parametrize(
    ("header", "maximum"),
    [
        ("Grade/3.00", 3),
        ("Q. 2 /3.00", 3),
        ("Note (sur 4)", 4),
        ("Punkte von 3,5", 3.5),
        ("Marks 2023/24", 5),
        ("Grade/2.00", 5),
        ("excursions 3", 5),
    ],
)
def test_points_in_a_header_are_the_bound(init: Init, header: str, maximum: float) -> None:
    """As Moodle writes them; but no school year, and none that some have more of."""
    feature = init(columns(**{f'"{header}"': lambda row: row * 7 % 31 / 10 % 2.9})).features[header]

    assert (feature["minimum"], feature["maximum"]) == (0, maximum)


def test_every_question_of_the_file_is_on_the_screen(init: Init) -> None:
    """Whoever reads the one misses nothing of the other."""
    result = init(
        columns(
            quiz=lambda row: "EX" if row == 7 else row * 3.5 % 20,
            effort=lambda row: row % 4,
            income=lambda row: ["low", "Low", "high"][row % 3],
            row=lambda row: row + 1,
            passed=lambda row: "ABC"[row % 3],
        ),
        *("--positive", "A"),
    )

    asked = [line.partition("? ")[2] for line in result.text.splitlines() if line.lstrip().startswith("# ? ")]
    assert len(asked) == 11
    for question in asked:
        first = re.sub(r'^"[^"]*": ', "", question).partition("?")[0]
        assert first in result.out, question


@pytest.mark.parametrize(("cells", "line"), [("{}%", "50"), ("{} / 100", "50"), ("{} Pkt.", "50")])
def test_a_target_is_read_as_it_is_written(init: Init, cells: str, line: str) -> None:
    """Percentages, points, units; with a line either way round."""
    text = columns(mark=lambda row: cells.format(row * 7 % 101), passed=lambda row: "")

    least = init(text, "--target", "mark", "--at-least", line, "--ignore", "passed").dataset
    most = init(text, "--target", "mark", "--at-most", line, "--ignore", "passed", "--force").dataset

    assert least.labels.sum() == sum(row * 7 % 101 >= 50 for row in range(60))
    assert most.labels.sum() == sum(row * 7 % 101 <= 50 for row in range(60))


def test_a_student_without_a_mark_has_no_label(init: Init) -> None:
    """Absent is not failed; it is asked."""
    text = columns(mark=lambda row: "Absent" if row % 20 == 3 else row % 21, passed=lambda row: "")

    result = init(text, "--target", "mark", "--at-least", "10", "--ignore", "passed")

    assert '"Absent" (3): is it no mark' in result.out
    assert result.entries["missing"] == ["Absent"]
    assert len(result.dataset.labels) == 57


def test_what_is_no_mark_is_asked_of_every_column_that_has_it(init: Init) -> None:
    """A GCSE's U is the lowest grade, and would be blank in a feature without a word."""
    text = columns(
        mock=lambda row: "U" if row % 20 == 5 else row % 9 + 1,
        band=lambda row: "UVW"[row // 2 % 3],
        gcse=lambda row: "U" if row % 20 == 3 else row * 7 % 11 % 9 + 1,
        passed=lambda row: "",
    )

    result = init(text, "--target", "gcse", "--at-least", "4", "--ignore", "passed")

    assert '"U" (3): is it no mark, or is "U" the lowest?' in result.out
    assert '"U" (3): is there no value, or is "U" the lowest? "mock"' in result.out
    assert re.search(r'"U" \(\d+\): is there no value, or is "U" the lowest\? "band"', result.out)


def test_what_says_that_a_row_is_no_student_s_says_so_of_no_feature(init: Init) -> None:
    """An id called new leaves out that row, and not every student whose type is new."""
    rows = [
        f"{'new' if row == 3 else 100 + 7 * row},{row * 3 % 7},{['new', 'old'][row % 2]},{row % 3 % 2}"
        for row in range(40)
    ]

    result = init("\n".join(["student id,hours,type,passed", *rows]) + "\n")

    assert result.entries["skip_rows"] == ["new"]
    assert len(result.dataset.labels) == 39


def test_a_missing_id_is_asked_about_however_it_is_written(init: Init) -> None:
    """It says nothing of who the row is of; and where the same stands elsewhere it must leave out nobody."""
    rows = [
        f"{'N/A' if row == 3 else 100 + 7 * row},{row * 3 % 7},{['N/A', 'fine'][row % 2]},{row % 3 % 2}"
        for row in range(40)
    ]

    result = init("\n".join(["student id,hours,remark,passed", *rows]) + "\n")

    assert "skip_rows" not in result.entries
    assert 'is line 5 a student\'s? it has no "student id"' in result.out
    assert len(result.dataset.labels) == 40


@pytest.mark.parametrize(
    "name",
    [
        "Max Muster",
        "Mean Sok",
        "Somma",
        "Totti, Ana",
        "Media Luna",
        "Summer, Kim",
        "Mittelmann, Eva",
    ],
)
def test_a_student_s_name_is_no_average(init: Init, name: str) -> None:
    """Even where it begins like one."""
    rows = [f'"{name if row == 5 else f"Ada {row}"}",B{row},{row * 3 % 7},{row % 3 % 2}' for row in range(40)]

    result = init("\n".join(["last name,first name,hours,passed", *rows]) + "\n")

    assert "skip_rows" not in result.entries


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "Class Average",
            "Average (class)",
            "Avg.",
            "TOTAL:",
            "Totals (60)",
            "Std. Dev.",
            "Max. points",
            "Out of 100",
        ),
        *(
            "Klassendurchschnitt",
            "Ø",
            "Gesamtpunkte",
            "Moyenne du groupe",
            "Note max",
            "Nombre d'élèves",
            "Promedio del curso",
        ),
        *(
            "Media della classe",
            "Média da turma",
            "Gemiddelde klas",
            "Test Student",
            "Student, Test",
            "Number of students: 60",
        ),
        *(
            "Highest",
            "Passing rate",
            "25%",
            "Notenspiegel",
            "Stabw.",
            "Plus haute",
            "Taux de réussite",
            "Nb élèves: 24",
        ),
        *("Máx.", "Voto massimo", "Dev. st.", "Desvio-padrão", "Gem.", "Hoogste", "Najwyższa", "Celkový průměr"),
    ],
)
def test_averages_totals_and_the_like_are_no_students(init: Init, cell: str) -> None:
    """In the languages that are known; whatever stands in the target."""
    rows = [f'"Moss, Ada {row}",{row % 21},{row * 3 % 20}' for row in range(40)]

    result = init("\n".join(["name,quiz,mark", *rows, f'"{cell}",9,9']) + "\n", "--target", "mark", "--at-least", "10")

    assert result.entries["skip_rows"] == [cell]


@pytest.mark.parametrize("number", ["# {}", "N = {}", "Points {}", "Total {}"])
def test_what_numbers_every_student_is_no_word_for_a_total(init: Init, number: str) -> None:
    """However it begins."""
    rows = [f"{number.format(row)},{row * 7 % 13},{row % 3 % 2}" for row in range(40)]

    result = init("\n".join(["student,hours,passed", *rows]) + "\n")

    assert "skip_rows" not in result.entries
    assert len(result.dataset.labels) == 40


def _of_class(*below: str) -> list[str]:
    marks = [f"Ada Moss {row},{row * 37 % 89},{row * 23 % 71},{row * 29 % 97}" for row in range(11, 41)]
    return ["name,quiz,essay,mark", *marks, *below]


@pytest.mark.parametrize("is_above", [True, False])
def test_a_row_that_sums_up_the_others_is_asked_about_whatever_it_is_called(init: Init, is_above: bool) -> None:
    """Max may be a student, and no list has the words of all languages: Swedish ones stand for them."""
    header, *students = _of_class()
    marks = np.array([[float(cell) for cell in row.split(",")[1:]] for row in students])
    summaries = {"mean": ("Snitt", marks.mean(0)), "median": ("Mitten", np.median(marks, 0))}
    summaries |= {"least": ("Min", marks.min(0)), "most": ("Max", marks.max(0))}
    others = [",".join([name, *(f"{each:.1f}" for each in row)]) for name, row in summaries.values()]

    result = init(
        "\n".join([header, *(others if is_above else []), *students, *([] if is_above else others)]) + "\n",
        "--target",
        "mark",
        "--at-least",
        "40",
    )

    for line, what in enumerate(summaries, 2 if is_above else 32):
        assert f"is line {line} a student's? it has the {what} of all columns" in result.out
        assert f"is line {line} a student's?" in result.text


def test_min_and_max_below_full_names_are_no_students(init: Init) -> None:
    """Whatever their numbers; Max alone, or among first names, is somebody."""
    both = [*_of_class(), "Min,5,9,", "Max,70,60,"]
    first_names = [row.replace("Ada Moss ", "Ada") for row in both]
    skipped = []

    for rows in (both, both[:-1], first_names):
        result = init("\n".join(rows) + "\n", "--target", "mark", "--at-least", "40", "--force")
        skipped.append(result.entries.get("skip_rows"))

    assert skipped == [["Min", "Max"], None, None]


@pytest.mark.parametrize("marks", ["0,0,0", "88,70,96", "44,30,60"])
def test_a_student_at_the_end_is_asked_about_for_no_marks_of_his_own(init: Init, marks: str) -> None:
    """The least, the most, or about the mean of everything."""
    result = init("\n".join(_of_class(f"Max,{marks}")) + "\n", "--target", "mark", "--at-least", "40")

    assert "a student's?" not in result.out


@pytest.mark.parametrize(
    "line",
    [
        "* NT = not taken,,,,",
        "Printed: 9 May 2025,,,,",
        ",\u2020 excused,,,",
        ",,09/14/2024,10/02/2024,",
        ",,,2024-09-14,",
        "(NT: not taken)",
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_footnote_and_a_line_of_dates_are_no_students_without_a_target(init: Init, line: str, is_above: bool) -> None:
    """Nobody else's row without a target is passed over for it."""
    rows = [f"A{1000 + row},Kim {row},{row % 7},{row % 21},{'yes' if row % 4 else 'no'}" for row in range(40)]

    result = init("\n".join(["UPN,name,hours,quiz,passed", *([line, *rows] if is_above else [*rows, line]), ""]))

    assert f'left out: line {2 if is_above else 42}, "{line.strip(",").partition(",")[0]}"' in result.out
    assert "drop_rows_without_target" not in result.entries
    assert len(result.dataset.labels) == 40


def test_a_student_without_a_mark_is_no_footnote(init: Init) -> None:
    """Of whom nothing but the name is known, and perhaps a date."""
    rows = [f"Kim {row},2024-09-1{row % 7},{row % 21},{row % 3 % 2}" for row in range(40)]

    result = init("\n".join(["name,enrolled,quiz,passed", *rows, "Bo,,,", "Ada,2024-09-11,,", ""]))

    assert "skip_rows" not in result.entries
    assert "2 rows without a target are passed over" in result.out


@pytest.mark.parametrize("last", [",,Average,75.0,", ",,,Average,yes"])
def test_an_average_s_word_may_stand_in_any_column_where_nobody_is_named(init: Init, last: str) -> None:
    """Also of a feature, whose values it is none of."""
    rows = [f"A{1000 + row},Kim {row},{'ABC'[row % 3]},{row % 21},{'yes' if row % 4 else 'no'}" for row in range(40)]

    result = init("\n".join(["UPN,name,Reg,quiz,passed", *rows, last, ""]))

    assert "no student's, and left out: line 42, \"" in result.out
    assert result.features["Reg"]["vocabulary"] == ["A", "B", "C"]
    assert len(result.dataset.labels) == 40


def test_a_row_that_alone_says_nothing_of_whom_it_is_of_is_asked_about(init: Init) -> None:
    """Whether ids have letters or there are names alone; who lacks one of two is a student."""
    rows = [f"Kim {row},{'' if row == 7 else f'Bo {row}'},{row % 21},{row % 3 % 2}" for row in range(40)]

    result = init("\n".join(["first name,last name,quiz,passed", *rows, ",,10.5,1", ""]))

    assert re.findall(r"is line \d+ a student's\?.*", result.out) == [
        'is line 42 a student\'s? it has no "first name"; if not, take it out of the table'
    ]


def test_an_average_s_row_may_have_a_cell_too_few_or_too_many(init: Init) -> None:
    """`run` takes the table that `init` has left it out of."""
    rows = [f"Kim {row},{row % 21},{row % 3 % 2}" for row in range(40)]

    result = init("\n".join(["name,quiz,passed", "Points Possible,20,,", *rows, "Average,10", ""]))

    assert len(result.dataset.labels) == 40


def test_an_average_below_names_behind_the_marks_is_no_student_s(init: Init) -> None:
    """Also where the first column is of marks, hardly two of which are alike."""
    rows = [f"{row * 37 % 97},Kim {row},{'yes' if row % 3 else 'no'}" for row in range(40)]

    result = init("\n".join(["mark,name,passed", *rows, "48,Average,", ""]), "--target", "passed")

    assert result.entries["skip_rows"] == ["Average"]


def test_a_remark_behind_a_mark_does_not_lose_it(init: Init) -> None:
    """The number is read, and it is asked whether it counts."""
    result = init(table(x=lambda row: "4.5 (NT)" if row == 7 else "5.5*" if row == 9 else row % 13 / 2))

    assert result.features["x"] == {
        **{"name": "x", "kind": "number", "suffixes": ["(nt)", "*"], "minimum": 0, "maximum": 10}
    }
    assert '"4.5 (NT)" (1), "5.5*" (1): does the number count, whatever stands behind it? "x"' in result.out
    assert result.dataset.matrix[[7, 9], 1].tolist() == [4.5, 5.5]


def test_a_remark_behind_a_mark_of_the_target_is_asked_about(init: Init) -> None:
    """It is read there, too, so that such a student passes."""
    text = columns(mark=lambda row: "11 (late)" if row == 7 else row % 21, passed=lambda row: "")

    result = init(text, "--target", "mark", "--at-least", "10", "--ignore", "passed")

    assert '"11 (late)" (1): does the mark count, whatever stands behind it?' in result.out
    assert result.dataset.labels[7] == 1


def test_one_letter_behind_every_number_is_its_unit(init: Init) -> None:
    """Of reading levels, 815L; classes have fewer numbers, 7a."""
    result = init(table(level=lambda row: f"{800 + row * 37 % 200}L", form=lambda row: f"{row * 3 % 4 + 7}a"))

    assert result.features["level"]["unit"] == "l"
    assert result.features["form"]["vocabulary"] == ["7a", "8a", "9a", "10a"]
    assert result.dataset.matrix[:2, 1].tolist() == [800, 837]


@pytest.mark.parametrize(
    ("cells", "odd"),
    [
        (["82%", "0.85", "91%", "75%"], "0.85"),
        (["9/20", "17/20", "12/20", "87"], "87"),
        (["9/20", "17/20", "12/20", "0.69"], "0.69"),
        (["17", "15", "12", "3 days"], "3 days"),
        (["15.6/20", "7.3/20", "11.5/20", "12/25"], "12/25"),
        (["4 h", "5 h", "3 h", "58 min"], "58 min"),
    ],
)
def test_two_scales_in_a_column_are_not_mixed(init: Init, cells: list[str], odd: str) -> None:
    """What the fewer of them mean is asked."""
    result = init(columns(x=lambda row: cells[row % 4]))

    assert result.features["x"]["missing"] == [odd]
    assert f'45 of 60 are numbers; "{odd}" (15) are not' in result.out


def test_as_many_numbers_of_one_scale_as_of_another_are_no_numbers(init: Init) -> None:
    """There is no saying which is meant; the question says what there is."""
    result = init(columns(x=lambda row: f"{row % 9 + 1}/20" if row % 2 else f"{row % 9 + 1}/40"))

    assert result.features["x"]["kind"] == "category"
    assert 'are these numbers? "x"' in result.out


def test_a_point_before_three_digits_beside_hundreds_is_asked_about(init: Init) -> None:
    """Also where it is the decimal mark of the other columns."""
    minutes = [988 - row if row % 2 else f"1.{200 + row}" for row in range(40)]
    text = "minutes;mark;passed\n" + "".join(f"{minutes[row]};{row % 7}.5;{row % 3 % 2}\n" for row in range(40))

    result = init(text)

    assert re.search(r'"1\.2\d\d" is read as 1\.2\d*: is that right\? "minutes"', result.out)


def test_text_with_commas_is_no_sign_of_decimal_commas(init: Init) -> None:
    """Addresses and times begin with numbers, too."""
    text = columns(gpa=lambda row: f"{row % 3 + 1}.{row % 9}25", address=lambda row: f'"{row % 7} Main Street, Leeds"')

    assert init(text).entries["decimal"] == "."


def test_set_1_is_no_first_of_september(init: Init) -> None:
    """Though set is short for it in two languages."""
    assert "dates" not in init(columns(maths=lambda row: f"Set {row * 2 % 5 % 3 + 1}")).out


@pytest.mark.parametrize(
    ("passed", "arguments", "why"),
    [
        (
            lambda row: "x" if row % 3 else "",
            (),
            r"one value only: 'x'.*where it is blank \(20 rows\), write the other one",
        ),
        (lambda row: "F" if row % 3 else row % 4 + 50, ("--at-least", "50"), "is not a column of numbers"),
        (lambda row: row % 40 + 50 if row % 9 else "F", ("--at-least", "50%"), "these are none: 'F'"),
    ],
)
def test_what_of_a_target_is_not_read_is_named(
    init: Init, passed: object, arguments: tuple[str, ...], why: str
) -> None:
    """A cross for those who pass alone, a word for those who fail."""
    assert re.search(why, init(columns(passed=passed), *arguments).error)  # type: ignore[arg-type]


def test_without_a_target_the_columns_are_named(tmp_path: Path) -> None:
    """One of them is meant."""
    assert '--target COLUMN: "hours", "passed"' in call(tmp_path, columns()).error


@pytest.mark.parametrize(
    ("dates", "names"),
    [
        (["28/07/2008", "01/02/2008", "26/12/2007"], ("26/12/2007", "01/02/2008", "28/07/2008")),
        (["07/28/2008", "02/01/2008", "12/26/2007"], ("12/26/2007", "02/01/2008", "07/28/2008")),
        (["3.9.2024 10:15", "3.9.2024 9:05", "30.8.2024 8:00"], ("30.8.2024 8:00", "3.9.2024 9:05", "3.9.2024 10:15")),
    ],
)
def test_dates_are_periods_in_the_order_of_time(init: Init, dates: list[str], names: tuple[str, ...]) -> None:
    """Day or month first, as the second numbers tell."""
    result = init(columns(taken=lambda row: dates[row * 2 % 7 % 3]), "--time", "taken")

    assert result.dataset.period_names == names


def test_a_date_that_some_students_lack_is_no_period(init: Init) -> None:
    """Only those who left have it; as period of every row `run` would refuse it."""
    result = init(columns(left_on=lambda row: "" if row % 3 == 0 else f"2024-05-{row % 28 + 1:02}"))

    assert result.entries["ignore"] == ["left_on"]
    assert "time = " not in result.out


@pytest.mark.parametrize(
    ("header", "per_student", "hinted"),
    [("student", 4, True), ("Uczeń", 4, True), ("student", 1.5, False), ("First name", 4, False)],
)
def test_several_rows_of_a_student_who_has_no_id_are_asked_about(
    init: Init, header: str, per_student: float, hinted: bool
) -> None:
    """Held out by rows, the network would know them from their others."""
    result = init(columns(80, **{header: lambda row: f"s{int(row / per_student)}"}))

    assert header in result.entries["ignore"]
    assert (f'id = "{header}": if one student has several rows' in result.out) is hinted


@pytest.mark.parametrize("cell", ["a{}@x.org", "Moss, Ada{}"])
def test_several_rows_of_a_full_name_are_asked_about(init: Init, cell: str) -> None:
    """As of an address; many share a first name."""
    result = init(columns(80, name=lambda row: f'"{cell.format(row // 4)}"'))

    assert 'id = "name": if one student has several rows' in result.out


def test_numbers_of_students_who_have_several_rows_are_no_amounts(init: Init) -> None:
    """By the header, or asked where they come in runs."""
    result = init(columns(90, pupil=lambda row: row // 3 + 1, code=lambda row: row // 2 + 1))

    assert 'id = "pupil": if one student has several rows' in result.out
    assert 'does it number the students, each of whom has several rows? "code"' in result.out


@pytest.mark.parametrize("unit", [" km", " Pkt", ""])
def test_marks_between_thousands_stand_beside_units_too(init: Init, unit: str) -> None:
    """950 km shows that 1.401 km is a thousand and four hundred; for a target's labels, too."""
    cells = [
        f"{9 - row % 9}{50 - row % 40}{unit}" if row % 2 else f"{row % 9 + 1}.{400 + row}{unit}" for row in range(40)
    ]
    text = "way;mark;passed\n" + "".join(f"{cells[row]};{row % 7};{row % 3 % 2}\n" for row in range(40))

    feature = init(text).features["way"]
    labels = init(text, "--target", "way", "--at-least", "1000", "--force").dataset.labels

    assert feature["other_mark"] == "thousands"
    assert labels.tolist() == [1, 0] * 20


@pytest.mark.parametrize("odd", ["abs.", "9.5 abs", "Disp.", "N.Not"])
def test_a_mark_in_an_odd_cell_is_none_of_the_column_s(init: Init, odd: str) -> None:
    """Thousands stay thousands beside an abbreviation."""
    text = columns(steps=lambda row: odd if row == 7 else f'"{row % 9 + 1},{400 + row}"' if row % 4 else 950)

    feature = init(text).features["steps"]

    assert (feature["missing"], feature["other_mark"], feature["maximum"]) == ([odd], "thousands", 10000)


def test_what_is_missing_among_numbers_is_a_value_elsewhere(init: Init) -> None:
    """None of a club, a minus for who fails: one such cell among numbers takes no student's label."""
    text = columns(
        club=lambda row: ["none", "chess"][row * 3 % 7 % 2],
        bonus=lambda row: "none" if row == 5 else "-" if row == 6 else row * 11 % 17,
        exam=lambda row: "+" if row % 3 else "-",
    )

    result = init(text, "--target", "exam", "--positive", "+", "--ignore", "passed")

    assert "missing" not in result.entries
    assert result.features["bonus"]["missing"] == ["none", "-"]
    assert result.features["club"]["vocabulary"] == ["chess", "none"]
    assert len(result.dataset.labels) == 60


def test_hours_and_minutes_that_repeat_are_asked_about(init: Init) -> None:
    """As categories they have no order."""
    assert 'are these hours and minutes? "study"' in init(columns(study=lambda row: f"{row % 9 + 1}:30")).out


def test_a_family_name_that_is_a_word_for_totals_keeps_its_student(init: Init) -> None:
    """Where it stands beside a first name; the other row is asked about."""
    rows = [f"Nowak,Ada {row},{row % 7},{row % 3 % 2}" for row in range(40)]

    result = init("\n".join(["last name,first name,quiz,passed", *rows, "Suma,Eva,5,1", "Suma,,122,", ""]))

    assert "skip_rows" not in result.entries
    assert "is line 43 a student's?" in result.out


def test_a_category_in_front_says_nothing_of_whom_a_row_is_of(init: Init) -> None:
    """Conduct may be average."""
    result = init(columns(20, hours=lambda row: ["Good", "Poor", "Average"][row % 7 % 3], x=lambda row: row % 5))

    assert result.features["hours"]["vocabulary"] == ["Average", "Good", "Poor"]
    assert len(result.dataset.labels) == 20


def test_what_was_said_is_not_suggested(init: Init) -> None:
    """On the screen as in the file."""
    result = init(columns(quiz=lambda row: row * 7 % 11, test=lambda row: row * 5 % 13), "--prior-mark", "test")

    assert "prior_mark = " not in result.out


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ([-8, -2.5, 0.3, 1.9], ["-8"]),
        ([1, 2, 3, 4, 7, 8, 9], ["7", "8", "9"]),
        ([15, 18, 40, 99], ["99"]),
        ([-1, 0, 1], []),
        ([60, 75, 90, 99], []),
        ([*range(-9, 4)], []),
        ([*range(10)], []),
    ],
)
def test_codes_for_no_value_are_asked_about(init: Init, cells: list[float], codes: list[str]) -> None:
    """As surveys have them among numbers, far from all others; and they can be told to `run`."""
    text = columns(100, x=lambda row: cells[row * 3 % len(cells)])

    asked = re.search(r"codes for no value\? then missing = (\[.*?\])", init(text).text)

    assert (re.findall(r'"(.*?)"', asked[1]) if asked else []) == codes


@pytest.mark.parametrize(
    ("cell", "others"),
    [("1024", lambda row: row * row % 61), ("45", lambda row: row % 5 + 1), ("-80", lambda row: row % 10)],
)
def test_an_amount_far_from_all_others_is_asked_about(init: Init, cell: str, others: Callable[[int], int]) -> None:
    """With its line, as one such amount spoils what is learned from the column; the farthest of the others is none."""
    made = {"absences": lambda row: cell if row == 7 else others(row)}
    seen = [others(row) for row in range(60) if row != 7]

    far, near = init(columns(**made)), init(columns(absences=lambda row: others(row)), "--force")

    question = f'"{cell}" (line 9): is it right, so far from all others, {min(seen)} to {max(seen)}?'
    assert f'{question} "absences"' in far.out
    assert "far from all others" not in near.out


def test_an_na_among_codes_may_be_not_achieved(init: Init) -> None:
    """As in France and New Zealand; beside words it is no value."""
    made = {
        "skill": lambda row: ["A", "ECA", "NA"][row // 2 % 3],
        "colour": lambda row: ["amber", "green", "NA"][row // 2 % 3],
    }

    feature, target = init(columns(**made)), init(columns(**made), "--target", "skill", "--positive", "A", "--force")

    question = '"NA" (20): is there no value, or is it "not achieved"?'
    assert f'{question} "skill"' in feature.out
    assert f"{question} then move it from missing, at the top, to negative" in target.out
    mended = target.text.replace('missing = ["NA"]', "").replace('negative = "ECA"', 'negative = ["ECA", "NA"]')
    target.path.write_text(mended, encoding="utf-8")
    assert len(target.dataset.labels) == 60


def test_a_far_amount_has_its_line_below_a_row_that_is_left_out(init: Init) -> None:
    """The lines count all rows of the file."""
    rows = [f"Moss {row},{1024 if row == 7 else row * row % 61},{row % 3 % 2}" for row in range(60)]

    result = init("\n".join(["name,absences,passed", "Points possible,100,", *rows]) + "\n")

    assert result.entries["skip_rows"] == ["Points possible"]
    assert '"1024" (line 10): is it right' in result.out


def test_codes_for_no_mark_are_asked_about(init: Init) -> None:
    """A 9 that stands for unknown is at least 1."""
    result = init(columns(graduated=lambda row: [0, 1, 9][row % 3]), "--target", "graduated", "--at-least", "1")

    assert "`9`: codes for no mark? then leave such rows out of the table" in result.out
