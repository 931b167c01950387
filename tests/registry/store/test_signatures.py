"""Versions that are signed, and stores that take no other."""

import base64
import hashlib
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.errors import BrokenVersion, NotPromotable, StoreError
from registry.key_file import InvalidKeys
from registry.store.model_store import LITERT_MODEL, MANIFEST, SIGNATURE, ModelStore
from registry.store.signatures import SigningKey, TrustedKeys, make_key
from tests.support.processes import run
from tests.support.stores import publish

LINE = f"training ed25519:{base64.b64encode(bytes(range(32))).decode()}"  # the same in every process of the tests


def new_key(folder: Path, name: str) -> tuple[SigningKey, str]:
    """A key, and its line."""
    pem, line = make_key(name)
    (folder / f"{name}.pem").write_bytes(pem)
    return SigningKey.from_file(folder / f"{name}.pem"), line


def trust(folder: Path, *lines: str) -> TrustedKeys:
    """Read lines from a file."""
    (folder / "trusted").write_text("\n".join(lines))
    return TrustedKeys.from_file(folder / "trusted")


@pytest.fixture
def store(students_copy: Path, tmp_path: Path) -> ModelStore:
    """A store that asks for signatures; version 1, the champion, has none, version 2 has one."""
    key, line = new_key(tmp_path, "training")
    signing = ModelStore(students_copy, "pass_fail", signing_key=key)
    publish(signing, signing.path(1))
    signing.rollback("the first")
    return ModelStore(students_copy, "pass_fail", trusted_keys=trust(tmp_path, line))


def change_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"threshold": 0.', b'"threshold": 0.1'))


def change_network(folder: Path) -> None:
    """With a digest that fits."""
    (folder / LITERT_MODEL).write_bytes(b"changed")
    document = json.loads((folder / MANIFEST).read_bytes())
    document["files"][LITERT_MODEL] = {"sha256": hashlib.sha256(b"changed").hexdigest(), "bytes": 7}
    (folder / MANIFEST).write_text(json.dumps(document))


def cut_signature(folder: Path) -> None:
    (folder / SIGNATURE).write_bytes((folder / SIGNATURE).read_bytes()[:-1])


def turn_signature(folder: Path) -> None:
    (folder / SIGNATURE).write_bytes((folder / SIGNATURE).read_bytes()[::-1])


def sign_as_another(folder: Path) -> None:
    key, _ = new_key(folder, "another")
    (folder / SIGNATURE).write_bytes(key.sign((folder / MANIFEST).read_bytes()))


def sign_without_purpose(folder: Path) -> None:
    """As a program would that signs whatever it is given with the same key."""
    key = SigningKey.from_file(folder.parent.parent.parent / "training.pem")
    (folder / SIGNATURE).write_bytes(key.private.sign((folder / MANIFEST).read_bytes()))


@pytest.mark.parametrize(
    "change",
    [change_manifest, change_network, cut_signature, turn_signature, sign_as_another, sign_without_purpose],
)
def test_a_version_is_taken_as_it_was_signed_only(store: ModelStore, change: Callable[[Path], None]) -> None:
    """Whatever else was made to fit: the history, which the same hand may write, too."""
    before = store.read(2)
    change(store.path(2))
    (store.folder / "history.jsonl").unlink()

    with pytest.raises(BrokenVersion, match="no key in SERVICE_TRUSTED_KEYS_FILE has signed it as it is"):
        store.read(2)
    assert before.signed_by == "training"
    assert SIGNATURE not in before.manifest.files


def test_a_signature_is_of_one_number_and_one_model(store: ModelStore, tmp_path: Path) -> None:
    """What was signed is no other version when it is copied."""
    shutil.copytree(store.path(2), store.path(3))
    shutil.copytree(store.folder, store.folder.with_name("other"))
    trusted = TrustedKeys.from_file(tmp_path / "trusted")
    other = ModelStore(store.folder.parent, "other", trusted_keys=trusted)

    for copied, number in ((store, 3), (other, 2)):
        with pytest.raises(BrokenVersion, match="the manifest is of 'pass_fail' version 2"):
            copied.read(number)


def test_what_is_not_signed_is_not_read_promoted_or_gone_back_to(store: ModelStore) -> None:
    """By the manifest alone neither; without trusted keys all of it works as before."""
    store.promote(2, "signed", force=True)
    anyone = ModelStore(store.folder.parent, "pass_fail")

    for attempt in (store.read, store.manifest, lambda number: store.promote(number, "try", force=True)):
        with pytest.raises(BrokenVersion, match="version 1: it is not signed, and SERVICE_TRUSTED_KEYS_FILE asks"):
            attempt(1)
    with pytest.raises(NotPromotable, match="version 1: it is not signed"):
        store.rollback("back")
    assert store.aliases()["champion"] == 2
    assert anyone.read(2).signed_by is None
    assert anyone.rollback("back") == (1, [])


def test_a_signature_is_not_copied_with_a_network(store: ModelStore) -> None:
    """What is published again without a key is not signed, rather than wrongly."""
    anyone = ModelStore(store.folder.parent, "pass_fail")

    number = publish(anyone, store.path(2))

    assert not (store.path(number) / SIGNATURE).exists()


def test_keys_are_rotated(store: ModelStore, tmp_path: Path) -> None:
    """While both are trusted, both serve; a comment, a blank line and a mark at the beginning are passed over."""
    old, new = (tmp_path / "trusted").read_text(), new_key(tmp_path, "next")
    both = trust(tmp_path, "\ufeff# who publishes", "", old, new[1])
    signing = ModelStore(store.folder.parent, "pass_fail", signing_key=new[0], trusted_keys=both)

    number = publish(signing, store.path(2))

    assert (signing.read(2).signed_by, signing.read(number).signed_by) == ("training", "next")
    without_old = ModelStore(store.folder.parent, "pass_fail", trusted_keys=trust(tmp_path, new[1]))
    with pytest.raises(BrokenVersion, match="no key in"):
        without_old.read(2)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds none"),
        (b"# training ed25519:\n", "holds none"),
        (LINE.encode()[:-2], "line 1 of the trusted keys must be a name"),
        (LINE.replace("=", "").encode(), "line 1 of the trusted keys must be a name"),
        (f"\n-{LINE}".encode(), "line 2 of the trusted keys must be a name"),
        (f"{LINE}\n{LINE}".encode(), "line 2 of the trusted keys repeats the name training"),
        (b"\xff\xfe", "not UTF-8"),
        (b"-----BEGIN PRIVATE KEY-----\n", "line 1 of the trusted keys must be a name"),
    ],
)
def test_trusted_keys_that_can_not_be_used_are_an_error(tmp_path: Path, content: bytes, why: str) -> None:
    """Nobody's version would be taken, or somebody else's."""
    (tmp_path / "trusted").write_bytes(content)

    with pytest.raises(InvalidKeys, match=why):
        TrustedKeys.from_file(tmp_path / "trusted")


def test_trusted_keys_that_can_not_be_read_may_be_readable_later(tmp_path: Path) -> None:
    """That is no fault of the text."""
    with pytest.raises(StoreError, match="the file of trusted keys can't be read: No such file"):
        TrustedKeys.from_env({"SERVICE_TRUSTED_KEYS_FILE": f" {tmp_path}/trusted"})
    assert TrustedKeys.from_env({"SERVICE_TRUSTED_KEYS_FILE": " "}) is None


def test_a_path_of_keys_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a unit or a compose file no shell replaces it."""
    pem, line = make_key("training")
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "trusted").write_text(line)
    monkeypatch.setenv("HOME", str(tmp_path))

    key = SigningKey.from_env({"SIGNING_KEY_FILE": "~/key.pem"})
    trusted = TrustedKeys.from_env({"SERVICE_TRUSTED_KEYS_FILE": "~/trusted"})

    assert key is not None
    assert trusted is not None
    assert trusted.signer(b"manifest", key.sign(b"manifest")) == "training"


@pytest.mark.parametrize("content", [None, b"", LINE.encode(), b"-----BEGIN PRIVATE KEY-----\nAAAA\n", b"\0" * 2**17])
def test_a_signing_key_that_can_not_be_used_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """A file that is not there too; what is in it is not shown."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)

    with pytest.raises(InvalidKeys, match="key") as caught:
        SigningKey.from_env({"SIGNING_KEY_FILE": str(tmp_path / "key")})
    assert "AAAA" not in str(caught.value)


def test_the_commands_make_a_key_and_ask_for_it(store: ModelStore, tmp_path: Path) -> None:
    """A key that only its owner reads and that replaces none; `verify` says whose versions are."""
    private = tmp_path / "made.pem"
    made = run("registry", "keygen", "made", "-o", private)
    pem = private.read_bytes()
    again = run("registry", "keygen", "made", "-o", private)
    misnamed = run("registry", "keygen", "two words", "-o", tmp_path / "misnamed.pem")
    (tmp_path / "both").write_text((tmp_path / "trusted").read_text() + "\n" + made.stdout)
    publish(ModelStore(store.folder.parent, "pass_fail", signing_key=SigningKey.from_file(private)), store.path(2))
    of_store = ("--models", store.folder.parent)
    trusted = str(tmp_path / "both")

    verified = run("registry", "verify", *of_store, SERVICE_TRUSTED_KEYS_FILE=trusted)
    promoted = run("registry", "promote", "1", "--reason", "try", *of_store, SERVICE_TRUSTED_KEYS_FILE=trusted)
    (tmp_path / "both").write_text("nobody")
    unusable = run("registry", "list", *of_store, SERVICE_TRUSTED_KEYS_FILE=trusted)

    assert made.stdout.startswith("made ed25519:")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert (again.returncode, again.stdout) == (1, "")
    assert f"{private} is there already" in again.stderr
    assert private.read_bytes() == pem
    assert (misnamed.returncode, (tmp_path / "misnamed.pem").exists()) == (2, False)
    assert "version 2: ok, " in verified.stdout
    assert ", signed by training\n" in verified.stdout
    assert ", signed by made\n" in verified.stdout
    assert verified.stderr == "broken: version 1: it is not signed, and SERVICE_TRUSTED_KEYS_FILE asks for that\n"
    assert (verified.returncode, promoted.returncode, unusable.returncode) == (1, 1, 2)
    assert "error: line 1 of the trusted keys must be" in unusable.stderr
