"""What is another schema to those who ask the network, and what is not."""

from dataclasses import replace

from registry.contract.features import Category, FeatureSchema, Number
from training.promotion.champion import schema_changes


def test_other_words_for_people_are_no_other_schema() -> None:
    """Nobody's program goes by titles, groups or labels."""
    hours, school = Number("hours"), Category("school", vocabulary=("GP", "MS"))
    named = replace(school, title="School", group="About it", labels={"GP": "Gabriel Pereira"})
    schema = FeatureSchema((hours, school))

    assert schema_changes(schema, FeatureSchema((replace(hours, title="Hours of study"), named))) == []
    assert schema_changes(schema, FeatureSchema((hours, named), id="who")) == ["the id was None, is 'who'"]
