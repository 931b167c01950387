"""Real models in real stores, and the service as a real process. Nothing here is a stand-in."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
# Public tables that are not part of the project.
UCI = ROOT.parent / "shared/data/uci-student"
NEEDS_UCI = pytest.mark.skipif(not UCI.is_dir(), reason="the UCI student files are not here; this runs in CI")
FIGURES = "figures"  # the property of a test under which it keeps what the summary is to show
DEADLINE_S = 60  # generous: it ends a hanging test, it measures nothing

# Names and values that real school tables have and that a naive program trips over.
ODD_HEADER = ["class", "self", "Study hours/week", "Présence %", "study hours-week", "school", "mood"]
ODD_DATASET = """
name = "odd"
data = "odd.csv"
delimiter = ";"
decimal = ","
id = "student"

[target]
column = "mark"
at_least = 10
labels = ["not yet", "passed"]

[[features]]
name = "class"
kind = "category"
vocabulary = ["1", "2", "3"]

[[features]]
name = "self"
kind = "number"
minimum = 0
maximum = 1

[[features]]
name = "Study hours/week"
kind = "number"
unit = "hours"
minimum = 0
maximum = 80
nullable = true

[[features]]
name = "Présence %"
kind = "number"
unit = "%"

[[features]]
name = "study hours-week"
kind = "number"

[[features]]
name = "school"
kind = "category"
vocabulary = ["Gymnasium", "Lycée", 'The "old" one; north']

[[features]]
name = "mood"
kind = "category"
vocabulary = ["good", "bad"]
nullable = true

[training]
hidden_units = [4, 3]
epochs = 20
members = 2
"""


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


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(url: str, body: object = None, media_type: str = "application/json", **headers: str) -> Answer:
    """Send a request: GET without a body, POST with one; bytes go out as they are, anything else as JSON."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": media_type, **headers})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


def eventually(condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds and return what it gave; fail after the deadline."""
    end = time.monotonic() + DEADLINE_S
    while True:
        try:
            if result := condition():
                return result
        except (urllib.error.URLError, ConnectionError):
            pass
        assert time.monotonic() < end, "it did not happen before the deadline"
        time.sleep(0.05)


def run(*arguments: str | Path, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` as a user would, and keep what it prints."""
    command = [sys.executable, "-m", *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environ
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)


def train(models: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run the training job and return what it prints as JSON."""
    done = run("training", "run", *arguments, "--models", models, "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def copy_checkout(folder: Path) -> None:
    """Copy the project as git has it, with what is changed or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def use_this_python(folder: Path) -> None:
    """Give a checkout this Python as its virtual environment, which `make setup` finds up to date.

    With a mark of its own: the real one must not be told that it is. That it sets up from nothing is shown by CI, which
    starts without.
    """
    (folder / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "installed":
            (folder / ".venv" / entry.name).symlink_to(entry)
    (folder / ".venv/installed").touch()


def free_port() -> int:
    """A port of this machine that nobody listens on.

    Not one that the system would give: before the service listens there, a client of another test may have it.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)  # hypothesis seeds the global one
        if port == 10_080:  # browsers refuse to ask there
            continue
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


@dataclass
class RunningService:
    """The service as a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    environ: dict[str, str] = field(default_factory=dict)


# What the fixture `serve` gives: a folder of stores, and settings by name.
Serve = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Starts `python -m service` on a free port, waits until it is live, stops it at the end.

    `first` is called in the new process, before the service.
    """
    return serving(tmp_path)


def serving(folder: Path) -> Serve:
    """What the fixture `serve` gives, with its logs in a folder."""

    @contextmanager
    def start(models: Path, *, first: Callable[[], None] | None = None, **environ: str) -> Iterator[RunningService]:
        port = free_port()
        settings = {
            "PORT": str(port),
            "SERVICE_MODELS_DIR": str(models),
            "WEB_CONCURRENCY": "1",
            "SERVICE_POLL_S": "0.1",
        }
        log = folder / f"service-{port}.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "service"],
                cwd=ROOT,
                env=os.environ | settings | environ,
                stderr=stderr,
                preexec_fn=first,
            )
        service = RunningService(f"http://127.0.0.1:{port}", process, log)
        try:
            eventually(lambda: process.poll() is not None or ask(f"{service.url}/livez").status == 200)
            assert process.poll() is None, log.read_text()
            yield service
        finally:
            process.terminate()
            process.wait(DEADLINE_S)

    return start


def make_wide(folder: Path, num_features: int) -> Path:
    """Train a model `wide` with so many numbers that can all be changed, quickly, as version 1 in a folder."""
    chance = random.Random(0)
    names = [f"x{number}" for number in range(num_features)]
    rows = [[round(chance.gauss(0, 1), 2) for _ in names] for _ in range(150)]
    lines = [",".join([*names, "passed"]), *(",".join([*map(str, row), str(int(sum(row) > 0))]) for row in rows)]
    (folder / "wide.csv").write_text("\n".join(lines))
    target = 'name = "wide"\ndata = "wide.csv"\n[target]\ncolumn = "passed"\npositive = "1"\nlabels = ["no", "yes"]\n'
    features = "".join(f'[[features]]\nname = "{name}"\nkind = "number"\nactionable = "both"\n' for name in names)
    (folder / "wide.toml").write_text(f"{target}{features}[training]\nhidden_units = [4]\nepochs = 10\nmembers = 2\n")
    train(folder, folder / "wide.toml")
    return folder


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
    (folder / "odd.toml").write_text(ODD_DATASET, encoding="utf-8")
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
