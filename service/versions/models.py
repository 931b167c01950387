"""Which models this worker serves: the default one always, others loaded when they are first asked for."""

import gc
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from registry.errors import StoreError
from registry.store.model_store import ModelStore
from registry.store.models import list_models
from registry.store.places.object_storage import storage_at
from service.errors import ModelNotFound, NotReady
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.kept import Held, Kept
from service.versions.loaded_version import LoadedVersion
from service.versions.versions import Versions

_log = logging.getLogger(__package__)
LIST_AGAIN_S = 10.0  # between looks at which models there are
MISSED_S = 1.0  # that a model which could not be found is not looked for again
_MOST_MISSED = 1000  # names that are remembered so
_NO_SUCH = "no such model is served; GET /models lists those that are"
_NAMELESS = "no model answers here: name one, as in /models/NAME/predict; GET /models lists them"


@dataclass(frozen=True)
class _Missed:
    """A model that could not be found.

    Attributes:
        until: When it is looked for again, by the monotonic clock.
        problem: Why nobody knows whether there is one; None where there is none.
    """

    until: float
    problem: str | None


class Models:
    """The models that a worker serves. Safe to ask from several threads.

    The default one is loaded at the start and stays; of the others, those that were asked for last.

    Attributes:
        reference: What is served of each by default: an alias, `latest` or a number.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Name them; nothing is read yet."""
        self.reference = settings.version
        self._settings = settings
        self._metrics = metrics
        self._default = Versions(settings, metrics) if settings.model else None
        self._listed: frozenset[str] = frozenset()
        self._problem: str | None = None  # why the folder of stores could not be listed
        self._is_listed = False  # once it could be
        self._next_list = 0.0
        self._lock = threading.Lock()  # of what follows; held for a moment only
        self._kept = Kept[str, Versions](settings.max_loaded, metrics.forget)
        self._missed: OrderedDict[str, _Missed] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}

    def start(self) -> None:
        """Look before anything is answered, then in the background for as long as the process lives."""
        where = self._settings.models_dir
        if not isinstance(where, Path):
            self._probe(where)
        _log.info("looking for models in %s", where.absolute() if isinstance(where, Path) else where)
        self._look()
        self._look()  # loading takes a while, and something newer may be there by now
        # What is there now stays: with it out of the way, collecting what a swap leaves takes a tenth of a millisecond.
        gc.collect()
        gc.freeze()
        threading.Thread(target=self._look_forever, name="versions", daemon=True).start()

    def _probe(self, address: str) -> None:
        """Refuse, and name, a store that could lose what is published; whoever may only read can't find out."""
        try:
            storage_at(address).probe()
        except StoreError:
            return  # said by every look from now on
        except OSError as error:
            _log.info("not checked here, but where versions are published: does it keep conditions? %s", error.strerror)

    def find(self, name: str | None = None, reference: str | None = None) -> LoadedVersion:
        """The version of a model to answer with; see `of` and `Snapshot.find`."""
        return self.of(name).find(reference)

    def of(self, name: str | None = None) -> Versions:
        """A model's versions; they are loaded where they are not, which takes some milliseconds or more.

        Args:
            name: The model's; None is the default one.

        Raises:
            ModelNotFound: There is none of the name, or no default.
            NotReady: It can't be told whether there is one.
        """
        if self._default is not None and name in (None, self._settings.model):
            return self._default
        if name is None:
            raise ModelNotFound(_NAMELESS)
        return self._hold(name).value

    def check_ready(self) -> int | None:
        """The version of the default model that answers; None where there is none, and models could be listed.

        A store that is away afterwards takes nobody out of service: what is loaded goes on answering.

        Raises:
            NotReady: None answers, or they can't.
        """
        if self._default is not None:
            is_there = self._settings.model in self._listed or self._default.snapshot.loaded
            if self._settings.is_model_given or is_there:
                return self._default.find().manifest.version
        if self._problem is not None and not self._is_listed:
            raise NotReady(self._problem)
        return None

    def names(self) -> list[str]:
        """The names of all models, in order: those listed last, and those that are loaded."""
        return sorted(self._listed | self.loaded().keys())

    def loaded(self) -> dict[str, Versions]:
        """Name → versions of the models that are loaded now."""
        others = {name: held.value for name, held in self._kept.items()}
        return others if self._default is None else {self._settings.model: self._default} | others

    def store(self, name: str) -> ModelStore:
        """A model's store, whether it is loaded or not."""
        return ModelStore(self._settings.models_dir, name, trusted_keys=self._settings.trusted_keys)

    def must_load(self, name: str | None = None, reference: str | None = None) -> bool:
        """Whether an answer by a model, and a version of it, has to wait until these are looked for in the store."""
        if name is None or name == self._settings.model:
            return self._default is not None and self._default.must_load(reference)
        if held := self._kept.get(name):
            return held.value.must_load(reference)
        missed = self._missed.get(name)
        return self._settings.serves(name) and (missed is None or missed.until < time.monotonic())

    def load(self, name: str | None = None, reference: str | None = None) -> None:
        """Load what is not loaded of a model and a version of it; that there is none is for who asks it."""
        with self.use(name, reference):
            pass

    @contextmanager
    def use(self, name: str | None = None, reference: str | None = None) -> Iterator[None]:
        """Keep a model, and a version of it, from being let go of meanwhile; what there is not can't be kept."""
        held, versions = None, self._default
        if name is not None and name != self._settings.model:
            versions = None
            try:
                held = self._hold(name, 1)
                versions = held.value
            except (ModelNotFound, NotReady):
                pass
        try:
            with nullcontext() if versions is None or reference is None else versions.use(reference):
                yield
        finally:
            if held is not None:
                self._kept.release(held)

    def _hold(self, name: str, num_uses: int = 0) -> Held[Versions]:
        """A model that is loaded, or is now.

        Raises:
            ModelNotFound: There is none.
            NotReady: That can't be told.
        """
        if held := self._kept.take(name, num_uses):
            return held
        if not self._settings.serves(name):
            raise ModelNotFound(_NO_SUCH)
        with self._lock:
            turn = self._loading.setdefault(name, threading.Lock())
        with turn:  # who comes meanwhile waits for the one that loads
            try:
                return self._kept.take(name, num_uses) or self._load(name, num_uses)
            finally:
                with self._lock:
                    self._loading.pop(name, None)

    def _load(self, name: str, num_uses: int) -> Held[Versions]:
        missed = self._missed.get(name)
        if missed is None or missed.until < time.monotonic():
            missed = self._look_for(self.store(name))
        if missed is not None:
            with self._lock:
                self._missed[name] = missed
                while len(self._missed) > _MOST_MISSED:
                    self._missed.popitem(last=False)
            raise ModelNotFound(_NO_SUCH) if missed.problem is None else NotReady(missed.problem)
        versions = Versions(replace(self._settings, model=name), self._metrics)
        versions.look()
        return self._kept.add(name, versions, num_uses)

    def _look_for(self, store: ModelStore) -> _Missed | None:
        """Whether a store is there; of one that can't be read nothing is held, however many names are made up."""
        try:
            if store.is_made():
                return None
            problem = None
        except StoreError as error:
            problem = str(error)
        return _Missed(time.monotonic() + MISSED_S, problem)

    def _look(self) -> None:
        """Look at all models that are loaded, one after another, and now and then which there are."""
        if self._default is not None:
            self._default.look()
        for name, held in self._kept.items():
            if self._kept.use(name, held):  # of one that is gone it would go on saying what it has loaded
                held.value.look()
                self._kept.release(held)
        if self._settings.models and time.monotonic() >= self._next_list:
            self._list()
            self._next_list = time.monotonic() + LIST_AGAIN_S

    def _list(self) -> None:
        try:
            self._listed = frozenset(filter(self._settings.serves, list_models(self._settings.models_dir)))
            self._is_listed, problem = True, None
        except StoreError as error:
            problem = str(error)
            if problem != self._problem:
                _log.warning("%s", problem)
        self._problem = problem

    def _look_forever(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._settings.poll_s):
            try:
                self._look()
            except Exception:  # whatever a store may hold, it must not end the thread
                _log.exception("looking at the models failed")
