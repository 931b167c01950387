"""A store in another place: the same numbers, aliases, history and audits, each file checked as it is copied.

What is there already must be the beginning of what comes, as a copy that was interrupted or made yesterday is.
"""

from collections.abc import Mapping
from typing import Any

from registry.errors import StoreError
from registry.store import audits
from registry.store.manifest import MANIFEST
from registry.store.model_store import ROW_KEY, ROW_KEY_BYTES, ModelStore
from registry.store.places.place import Change, Place
from registry.store.staging import digest
from registry.store.view import StoreView


def copy_store(source: ModelStore, target: ModelStore) -> list[int]:
    """Copy what a store has and another has not.

    Args:
        source: What is copied; it is not changed.
        target: What it is copied to; made if there is none.

    Returns:
        The numbers of the versions that were copied.

    Raises:
        BrokenVersion: A version of the source is not what was published.
        StoreError: Either can't be read, or the target has what the source has not; nothing is written over.
    """
    given = source.view()
    history, aliases = given.history, given.aliases
    published = {event["version"] for event in given.publications()}
    if unrecorded := [version for version in given.versions if version not in published]:
        raise StoreError(
            f"version {unrecorded[0]} in {source.place.where} is in no history; "
            f"promote any version there, which records it"
        )

    def decide(place: Place, view: StoreView) -> Change[list[int]]:
        if view.history != history[: len(view.history)]:
            raise StoreError(
                f"{target.place.where} has a history of its own, and nothing is written over; copy to another place"
            )
        missing = []
        for version in given.versions:
            sealed = source.read_sealed(version)
            if version not in view.versions:
                _copy_version(source, version, sealed, place)
                missing.append(version)
            elif target.read_sealed(version)[MANIFEST] != sealed[MANIFEST]:
                raise StoreError(f"{target.where(version)} is another version, and nothing is written over")
        _copy_row_key(source, place)
        events = tuple((event["event"], _details(event)) for event in history[len(view.history) :])
        pruned = tuple(version for version in view.versions if version not in given.versions)
        return Change(missing, events, aliases if aliases != view.aliases else None, pruned)

    return target.change(decide, create=True, finish=False)


def _copy_version(source: ModelStore, version: int, sealed: Mapping[str, bytes], place: Place) -> None:
    if not place.claim(version, digest(sealed[MANIFEST]).sha256.encode()):
        raise StoreError(f"{place.where}: somebody else has the number {version}, and nothing is written over")
    with place.staging() as staged:
        for path, content in {**source.read(version).files, **sealed}.items():
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            (staged / path).write_bytes(content)
        try:
            audit: bytes | None = source.place.read(audits.path_of(version), audits.MOST_BYTES)
        except FileNotFoundError:
            audit = None
        place.write_audit(version, audit)
        place.install(staged, version)


def _copy_row_key(source: ModelStore, place: Place) -> None:
    """The same, or what was trained from there on would not know which rows are new."""
    try:
        key = source.place.read(ROW_KEY, ROW_KEY_BYTES)
    except FileNotFoundError:
        return
    place.keep(ROW_KEY, key)
    if place.read(ROW_KEY, ROW_KEY_BYTES) != key:
        raise StoreError(f"{place.where} has another {ROW_KEY}, and nothing is written over; copy to another place")


def _details(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "event"}
