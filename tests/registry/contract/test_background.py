"""The background on disk: an untrusted file that is read only where it fits the schema."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.contract.background import MAX_INSTANCES, Background
from registry.contract.features import Category, FeatureSchema, Number
from registry.store.model_store import BACKGROUND, ModelStore

SCHEMA = FeatureSchema(
    (
        Number("hours", minimum=0, maximum=24),
        Category("school", vocabulary=("Gymnasium", "Lycée"), nullable=True),
    )
)
DOCUMENT: dict[str, Any] = {
    "instances": [{"hours": 2.5, "school": "Lycée"}, {"hours": 8, "school": None}],
    "weights": [0.25, 0.75],
    "num_students": [5, 15],
}
MANY = MAX_INSTANCES + 1


def read(**changes: Any) -> Background:
    return Background.from_json(json.dumps(DOCUMENT | changes).encode(), SCHEMA)


def test_what_is_written_is_read() -> None:
    """Columns, weights and counts, to the last bit."""
    background = read()

    again = Background.from_json(background.to_json(), SCHEMA)

    assert again.columns == {"hours": [2.5, 8], "school": ["Lycée", None]}
    assert again.weights.tolist() == [0.25, 0.75]
    assert again.weights.dtype == np.float64
    assert again.num_students == [5, 15]
    assert again.to_json() == background.to_json()


def test_a_typical_student_is_like_most() -> None:
    """By the weights; what is counted is whole; of a category what most have of those that have something."""
    schema = FeatureSchema((replace(Number("hours"), whole=True), *SCHEMA.features[1:]))
    instances = [{"hours": hours, "school": school} for hours, school in ((1, "Lycée"), (4.4, "Gymnasium"), (9, None))]
    document = {"instances": instances, "weights": [0.3, 0.4, 0.3], "num_students": [6, 8, 6]}

    background = Background.from_json(json.dumps(document).encode(), schema)

    assert background.typical(schema) == {"hours": 5, "school": "Gymnasium"}


@pytest.mark.parametrize(("name", "num_instances"), [("pass_fail", 2), ("odd", 16)])
def test_a_published_version_has_one(students: Path, odd: Path, name: str, num_instances: int) -> None:
    """15 and 120 students, halved while both halves have 5; read back after the manifest's schema."""
    store = ModelStore(odd if name == "odd" else students, name)
    version = store.read(1)

    background = Background.from_json(version.files[BACKGROUND], version.manifest.schema)

    assert len(background.weights) == num_instances
    assert sum(background.num_students) == version.manifest.training["num_students"]
    assert min(background.num_students) >= 5
    np.testing.assert_allclose(background.weights, np.array(background.num_students) / sum(background.num_students))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"instances": [], "weights": [], "num_students": []}, "1 to 100 instances"),
        (
            {"instances": DOCUMENT["instances"][:1] * MANY, "weights": [1 / MANY] * MANY, "num_students": [5] * MANY},
            "1 to 100 instances",
        ),
        ({"weights": [1.0]}, "one weight"),
        ({"num_students": [5]}, "one number of students"),
        ({"weights": [0.25, 0.7501]}, "sum to 1"),
        ({"weights": [1.5, -0.5]}, "above 0"),
        ({"weights": [1.0, 0.0]}, "above 0"),
        ({"weights": [float("nan"), 0.5]}, "above 0"),
        ({"weights": [float("inf"), 0.5]}, "above 0"),
        ({"weights": [10**400, 0.5]}, "above 0"),
        ({"weights": ["0.25", "0.75"]}, "must be numbers"),
        ({"weights": [[0.25], [0.75]]}, "must be numbers"),
        ({"weights": [True, 1e-9]}, "must be numbers"),
        ({"num_students": [5, 0]}, "whole numbers"),
        ({"num_students": [5, "15"]}, "whole numbers"),
        ({"weights": 1}, "not a background"),
        ({"instances": [{"hours": 2.5}, {"hours": 8}]}, "not a background"),
        ({"instances": [2.5, 8]}, "not a background"),
        ({"instances": [{"hours": 25, "school": None}] * 2}, "break the feature contract"),
        ({"instances": [{"hours": None, "school": None}] * 2}, "break the feature contract"),
        ({"instances": [{"hours": float("nan"), "school": None}] * 2}, "break the feature contract"),
        ({"instances": [{"hours": 2, "school": ["Lycée"]}] * 2}, "break the feature contract"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    """With what must hold, and as nothing but a ValueError."""
    with pytest.raises(ValueError, match=message):
        read(**changes)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_such_document_is_refused(content: bytes) -> None:
    """Whatever bytes lie there."""
    with pytest.raises(ValueError, match=r".+"):
        Background.from_json(content, SCHEMA)
