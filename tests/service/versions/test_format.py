"""A version that an earlier release has published is served and held against as it was."""

import json
import tarfile
from pathlib import Path

import pytest

from registry.store.model_store import MANIFEST, MODEL_CARD, REPORT, ModelStore
from service.app import create_app
from service.settings import Settings
from tests.support import ROOT
from tests.support.processes import run
from tests.support.stores import STUDENT, train

# The 15 students as version 1, made when manifests of format 1 were written by untyped code.
STORE = ROOT / "tests/tables/store_of_format_1.tar.gz"
PROBABILITY = 0.66205895  # of `STUDENT`, as that code answered
CONTRIBUTIONS = {"study_hours": 0.10780319, "sleep_hours": -0.04351161}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """That store, unpacked."""
    with tarfile.open(STORE) as archive:
        archive.extractall(tmp_path / "models", filter="data")
    return tmp_path / "models"


@pytest.mark.parametrize("engine", ["litert", "tensorflow"])
def test_it_is_served_with_the_same_probability(models: Path, engine: str) -> None:
    """To the last digit that engines share."""
    client = create_app(Settings(models_dir=models, engine=engine)).test_client()

    predicted = client.post("/predict", json=STUDENT).get_json()["predictions"][0]
    explained = client.post("/explain", json=STUDENT).get_json()["explanations"][0]

    assert predicted["probability"] == pytest.approx(PROBABILITY, abs=1e-5)
    assert explained["contributions"] == pytest.approx(CONTRIBUTIONS, abs=1e-5)
    for name in ("report", "model-card", "training", "members/1"):
        assert client.get(f"/model/versions/1/{name}").status_code == 200


def test_what_it_names_that_later_ones_do_not_is_not_shown(models: Path) -> None:
    """Which rows look odd, a plain digest of the table, libraries and commit; how many there are is."""
    client = create_app(Settings(models_dir=models)).test_client()
    manifest = json.loads((models / "pass_fail/1" / MANIFEST).read_bytes())
    made_with = manifest["training"]

    model, report, card = (
        client.get(path).text for path in ("/model", "/model/versions/1/report", "/model/versions/1/model-card")
    )

    shown = json.loads(model)["manifest"]
    assert shown["training"].keys() == made_with.keys() - {"data_sha256", "versions", "git_commit"}
    assert shown["audit"].keys() == manifest["audit"].keys() - {"suspect_labels", "duplicates", "contradictions"}
    assert shown["gate"]["advice"]["reasons"][-1] == "2 labels look wrong, and should be checked."
    for text in (model, report, card):
        assert "2 labels look wrong, and should be checked." in text
        assert not any(hidden in text for hidden in (made_with["data_sha256"], made_with["git_commit"], "10, 12"))
    assert not {REPORT, MODEL_CARD} & shown["files"].keys()  # what is cut out could be tried until a digest fits
    assert "<dd>student_hours.csv</dd>\n<dt>Identity</dt>" in report
    assert "who did otherwise; nothing was dropped.</p>\n<p>No rows have the same features" in report
    assert "label given" not in report


def test_what_it_says_of_itself_is_written_again_as_it_was(models: Path) -> None:
    """The manifest keeps its form."""
    store = ModelStore(models, "pass_fail")

    assert json.loads(store.manifest(1).to_json()) == json.loads((store.path(1) / MANIFEST).read_bytes())
    assert run("registry", "verify", "--models", models).returncode == 0


def test_a_new_version_is_held_against_it(models: Path) -> None:
    """As champion: on students that it has not seen, found by the digests of its rows."""
    assert train(models)["version"] == 2

    champion = ModelStore(models, "pass_fail").manifest(2).gate["champion"]
    assert champion["version"] == 1
