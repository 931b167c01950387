"""Clients that ask again and again while something happens, and hold every answer against its version."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from registry.store.model_store import ModelStore
from service.settings import Settings
from service.versions.loaded_version import load_version
from tests.support import DEADLINE_S
from tests.support.http import eventually
from tests.support.processes import RunningService

STUDENTS = [{"study_hours": hours, "sleep_hours": 9 - hours} for hours in range(1, 9)]


@dataclass
class Load:
    """What the clients saw.

    Attributes:
        statuses: Status → how often.
        answers: Version, which student, probability → how often that was answered.
        failed: Connections that ended without an answer: their port on the client's side.
        latest: Client → the version that answered it last.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    answers: Counter[tuple[int, int, float]] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)
    latest: dict[int, int] = field(default_factory=dict)

    @property
    def num_answers(self) -> int:
        """How many requests were answered."""
        return sum(self.statuses.values())

    def has_reached_everyone(self, version: int) -> bool:
        """Whether a version was the last to answer every client."""
        return bool(self.latest) and set(self.latest.values()) == {version}

    def wait_for(self, version: int) -> None:
        """Wait until a version was the last to answer every client."""
        eventually(lambda: self.has_reached_everyone(version))

    def wait_for_more(self, num_answers: int) -> None:
        """Wait until so many more requests were answered."""
        until = self.num_answers + num_answers
        eventually(lambda: self.num_answers >= until)


class Expected:
    """The right answers of a store's versions, each computed from the version itself."""

    def __init__(self, store: ModelStore) -> None:
        """Start with what is in the store."""
        self._store = store
        self._known: dict[int, np.ndarray] = {}
        for version in store.versions():
            self.learn(version)

    def learn(self, version: int) -> None:
        """Compute a version's answers."""
        loaded = load_version(self._store.read(version), Settings(engine="litert"))
        columns = {name: [student[name] for student in STUDENTS] for name in STUDENTS[0]}
        self._known[version] = loaded.engine(loaded.manifest.schema.encode(columns)).probabilities

    def wrong(self, seen: Load) -> list[tuple[int, int, float]]:
        """The answers that are not those of the version they name."""
        return [
            (version, student, probability)
            for version, student, probability in seen.answers
            if version not in self._known or abs(self._known[version][student] - probability) > 1e-5
        ]


@contextmanager
def load(service: RunningService, *, kept: int = 4, fresh: int = 2, pause_s: float = 0.0) -> Iterator[Load]:
    """Ask for one student after the other until the end of the block.

    Args:
        service: Is asked.
        kept: How many clients keep their connection.
        fresh: How many make a new one for each request.
        pause_s: How long each waits after an answer.
    """
    seen, done, lock = Load(), threading.Event(), threading.Lock()

    def ask_on(client: int) -> None:
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=DEADLINE_S)
        turn = client
        while not done.is_set():
            student, turn = turn % len(STUDENTS), turn + 1
            port = 0
            try:
                if connection.sock is None:
                    connection.connect()
                port = connection.sock.getsockname()[1]
                body = json.dumps(STUDENTS[student])
                connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                document = json.loads(response.read())
            except (OSError, http.client.HTTPException):
                with lock:
                    seen.failed.append(port)
                connection.close()
                continue
            with lock:
                seen.statuses[response.status] += 1
                if response.status == 200:
                    version, [prediction] = document["model"]["version"], document["predictions"]
                    seen.answers[version, student, prediction["probability"]] += 1
                    seen.latest[client] = version
            if client >= kept:
                connection.close()
            if pause_s:
                done.wait(pause_s)
        connection.close()

    clients = [threading.Thread(target=ask_on, args=(client,)) for client in range(kept + fresh)]
    for client in clients:
        client.start()
    try:
        yield seen
    finally:
        done.set()
        for client in clients:
            client.join()
