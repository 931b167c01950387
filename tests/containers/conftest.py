"""The compose file for real, from a copy of the checkout, as a project with a name, a port and a volume of its own."""

import http.client
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from service.settings import VARIABLES
from tests.support import DEADLINE_S
from tests.support.checkout import copy_checkout
from tests.support.http import Answer, ask, eventually
from tests.support.processes import free_port

BUILD_DEADLINE_S = 1800  # of whatever may download and build; it ends a hanging test, it measures nothing
STUDENT = {"study_hours": 6, "sleep_hours": 5}


def run_docker(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run docker and keep what it prints."""
    return subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=BUILD_DEADLINE_S, check=False, **options
    )


def docker(*arguments: str, **options: Any) -> str:
    """Run docker, which must succeed, and give what it prints."""
    done = run_docker(*arguments, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def inspect(kind: str, name: str) -> Any:
    """What the engine knows of a container or an image."""
    [found] = json.loads(docker(kind, "inspect", name))
    return found


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Docker with compose; without, nothing here can be shown: skipped, or failed where it must be shown."""
    for command in (["info"], ["compose", "version"], ["buildx", "version"]):
        try:
            done = run_docker(*command)
            missing = "" if done.returncode == 0 else f"`docker {' '.join(command)}`: {done.stderr.strip()}"
        except OSError as error:
            missing = f"docker: {error.strerror}"
        if missing:
            say = pytest.fail if os.environ.get("REQUIRE_CONTAINERS") else pytest.skip
            say(f"needs a container engine with compose and buildx; {missing}")


@dataclass
class Compose:
    """A compose project."""

    folder: Path
    project: str
    port: int

    @property
    def url(self) -> str:
        """Where its service is published."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its commands: nothing of the tests' own that compose or the service would read."""
        own = {"COMPOSE_PROJECT_NAME": self.project, "PORT": str(self.port)}
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        return {name: value for name, value in kept.items() if not name.startswith(("COMPOSE_", "SERVICE_"))} | own

    def run(self, line: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Type a line in the project's folder."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=self.folder,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            timeout=BUILD_DEADLINE_S,
            check=False,
        )

    def type(self, line: str, **environ: str) -> str:
        """Type a line, which must succeed, and give what it prints."""
        done = self.run(line, **environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def container(self, service: str) -> Any:
        """What the engine knows of a service's container."""
        return inspect("container", self.type(f"docker compose ps --all --quiet {service}").strip())

    def predict(self) -> tuple[int, float]:
        """Ask about one student; gives the version that answered and the probability."""
        return read(ask(f"{self.url}/predict", STUDENT))

    def versions(self) -> str:
        """What the registry lists."""
        return self.type("docker compose run --rm registry list")


def read(answer: Answer) -> tuple[int, float]:
    """The version that answered and the probability, of an answer that must be one."""
    assert answer.status == 200, answer.body
    [prediction] = answer.json["predictions"]
    return answer.json["model"]["version"], prediction["probability"]


@pytest.fixture(scope="session")
def compose(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """The project, built from a clean checkout that only its owner can read. Nothing runs yet."""
    folder = tmp_path_factory.mktemp("checkout") / "passfail"
    copy_checkout(folder)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    compose = Compose(folder, f"passfail-test-{os.getpid()}", free_port())
    try:
        compose.type("docker compose build")
        yield compose
    finally:
        compose.run("docker compose --profile tools down --volumes --rmi local --timeout 0")


@dataclass
class Client:
    """Someone who keeps asking about one student, with a new connection each time, until told to stop."""

    compose: Compose
    answers: list[tuple[int, float]] = field(default_factory=list)
    refused: list[ConnectionError] = field(default_factory=list)
    may_be_refused: bool = False

    def __enter__(self) -> "Client":
        """Begin to ask; return after the first answer."""
        self._stop = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._keep_asking)
        self._thread.start()
        eventually(lambda: self.answers or self._fault)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; what was not a right answer fails here."""
        self._stop.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def _keep_asking(self) -> None:
        try:
            while not self._stop.is_set():
                connection = http.client.HTTPConnection("127.0.0.1", self.compose.port, timeout=DEADLINE_S)
                try:
                    connection.request("POST", "/predict", json.dumps(STUDENT), {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                except ConnectionError as error:  # the engine's proxy takes connections when the service does not
                    if not self.may_be_refused:
                        raise
                    self.refused.append(error)
                else:  # an answer that has begun must be whole
                    self.answers.append(read(Answer(answer.status, dict(answer.headers), answer.read())))
                finally:
                    connection.close()
        except BaseException as fault:
            self._fault = fault


def write_school(folder: Path, *rows: str) -> None:
    """A school's folder as the page has it, readable by everyone: the students' dataset file, with these rows."""
    school = folder / "school"
    school.mkdir(exist_ok=True)
    shutil.copy(folder / "training/datasets/students.toml", school)
    (school / "student_hours.csv").write_text("\n".join(["study_hours,sleep_hours,passed", *rows, ""]))
    for path in (school, *school.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
