"""What people call features and their values: bounded text, kept with the schema, and no part of what is answered."""

from dataclasses import replace
from pathlib import Path

import pytest

from registry.contract.features import Category, FeatureSchema, Number
from registry.store.manifest import InvalidManifest, Manifest
from registry.store.model_store import ModelStore

HOURS = Number("study_hours", title="Hours of study", group="At home", unit="hours", description="on a school day")
SCHOOL = Category("school", vocabulary=("GP", "MS"), labels={"GP": "Gabriel Pereira"}, title="School")


def test_words_travel_in_the_manifest(students: Path) -> None:
    """As they are written, and only where there are any."""
    manifest = ModelStore(students, "pass_fail").manifest(1)

    named = replace(manifest, schema=replace(manifest.schema, features=(HOURS, SCHOOL)))
    document = named.to_dict()["schema"]["features"]

    assert {key: document[0][key] for key in ("title", "group")} == {"title": "Hours of study", "group": "At home"}
    assert (document[1]["labels"], "group" in document[1]) == ({"GP": "Gabriel Pereira"}, False)
    assert Manifest.from_json(named.to_json()) == named
    assert all({"labels", "group"}.isdisjoint(each) for each in manifest.to_dict()["schema"]["features"])


def test_words_are_in_the_description_for_clients() -> None:
    """Title, what it means, unit, and what values are called."""
    assert HOURS.json_schema()["description"] == "Hours of study: on a school day, in hours"
    assert SCHOOL.json_schema()["description"] == "School (GP is Gabriel Pereira)"
    assert replace(SCHOOL, title=None, labels={}).json_schema()["description"] == "school"


def test_a_feature_is_called_by_its_title() -> None:
    """With the name behind it where another is called the same."""
    features = (HOURS, Number("other", title="Hours of study"), SCHOOL, Number("absences"))

    assert FeatureSchema(features).titles == {
        "study_hours": "Hours of study (study_hours)",
        "other": "Hours of study (other)",
        "school": "School",
        "absences": "absences",
    }


@pytest.mark.parametrize("text", ["", " a", "a ", "a\nb", "a\u202eb", "x" * 101])
def test_words_are_short_and_can_be_printed(students: Path, text: str) -> None:
    """In a dataset file as in a manifest from outside."""
    manifest = ModelStore(students, "pass_fail").manifest(1)

    for what in ("title", "group"):
        with pytest.raises(ValueError, match=f"a {what} must be printable text of 1 to 100 characters"):
            Number("hours", **{what: text})  # type: ignore[arg-type]  # one of the two
    with pytest.raises(ValueError, match="a label must be printable text"):
        replace(SCHOOL, labels={"MS": text})
    document = manifest.to_json().replace(b'"title": "Study hours"', b'"title": "a\\nb"')
    with pytest.raises(InvalidManifest, match="a title must be printable"):
        Manifest.from_json(document)


def test_labels_are_of_categories_and_tell_them_apart() -> None:
    """What is not in the vocabulary has none, and no two are called the same."""
    with pytest.raises(ValueError, match="only what is in the vocabulary can have a label: 'XX'"):
        replace(SCHOOL, labels={"XX": "Another"})
    for labels in ({"GP": "One", "MS": "One"}, {"GP": "MS"}):
        with pytest.raises(ValueError, match="two categories can't have the same label"):
            replace(SCHOOL, labels=labels)
