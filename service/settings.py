"""The service's settings: the environment, read once, every bad value reported together."""

import difflib
import fnmatch
import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.errors import StoreError
from registry.key_file import InvalidKeys
from registry.limits import memory_limit, num_cpus
from registry.store.model_store import MODEL_NAME, MODEL_NAME_RULE
from registry.store.places.object_storage import check_address, is_address
from registry.store.signatures import TRUSTED_KEYS, TrustedKeys

DEFAULT_MODEL = "pass_fail"
MODEL_PATTERN = re.compile(r"[A-Za-z0-9_.*?-]{1,100}", re.ASCII)
MODEL_PATTERN_RULE = "must be names of models or patterns, such as maths-*, comma-separated"
ENGINES = ("auto", "litert", "tensorflow")
LOG_LEVELS = ("debug", "info", "warning", "error")
UNIX = "unix:"  # begins a host that is the path of a socket
_MAX_SOCKET_PATH = 107  # bytes that a system has for one
_HOST_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)
# Settings without which a service is open: one that is misspelt would be as good as none.
_SECURITY = {"SERVICE_API_KEYS_FILE", "SERVICE_TRUSTED_KEYS_FILE", "SERVICE_ALLOWED_HOSTS", "SERVICE_CORS_ORIGINS"}
NUM_THREADS = 3  # of a worker: requests that it answers at once, beside small ones and one that may take long
LARGE_BYTES = 2**20  # of a body: larger ones take turns in a thread of their own
NUM_LARGEST = 8  # requests of the largest size that it may have in hand; beyond, unfinished ones are refused
# Memory, measured by benchmarks/containers.py: the master and a worker with nothing to do, and how many times its own
# size the most expensive body known is while it is read (lists in lists in lists: 49 times).
_MASTER_BYTES = 32 * 2**20
_WORKER_BYTES = {"auto": 48 * 2**20, "litert": 48 * 2**20, "tensorflow": 256 * 2**20}
_HELD_PER_BODY_BYTE = 50
_ALLOWED_HOST = re.compile(r"\*|\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_ORIGIN = re.compile(
    r"(?!http://\S*:80$|https://\S*:443$)[a-z][a-z0-9+.-]*://[a-z0-9._-]+(:\d+)?|https?://\[[0-9a-f:.]+\](:\d+)?"
)


class InvalidSettings(ValueError):
    """Bad values in the environment; the message lists every one."""


@dataclass(frozen=True)
class Settings:
    """How the service runs.

    Attributes:
        port: TCP port; 0 lets the system choose.
        host: Address to listen on, or `unix:` and the path of a socket.
        workers: Worker processes.
        models_dir: The folder of stores, or its address in object storage.
        model: What routes without a name answer with; empty where they have no model.
        models: Names and patterns of more models that are served.
        max_loaded: Most models that a worker holds at once beside `model`, whatever it was asked for.
        version: What to serve by default: an alias, `latest` or a number.
        versions: More to keep loaded always; others are loaded when their number is asked for.
        engine: `auto`, `litert` or `tensorflow`.
        poll_s: Seconds between looks at the store.
        max_body_bytes: Largest request body.
        max_instances: Most instances in one request.
        log_level: `debug`, `info`, `warning` or `error`.
        api_keys_file: Names and hashes of API keys; None answers whoever reaches it.
        allowed_hosts: Names by which it is answered, beside addresses and this machine's own.
        cors_origins: Of pages of other sites that may ask it from a browser.
        trusted_keys: One of them must have signed a version; None takes any. Read here, so that every worker has the
            same, whenever it starts.
        keepalive_s: Seconds that a connection may be idle.
        drain_s: Seconds after the order to stop in which new connections are still taken, while it says not ready.
        is_model_given: Whether somebody named `model`, so that without it nothing is ready.
    """

    port: int = 8000
    host: str = "127.0.0.1"
    workers: int = 1
    models_dir: Path | str = Path("models")
    model: str = DEFAULT_MODEL
    models: tuple[str, ...] = ()
    max_loaded: int = 100
    version: str = "champion"
    versions: tuple[str, ...] = ()
    engine: str = "auto"
    poll_s: float = 1.0
    max_body_bytes: int = 8 * 2**20
    max_instances: int = 10_000
    log_level: str = "info"
    api_keys_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    trusted_keys: TrustedKeys | None = None
    keepalive_s: float = 75.0
    drain_s: float = 0.0
    is_model_given: bool = True

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the environment; a variable that is not set, or blank, leaves the default.

        Raises:
            InvalidSettings: Values that don't fit, or variables that look like a misspelt setting of security.
            StoreError: The file of trusted keys can't be read, which may pass.
        """
        values: dict[str, Any] = {}
        faults = []
        for variable, (attribute, read) in VARIABLES.items():
            text = environ.get(variable, "").strip()
            if text:
                try:
                    values[attribute] = read(text)
                except ValueError as error:
                    faults.append(f"{variable} {error}")
        for variable in environ.keys() - VARIABLES.keys() - _SECURITY:
            if near := _nearest(variable.upper(), _SECURITY):
                faults.append(f"{variable} is not a setting; {near} is")
        if faults:
            raise InvalidSettings("\n".join(faults))
        settings = cls(**values)
        if "model" not in values and settings.models and settings.model not in settings.models:
            [only, *more] = settings.models
            if settings.is_named(settings.model):
                settings = replace(settings, is_model_given=False)
            else:
                settings = replace(settings, model="" if more or not MODEL_NAME.fullmatch(only) else only)
        return settings if "workers" in values else replace(settings, workers=default_workers(settings))

    def serves(self, model: str) -> bool:
        """Whether a model is among those that are served, if there is one of the name."""
        return model == self.model or (self.is_named(model) and MODEL_NAME.fullmatch(model) is not None)

    def is_named(self, model: str) -> bool:
        """Whether `models` names it, or has a pattern for it."""
        return is_among(model, self.models)


def is_among(model: str, patterns: Iterable[str]) -> bool:
    """Whether one of some names and patterns is a model's: `*` stands for any letters, `?` for any one."""
    return any(fnmatch.fnmatchcase(model, pattern) for pattern in patterns)


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """What looks like a misspelt setting, in words; it may be another program's variable, or an orchestrator's."""
    others = [variable for variable in environ if variable.startswith("SERVICE_") and variable not in VARIABLES]
    return [f"{other} is not a setting; {near} is" for other in others if (near := _nearest(other, VARIABLES))]


def _nearest(variable: str, settings: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(variable, settings, 1, cutoff=0.85)), None)


def default_workers(settings: Settings) -> int:
    """As many workers as CPUs, but no more than the container's memory holds at their worst moment; at least one.

    Args:
        settings: Of which the engine and the largest body count.
    """
    limit = memory_limit()
    if limit is None:
        return num_cpus()
    read = settings.max_body_bytes + (NUM_THREADS + 1) * min(LARGE_BYTES, settings.max_body_bytes)
    waiting = NUM_LARGEST * settings.max_body_bytes
    worker = _WORKER_BYTES[settings.engine] + _HELD_PER_BODY_BYTE * read + waiting
    return max(1, min(num_cpus(), (limit - _MASTER_BYTES) // worker))


def _whole(minimum: int, maximum: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) < 20 and minimum <= int(text) <= maximum:
            return int(text)
        raise ValueError(f"must be a whole number from {minimum} to {maximum}")

    return read


def _seconds(minimum: float, maximum: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not minimum <= value <= maximum:
            raise ValueError(f"must be a number from {minimum:g} to {maximum:g} seconds")
        return value

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() in choices:
            return text.lower()
        raise ValueError(f"must be one of {', '.join(choices)}")

    return read


def _model_name(text: str) -> str:
    if MODEL_NAME.fullmatch(text):
        return text
    raise ValueError(MODEL_NAME_RULE)


def _model_names(text: str) -> tuple[str, ...]:
    names = _names(text)
    if names and all(MODEL_PATTERN.fullmatch(name) for name in names):
        return names
    raise ValueError(MODEL_PATTERN_RULE)


def _place(text: str) -> Path | str:
    if not is_address(text):
        return _path(text)
    try:
        check_address(text)
    except StoreError as error:
        raise ValueError(f"can't be used: {error}") from error
    return text


def _path(text: str) -> Path:
    return Path(os.path.expanduser(text))  # no shell has seen it


def _host(text: str) -> str:
    path = text.removeprefix(UNIX)
    if path.startswith("/") and path != text and len(os.fsencode(path)) <= _MAX_SOCKET_PATH:
        return text
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not _HOST_NAME.fullmatch(text):
            raise ValueError(
                f"must be an address, a host's name, or {UNIX} and a path that begins with / "
                f"and has at most {_MAX_SOCKET_PATH} bytes"
            ) from None
    return text


def _trusted_keys(text: str) -> TrustedKeys:
    try:
        return TrustedKeys.from_file(_path(text))
    except InvalidKeys as error:
        raise ValueError(f"can't be used: {error}") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _names_like(pattern: re.Pattern[str], rule: str) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        names = _names(text.lower())
        if all(pattern.fullmatch(name) for name in names):
            return names
        raise ValueError(f"must be {rule}, comma-separated")

    return read


# Variable → attribute and how its text is read. The table in docs/settings.md is held against this.
VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "PORT": ("port", _whole(0, 65535)),
    "WEB_CONCURRENCY": ("workers", _whole(1, 256)),
    "SERVICE_HOST": ("host", _host),
    "SERVICE_MODELS_DIR": ("models_dir", _place),
    "SERVICE_MODEL": ("model", _model_name),
    "SERVICE_MODELS": ("models", _model_names),
    "SERVICE_MAX_LOADED": ("max_loaded", _whole(1, 100_000)),
    "SERVICE_VERSION": ("version", str),
    "SERVICE_VERSIONS": ("versions", _names),
    "SERVICE_ENGINE": ("engine", _one_of(*ENGINES)),
    "SERVICE_POLL_S": ("poll_s", _seconds(0.01, 3600)),
    "SERVICE_MAX_BODY_BYTES": ("max_body_bytes", _whole(1, 2**31 - 1)),
    "SERVICE_MAX_INSTANCES": ("max_instances", _whole(1, 10_000_000)),
    "SERVICE_LOG_LEVEL": ("log_level", _one_of(*LOG_LEVELS)),
    "SERVICE_API_KEYS_FILE": ("api_keys_file", _path),
    "SERVICE_ALLOWED_HOSTS": (
        "allowed_hosts",
        _names_like(_ALLOWED_HOST, "names without scheme and port, such as school.example, .school.example or *"),
    ),
    "SERVICE_CORS_ORIGINS": (
        "cors_origins",
        _names_like(_ORIGIN, "origins as browsers send them, such as https://school.example or http://localhost:3000"),
    ),
    TRUSTED_KEYS: ("trusted_keys", _trusted_keys),
    "SERVICE_KEEPALIVE_S": ("keepalive_s", _seconds(1, 86_400)),
    "SERVICE_DRAIN_S": ("drain_s", _seconds(0, 3600)),
}
