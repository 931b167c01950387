"""Stored versions that nothing names, loaded when somebody asks for one by its number."""

import gc
import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace

from registry.store.model_store import ModelStore
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.loader import Loader

NUM_KEPT = 2  # that stay when nobody uses them: who compares versions asks two in turn
REFUSED_S = 1.0  # that a version which was refused is not looked at again


@dataclass
class _Held:
    """A version that is loaded.

    Attributes:
        version: It.
        num_uses: How many use it right now; as long as somebody does, it stays.
    """

    version: LoadedVersion
    num_uses: int = 0


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
        self._lock = threading.Lock()  # of what follows; held for a moment only
        self._held: OrderedDict[int, _Held] = OrderedDict()  # what was asked for last stands last
        self._refused: dict[int, _Refusal] = {}
        self._has_let_go = False

    def __len__(self) -> int:
        """How many are loaded."""
        return len(self._held)

    def must_load(self, number: int) -> bool:
        """Whether an answer has to wait until a stored version is loaded, or found not to be whole."""
        return number not in self._held and self._refusal(number) is None

    def find(self, number: int) -> LoadedVersion:
        """A stored version; it is loaded where it is not, which takes some milliseconds or more.

        Raises:
            VersionNotLoaded: It is refused, with the reason.
            NotReady: The store does not answer.
        """
        return self._hold(number, 0).version

    def use(self, number: int) -> _Held:
        """Keep a version, until `release`, from being let go of; raises as `find` does."""
        return self._hold(number, 1)

    def release(self, held: _Held) -> None:
        """A version is no longer in use."""
        with self._lock:
            held.num_uses -= 1
            self._let_go()

    def forget(self, stored: Collection[int], loaded: Collection[int]) -> None:
        """Let go of what is no longer stored, or is another now, or is loaded without being asked for."""
        if not self._turn.acquire(blocking=False):  # the next time; whoever looks at the store must not wait
            return
        try:
            with self._lock:
                gone = [
                    number
                    for number, held in self._held.items()
                    if not held.num_uses
                    and (number not in stored or number in loaded or self._loader.has_changed(number))
                ]
                for number in gone:
                    del self._held[number]
                self._has_let_go |= bool(gone)
            for refused in [number for number in self._loader.refused if number not in stored]:
                del self._loader.refused[refused]
                self._refused.pop(refused, None)
            self._collect()
        finally:
            self._turn.release()

    def _hold(self, number: int, num_uses: int) -> _Held:
        if held := self._take(number, num_uses):
            return held
        self._raise_refusal(number)
        with self._turn:
            return self._take(number, num_uses) or self._load(number, num_uses)

    def _take(self, number: int, num_uses: int) -> _Held | None:
        with self._lock:
            held = self._held.get(number)
            if held is not None:
                self._held.move_to_end(number)
                held.num_uses += num_uses
            return held

    def _refusal(self, number: int) -> _Refusal | None:
        refusal = self._refused.get(number)
        return refusal if refusal is not None and refusal.until > time.monotonic() else None

    def _raise_refusal(self, number: int) -> None:
        if refusal := self._refusal(number):
            raise refusal.error(refusal.why)

    def _load(self, number: int, num_uses: int) -> _Held:
        self._raise_refusal(number)  # of who had the turn before
        if not self._loader.take_up(number):
            error = VersionNotLoaded if self._loader.is_verdict(number) else NotReady
            why = f"version {number} is refused: {self._loader.refused[number]}"
            self._refused[number] = _Refusal(time.monotonic() + REFUSED_S, error, why)
            raise error(why)
        held = _Held(replace(self._loader.loaded.pop(number), is_on_demand=True), num_uses)
        with self._lock:
            self._held[number] = held
            self._let_go(number)
        self._collect()
        return held

    def _collect(self) -> None:
        """Free what was let go of, as `Versions` does; not where that happens, which may be the loop."""
        if self._has_let_go:
            self._has_let_go = False
            gc.collect()

    def _let_go(self, but: int | None = None) -> None:
        """Let go of what was asked for longest ago, as far as it is not in use; under the lock."""
        num = len(self._held) - NUM_KEPT
        idle = [number for number, held in self._held.items() if not held.num_uses and number != but]
        for number in idle[: max(num, 0)]:
            del self._held[number]
            self._has_let_go = True
