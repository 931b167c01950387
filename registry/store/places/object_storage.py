"""Files in object storage, `s3://bucket/prefix` or `az://container/prefix`, by obstore, which is imported only here.

Whoever serves gives up after seconds; whoever publishes waits, since minutes of training are at stake.
"""

import errno
import functools
import importlib.util
import os
import random
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from registry.errors import StoreError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

ADDRESS_RULE = "must be a folder, or an address such as s3://bucket/prefix or az://container/prefix"
_ADDRESS = re.compile(
    r"(?P<scheme>s3|az|gs)://[A-Za-z0-9][A-Za-z0-9._-]{1,254}(/(?!\.{1,2}(/|$))[^\s?#*%/]+)*/?", re.ASCII
)
# Passing any option of the client makes obstore forget those in the environment, which are read again here.
_OPTIONS = ("allow_http", "allow_invalid_certificates", "proxy_url", "proxy_ca_certificate", "proxy_excludes")
_PREFIXES = {"s3": "AWS", "az": "AZURE", "gs": "GOOGLE"}
_QUICK = {"connect_timeout": "2s", "read_timeout": "3s", "timeout": "10s"}
_PATIENT = {"connect_timeout": "5s", "read_timeout": "30s", "timeout": "300s"}
_PATIENCE_S = 60.0
_PAUSE_S = 1.0  # after a request without answer, in which nobody else waits for the same
_STATUS = re.compile(r"status code: (\d{3} [A-Z][A-Za-z ]*)")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_LATER = ("408", "429")  # HTTP says of these that the same may succeed the next time
Answer = TypeVar("Answer")
_METADATA = "169.254.169.254"  # where a cloud's machines are told who they are, if no variable says it


class NoAnswer(OSError):
    """A request that may have been carried out or not, and may succeed the next time."""


@dataclass(frozen=True)
class Stored:
    """What a listing says of a file."""

    path: str
    tag: str
    num_bytes: int
    modified: datetime


class ObjectStorage:
    """What lies below an address. One for all who name it in a process: they share its connections.

    Attributes:
        address: Without a slash at its end.
    """

    def __init__(self, address: str, *, patient: bool) -> None:
        self.address = address
        self._patient = patient
        self._away_until = 0.0
        self._is_probed = False
        self._refused = ""

    def get(self, path: str, most: int) -> tuple[bytes, str]:
        """Read a file, and its tag.

        Raises:
            StoreError: It has more than so many bytes.
            OSError: It is not there, or can't be read.
        """
        got = self.get_unless(path, most, None)
        assert got is not None
        return got

    def get_unless(self, path: str, most: int, tag: str | None) -> tuple[bytes, str] | None:
        """Read a file and its tag, unless it still has a tag; None if so."""
        from obstore import get
        from obstore.exceptions import NotModifiedError

        def ask() -> tuple[bytes, str] | None:
            try:
                result = get(self._store, path, options={"if_none_match": tag} if tag else None)
            except NotModifiedError:
                return None
            if result.meta["size"] > most:
                raise StoreError(f"{path.rpartition('/')[2]} has more than {most} bytes")
            return bytes(result.bytes()), result.meta["e_tag"] or ""

        return self._ask(path, ask)

    def put(self, path: str, content: bytes) -> None:
        """Write a file, whatever was there."""
        from obstore import put

        self._ask(path, lambda: put(self._store, path, content))

    def put_if(self, path: str, content: bytes, tag: str | None) -> bool:
        """Write a file if it still has a tag, or, where that is None, if there is none.

        Returns:
            Whether it was written. It may have been, all the same, where its answer was lost and it was sent again.
        """
        from obstore import put
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        def ask() -> bool:
            mode: Any = "create" if tag is None else {"e_tag": tag}
            try:
                put(self._store, path, content, mode=mode, use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

        return self._ask(path, ask)

    def folders(self, path: str) -> list[str]:
        """Names of what looks like folders in one."""
        from obstore import list_with_delimiter

        listed = self._ask(path, lambda: list_with_delimiter(self._store, path))
        return [below.rpartition("/")[2] for below in listed["common_prefixes"]]

    def files(self, path: str, most: int | None = None) -> list[Stored]:
        """Every file below a folder, or the first ones."""
        from obstore import list as list_files

        def ask() -> list[Stored]:
            found: list[Stored] = []
            for chunk in list_files(self._store, path):
                found += [
                    Stored(meta["path"], meta["e_tag"] or "", meta["size"], meta["last_modified"]) for meta in chunk
                ]
                if most is not None and len(found) >= most:
                    break
            return found

        return self._ask(path, ask)

    def delete(self, paths: list[str]) -> None:
        """Remove files, if they are there."""
        from obstore import delete

        if paths:
            with suppress(FileNotFoundError):
                self._ask(paths[0], lambda: delete(self._store, paths))

    def probe(self) -> None:
        """Find out, once, whether conditions are kept: a store that says yes to everything loses what two write.

        Raises:
            StoreError: They are not.
            OSError: It can't be told, for want of the right to write for example.
        """
        if self._is_probed:
            return
        path = f".probe-{secrets.token_hex(8)}"
        try:
            self.put_if(path, b"1", None)
            is_kept = not self.put_if(path, b"2", None)
            _, tag = self.get(path, 1)
            if is_kept and tag:
                self.put_if(path, b"3", tag)
                is_kept = not self.put_if(path, b"4", tag) and self.get(path, 1)[0] == b"3"
        finally:
            with suppress(OSError):
                self.delete([path])
        if not is_kept:
            self._refused = (
                f"{self.address} ignores conditions (If-None-Match, If-Match), so that of two who publish one would "
                "lose; use a store that keeps them, such as Amazon S3, Azure or SeaweedFS"
            )
            raise StoreError(self._refused)
        self._is_probed = True

    @functools.cached_property
    def _store(self) -> "ObjectStore":
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        prefix = self._variables
        options: Any = {name: os.environ[key] for name in _OPTIONS if (key := f"{prefix}_{name.upper()}") in os.environ}
        options |= _PATIENT if self._patient else _QUICK
        retry: Any = {"max_retries": 1, "retry_timeout": timedelta(seconds=5)}
        try:
            return from_url(self.address, client_options=options, retry_config=retry)
        except (BaseError, ValueError) as error:
            first = str(error).partition("\n")[0]
            raise StoreError(f"{self.address} can't be used: {first}; see the {prefix}_ variables") from None

    @property
    def _variables(self) -> str:
        """How the names of the variables begin that say who asks, and where."""
        return _PREFIXES[self.address.partition(":")[0]]

    def _ask(self, path: str, ask: Callable[[], Answer]) -> Answer:
        """Ask, and who is patient again and again: what is asked here may be asked twice."""
        if self._refused:
            raise StoreError(self._refused)
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                with self._in_words(path):
                    return ask()
            except NoAnswer:
                if not self._patient or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(0.1, 1))

    @contextmanager
    def _in_words(self, path: str) -> Iterator[None]:
        """What obstore says is long, and may quote what was sent: here it is a line, with no key in it."""
        from obstore.exceptions import BaseError

        if time.monotonic() < self._away_until:
            raise NoAnswer(errno.ETIMEDOUT, f"{self.address} did not answer a moment ago")
        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error) or "ContainerNotFound" in str(error):
                raise OSError(errno.ENODEV, f"{self.address}: there is no such bucket") from None
            raise FileNotFoundError(errno.ENOENT, "No such file", path) from None
        except BaseError as error:
            failure = self._failure(error)
            if failure.errno != errno.EACCES and not self._patient:
                self._away_until = time.monotonic() + _PAUSE_S
            raise failure from None

    def _failure(self, error: Exception) -> OSError:
        """What went wrong, in a line."""
        said, see = str(error), f"see the {self._variables}_ variables"
        if _METADATA in said:
            return OSError(errno.EPERM, f"{self.address} can't be asked: no credentials are set; {see}")
        if "BadScheme" in said:
            no_tls = f"{self._variables}_ALLOW_HTTP=true lets a server do without TLS"
            return OSError(errno.EPROTO, f"{self.address} can't be asked over http://; {no_tls}")
        status, code = _STATUS.search(said), _CODE.search(said)
        why = ", ".join(match[1] for match in (status, code) if match) or type(error).__name__
        if status and status[1].startswith("4") and not status[1].startswith(_LATER):
            what = "refuses access" if status[1].startswith(("401", "403")) else "can't be used"
            return OSError(errno.EACCES, f"{self.address} {what} ({why}); {see}, and what the bucket allows")
        if status:
            return NoAnswer(errno.EIO, f"{self.address} is in trouble ({why})")
        what = "does not answer in time" if "kind: Timeout" in said else "can't be reached"
        return NoAnswer(errno.ETIMEDOUT, f"{self.address} {what}")


def is_address(root: Path | str) -> TypeGuard[str]:
    """Whether somebody named no folder."""
    return isinstance(root, str) and "://" in root


def absolute(root: Path | str) -> str:
    """What leads to the same place from any folder: an address as it is, of a folder its whole path."""
    return root if is_address(root) else str(Path(root).expanduser().absolute())


def check_address(address: str) -> None:
    """Look at an address, and ask nobody.

    Raises:
        StoreError: It is none, or what is needed to read it is not installed.
    """
    if not _ADDRESS.fullmatch(address):
        raise StoreError(f"{address!r} {ADDRESS_RULE}")
    if importlib.util.find_spec("obstore") is None:
        raise StoreError(f"{address} needs the package obstore: install passfail[object-storage]")


def storage_at(address: str, *, patient: bool = False) -> ObjectStorage:
    """What lies below an address, for this process.

    Args:
        address: Such as `s3://bucket/prefix`.
        patient: Whether to wait a minute for what does not answer.

    Raises:
        StoreError: See `check_address`.
    """
    check_address(address)
    return _storage(address.rstrip("/"), patient)


@functools.cache
def _storage(address: str, patient: bool) -> ObjectStorage:
    return ObjectStorage(address, patient=patient)
