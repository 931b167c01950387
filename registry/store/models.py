"""Which models there are in a folder of stores."""

import os
from pathlib import Path

from registry.errors import StoreError
from registry.store.model_store import MODEL_NAME


def list_models(root: Path) -> list[str]:
    """List the names of all models, in order: one look at the folder of stores, and none into a model's own.

    Args:
        root: The folder of stores; `~` is the home of who runs this.

    Raises:
        StoreError: It can't be read.
    """
    folder = Path(os.path.expanduser(root))
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if MODEL_NAME.fullmatch(entry.name) and entry.is_dir())
    except OSError as error:
        raise StoreError(f"{folder.absolute()} can't be read: {error.strerror}") from error
