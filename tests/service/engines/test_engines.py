"""Engines: which one runs a version, and that threads can share it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry.store.manifest import Manifest
from registry.store.model_store import ModelStore, VerifiedVersion
from service.engines.choice import Choice, EngineUnavailable, choose_engine, load_engine
from training.config import TrainingConfig
from training.network.members import build_members, ensemble
from training.publishing.export import export


@pytest.fixture(scope="module")
def version(students: Path) -> VerifiedVersion:
    """The 15 students' version 1."""
    return ModelStore(students, "pass_fail").read(1)


@pytest.fixture(scope="module")
def manifest(version: VerifiedVersion) -> Manifest:
    """Its manifest, which lists both engines as proven."""
    return version.manifest


def test_auto_takes_litert_where_it_is_proven(manifest: Manifest) -> None:
    """TensorFlow or no TensorFlow."""
    for installed in (True, False):
        assert choose_engine("auto", manifest, tensorflow_installed=installed).name == "litert"


def test_auto_takes_tensorflow_where_litert_is_not_proven(manifest: Manifest) -> None:
    """Not listed, or compiled from another SavedModel than this."""
    unlisted = replace(manifest, engines=())
    others = replace(manifest, engines=tuple(replace(engine, saved_model_sha256="0") for engine in manifest.engines))

    for unproven in (unlisted, others):
        assert choose_engine("auto", unproven, tensorflow_installed=True).name == "tensorflow"
        with pytest.raises(EngineUnavailable, match="install the package tensorflow"):
            choose_engine("auto", unproven, tensorflow_installed=False)
        with pytest.raises(EngineUnavailable, match="SERVICE_ENGINE=tensorflow"):
            choose_engine("litert", unproven, tensorflow_installed=True)


def test_an_engine_that_is_asked_for_is_taken_or_refused(manifest: Manifest) -> None:
    """Never replaced by another in silence."""
    assert choose_engine("tensorflow", manifest, tensorflow_installed=True).name == "tensorflow"
    assert choose_engine("litert", manifest, tensorflow_installed=True).name == "litert"
    with pytest.raises(EngineUnavailable, match="install it"):
        choose_engine("tensorflow", manifest, tensorflow_installed=False)


@pytest.mark.parametrize("name", ["litert", "tensorflow"])
def test_threads_share_an_engine(version: VerifiedVersion, name: str) -> None:
    """Eight at once with batches of different sizes: each gets its own rows' answers."""
    run = load_engine(Choice(name, ""), version)
    matrices = [np.random.default_rng(n).uniform(0, 10, (1 + n % 5, 2)).astype(np.float32) for n in range(200)]
    expected = [run(matrix) for matrix in matrices]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, matrices))

    for answer, alone in zip(answers, expected, strict=True):
        np.testing.assert_allclose(answer.probabilities, alone.probabilities, atol=1e-6)
        assert answer.spreads is not None
        assert alone.spreads is not None
        np.testing.assert_allclose(answer.spreads, alone.spreads, atol=1e-6)


@pytest.mark.parametrize("name", ["litert", "tensorflow"])
def test_a_single_network_has_a_probability_and_no_spread(version: VerifiedVersion, tmp_path: Path, name: str) -> None:
    """As the notebook's, and as versions of releases that knew no spread."""
    schema, matrix = version.manifest.schema, np.array([[6, 5], [1, 4]], np.float32)
    model = ensemble(build_members(schema, TrainingConfig(), 1, 1), None)
    export(model, schema, tmp_path)
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    answers = load_engine(Choice(name, ""), VerifiedVersion(version.manifest, files))(matrix)

    assert answers.spreads is None
    np.testing.assert_allclose(answers.probabilities, np.asarray(model(matrix)["probability"]), atol=1e-6)


@pytest.mark.parametrize("name", ["litert", "tensorflow"])
def test_bytes_that_are_no_model_are_refused(version: VerifiedVersion, name: str) -> None:
    """With an error, not a crash of the process."""
    for content in (b"", b"no model", version.files["saved_model.pb"][:100]):
        files = dict.fromkeys(version.files, content)

        with pytest.raises(EngineUnavailable, match=f"the {name} engine can't load it"):
            load_engine(Choice(name, ""), VerifiedVersion(version.manifest, files))
