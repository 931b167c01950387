"""Signatures of versions: made by the training job over a manifest, asked for by whoever trusts only some keys.

Ed25519, by the package cryptography, which is imported only where a file of keys is named.
"""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry.errors import StoreError
from registry.key_file import InvalidKeys, read_key_file
from registry.named_file import read_named_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNING_KEY = "SIGNING_KEY_FILE"  # variables that name files
TRUSTED_KEYS = "SERVICE_TRUSTED_KEYS_FILE"
LINE_RULE = "a name of letters, digits, _ . and -, a blank, and ed25519: with a public key in base64"
_LINE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]{0,63})\s+ed25519:(?P<key>[A-Za-z0-9+/]{43}=)", re.ASCII)
SIGNATURE_BYTES = 64
_MOST_BYTES = 2**16  # of a file of keys
# Before what is signed, so that no signature of anything else that the key is used for is one of a version.
_PURPOSE = b"passfail manifest.json\0"


@dataclass(frozen=True)
class SigningKey:
    """The key of a training job, which signs what it publishes."""

    private: "Ed25519PrivateKey"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "SigningKey | None":
        """The key that SIGNING_KEY_FILE names; None where it is not set, or blank.

        Raises:
            InvalidKeys: The file can't be read, or holds none.
        """
        path = environ.get(SIGNING_KEY, "").strip()
        return cls.from_file(Path(os.path.expanduser(path))) if path else None

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """Read a private key, in PEM.

        Raises:
            InvalidKeys: The file can't be read, or holds none.
        """
        _need_cryptography()
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(read_named_file(path, _MOST_BYTES), password=None)
        except OSError as error:
            raise InvalidKeys(f"{SIGNING_KEY}: the signing key can't be read: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidKeys(
                "the file of the signing key holds no Ed25519 private key in PEM without a password; "
                "`python -m registry keygen NAME -o FILE` makes one"
            )
        return cls(key)

    @property
    def public(self) -> bytes:
        """What its signatures are checked with, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """The signature of a manifest, 64 bytes."""
        return self.private.sign(_PURPOSE + content)


@dataclass(frozen=True)
class TrustedKeys:
    """Public keys whose holders may publish.

    Attributes:
        keys: Name → public key of 32 bytes; at least one.
    """

    keys: Mapping[str, bytes]

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "TrustedKeys | None":
        """The keys that SERVICE_TRUSTED_KEYS_FILE names; None where it is not set, or blank. See `from_file`."""
        path = environ.get(TRUSTED_KEYS, "").strip()
        return cls.from_file(Path(os.path.expanduser(path))) if path else None

    @classmethod
    def from_file(cls, path: Path) -> "TrustedKeys":
        """Read a file of keys: one a line, blank lines and those that begin with # aside.

        Raises:
            InvalidKeys: A line is none, a name stands twice, or there is none at all.
            StoreError: It can't be read, which may pass.
        """
        _need_cryptography()
        try:
            keys = read_key_file(path, _MOST_BYTES, _LINE, LINE_RULE, "trusted keys")
        except OSError as error:
            raise StoreError(f"{TRUSTED_KEYS}: the file of trusted keys can't be read: {error.strerror}") from error
        if not keys:
            raise InvalidKeys("the file of trusted keys holds none; `python -m registry keygen NAME -o FILE` makes one")
        return cls({name: base64.b64decode(key) for name, (_, key) in keys.items()})

    def signer(self, content: bytes, signature: bytes) -> str | None:
        """The name of the key that signed a manifest, or None where it is none of these."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        for name, key in self.keys.items():
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, _PURPOSE + content)
            except InvalidSignature:
                continue
            return name
        return None


def make_key(name: str) -> tuple[bytes, str]:
    """A new private key, in PEM, and the line of the file of trusted keys for what it signs.

    Raises:
        InvalidKeys: The name is none.
    """
    _need_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = SigningKey(Ed25519PrivateKey.generate())
    line = f"{name} ed25519:{base64.b64encode(key.public).decode()}"
    if not _LINE.fullmatch(line):
        raise InvalidKeys(f"a line must be {LINE_RULE}")
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), line


def _need_cryptography() -> None:
    try:
        import cryptography  # noqa: F401  # where keys are named, it is asked for at once, not with the first version
    except ImportError as error:
        raise InvalidKeys("keys of versions need the package cryptography: install passfail[signing]") from error
