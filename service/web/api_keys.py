"""API keys: a file of names and hashes, read again when it changes."""

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from registry.key_file import InvalidKeys, read_key_file

_log = logging.getLogger("service.api_keys")  # as operators know it
_MODELS = "models="  # begins what a key is held to
_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]{0,63})\s+(?P<key>sha256:[0-9a-f]{64}(\s+models=[A-Za-z0-9_.*?,-]+)?)", re.ASCII
)
LINE_RULE = (
    "a name of letters, digits, _ . and -, a blank, and sha256: with 64 hexadecimal digits; "
    "a key that is held to models has a blank and models=, with names or patterns such as maths-*, after that"
)
LOOK_AGAIN_S = 1.0
SETTLED_S = 0.5  # what is younger may be in the middle of being written
MAX_BYTES = 2**20  # of a file: more than ten thousand keys


@dataclass(frozen=True)
class ApiKey:
    """A key.

    Attributes:
        name: Whose it is.
        digest: Of it, SHA-256.
        models: Names and patterns of the models that it is for; None: for all, and for what is of no model.
    """

    name: str
    digest: str
    models: tuple[str, ...] | None

    def is_for(self, model: str) -> bool:
        """Whether a model may be asked with it, if there is one of the name."""
        return self.models is None or any(fnmatchcase(model, pattern) for pattern in self.models)


class _Look(NamedTuple):
    """What tells whether the file has changed."""

    inode: int
    ctime_ns: int
    size: int


def make_key(name: str, models: str | None = None) -> tuple[str, str]:
    """A new key and the line of the file that lets it in.

    The key is 256 random bits, so that a plain hash of it can't be turned back, and is quick to check.

    Args:
        name: Whose it is.
        models: Names and patterns of the models that it is for, comma-separated; None: for all.

    Raises:
        InvalidKeys: The name is none, or those of the models are none.
    """
    key = f"pf_{secrets.token_urlsafe(32)}"
    line = f"{name} sha256:{_digest(key)}" + ("" if models is None else f" {_MODELS}{models}")
    if not _LINE.fullmatch(line):
        raise InvalidKeys(f"a line must be {LINE_RULE}")
    return key, line


class ApiKeys:
    """The keys of a file. Safe to ask from several threads."""

    def __init__(self, path: Path, tell_stale: Callable[[bool], object] = lambda _: None) -> None:
        """Read the file; until it can be used, nobody has a key.

        Args:
            path: The file.
            tell_stale: Told after each look at a file that has changed whether it can't be used.
        """
        self._path, self._tell_stale = path, tell_stale
        self._look: _Look | int | None = None
        self._keys: tuple[ApiKey, ...] = ()
        self._next_look = 0.0
        self._refresh()

    def find(self, given: str) -> ApiKey | None:
        """A key, or None where the file does not have it."""
        self._refresh()
        if not given:
            return None
        digest, found = _digest(given), None
        for key in self._keys:  # all of them, whichever it is: the time it takes tells nothing
            if hmac.compare_digest(digest, key.digest):
                found = key
        return found

    def _refresh(self) -> None:
        """Read the file again if it has changed, and not just now.

        One that is emptied or gone lets nobody in; one that can't be used changes nothing.
        """
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_AGAIN_S
        look = self._stat()
        is_young = isinstance(look, _Look) and 0 <= time.time() - look.ctime_ns / 1e9 < SETTLED_S
        if look == self._look or (is_young and self._look is not None):
            return
        try:
            self._keys = _read(self._path)
            self._look = look
            self._tell_stale(False)
            _log.info("read %d API keys", len(self._keys))
        except InvalidKeys as error:
            self._tell_stale(True)
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                self._keys, self._look = (), look
                _log.error("nobody is let in until the file of API keys is there again: %s", error)
                return
            # What could not be read may be readable the next time, with nothing changed.
            self._look = None if isinstance(error.__cause__, OSError) else look
            _log.error("the %d API keys known so far are kept: %s", len(self._keys), error)

    def _stat(self) -> "_Look | int | None":
        try:
            found = self._path.stat()
        except OSError as error:
            return error.errno
        return _Look(found.st_ino, found.st_ctime_ns, found.st_size)


def check_file(path: Path) -> None:
    """Refuse to begin with a file that locks everybody out.

    Raises:
        InvalidKeys: It can't be used, or holds no key.
    """
    if not _read(path):
        raise InvalidKeys("the file of API keys holds none; `python -m service key NAME` makes one")


def _read(path: Path) -> tuple[ApiKey, ...]:
    """Read a file of keys: one a line, blank lines and those that begin with # aside.

    Raises:
        InvalidKeys: It can't be read, a line is none, or a name stands twice.
    """
    try:
        keys = read_key_file(path, MAX_BYTES, _LINE, LINE_RULE, "API keys")
    except OSError as error:
        raise InvalidKeys(f"the file of API keys can't be read: {error.strerror}") from error
    found = []
    for name, (number, text) in keys.items():
        digest, *held = text.removeprefix("sha256:").split()
        if digest == _digest(""):
            raise InvalidKeys(f"line {number} of the API keys is of an empty key, which everybody has")
        models = tuple(filter(None, held[0].removeprefix(_MODELS).split(","))) if held else None
        found.append(ApiKey(name, digest, models))
    return tuple(found)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
