"""A file that somebody named: whoever reads it waits for no pipe, follows no device, and is told in a line."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.errors import StoreError
from registry.key_file import InvalidKeys
from registry.store.signatures import SigningKey, TrustedKeys
from service.web import api_keys
from training.config import InvalidDatasetFile, read_dataset_file
from training.table.dataset import InvalidData, read_content

READERS: list[Callable[[Path], object]] = [
    api_keys.check_file,
    SigningKey.from_file,
    TrustedKeys.from_file,
    read_dataset_file,
    read_content,
]


def make_huge(path: Path) -> None:
    """A file that takes no room."""
    path.touch()
    os.truncate(path, 2**40)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (os.mkfifo, "no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "no regular file"),
        (Path.mkdir, "Is a directory"),
        (make_huge, "more than [0-9]+ bytes"),
    ],
)
def test_what_may_not_end_is_not_read(
    tmp_path: Path, read: Callable[[Path], object], make: Callable[[Path], object], why: str
) -> None:
    """Nor waited for."""
    path = tmp_path / "named"
    make(path)

    with pytest.raises((InvalidKeys, StoreError, InvalidDatasetFile, InvalidData), match=why):
        read(path)
