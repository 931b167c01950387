"""Another target is another schema; the same one is the same whichever release wrote it."""

from dataclasses import asdict
from typing import Any

import pytest

from registry.contract.features import FeatureSchema, Number
from registry.store.manifest import Manifest
from training.config import Target
from training.promotion.champion import target_changes

OLD = {"column": "G3", "positive": (), "negative": (), "at_least": 10.0}


def published(target: dict[str, Any]) -> Manifest:
    return Manifest("made", "", "", FeatureSchema((Number("a"),)), 0.5, (), {"target": target}, {}, {})


@pytest.mark.parametrize(
    ("former", "target", "changes"),
    [
        (OLD, Target("G3", (), (), 10.0), []),  # before `at_most` was known
        (asdict(Target("G3", (), (), None, 4.0)), Target("G3", (), (), None, 4.0), []),
        (
            OLD,
            Target("G3", (), (), None, 10.0),
            ["target at_least was 10.0, is None", "target at_most was None, is 10.0"],
        ),
    ],
)
def test_what_differs_is_said(former: dict[str, Any], target: Target, changes: list[str]) -> None:
    """A pass line turned round is another target."""
    assert target_changes(published(former), target) == changes
