"""Names that were made for machines, as people would write them."""

import pytest

from tests.support.proposals import Init, columns
from training.config import parse_dataset_file
from training.proposal.titles import title_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("study_hours", "Study hours"),
        ("StudyTimeWeekly", "Study time weekly"),
        ("schoolType", "School type"),
        ("MathScoreQ1", "Math score Q1"),
        ("Stunden_Lernen", "Stunden Lernen"),
        ("SEN_support", "SEN support"),
        ("sleep.hours", "Sleep hours"),
        ("final_grade/10.00", "Final grade"),
        ("réussite_école", "Réussite école"),
        *(
            (name, None)
            for name in (
                "absences",
                "Hours of study",
                "hours per_day",
                "G1",
                "x_1",
                "iPad",
                "_hours",
                "__",
                "Grade/10.00",
            )
        ),
        *((name, None) for name in ("a_\u202ename", "long_" * 30 + "name", "")),
    ],
)
def test_words_without_blanks_between_are_a_title(name: str, title: str | None) -> None:
    """Underscores, points and capitals part them; what people may well call so is left as it is."""
    assert title_of(name) == title


def test_words_for_people_are_proposed_and_asked(init: Init) -> None:
    """A title where the name is a machine's; group and labels in lines that count without their "#"."""
    result = init(columns(after_school=lambda row: ["a=b", 'the "old" one', "é"][row % 5 % 3]))

    assert result.features["after_school"]["title"] == "After school"
    assert "title" not in result.features["hours"]
    assert 'what do people call these? "After school" ("after_school")' in result.out
    uncommented = result.text.replace("# group = ", "group = ").replace("# labels = ", "labels = ")
    features = {each.name: each for each in parse_dataset_file(uncommented, result.path).schema.features}
    assert {each.group for each in features.values()} == {"…"}
    assert features["after_school"].to_document()["labels"] == {
        "a=b": "a=b",
        'the "old" one': 'the "old" one',
        "é": "é",
    }


def test_of_many_values_some_are_named(init: Init) -> None:
    """As many as a line holds; whoever reviews adds the others."""
    result = init(columns(club=lambda row: f"a club with a name of its own {row % 8}"))

    (line,) = [line for line in result.text.splitlines() if line.startswith("# labels")]
    assert len(line) <= 120
    parse_dataset_file(result.text.replace(line, line.removeprefix("# ")), result.path)
