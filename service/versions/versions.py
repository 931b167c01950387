"""Which versions this worker holds: looks at the store and swaps in what is new."""

import gc
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from registry.errors import StoreError, VersionNotFound
from registry.store.model_store import ModelStore
from registry.store.view import StoreView
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.loader import Loader
from service.versions.on_demand import OnDemand
from service.versions.snapshot import Snapshot

_log = logging.getLogger(__package__)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class Versions:
    """Keeps a snapshot in step with the store of one model. One thread changes it at a time; any may read it."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self.store = ModelStore(settings.models_dir, settings.model, trusted_keys=settings.trusted_keys)
        self.snapshot = Snapshot()
        self._loader = Loader(self.store, settings, metrics)
        self._on_demand = OnDemand(self.store, settings, metrics)
        self._missing: set[str] = set()
        self._swaps = metrics.swaps.labels(self.store.name)  # there from the start, as 0
        self._log = logging.LoggerAdapter(_log, {"model": self.store.name})

    def find(self, reference: str | None = None) -> LoadedVersion:
        """The version to answer with; see `Snapshot.find`. A number may be of any version that is stored.

        Raises:
            NotReady: No version is loaded; or the one that is asked for is not, and can't be read just now.
            VersionNotLoaded: Others are, but not that one.
        """
        snapshot = self.snapshot
        number = _to_load(snapshot, reference)
        return snapshot.find(reference) if number is None else self._on_demand.find(number)

    def must_load(self, reference: str | None) -> bool:
        """Whether an answer has to wait until the version that is asked for is loaded."""
        number = _to_load(self.snapshot, reference)
        return number is not None and self._on_demand.must_load(number)

    @contextmanager
    def use(self, reference: str | None) -> Iterator[None]:
        """Load the version that is asked for, and keep it meanwhile; that there is none is for who asks it."""
        number, held = _to_load(self.snapshot, reference), None
        if number is not None:
            try:
                held = self._on_demand.use(number)
            except (NotReady, VersionNotLoaded):
                pass
        try:
            yield
        finally:
            if held is not None:
                self._on_demand.release(held)

    def look(self) -> None:
        """Do as `poll` does; whatever a store may hold, it keeps nobody from starting, or from looking at others."""
        try:
            self.poll()
        except Exception:
            self._log.exception("looking at the store failed")
            self._replace(replace(self.snapshot, problem="looking at the store failed; the log says why"))

    def poll(self) -> None:
        """Bring the snapshot in step with the store. What is loaded goes on serving whatever happens here."""
        held, loader, why = self.snapshot, self._loader, ""
        named: int | None = None
        try:
            view = self.store.view()
            # None at all: the file is away for a moment, since every store with a version has a champion.
            aliases = view.aliases or held.aliases
            present = set(view.versions)
            named = view.resolve(self._settings.version)
        except VersionNotFound as error:
            why = str(error)
            if not present:
                self._replace(replace(held, stored=frozenset(), problem=why))
                return
        except StoreError as error:
            self._replace(replace(held, problem=str(error)))
            return
        all_named = ({} if named is None else {self._settings.version: named}) | self._more(view)
        wanted = {*all_named.values(), *aliases.values()}
        loader.forget_refused(wanted, present)
        for number in sorted(wanted & present):
            loader.take_up(number)
        serving, problem = named, None
        if named is None or named not in loader.loaded:
            if named is not None:
                why = f"version {named} is refused: {loader.refused.get(named)}"
            serving = self._take_up_instead(view, held.serving)
            how = "serves in its place" if serving in present else "is gone from the store and serves on from memory"
            problem = why if serving is None else f"{why}; version {serving} {how}"
        loader.drop_others({*wanted, serving})
        loaded, refused = dict(loader.loaded), dict(loader.refused)
        self._on_demand.forget(present, loaded)
        self._replace(Snapshot(serving, loaded, aliases, all_named, refused, frozenset(present), problem))

    def _take_up_instead(self, view: StoreView, held: int | None) -> int | None:
        """What answers where the version that is named is refused or gone: what was named before it, in every worker.

        One that has just started has none, or an older one; one whose version the history does not know keeps that.
        """
        try:
            before = view.predecessors(self._settings.version)
        except StoreError:
            return held
        if held is None or held in before:
            for number in before:
                if self._loader.take_up(number):
                    return number
        return held

    def _more(self, view: StoreView) -> dict[str, int]:
        """What SERVICE_VERSIONS names; what of it is not there is logged once."""
        found, missing = {}, set()
        for name in self._settings.versions:
            try:
                found[name] = view.resolve(name)
            except StoreError as error:
                missing.add(f"SERVICE_VERSIONS: {error}")
        for message in sorted(missing - self._missing):
            self._log.warning("%s", message)
        self._missing = missing
        return found

    def _replace(self, snapshot: Snapshot) -> None:
        if snapshot.problem and snapshot.problem != self.snapshot.problem:
            self._log.warning("%s", snapshot.problem)
        if snapshot.serving != self.snapshot.serving:
            self._log.info("serving version %s", snapshot.serving)
            if self.snapshot.serving is not None:
                self._swaps.inc()
                self._metrics.last_swap.set_to_current_time()
        self._metrics.serving.labels(self.store.name).set(snapshot.serving or 0)
        self._metrics.loaded.labels(self.store.name).set(len(snapshot.loaded) + len(self._on_demand))
        dropped = self.snapshot.loaded.keys() - snapshot.loaded.keys()
        self.snapshot = snapshot
        if dropped:
            gc.collect()  # schemas refer to themselves, and would wait for a collection that may be hours away


def _to_load(snapshot: Snapshot, reference: str | None) -> int | None:
    """The number that is asked for, if it is that of a stored version which nothing names; else the snapshot knows."""
    if reference is None or not _NUMBER.fullmatch(reference) or snapshot.serving is None:
        return None
    number = int(reference)
    if number in snapshot.loaded or number not in snapshot.stored:
        return None
    # What is named is tried at every look at the store.
    is_named = number in snapshot.aliases.values() or number in snapshot.named.values()
    return None if is_named and number in snapshot.refused else number
