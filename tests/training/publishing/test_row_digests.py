"""Digests of rows: a version knows which rows it was trained on, and tells nobody else."""

import hashlib
import hmac

import numpy as np

from registry.store.model_store import MANIFEST, ModelStore
from training.config import SHIPPED, read_dataset_file
from training.publishing.row_digests import key_name, row_digests, was_trained_on
from training.table.dataset import load_dataset


def test_rows_are_known_again() -> None:
    """Whatever their order, nulls and signed zeros included; others are new."""
    matrix = np.array([[1, np.nan], [0.0, 2], [3, 4]], np.float32)
    digests = row_digests(matrix, b"key")

    again = np.array([[3, 4], [-0.0, 2], [3, 4.0000005], [1, np.float32(-np.nan)]], np.float32)

    assert was_trained_on(again, b"key", digests).tolist() == [True, True, False, True]
    assert was_trained_on(again, b"another key", digests).tolist() == [False] * 4
    assert len(digests) == 3 * 8


def test_the_key_is_the_stores_and_in_no_version(students_copy: object) -> None:
    """Readable by its owner only; the manifest has but a name of it."""
    store = ModelStore(students_copy, "pass_fail")  # type: ignore[arg-type]  # a path

    key = store.row_key()

    assert len(key) == 32
    assert (store.folder / ".row_key").stat().st_mode & 0o777 == 0o600
    assert store.manifest(1).training["rows_key"] == key_name(key)
    for content in store.read(1).files.values():
        assert key not in content


def test_only_who_has_the_key_knows_a_versions_table(students_copy: object) -> None:
    """A plain digest would give back a row of a table of which all others are known, by trying."""
    store = ModelStore(students_copy, "pass_fail")  # type: ignore[arg-type]  # a path
    table = load_dataset(read_dataset_file(SHIPPED / "students.toml")).sha256

    keyed = hmac.digest(store.row_key(), bytes.fromhex(table), hashlib.sha256).hex()

    assert store.manifest(1).training["data_digest"] == keyed
    for content in (*store.read(1).files.values(), (store.path(1) / MANIFEST).read_bytes()):
        assert table.encode() not in content
