"""Which versions this worker holds: looks at the store, loads what is new, swaps it in."""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from registry.errors import BrokenVersion, StoreError
from registry.manifest import Manifest
from registry.store import EXTRA, ModelStore, VerifiedVersion
from service.engines import Choice, Engine, choose_engine, is_tensorflow_installed, load_engine
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.validation import InstanceReader

MAX_DIFFERENCE = 1e-5
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedVersion:
    """A version that is verified, loaded and warmed.

    Attributes:
        manifest: What it is.
        engine: Runs it.
        choice: Which engine that is and why.
        reader: Reads and checks instances after its schema.
    """

    manifest: Manifest
    engine: Engine
    choice: Choice
    reader: InstanceReader


@dataclass(frozen=True)
class Snapshot:
    """What the worker holds at one moment; replaced whole, so that a request sees one state throughout.

    Attributes:
        serving: Number of the version that answers by default, or None.
        loaded: Number → version.
        aliases: Alias → number, as last read.
        refused: Number → why it was not taken up.
        problem: Why nothing, or not what was asked for, is served; None where all is well.
    """

    serving: int | None = None
    loaded: Mapping[int, LoadedVersion] = field(default_factory=dict)
    aliases: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    problem: str | None = "the store has not been read yet"

    def find(self, reference: str | None = None) -> LoadedVersion:
        """The version to answer with.

        Args:
            reference: A number, an alias, or None for the default.

        Raises:
            NotReady: No version is loaded.
            VersionNotLoaded: Others are, but not that one.
        """
        if self.serving is None:
            raise NotReady(self.problem)
        if reference is None:
            return self.loaded[self.serving]
        numbers = {str(number): number for number in self.loaded} | dict(self.aliases)
        number = numbers.get(reference)
        if number is None or number not in self.loaded:
            loaded = ", ".join(map(str, sorted(self.loaded)))
            raise VersionNotLoaded(f"that version is not loaded; loaded: {loaded}")
        return self.loaded[number]


class Versions:
    """Keeps a snapshot in step with the store. Only the polling thread changes it; any thread may read it."""

    def __init__(self, settings: Settings) -> None:
        """Remember where to look; nothing is read yet."""
        self._settings = settings
        self.store = ModelStore(settings.models_dir, settings.model)
        self.snapshot = Snapshot()
        # What a refused version looked like: it is not tried again until that changes.
        self._seen: dict[int, object] = {}

    def start(self) -> None:
        """Look once, then go on looking in the background for as long as the process lives."""
        self.poll()
        threading.Thread(target=self._poll_forever, name="versions", daemon=True).start()

    def find(self, reference: str | None = None) -> LoadedVersion:
        """The version to answer with; see `Snapshot.find`."""
        return self.snapshot.find(reference)

    def poll(self) -> None:
        """Bring the snapshot in step with the store. What is loaded goes on serving whatever happens here."""
        held = self.snapshot
        try:
            aliases = self.store.aliases()
            serving = self.store.resolve(self._settings.version)
            present = set(self.store.versions())
        except StoreError as error:
            self._replace(Snapshot(held.serving, held.loaded, held.aliases, held.refused, str(error)))
            return
        more = {aliases.get(name) or (int(name) if name.isdecimal() else None) for name in self._settings.versions}
        wanted = {serving, *aliases.values(), *(number for number in more if number)} & present
        loaded, refused = dict(held.loaded), {n: why for n, why in held.refused.items() if n in wanted}
        for number in sorted(wanted - loaded.keys()):
            look = _look(self.store.path(number))
            if number in refused and self._seen.get(number) == look:
                continue
            self._seen[number] = look
            try:
                loaded[number] = load_version(self.store.read(number), self._settings)
                refused.pop(number, None)
                _log.info("loaded version %d", number)
            except StoreError as error:
                refused[number] = str(error).removeprefix(f"version {number}: ")
                _log.error("refused version %d: %s", number, refused[number])
        problem = None if serving in loaded else f"version {serving} is refused: {refused.get(serving)}"
        now = serving if serving in loaded else held.serving
        kept = {number: version for number, version in loaded.items() if number in wanted or number == now}
        self._replace(Snapshot(now, kept, aliases, refused, problem))

    def _replace(self, snapshot: Snapshot) -> None:
        if snapshot.problem and snapshot.problem != self.snapshot.problem:
            _log.warning("%s", snapshot.problem)
        if snapshot.serving != self.snapshot.serving:
            _log.info("serving version %s", snapshot.serving)
        self.snapshot = snapshot

    def _poll_forever(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._settings.poll_s):
            try:
                self.poll()
            except Exception:  # whatever it is must not end the thread: the worker would never see a refresh again
                _log.exception("looking at the store failed")


def load_version(version: VerifiedVersion, settings: Settings) -> LoadedVersion:
    """Load a version and hold its answers against its golden ones, which warms it too.

    Raises:
        StoreError: No engine fits, or its answers differ.
    """
    manifest = version.manifest
    choice = choose_engine(settings.engine, manifest, tensorflow_installed=is_tensorflow_installed())
    engine = load_engine(choice, version)
    try:
        golden = json.loads(version.files[f"{EXTRA}/golden.json"])
        columns = {name: [row[name] for row in golden["instances"]] for name in manifest.schema.names}
        matrix, expected = manifest.schema.encode(columns), np.array(golden["probabilities"], dtype=np.float32)
        difference = float(np.max(np.abs(engine(matrix) - expected)))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BrokenVersion(f"version {manifest.version}: golden.json can't be used: {error!r}") from error
    if not difference <= MAX_DIFFERENCE:  # NaN is not <= either
        raise BrokenVersion(f"version {manifest.version}: answers differ from golden by {difference:.1e}")
    reader = InstanceReader(manifest.schema, settings.max_instances)
    return LoadedVersion(manifest, engine, choice, reader)


def _look(folder: Path) -> object:
    """What tells whether a version's files have changed, without reading them."""
    return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*"))
