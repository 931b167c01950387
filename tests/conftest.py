"""Real models in real stores, and the service as a real process. Nothing here is a stand-in."""

import shutil
import subprocess
from pathlib import Path

import hypothesis
import pytest

from tests.support import FIGURES, ROOT
from tests.support.processes import Serve, serving
from tests.support.stores import ODD_HEADER, train

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
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the 15 students trained as version 1, by the real job. Not to be written to."""
    models = tmp_path_factory.mktemp("students")
    train(models)
    return models


@pytest.fixture(scope="session")
def odd_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset file with 120 rows under the odd header: a BOM, semicolons, decimal commas, blanks, an id."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(ROOT / "tests/tables/odd.toml", folder)
    lines = [";".join(["student", *ODD_HEADER, "mark"])]
    for row in range(120):
        hours = "" if row % 7 == 0 else str(row % 40).replace(".", ",")
        mood = ["good", "bad", ""][row % 3]
        school = ["Gymnasium", "Lycée", '"The ""old"" one; north"'][row % 3]
        mark = 4 + (row % 40) / 4 + row % 3
        cells = [f"s{row}", str(1 + row % 3), f"0,{row % 10}", hours, f"{row % 100},5", str(row % 9), school, mood]
        lines.append(";".join([*cells, f"{mark}".replace(".", ",")]))
    (folder / "odd.csv").write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder / "odd.toml"


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, odd_dataset: Path) -> Path:
    """A store with the odd table trained as version 1 of `odd`. Not to be written to."""
    models = tmp_path_factory.mktemp("odd-models")
    train(models, odd_dataset)
    return models


@pytest.fixture
def students_copy(students: Path, tmp_path: Path) -> Path:
    """A store of its own with the 15 students as version 1, to be changed by the test."""
    models = tmp_path / "models"
    subprocess.run(["cp", "-a", students, models], check=True)
    return models
