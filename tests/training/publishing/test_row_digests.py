"""Digests of rows: a version knows which rows it was trained on, and tells nobody else."""

import numpy as np

from registry.store.model_store import ModelStore
from training.publishing.row_digests import key_name, row_digests, was_trained_on


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
