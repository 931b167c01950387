"""The manifest, read back as an untrusted file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.store.manifest import InvalidManifest, Manifest


def read(models: Path, name: str) -> bytes:
    return (models / name / "1/assets.extra/manifest.json").read_bytes()


@pytest.mark.parametrize("name", ["students", "odd"])
def test_what_was_written_is_read_back(name: str, request: pytest.FixtureRequest) -> None:
    """Nothing is lost on the way to disk and back."""
    models: Path = request.getfixturevalue(name)
    content = read(models, "pass_fail" if name == "students" else name)

    manifest = Manifest.from_json(content)

    assert manifest.to_json() == content


def test_the_manifest_has_the_fixed_names(students: Path) -> None:
    """Other programs rely on these."""
    document = json.loads(read(students, "pass_fail"))

    assert document["format"] == 1
    assert {"name", "version", "created", "identity", "schema", "threshold", "labels", "engines"} <= document.keys()
    assert {"training", "evaluation", "calibration", "conformal", "gate", "audit", "files"} <= document.keys()
    scores = {"log_loss", "brier", "roc_auc", "accuracy", "balanced_accuracy"}
    evaluation = document["evaluation"]
    for figures in (evaluation["model"], *evaluation["baselines"].values()):
        assert figures.keys() >= scores
        assert all(figure.keys() == {"value", "low", "high"} for figure in figures.values())
    assert {"majority", "logistic_regression"} <= evaluation["baselines"].keys()
    worth = {each["feature"]: each["increase"]["value"] for each in evaluation["importance"]}
    assert worth.keys() == {"study_hours", "sleep_hours"}
    assert [*worth.values()] == sorted(worth.values(), reverse=True)
    assert document["gate"]["verdict"] == "insufficient_data"
    assert {"config", "seed", "versions", "git_commit", "data_digest", "num_rows"} <= document["training"].keys()


def test_a_field_of_a_later_release_is_passed_over(students: Path) -> None:
    """A manifest may grow without a change of format."""
    document = json.loads(read(students, "pass_fail")) | {"later": 1}

    assert Manifest.from_json(json.dumps(document).encode()).version == 1


def put(*path: str | int) -> Callable[[Any, Any], None]:
    def change(document: Any, value: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "value", "why"),
    [
        (put("format"), 2, "format 2"),
        (put("version"), 0, "version"),
        (put("version"), "1", "version"),
        (put("threshold"), 1.5, "threshold"),
        (put("labels"), ["pass"], "labels"),
        (put("schema", "features"), [], "at least one feature"),
        (put("schema", "features", 0, "kind"), "pickle", "kind"),
        (put("schema", "features", 0, "minimum"), 99, "minimum is above maximum"),
        (put("schema", "features", 0, "surprise"), None, None),
        (put("gate", "verdict"), "fine", "verdict"),
        (put("gate", "advice"), "use it", "advice"),
        (put("files"), {"../../etc/passwd": {"sha256": "0" * 64, "bytes": 1}}, "inside"),
        (put("files"), {"a": {"sha256": "0", "bytes": 1}}, "sha256"),
        (put("files"), {"\ud800": {"sha256": "0" * 64, "bytes": 1}}, "half a character"),
        (put("files", "saved_model.pb", "bytes"), 2**40, "in all"),
        (put("threshold"), float("nan"), "no finite number"),
        (put("training", "num_students"), float("inf"), "no finite number"),
        (put("engines"), None, "engines"),
        (put("schema", "features", 0, "unseen"), ["zzz"], "only what is valid can be unseen"),
        (put("schema", "features", 0, "unseen"), [None], "only what is valid can be unseen"),
        (put("decision"), None, None),
        (put("decision", "threshold", "low"), "low", "low"),
        (put("decision"), {"rule": "help", "given": 0.2}, "threshold"),
        (put("conformal"), None, None),
        (put("conformal"), {"coverage": 0.9}, "go together"),
        (put("conformal"), {"coverage": 0.9, "quantiles": {"fail": 0.5}}, "each label"),
        (put("conformal"), {"coverage": 0.9, "quantiles": {"fail": 0.5, "pass": 2}}, "quantiles"),
        (put("conformal"), {"coverage": 0.9, "quantiles": {"fail": 0.5, "pass": 0.2}, "measured": {}}, None),
    ],
)
def test_a_manifest_that_was_tampered_with_is_refused(students: Path, change: Any, value: Any, why: str | None) -> None:
    """Every field is checked, and the message says which is wrong."""
    document = json.loads(read(students, "pass_fail"))
    change(document, value)
    content = json.dumps(document).encode()

    if why is None:
        Manifest.from_json(content)
    else:
        with pytest.raises(InvalidManifest, match=why):
            Manifest.from_json(content)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"3", b"{}", b"[" * 100_000, b'{"format": NaN}'])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    """Whatever lies in the file, the answer is an error that says so."""
    with pytest.raises(InvalidManifest, match=r"manifest\.json"):
        Manifest.from_json(content)
