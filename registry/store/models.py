"""Which models there are in a folder of stores, or at an address."""

import os
from pathlib import Path

from registry.errors import StoreError
from registry.store.model_store import MODEL_NAME
from registry.store.places.object_storage import is_address, storage_at


def list_models(root: Path | str) -> list[str]:
    """List the names of all models, in order: one look at the folder of stores, and none into a model's own.

    Args:
        root: The folder of stores; `~` is the home of who runs this. Or an address, such as `s3://bucket/prefix`.

    Raises:
        StoreError: It can't be read.
    """
    if is_address(root):
        try:
            return sorted(filter(MODEL_NAME.fullmatch, storage_at(root).folders("")))
        except OSError as error:
            raise StoreError(f"{root} can't be read: {error.strerror}") from error
    folder = Path(os.path.expanduser(root))
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if MODEL_NAME.fullmatch(entry.name) and _is_folder(entry))
    except OSError as error:
        raise StoreError(f"{folder.absolute()} can't be read: {error.strerror}") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is one, or a link to one; a link that leads nowhere is none, and hurts no other model."""
    try:
        return entry.is_dir()
    except OSError:
        return False
