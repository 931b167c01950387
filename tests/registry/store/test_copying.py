"""A store that moves: from a folder to a bucket and back it stays the same, and nothing is written over."""

import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from registry.__main__ import main
from registry.errors import StoreError
from registry.store.copying import copy_store
from registry.store.model_store import ModelStore
from registry.store.places.object_storage import storage_at
from registry.store.signatures import SigningKey, TrustedKeys, make_key
from tests.support import ROOT
from tests.support.stores import Hand, HandInBucket, publish

Elsewhere = Callable[[], Path | str]


@pytest.fixture(params=["folder", "bucket"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Elsewhere:
    """Another place, each time."""
    if request.param == "bucket":
        address = request.getfixturevalue("s3")
        return lambda: f"{address}/{secrets.token_hex(8)}"
    numbers = count()
    return lambda: tmp_path / f"elsewhere-{next(numbers)}"


@pytest.fixture
def store(students_copy: Path) -> ModelStore:
    """A store with a history: version 2 is gone, 3 was champion, 1 is again, 4 is challenger, and one has an alias."""
    store = ModelStore(students_copy, "pass_fail")
    store.row_key()
    for _ in range(2):
        publish(store, store.path(1))
    store.rollback("worse")
    store.promote(1, "as it was", force=True)
    publish(store, store.path(1))
    store.rollback("worse")
    (store.folder / "aliases.json").write_text('{"champion": 1, "challenger": 4, "next": 4}')
    return store


def everything(store: ModelStore) -> object:
    """All that a store holds, to the byte."""
    versions = {version: (store.read(version).files, store.read_sealed(version)) for version in store.versions()}
    return versions, store.aliases(), store.history(), store.audit(1), store.row_key()


def hand_of(root: Path | str) -> Hand:
    """What is done by hand where a store was copied to."""
    return Hand(root / "pass_fail") if isinstance(root, Path) else HandInBucket(root, "pass_fail")


def test_a_copy_is_the_same_to_the_byte(store: ModelStore, elsewhere: Elsewhere) -> None:
    """There and, from there, back; the next version has the next number, and what was pruned stays away."""
    there = ModelStore(elsewhere(), "pass_fail")
    back = ModelStore(store.folder.parent.with_name("back"), "pass_fail")
    store.prepare()  # what was done by hand is recorded

    assert copy_store(store, there) == store.versions()
    assert copy_store(there, back) == store.versions()

    assert everything(there) == everything(back) == everything(store)
    assert publish(there, store.path(1)) == publish(store, store.path(1)) == 5


def test_a_copy_follows_what_it_is_of(store: ModelStore, elsewhere: Elsewhere) -> None:
    """Done again it brings what is new and takes away what was pruned; what goes its own way is left alone."""
    there = ModelStore(elsewhere(), "pass_fail")
    store.prepare()
    copy_store(store, there)

    nothing = copy_store(store, there)
    new = [publish(store, store.path(1))]
    store.prune(0)
    copied = copy_store(store, there)
    followed = everything(there) == everything(store)
    publish(there, store.path(1), gate={"verdict": "rejected", "reasons": []})
    publish(store, store.path(1))
    before = everything(there)
    with pytest.raises(StoreError, match="has a history of its own, and nothing is written over"):
        copy_store(store, there)

    assert (nothing, copied) == ([], new)
    assert followed
    assert everything(there) == before


def test_a_broken_version_is_not_copied(store: ModelStore, elsewhere: Elsewhere) -> None:
    """Nor is anything visible that would have come with it."""
    root = elsewhere()
    there = ModelStore(root, "pass_fail")
    store.prepare()
    (store.path(4) / "saved_model.pb").write_bytes(b"changed")

    with pytest.raises(StoreError, match=r"version 4: saved_model\.pb"):
        copy_store(store, there)

    assert there.history() == []
    assert there.aliases() == {}


def test_what_is_signed_stays_signed(students_copy: Path, elsewhere: Elsewhere, tmp_path: Path) -> None:
    """By the same key."""
    pem, line = make_key("training")
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "trusted").write_text(line)
    trusted = TrustedKeys.from_file(tmp_path / "trusted")
    store = ModelStore(students_copy, "pass_fail", signing_key=SigningKey.from_file(tmp_path / "key.pem"))
    publish(store, store.path(1))
    there = ModelStore(elsewhere(), "pass_fail", trusted_keys=trusted)

    copy_store(store, there)

    assert there.read(2).signed_by == "training"


# Copies, and kills itself before its n-th version is in its place.
KILLED = """
import os, signal, sys
from registry.__main__ import main
from registry.store.places.bucket import Bucket
from registry.store.places.folder import Folder

def killed(install, left=[int(sys.argv[3])]):
    def installed(*arguments):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return install(*arguments)
    return installed

Bucket.install, Folder.install = killed(Bucket.install), killed(Folder.install)
sys.exit(main(["copy", sys.argv[1], sys.argv[2]]))
"""


def test_a_copy_that_was_killed_is_done_again(store: ModelStore, elsewhere: Elsewhere) -> None:
    """From where it was; meanwhile nobody was named champion."""
    root = elsewhere()
    there = ModelStore(root, "pass_fail")
    store.prepare()
    command = [sys.executable, "-c", KILLED, str(store.folder.parent), str(root), "3"]

    killed = subprocess.run(command, cwd=ROOT, check=False).returncode
    left = there.aliases()
    again = main(["copy", str(store.folder.parent), str(root)])

    assert (killed, left, again) == (-9, {}, 0)
    assert everything(there) == everything(store)


def test_the_command_copies_all_models(
    store: ModelStore, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or one; it says what became of each, and goes on where one can not be copied."""
    models, root = store.folder.parent, elsewhere()
    publish(ModelStore(models, "maths"), store.path(1), name="maths")
    store.prepare()
    (models / "notes").mkdir()

    ends = [main(["copy", str(models), str(root), "--name", "maths"]), main(["copy", str(models), str(root)])]
    ModelStore(root, "maths").promote(1, "again", force=True)
    publish(store, store.path(1))
    ends.append(main(["copy", str(models), str(root)]))
    ends.append(main(["copy", str(models / "notes"), str(root)]))
    said = capsys.readouterr()

    assert ends == [0, 0, 1, 2]
    assert said.out.splitlines() == [
        "maths: copied 1",
        "maths: no version is new",
        "pass_fail: copied 1, 2, 3, 4",
        "pass_fail: copied 5",
    ]
    assert "error: maths: " in said.err
    assert "no version is published in" in said.err


def test_a_reason_is_not_taken_for_aliases(students_copy: Path, address: str) -> None:
    """Whatever word it is: here it stands in the last line of a history that was copied."""
    source, target = ModelStore(students_copy, "pass_fail"), ModelStore(address, "pass_fail")
    copy_store(source, target)
    publish(source, source.path(1))
    source.promote(1, "aliases", force=True)
    copy_store(source, target)
    source.promote(2, "aliases", force=True)
    source.promote(1, "aliases", force=True)

    copy_store(source, target)

    assert target.aliases() == source.aliases()


def test_what_stands_for_a_folder_is_no_number(
    students_copy: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As consoles and mounts write it; nobody's prune ends with it."""
    monkeypatch.setattr("registry.store.places.bucket._ABANDONED", timedelta(seconds=-60))
    target = ModelStore(address, "pass_fail")
    copy_store(ModelStore(students_copy, "pass_fail"), target)
    storage_at(address).put("pass_fail/.numbers/.keep", b"")

    assert target.prune(0) == []
