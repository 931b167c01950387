"""What gives the target away by its blanks, or only with another column, is left out or asked about."""

from collections.abc import Callable

import pytest

from tests.support.proposals import Init, columns


def test_an_amount_that_only_those_who_pass_have_is_left_out(init: Init) -> None:
    """However many different values it has, and whatever they are."""
    result = init(columns(180, scholarship=lambda row: 1000 + row * 7919 % 9973 if row % 3 == 0 else ""))

    assert result.entries["ignore"] == ["scholarship"]
    assert "it is filled only for those who pass, with an AUC of 1.000" in result.text


@pytest.mark.parametrize(
    ("cell", "question"),
    [
        (lambda row: row * 7919 % 9973 if row % 6 == 0 else "", "only students who pass have it"),
        (lambda row: "" if row % 3 == 1 else row * 7919 % 9973, "only students who fail lack it"),
        (lambda row: "abc"[row // 3 % 3] if row % 6 == 0 else "", "only students who pass have it"),
    ],
)
def test_an_amount_that_one_label_alone_has_or_lacks_is_asked_about(
    init: Init, cell: Callable[[int], object], question: str
) -> None:
    """30 or 60 of 180 rows, all of one label, are no chance; half as many may be."""
    result = init(columns(180, other=cell))

    assert "other" in result.features
    assert f"{question}: is it known before the target is" in result.text
    assert f'{question}: is it known before the target is? "other"' in result.out
    assert question not in init(columns(90, other=cell), "--force").text


def test_a_value_that_one_label_alone_has_is_asked_about(init: Init) -> None:
    """A status that some of those who pass have, and nobody else; half as many rows may be chance."""

    def status(row: int) -> str:
        return "certified" if row % 6 == 0 else "ab"[row * 5 % 7 % 2]

    result = init(columns(180, status=status))

    question = 'only students who pass have "certified": is it known before the target is'
    assert "status" in result.features
    assert question in result.out
    assert question in result.text.replace("\n#   ", " ")
    assert "only students" not in init(columns(66, status=status), "--force").text


@pytest.mark.parametrize(
    ("sign", "other"),
    [
        ("/", lambda points, row: points / (0.9 if row % 3 == 0 else 0.3 + row % 7 / 20)),
        ("-", lambda points, row: points - (40 if row % 3 == 0 else row % 37)),
        ("+", lambda points, row: (140 if row % 3 == 0 else 100 + row % 37) - points),
    ],
)
def test_two_amounts_that_tell_the_target_together_are_asked_about(
    init: Init, sign: str, other: Callable[[int, int], float]
) -> None:
    """Both stay features: many a small table is made of two."""

    def points(row: int) -> int:
        return 40 + row * 31 % 59

    result = init(columns(200, points=points, possible=lambda row: round(other(points(row), row), 3)))

    assert {"points", "possible"} <= result.features.keys()
    assert result.text.count(f'# ? "points" {sign} "possible" tells the target, with an AUC of 1.000') == 2
    assert '"points", "possible"' in result.out


def test_two_amounts_that_are_the_mark_are_asked_about(init: Init) -> None:
    """Halves of the mark put the students in its order, whatever the pass line."""
    halves = {"first": lambda row: row * 31 % 59, "second": lambda row: row * 17 % 53}

    result = init(
        columns(200, **halves, passed=lambda row: halves["first"](row) + halves["second"](row)), "--at-least", "50"
    )

    assert result.text.count('# ? "first" + "second" puts the students in the order of their marks') == 2


@pytest.mark.parametrize(
    ("mark", "parts"),
    [
        (lambda a, b, c: a + b + c, ["first", "second", "third"]),
        (lambda a, b, c: round(0.4 * a + 0.6 * b), ["first", "second"]),
        (lambda a, b, c: a + b * c / 29, []),
    ],
)
def test_what_makes_up_the_marks_is_asked_about(
    init: Init, mark: Callable[[int, int, int], float], parts: list[str]
) -> None:
    """All parts of a total, by whatever weights and rounded; two more columns are none of them."""

    def cells(row: int) -> tuple[int, int, int]:
        return row * 31 % 59, row * 17 % 53, row * 23 % 47

    thirds = {
        name: (lambda row, index=index: cells(row)[index]) for index, name in enumerate(("first", "second", "third"))
    }
    text = columns(200, **thirds, other=lambda row: row * 13 % 31, passed=lambda row: mark(*cells(row)))

    result = init(text, "--at-least", "30")

    asked = {
        name
        for name in result.features
        if "make up the marks" in result.text.split(f'name = "{name}"')[1].split("[[")[0]
    }
    assert asked == set(parts)


def test_what_gives_the_target_away_in_a_small_table(init: Init) -> None:
    """A mark of those alone who fail is a copy of it; an honest column may separate so few, and is asked about."""
    made = {"resit": lambda row: "" if row % 3 == 0 else row % 7, "final": lambda row: row + 50 * (row % 3 == 0)}

    result = init(columns(30, **made))

    assert '"resit", # it is filled only for those who fail' in result.text
    assert 'does it alone tell the target, in so small a table? "final"' in result.out
