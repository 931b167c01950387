"""Which version is there already, so that a run has nothing to do: any at all, or one that it would make again."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import CHAMPION, ModelStore
from training.config import DatasetFile
from training.publishing.row_digests import table_digest
from training.table.dataset import Dataset


def any_version(store: ModelStore) -> int | None:
    """The champion, or the last version where that is gone; None where there is none at all."""
    if not (versions := store.versions()):
        return None
    store.prepare()  # a job that was killed just after it published may have left no champion
    champion = store.aliases().get(CHAMPION)  # its folder may be gone; the service then has others
    return champion if champion in versions else versions[-1]


def same_champion(store: ModelStore, dataset: Dataset, recipe: str, seed: int) -> int | None:
    """The champion, where a run would make it again; None where it is another, can't be read or is not there."""
    champion = store.aliases().get(CHAMPION)
    try:
        manifest = None if champion is None else store.manifest(champion)
    except StoreError:
        return None
    return champion if manifest and is_made_from(manifest, dataset, recipe, seed, store.row_key()) else None


def is_made_from(manifest: Manifest, dataset: Dataset, recipe: str, seed: int, key: bytes) -> bool:
    """Whether a version was made from a table by a recipe; one of an earlier release does not say.

    Args:
        manifest: The version's.
        dataset: The table.
        recipe: See `recipe_digest`.
        seed: Of everything drawn.
        key: The store's, under which tables are digested.
    """
    made, now = manifest.training, (table_digest(dataset.sha256, key), recipe, seed)
    return (made.get("data_digest"), made.get("recipe_digest"), made.get("seed")) == now


def recipe_digest(dataset_file: DatasetFile, recipe: str) -> str:
    """Digest how a version is made.

    Args:
        dataset_file: All that it says counts, but not where it and the table lie.
        recipe: The name of what is trained by it.

    Returns:
        SHA-256, in hexadecimal.
    """
    said = asdict(replace(dataset_file, data=Path(), folder=Path()))
    return hashlib.sha256(json.dumps([recipe, said], sort_keys=True, default=str).encode()).hexdigest()
