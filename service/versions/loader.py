"""Loads versions, and remembers which are loaded, which are refused and why."""

import logging
from collections.abc import Collection

from registry.errors import BrokenVersion, StoreError
from registry.store.model_store import ModelStore
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion, load_version

_log = logging.getLogger(__package__)


class Loader:
    """Loads versions; one is read again only where it has changed. For one thread.

    Attributes:
        loaded: Number → version.
        refused: Number → why it was not taken up.
    """

    def __init__(self, store: ModelStore, settings: Settings, metrics: Metrics) -> None:
        self._store = store
        self._settings = settings
        self._refusals = metrics.refusals.labels(store.name)
        self._log = logging.LoggerAdapter(_log, {"model": store.name})
        self.loaded: dict[int, LoadedVersion] = {}
        self.refused: dict[int, str] = {}
        # What a version looked like when it was read.
        self._looks: dict[int, object] = {}

    def take_up(self, number: int) -> bool:
        """Load a version that is not loaded, or that is another than the one that is; whether it is loaded then."""
        look = self._store.mark(number, thorough=number in self.refused)
        if (number in self.loaded or number in self.refused) and self._looks.get(number) == look:
            return number in self.loaded
        self._looks[number] = look
        try:
            version = self._store.read(number)
            if number not in self.loaded or self.loaded[number].manifest != version.manifest:
                self.loaded[number] = load_version(version, self._settings)
                self._log.info("loaded version %d", number)
            self.refused.pop(number, None)
        except StoreError as error:
            self._refuse(number, error)
        except Exception as error:  # of a file that was made to do harm; the other versions are none of its business
            self._log.exception("loading version %d failed", number)
            self._refuse(number, BrokenVersion(f"it can't be loaded: {type(error).__name__}; the log says where"))
        return number in self.loaded

    def has_changed(self, number: int) -> bool:
        """Whether a version is another than the one that was read."""
        return self._looks.get(number) != self._store.mark(number, thorough=False)

    def is_verdict(self, number: int) -> bool:
        """Whether a version that is refused will be so until it changes; else it could not be read just then."""
        return self._looks.get(number) is not None

    def forget_refused(self, wanted: Collection[int], present: Collection[int]) -> None:
        """Forget that versions were refused that nothing names now and that are gone, or not what they were."""
        for number in [number for number in self.refused if number not in wanted]:
            if number not in present or self._looks.get(number) not in (None, self._store.mark(number, thorough=True)):
                del self.refused[number]

    def drop_others(self, kept: Collection[int | None]) -> None:
        """Let go of every version but some."""
        self.loaded = {number: version for number, version in self.loaded.items() if number in kept}

    def _refuse(self, number: int, error: StoreError) -> None:
        why = str(error).removeprefix(f"version {number}: ")
        # What could not be read may be readable the next time, with nothing changed: that is no verdict.
        is_verdict = not (isinstance(error, BrokenVersion) and isinstance(error.__cause__, OSError))
        if is_verdict or self.refused.get(number) != why:
            said = "" if error.__cause__ is None else f" ({error.__cause__})"
            self._log.error("refused version %d: %s%s", number, why, said)
            self._refusals.inc()
        self.refused[number] = why
        self._looks[number] = self._store.mark(number, thorough=True) if is_verdict else None
