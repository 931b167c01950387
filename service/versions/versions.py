"""Which versions this worker holds: looks at the store, loads what is new, swaps it in."""

import gc
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from registry.errors import BrokenVersion, StoreError
from registry.store.model_store import MANIFEST, ModelStore
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion, load_version

_log = logging.getLogger(__package__)


@dataclass(frozen=True)
class Snapshot:
    """What the worker holds at one moment; replaced whole, so that a request sees one state throughout.

    Attributes:
        serving: Number of the version that answers by default, or None.
        loaded: Number → version.
        aliases: Alias → number, as last read.
        named: What the settings name → number: `SERVICE_VERSION` and `SERVICE_VERSIONS`.
        refused: Number → why it was not taken up.
        problem: Why nothing, or not what was asked for, is served; None where all is well.
    """

    serving: int | None = None
    loaded: Mapping[int, LoadedVersion] = field(default_factory=dict)
    aliases: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)
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
        if reference is None:
            number = self.serving
        else:
            numbers = {str(number): number for number in self.loaded} | {**self.named, **self.aliases}
            number = numbers.get(reference)
        if number not in self.loaded and self.serving is None:
            raise NotReady(self.problem)
        if number is None or number not in self.loaded:
            loaded = ", ".join(map(str, sorted(self.loaded)))
            raise VersionNotLoaded(f"that version is not loaded; loaded: {loaded}")
        return self.loaded[number]


class Versions:
    """Keeps a snapshot in step with the store. Only the polling thread changes it; any thread may read it."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Remember where to look; nothing is read yet."""
        self._settings = settings
        self._metrics = metrics
        self.store = ModelStore(settings.models_dir, settings.model)
        self.snapshot = Snapshot()
        # What a version looked like when it was read: it is not read again until that changes.
        self._seen: dict[int, object] = {}
        self._missing: set[str] = set()

    def start(self) -> None:
        """Look before anything is answered, then in the background for as long as the process lives."""
        _log.info("looking for versions in %s", self.store.folder.absolute())
        self._poll_safely()
        self._poll_safely()  # loading takes a while, and something newer may be there by now
        # What is there now stays: with it out of the way, collecting what a swap leaves takes a tenth of a millisecond.
        gc.collect()
        gc.freeze()
        threading.Thread(target=self._poll_forever, name="versions", daemon=True).start()

    def find(self, reference: str | None = None) -> LoadedVersion:
        """The version to answer with; see `Snapshot.find`."""
        return self.snapshot.find(reference)

    def poll(self) -> None:
        """Bring the snapshot in step with the store. What is loaded goes on serving whatever happens here."""
        held = self.snapshot
        try:
            # None at all: the file is away for a moment, since every store with a version has a champion.
            aliases = self.store.aliases() or held.aliases
            serving = self.store.resolve(self._settings.version)
            present = set(self.store.versions())
        except StoreError as error:
            self._replace(replace(held, problem=str(error)))
            return
        named = {self._settings.version: serving, **self._more()}
        wanted = {*named.values(), *aliases.values()}
        loaded = dict(held.loaded)
        refused = {
            n: why for n, why in held.refused.items() if n in wanted or (n in present and self._stays_refused(n))
        }
        for number in sorted(wanted & present):
            self._take_up(number, loaded, refused)
        now = serving if serving in loaded else self._stand_in(held.serving, loaded, refused)
        problem = None
        if serving not in loaded:
            instead = "" if now is None else f"; version {now} serves in its place"
            problem = f"version {serving} is refused: {refused.get(serving)}{instead}"
        kept = {number: version for number, version in loaded.items() if number in wanted or number == now}
        self._replace(Snapshot(now, kept, aliases, named, refused, problem))

    def _stand_in(self, held: int | None, loaded: dict[int, LoadedVersion], refused: dict[int, str]) -> int | None:
        """What answers where the version that is named is refused: what was named before it, whichever worker asks.

        One that has just started has none, or an older one; one whose version the history does not know keeps that.
        """
        try:
            before = self.store.predecessors(self._settings.version)
        except StoreError:
            return held
        if held is not None and held not in before:
            return held
        return next((number for number in before if self._take_up(number, loaded, refused)), held)

    def _take_up(self, number: int, loaded: dict[int, LoadedVersion], refused: dict[int, str]) -> bool:
        """Load a version that is not loaded, or that is another than the one that is; whether it is loaded then."""
        look = self._look(number, thorough=number in refused)
        if (number in loaded or number in refused) and self._seen.get(number) == look:
            return number in loaded
        self._seen[number] = look
        try:
            version = self.store.read(number)
            if number not in loaded or loaded[number].manifest != version.manifest:
                loaded[number] = load_version(version, self._settings)
                _log.info("loaded version %d", number)
            refused.pop(number, None)
        except StoreError as error:
            why = str(error).removeprefix(f"version {number}: ")
            # What could not be read may be readable the next time, with nothing changed: that is no verdict.
            is_verdict = not (isinstance(error, BrokenVersion) and isinstance(error.__cause__, OSError))
            if is_verdict or refused.get(number) != why:
                said = "" if error.__cause__ is None else f" ({error.__cause__})"
                _log.error("refused version %d: %s%s", number, why, said)
                self._metrics.refusals.inc()
            refused[number] = why
            self._seen[number] = self._look(number, thorough=True) if is_verdict else None
        return number in loaded

    def _stays_refused(self, number: int) -> bool:
        """Whether a version that was refused and that nothing names now is what it was, as far as can be seen."""
        return self._seen.get(number) in (None, self._look(number, thorough=True))

    def _look(self, number: int, *, thorough: bool) -> object:
        """What tells whether a version has changed, without reading it.

        Of one that is loaded, only another manifest matters; one that was refused may be mended anywhere.
        """
        folder = self.store.path(number)
        seen = []
        for path in sorted(folder.rglob("*")) if thorough else [folder / MANIFEST]:
            try:
                stat = path.stat()
                seen.append((str(path), stat.st_ino, stat.st_ctime_ns, stat.st_size))
            except OSError as error:
                seen.append((str(path), error.errno or 0, 0, -1))
        return seen

    def _more(self) -> dict[str, int]:
        """What SERVICE_VERSIONS names; what of it is not there is logged once."""
        found, missing = {}, set()
        for name in self._settings.versions:
            try:
                found[name] = self.store.resolve(name)
            except StoreError as error:
                missing.add(f"SERVICE_VERSIONS: {error}")
        for message in sorted(missing - self._missing):
            _log.warning("%s", message)
        self._missing = missing
        return found

    def _replace(self, snapshot: Snapshot) -> None:
        if snapshot.problem and snapshot.problem != self.snapshot.problem:
            _log.warning("%s", snapshot.problem)
        if snapshot.serving != self.snapshot.serving:
            _log.info("serving version %s", snapshot.serving)
            if self.snapshot.serving is not None:
                self._metrics.swaps.inc()
                self._metrics.last_swap.set_to_current_time()
        self._metrics.serving.set(snapshot.serving or 0)
        self._metrics.loaded.set(len(snapshot.loaded))
        dropped = self.snapshot.loaded.keys() - snapshot.loaded.keys()
        self.snapshot = snapshot
        if dropped:
            gc.collect()  # schemas refer to themselves, and would wait for a collection that may be hours away

    def _poll_forever(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._settings.poll_s):
            self._poll_safely()

    def _poll_safely(self) -> None:
        """Whatever a store may hold, it must not keep the service from starting, or end the thread."""
        try:
            self.poll()
        except Exception:
            _log.exception("looking at the store failed")
            self._replace(replace(self.snapshot, problem="looking at the store failed; the log says why"))
