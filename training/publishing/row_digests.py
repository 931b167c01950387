"""Which rows a version was trained on, and of which table, known by keyed digests: no row can be read from them."""

import hashlib
import hmac

import numpy as np

from training.table.dataset import same_bits

_BYTES = 8


def row_digests(matrix: np.ndarray, key: bytes) -> bytes:
    """Digest every row.

    Args:
        matrix: Encoded rows, float32 of shape (num_rows, num_features).
        key: The store's. Without it nobody can tell whether a student they think of is among the rows.

    Returns:
        Different digests of 8 bytes each, sorted, one after the other.
    """
    return b"".join(sorted(set(_digest(matrix, key))))


def was_trained_on(matrix: np.ndarray, key: bytes, digests: bytes) -> np.ndarray:
    """Whether each row is among those whose digests were kept; bool of shape (num_rows,)."""
    kept = {digests[start : start + _BYTES] for start in range(0, len(digests), _BYTES)}
    return np.array([digest in kept for digest in _digest(matrix, key)], dtype=bool)


def table_digest(sha256: str, key: bytes) -> str:
    """Digest a table, so that who has the key can tell whether a version was made from it.

    A plain digest would give a row back: whoever has the others tries what the missing one may hold until it fits.

    Args:
        sha256: Of the file, in hexadecimal.
        key: The store's.

    Returns:
        HMAC-SHA256 of those 32 bytes, in hexadecimal.
    """
    return hmac.digest(key, bytes.fromhex(sha256), "sha256").hex()


def key_name(key: bytes) -> str:
    """A name for the key, from which it can't be told."""
    return hashlib.blake2b(b"name", key=key, digest_size=_BYTES).hexdigest()


def _digest(matrix: np.ndarray, key: bytes) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), key=key, digest_size=_BYTES).digest() for row in same_bits(matrix)]
