"""Which rows of a table look odd: `audits/N.json` beside the versions, in none of them and never served."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from registry.contract.documents import Number, Whole, parse_json
from registry.errors import StoreError

_ROWS = frozenset({"suspect_labels", "duplicates", "contradictions"})
_FOLDER = "audits"
MOST_BYTES = 2**24  # dozens of times what a job writes


def without_rows(audit: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, without which rows it was found of."""
    return {name: found for name, found in audit.items() if name not in _ROWS}


def format_audit(audit: Mapping[str, Any]) -> bytes:
    """What the file holds."""
    return json.dumps(audit, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def write_audit(store: Path, version: int, content: bytes | None) -> None:
    """Put it on disk, readable by its owner only, in place of what a killed job left under the same number.

    Args:
        store: The store's folder.
        version: The number that the version is about to have.
        content: What was found, with the rows; None where nothing is known.
    """
    remove_audit(store, version)
    if content is None:
        return
    (store / _FOLDER).mkdir(mode=0o700, exist_ok=True)
    with _folder(store) as folder:
        descriptor = os.open(_name(version), os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600, dir_fd=folder)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.fsync(folder)


def remove_audit(store: Path, version: int) -> None:
    """Remove it, if it is there."""
    with suppress(FileNotFoundError), _folder(store) as folder:
        os.unlink(_name(version), dir_fd=folder)


def read_audit(read: Callable[[str, int], bytes], version: int, published: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, with the rows.

    Args:
        read: Reads a file of the store that has at most so many bytes.
        version: A version's number.
        published: The `audit` of its manifest: earlier releases wrote the rows there.

    Returns:
        `method`; `suspect_labels`, each `row`, `label` and `probability`; `duplicates` and `contradictions`, groups of
        `rows`; and how many there are in all, of which only some are named.

    Raises:
        StoreError: It is not there, or can't be read.
    """
    where = path_of(version)
    try:
        document = published if published.keys() >= _ROWS else parse_json(read(where, MOST_BYTES))
        return dict(_AuditSchema().load(document))
    except FileNotFoundError as error:
        raise StoreError(
            f"which rows look odd is not known here: {where} is not there; the store that trained the version has it"
        ) from error
    except OSError as error:
        raise StoreError(f"{where} can't be read: {error.strerror}") from error
    except (ValueError, ValidationError) as error:
        raise StoreError(f"{where} is not what the training job wrote") from error


@contextmanager
def _folder(store: Path) -> Iterator[int]:
    """The folder of these files, opened to write in it; a link in its place is not followed."""
    folder = os.open(store / _FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield folder
    finally:
        os.close(folder)


def path_of(version: int) -> str:
    """Where a version's audit lies in its store."""
    return f"{_FOLDER}/{_name(version)}"


def _name(version: int) -> str:
    return f"{version}.json"


class _Schema(Schema):
    class Meta:
        unknown = EXCLUDE  # the manifest has what else was found


class _SuspectSchema(_Schema):
    row = Whole(required=True)
    label = fields.String(required=True)
    probability = Number(required=True)


class _GroupSchema(_Schema):
    rows = fields.List(Whole(), required=True)


class _AuditSchema(_Schema):
    method = fields.String(required=True)
    suspect_labels = fields.List(fields.Nested(_SuspectSchema), required=True)
    num_suspect_labels = Whole(required=True)
    duplicates = fields.List(fields.Nested(_GroupSchema), required=True)
    num_duplicate_rows = Whole(required=True)
    contradictions = fields.List(fields.Nested(_GroupSchema), required=True)
    num_contradictory_rows = Whole(required=True)
