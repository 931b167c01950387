"""Real models in real stores, and the service as a real process. Nothing here is a stand-in."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support import FIGURES
from tests.support.object_storage import need_server, shared_server
from tests.support.processes import Serve, serving
from tests.support.stores import make_wide, once, train, write_odd

# Read when TensorFlow and Keras are loaded, whichever test comes first: as the training job and the service set them.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# How long a machine takes is nobody's fault.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests found out beside whether they passed; it comes from other processes, so not as they run."""
    lines = [
        f"{report.nodeid.rpartition('::')[2]}: {line}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, line in report.user_properties
        if name == FIGURES
    ]
    if lines:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{line}\n" for line in lines))


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Starts `python -m service` on a free port, waits until it is live, stops it at the end.

    `first` is called in the new process, before the service.
    """
    return serving(tmp_path)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bucket on a real S3 server, which the environment says how to reach."""
    need_server()
    root = tmp_path_factory.getbasetemp()
    with shared_server(root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) as variables:
        os.environ.update(variables)
        yield "s3://models"


@pytest.fixture
def address(s3: str) -> str:
    """A place of its own in a bucket, with nothing in it."""
    return f"{s3}/{secrets.token_hex(8)}"


@pytest.fixture(scope="session")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the 15 students trained as version 1, by the real job. Not to be written to."""
    return once(tmp_path_factory, "students", train)


@pytest.fixture(scope="session")
def two_versions(tmp_path_factory: pytest.TempPathFactory, students: Path) -> Path:
    """A store with two versions of the 15 students; the second, of another seed, is champion. Not to be written to."""

    def make(models: Path) -> None:
        shutil.copytree(students, models, dirs_exist_ok=True)
        train(models, "--seed", "1")

    return once(tmp_path_factory, "two-versions", make)


@pytest.fixture(scope="session")
def odd_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset file with 120 rows under the odd header: a BOM, semicolons, decimal commas, blanks, an id."""
    return once(tmp_path_factory, "odd", write_odd) / "odd.toml"


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, odd_dataset: Path) -> Path:
    """A store with the odd table trained as version 1 of `odd`. Not to be written to."""
    return once(tmp_path_factory, "odd-models", lambda models: train(models, odd_dataset))


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a model `wide` with 30 numbers that can all be changed: to explain takes long. Not to be changed."""
    return once(tmp_path_factory, "wide", lambda models: make_wide(models, 30))


@pytest.fixture
def students_copy(students: Path, tmp_path: Path) -> Path:
    """A store of its own with the 15 students as version 1, to be changed by the test."""
    models = tmp_path / "models"
    subprocess.run(["cp", "-a", students, models], check=True)
    return models
