"""Stored versions that nothing names, loaded when somebody asks for one by its number."""

import gc
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from registry.store.model_store import ModelStore
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.kept import Held, Kept
from service.versions.loaded_version import LoadedVersion
from service.versions.loader import Loader

NUM_KEPT = 2  # that stay when nobody uses them: who compares versions asks two in turn
REFUSED_S = 1.0  # that a version which was refused is not looked at again


@dataclass(frozen=True)
class _Refusal:
    """What is said of a version that could not be loaded.

    Attributes:
        until: When it is looked at again, by the monotonic clock.
        error: What it is to who asks.
        why: The reason.
    """

    until: float
    error: type[VersionNotLoaded | NotReady]
    why: str


class OnDemand:
    """Versions of one model beside those that are always loaded; which are stored is for who asks to know.

    Safe to ask from several threads. What is asked for last stays.
    """

    def __init__(self, store: ModelStore, settings: Settings, metrics: Metrics) -> None:
        """Begin with none."""
        self._loader = Loader(store, settings, metrics)
        self._turn = threading.Lock()  # to load: who comes meanwhile waits for the one that does
        self._kept = Kept[int, LoadedVersion](NUM_KEPT, self._note)
        self._refused: dict[int, _Refusal] = {}
        self._has_let_go = False

    def __len__(self) -> int:
        """How many are loaded."""
        return len(self._kept)

    def must_load(self, number: int) -> bool:
        """Whether an answer has to wait until a stored version is loaded, or found not to be whole."""
        return self._kept.get(number) is None and self._refusal(number) is None

    def find(self, number: int) -> LoadedVersion:
        """A stored version; it is loaded where it is not, which takes some milliseconds or more.

        Raises:
            VersionNotLoaded: It is refused, with the reason.
            NotReady: The store does not answer.
        """
        return self._hold(number, 0).value

    def use(self, number: int) -> Held[LoadedVersion]:
        """Keep a version, until `release`, from being let go of; raises as `find` does."""
        return self._hold(number, 1)

    def release(self, held: Held[LoadedVersion]) -> None:
        """A version is no longer in use."""
        self._kept.release(held)

    def forget(self, stored: Collection[int], loaded: Collection[int]) -> None:
        """Let go of what is no longer stored, or is another now, or is loaded without being asked for."""
        if not self._turn.acquire(blocking=False):  # the next time; whoever looks at the store must not wait
            return
        try:
            self._kept.drop(lambda number: number not in stored or number in loaded or self._loader.has_changed(number))
            for refused in [number for number in self._loader.refused if number not in stored]:
                del self._loader.refused[refused]
                self._refused.pop(refused, None)
            self._collect()
        finally:
            self._turn.release()

    def _hold(self, number: int, num_uses: int) -> Held[LoadedVersion]:
        if held := self._kept.take(number, num_uses):
            return held
        self._raise_refusal(number)
        with self._turn:
            return self._kept.take(number, num_uses) or self._load(number, num_uses)

    def _refusal(self, number: int) -> _Refusal | None:
        refusal = self._refused.get(number)
        return refusal if refusal is not None and refusal.until > time.monotonic() else None

    def _raise_refusal(self, number: int) -> None:
        if refusal := self._refusal(number):
            raise refusal.error(refusal.why)

    def _load(self, number: int, num_uses: int) -> Held[LoadedVersion]:
        self._raise_refusal(number)  # of who had the turn before
        if not self._loader.take_up(number):
            error = VersionNotLoaded if self._loader.is_verdict(number) else NotReady
            why = f"version {number} is refused: {self._loader.refused[number]}"
            self._refused[number] = _Refusal(time.monotonic() + REFUSED_S, error, why)
            raise error(why)
        version = replace(self._loader.loaded.pop(number), is_on_demand=True)
        held = self._kept.add(number, version, num_uses)
        self._collect()
        return held

    def _collect(self) -> None:
        """Free what was let go of, as `Versions` does; not where that happens, which may be the loop."""
        if self._has_let_go:
            self._has_let_go = False
            gc.collect()

    def _note(self, _: int) -> None:
        self._has_let_go = True
