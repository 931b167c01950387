"""The stack file for real: a swarm of this machine alone, with the images that the compose file builds."""

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

import pytest

from tests.containers.conftest import STUDENT, Compose, docker, read, run_docker, write_school
from tests.deploy.test_page import STACK_DEPLOY, STACK_IMAGES, STACK_KEY
from tests.support import DEADLINE_S
from tests.support.http import Answer, ask, eventually

NUM_CLIENTS = 4
PAUSE_S = 0.02  # between two requests of a client
UPDATE_DEADLINE_S = 180  # of replicas one by one, each of which may become healthy or not


@dataclass(frozen=True)
class Stack:
    """A stack with the project's name.

    Attributes:
        compose: The project, in whose folder lines are typed.
        key: An API key that is let in.
    """

    compose: Compose
    key: str

    def type(self, block: str) -> str:
        """Type a block of the page, with the project's name for `passfail`; it must succeed."""
        project, folder = self.compose.project, self.compose.folder
        # What the stack file calls passfail-… unless it is told; another file of keys needs another name.
        environ = {f"{image.upper()}_IMAGE": f"{project}-{image}" for image in ("service", "training", "proxy")}
        environ["API_KEYS_NAME"] = f"{project}-{sha256((folder / 'keys/api-keys').read_bytes()).hexdigest()[:8]}"
        environ["TRAINING_DATA"] = str(folder / "school")
        block = block.replace("passfail", project).replace("docker stack", f"timeout {UPDATE_DEADLINE_S} docker stack")
        return self.compose.type(block, **environ, TRAINING_ARGUMENTS="/data/students.toml --if-none")

    def write_table(self, most: int) -> None:
        """Give the school a table, in which who studies up to so many hours passes."""
        write_school(self.compose.folder, *(f"{hours},7,{int(hours <= most)}" for hours in range(10)))

    def predict(self) -> tuple[int, float]:
        """Ask about one student; gives the version that answered and the probability."""
        return read(ask(f"{self.compose.url}/predict", STUDENT, Authorization=f"Bearer {self.key}"))

    def replicas(self) -> list[Any]:
        """What the engine knows of the containers that are to run, and are healthy."""
        service = f"{self.compose.project}_service"
        tasks = docker("service", "ps", "--quiet", "--filter=desired-state=running", service).split()
        statuses = [task["Status"] for task in json.loads(docker("inspect", *tasks))]
        running = [status["ContainerStatus"]["ContainerID"] for status in statuses if status["State"] == "running"]
        containers: list[Any] = json.loads(docker("inspect", *running)) if running else []
        return containers

    def images(self) -> list[str]:
        """The image of each of these."""
        return [replica["Config"]["Image"] for replica in self.replicas()]

    def update_state(self) -> str:
        """Where the last update is, in Swarm's words."""
        service = f"{self.compose.project}_service"
        return docker("service", "inspect", "--format={{.UpdateStatus.State}}", service)

    def make_key(self, name: str) -> str:
        """Make a key by the page's lines, which add it to the file of keys."""
        done = self.compose.run(STACK_KEY.replace("school-app", name))
        assert done.returncode == 0, done.stderr
        key: str
        [key] = re.findall(r"the key, shown only now: (pf_[\w-]+)", done.stderr)
        return key

    def make_image(self, tag: str, *lines: str) -> str:
        """The service's image with something more, under another tag; gives its whole name."""
        image = f"{self.compose.project}-service"
        docker("build", f"--tag={image}:{tag}", "-", input="\n".join([f"FROM {image}", *lines]))
        return f"{image}:{tag}"


@pytest.fixture(scope="session")
def deployed(compose: Compose) -> Iterator[Stack]:
    """The stack as the page has it, which has trained its first version; whatever happens, nothing is left of it."""
    state = docker("info", "--format={{.Swarm.LocalNodeState}}")
    assert state == "inactive", "this machine is in a swarm already, which tests must leave alone"
    labelled = f"--filter=label=com.docker.stack.namespace={compose.project}"
    docker("swarm", "init", "--advertise-addr=127.0.0.1", "--listen-addr=127.0.0.1:2377")
    try:
        stack = Stack(compose, Stack(compose, "").make_key("school-app"))
        stack.type(STACK_IMAGES)
        stack.write_table(4)
        stack.type(STACK_DEPLOY)
        yield stack
    finally:
        run_docker("stack", "rm", compose.project)
        try:
            eventually(lambda: not docker("ps", "--all", "--quiet", labelled), UPDATE_DEADLINE_S)
        finally:
            run_docker("swarm", "leave", "--force")
            run_docker("volume", "rm", f"{compose.project}_models")
        images = docker("images", "--format={{.Repository}}:{{.Tag}}", f"--filter=reference={compose.project}-*")
        run_docker("image", "rm", *images.split())


@pytest.fixture
def stack(deployed: Stack) -> Stack:
    """Three replicas that answer, whatever the test before did."""
    eventually(lambda: len(deployed.replicas()) == 3, UPDATE_DEADLINE_S)
    eventually(lambda: ask(f"{deployed.compose.url}/readyz").status == 200)
    return deployed


@dataclass
class Load:
    """Clients that keep asking about one student, every second one on a kept connection, until told to stop.

    Attributes:
        answers: How often each version gave each probability.
        failures: What else came of a request, in words.
    """

    stack: Stack
    answers: Counter[tuple[int, float]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin to ask."""
        self._stop = threading.Event()
        clients = [threading.Thread(target=self._keep_asking, args=(i % 2 == 0,)) for i in range(NUM_CLIENTS)]
        self._clients = clients
        for client in clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stop.set()
        for client in self._clients:
            client.join()

    @property
    def num_answers(self) -> int:
        """Requests that were answered as they should be."""
        return self.answers.total()

    def more(self, number: int = 100) -> None:
        """Wait until so many more requests have been answered."""
        before = self.num_answers
        eventually(lambda: self.num_answers >= before + number)

    def _keep_asking(self, is_kept: bool) -> None:
        body = json.dumps(STUDENT)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.stack.key}"}
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.stack.compose.port, timeout=DEADLINE_S)
        ) as connection:
            while not self._stop.wait(PAUSE_S):
                try:
                    connection.request("POST", "/predict", body, headers)
                    answer = connection.getresponse()
                    self.answers[read(Answer(answer.status, dict(answer.headers), answer.read()))] += 1
                except (OSError, http.client.HTTPException, AssertionError) as error:
                    self.failures.append(repr(error))
                    connection.close()
                if not is_kept:
                    connection.close()  # the next request opens another
