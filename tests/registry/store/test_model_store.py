"""The store: numbers, aliases, history, and what is refused."""

import errno
import os
import resource
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from registry.errors import BrokenVersion, NotPromotable, StoreError, VersionNotFound
from registry.store.manifest import Manifest
from registry.store.model_store import MANIFEST, ModelStore, Published
from tests.support.stores import Hand, HandInBucket

FOLDER = pytest.mark.parametrize("kind", ["folder"])  # what object storage has nothing of


@pytest.fixture(params=["folder", "bucket"])
def kind(request: pytest.FixtureRequest) -> str:
    """Where the versions lie."""
    return str(request.param)


@pytest.fixture
def root(kind: str, request: pytest.FixtureRequest) -> Path | str:
    """Where models lie: only `pass_fail`, with the 15 students as version 1, the champion."""
    if kind == "folder":
        return Path(request.getfixturevalue("students_copy"))
    address = f"{request.getfixturevalue('s3')}/{secrets.token_hex(8)}"
    students = ModelStore(request.getfixturevalue("students"), "pass_fail")
    store = ModelStore(address, "pass_fail")
    with store.staging() as staged:
        stage(staged, students)
        store.publish(staged, students.manifest(1), promote=True, over=None, audit=students.audit(1))
    return address


@pytest.fixture
def store(root: Path | str) -> ModelStore:
    """A store with the 15 students as version 1, the champion."""
    return ModelStore(root, "pass_fail")


@pytest.fixture
def hand(root: Path | str) -> Hand:
    """What is done to it by hand."""
    return Hand(root / "pass_fail") if isinstance(root, Path) else HandInBucket(root, "pass_fail")


def stage(staged: Path, store: ModelStore) -> Manifest:
    """Put the files of a store's oldest version in a folder."""
    manifest = store.manifest(store.versions()[0])
    for path in manifest.files:
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        (staged / path).write_bytes(store.read_file(manifest, path))
    return manifest


def publish(store: ModelStore, *, promote: bool = True, verdict: str = "promoted") -> Published:
    """Publish the files of the oldest version again, under a verdict."""
    over = store.aliases().get("champion")
    with store.staging() as staged:
        again = replace(stage(staged, store), gate={"verdict": verdict, "reasons": []})
        return store.publish(staged, again, promote=promote, over=over)


@contextmanager
def largest_file(num_bytes: int) -> Iterator[None]:
    """No file can grow beyond, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def restricted(folder: Path, mode: int) -> Iterator[None]:
    """Nobody may do more in a folder than `mode` says; root takes its rights off for the time."""
    is_root = os.geteuid() == 0
    folder.chmod(mode)
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_the_first_version_of_an_empty_store_is_champion(store: ModelStore) -> None:
    """Whatever its verdict: there must be something to serve."""
    assert store.versions() == [1]
    assert store.aliases() == {"champion": 1}
    assert store.manifest(1).verdict == "insufficient_data"


def test_a_version_is_named_by_number_alias_or_latest(store: ModelStore) -> None:
    """`latest` is the highest number whatever its verdict; what was not promoted last is the challenger."""
    published = publish(store, promote=False, verdict="rejected")

    assert published == Published(2, store.where(2), False)
    assert [store.resolve(name) for name in ("champion", "challenger", "latest", "1", 2)] == [1, 2, 2, 1, 2]


@pytest.mark.parametrize("reference", ["3", "0", "-1", "01x", "", "nobody", "../1", "9" * 30])
def test_what_the_store_does_not_hold_is_not_found(store: ModelStore, reference: str) -> None:
    """With a message, not a crash."""
    with pytest.raises(VersionNotFound, match="has no"):
        store.resolve(reference)


def test_an_empty_store_says_what_to_do(root: Path | str) -> None:
    """The first thing that an operator sees."""
    with pytest.raises(VersionNotFound, match=f"no version of 'other' is published in {root}; run the training job"):
        ModelStore(root, "other").resolve("champion")


@FOLDER
def test_which_rows_look_odd_is_kept_beside_the_versions(store: ModelStore) -> None:
    """For the owner's eyes, and no longer than the version; what a killed job left is replaced, a link not followed."""
    audits = store.folder / "audits"
    found = store.audit(1)
    elsewhere = store.folder.parent / "elsewhere"
    elsewhere.write_text("untouched")
    (audits / "2.json").symlink_to(elsewhere)
    with store.staging() as staged:
        shutil.copytree(store.path(1), staged, dirs_exist_ok=True)
        store.publish(staged, store.manifest(1), promote=True, over=1, audit=found)

    modes = [path.stat().st_mode & 0o777 for path in (audits, audits / "1.json", audits / "2.json")]
    publish(store, promote=True)
    publish(store, promote=True)

    assert [entry["row"] for entry in found["suspect_labels"]] == [10, 12]
    assert store.audit(2) == found
    assert modes == [0o700, 0o600, 0o600]
    assert elsewhere.read_text() == "untouched"
    assert store.prune(keep=0) == [1, 2]
    assert list(audits.iterdir()) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"method": 1}', "[" * 100_000, None])
@FOLDER
def test_an_audit_that_is_none_is_an_error(store: ModelStore, content: str | None) -> None:
    """In a line; and so is a pipe, which nobody waits for."""
    path = store.folder / "audits/1.json"
    path.unlink()
    if content is None:
        os.mkfifo(path)
    else:
        path.write_text(content)

    with pytest.raises(StoreError, match=r"1\.json is (not what the training job wrote|no file)"):
        store.audit(1)


@FOLDER
def test_only_plain_positive_integers_are_versions(store: ModelStore) -> None:
    """As TensorFlow Serving has it: other names are passed over."""
    for name in ("0", "02", "2x", "-3", "tmp", ".staging-1", "٣"):
        (store.folder / name).mkdir()
    (store.folder / "7").touch()

    assert store.versions() == [1]


def test_a_promoted_version_replaces_the_champion_that_it_was_held_against(store: ModelStore) -> None:
    """And the challenger that is promoted is challenger no longer."""
    publish(store, promote=False)

    store.promote(2, "looks good")

    assert store.aliases() == {"champion": 2}
    assert publish(store).champion
    assert store.aliases() == {"champion": 3}


def test_a_version_does_not_replace_a_champion_that_it_was_not_held_against(store: ModelStore) -> None:
    """Two jobs at once: the second was judged against a champion that is gone by then."""
    manifest = store.manifest(1)
    with store.staging() as staged:
        stage(staged, store)
        assert publish(store).champion

        late = store.publish(staged, manifest, promote=True, over=1)

    assert late == Published(3, store.where(3), False)
    assert store.aliases() == {"champion": 2, "challenger": 3}


def test_a_number_is_never_used_again(store: ModelStore, hand: Hand) -> None:
    """The history remembers what was removed."""
    publish(store, promote=False)
    hand.remove_version(2)

    assert publish(store, promote=False).version == 3


def test_promotion_goes_by_the_verdict_unless_forced(store: ModelStore) -> None:
    """The history says who was forced."""
    publish(store, promote=False, verdict="rejected")

    with pytest.raises(NotPromotable, match="rejected"):
        store.promote(2, "I like it")
    store.promote(2, "I like it", force=True)

    assert store.aliases()["champion"] == 2
    event = store.history()[-1]
    assert {key: event[key] for key in ("event", "from", "to", "forced", "reason", "verdict")} == {
        "event": "promote",
        "from": 1,
        "to": 2,
        "forced": True,
        "reason": "I like it",
        "verdict": "rejected",
    }


def test_rollback_walks_back_through_the_champions(store: ModelStore) -> None:
    """Each step to the one before, as the history has it, not to the number below."""
    for _ in range(3):
        publish(store)
    store.promote(2, "again", force=True)  # champions: 1 2 3 4 2

    assert [store.rollback("worse")[0] for _ in range(4)] == [4, 3, 2, 1]
    with pytest.raises(NotPromotable, match="no earlier champion"):
        store.rollback("worse")


def test_prune_keeps_aliases_what_rollback_needs_and_the_last(store: ModelStore, hand: Hand) -> None:
    """Old versions go; nothing that is in use, or would be after a rollback."""
    publish(store)  # 2: champion before
    publish(store)  # 3: champion
    for _ in range(4):
        publish(store, promote=False)  # 4 to 7; 7 is the challenger

    hand.write(".staging-pruned-1", b"")  # nothing that lies there stands in the way

    assert store.prune(keep=2) == [1, 4, 5]
    assert store.versions() == [2, 3, 6, 7]
    assert store.rollback("worse") == (2, [])
    assert publish(store, promote=False).version == 8
    assert [event["versions"] for event in store.history() if event["event"] == "prune"] == [[1, 4, 5]]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("saved_model.pb", lambda content: content[:-1]),
        ("saved_model.pb", lambda content: bytes([content[0] ^ 1]) + content[1:]),
        ("assets.extra/model.tflite", lambda content: b""),
        ("assets.extra/golden.json", None),
        (MANIFEST, lambda content: content.replace(b'"threshold": 0.5', b'"threshold": 0.4')),
        (MANIFEST, lambda content: content.replace(b'"version": 1', b'"version": 2')),
        (MANIFEST, lambda content: content.replace(b'"format": 1', b'"format": 9')),
        (MANIFEST, None),
    ],
)
def test_a_version_that_is_not_what_was_published_is_refused(
    store: ModelStore, hand: Hand, path: str, change: Callable[[bytes], bytes] | None
) -> None:
    """Truncated, tampered with, or gone: the reason names the file."""
    if change is None:
        hand.remove(f"1/{path}")
    else:
        content = hand.read(f"1/{path}")
        hand.write(f"1/{path}", change(content))
        assert hand.read(f"1/{path}") != content

    with pytest.raises(BrokenVersion, match=r"version 1: .*" + (Path(path).name if path != MANIFEST else "manifest")):
        store.read(1)
    with pytest.raises(BrokenVersion):
        store.promote(1, "trust me", force=True)


def test_what_is_read_is_what_was_checked(store: ModelStore, hand: Hand) -> None:
    """The bytes come with the manifest, so that nobody has to look at the disk again."""
    version = store.read(1)

    assert version.files.keys() == version.manifest.files.keys()
    assert version.files["saved_model.pb"] == hand.read("1/saved_model.pb")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"champion": "1"}', b'{"champion": true}', b'{"champion": -1}', b'{"\\ud800": 1}']
)
def test_aliases_that_make_no_sense_are_an_error(store: ModelStore, hand: Hand, content: bytes) -> None:
    """Rather than a service that quietly serves something else."""
    hand.name(content)

    with pytest.raises(StoreError, match=r"aliases.* write it anew"):
        store.resolve("champion")


def test_a_history_line_that_was_cut_off_loses_nothing_else(store: ModelStore, hand: Hand) -> None:
    """A process killed while it appends leaves half a line; the next event starts on its own."""
    hand.write("history.jsonl", hand.read("history.jsonl") + b'{"time": "2026-01-01T00:00:0')

    publish(store)

    assert [event["event"] for event in store.history()] == ["publish", "promote", "publish", "promote"]


def test_an_alias_that_was_moved_by_hand_is_recorded(store: ModelStore, hand: Hand) -> None:
    """The alias is the truth; the history follows it, so that rollback still knows the way."""
    publish(store, promote=False)
    hand.name(b'{"champion": 2}')

    assert store.rollback("back") == (1, [])


def test_rollback_passes_over_what_is_broken(store: ModelStore, hand: Hand) -> None:
    """And says why; it ends at the last champion that is still whole."""
    publish(store)
    publish(store)
    hand.write("2/saved_model.pb", b"")

    version, passed_over = store.rollback("worse")

    assert version == 1
    assert passed_over == ["version 2: saved_model.pb differs from its digest in the manifest"]


def test_rollback_does_not_go_in_circles(store: ModelStore) -> None:
    """Where the version between was pruned, the present champion is not what was before it."""
    publish(store, promote=False)
    publish(store, promote=False)
    for version in (2, 1, 3):
        store.promote(version, "try", force=True)
    store.prune(0)

    assert store.versions() == [1, 3]
    assert store.rollback("worse") == (1, [])
    with pytest.raises(NotPromotable, match="no earlier champion"):
        store.rollback("worse")


def test_a_rollback_that_was_killed_half_way_is_finished(store: ModelStore, hand: Hand) -> None:
    """The alias was moved, the history not yet written: the next rollback goes on from there, not back."""
    publish(store)
    publish(store)
    hand.name(b'{"champion": 2}')

    assert store.rollback("worse") == (1, [])


def test_aliases_that_were_lost_come_back_from_the_history(store: ModelStore, hand: Hand) -> None:
    """A rejected candidate does not become champion because a file is missing."""
    publish(store)
    hand.lose_aliases()

    published = publish(store, promote=False, verdict="rejected")

    assert not published.champion
    assert store.aliases() == {"champion": 2, "challenger": 3}


@FOLDER
def test_a_history_that_cannot_be_read_is_an_error(store: ModelStore) -> None:
    """Named, not a traceback."""
    (store.folder / "history.jsonl").unlink()
    (store.folder / "history.jsonl").mkdir()

    with pytest.raises(StoreError, match=r"history\.jsonl is no file"):
        store.read(1)


@FOLDER
def test_reading_needs_no_right_to_write(store: ModelStore) -> None:
    """The service mounts the store read-only: looking must leave nothing behind."""
    before = sorted(path.name for path in store.folder.iterdir())
    (store.folder / ".lock").unlink()

    store.read(store.resolve("champion"))

    assert sorted(path.name for path in store.folder.iterdir()) == [name for name in before if name != ".lock"]


def test_a_store_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """With the path in the message."""
    (tmp_path / "models").write_text("a file")

    with pytest.raises(StoreError, match=r"models/pass_fail can't be read: Not a directory"):
        ModelStore(tmp_path / "models", "pass_fail").prepare()


@FOLDER
def test_a_full_disk_while_a_version_is_put_together_is_the_stores_trouble(store: ModelStore) -> None:
    """Whichever file it hits: an error in words, and nothing is left."""

    def stage() -> None:
        with store.staging() as staged:
            (staged / "half").write_text("")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError, match="No space left"):
        stage()

    assert not list(store.folder.glob(".staging-*"))


CHANGES: list[Callable[[ModelStore], object]] = [
    lambda store: store.promote(1, "try", force=True),
    lambda store: store.rollback("worse"),
    lambda store: store.prune(0),
]


@pytest.mark.parametrize("change", CHANGES, ids=["promote", "rollback", "prune"])
def test_a_change_that_cannot_be_written_changes_nothing(
    students_copy: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[ModelStore], object]
) -> None:
    """On a full disk, in a folder that is not to be written to, where something is in the way: a line says so."""
    for folder in (students_copy, students_copy.parent):
        folder.chmod(0o755)
    monkeypatch.chdir(students_copy.parent)  # where one without rights finds it below folders that are closed to them
    store = ModelStore(Path("models"), "pass_fail")
    for _ in range(3):
        publish(store)
    history, aliases = store.folder / "history.jsonl", store.folder / "aliases.json"
    before = store.versions(), history.read_bytes(), aliases.read_bytes()
    for path in store.folder.iterdir():
        if path.is_file():
            path.chmod(0o666)

    with largest_file(len(before[1])), pytest.raises(StoreError, match="can't be written: File too large"):
        change(store)
    full = store.versions(), history.read_bytes(), aliases.read_bytes()
    with restricted(store.folder, 0o555), pytest.raises(StoreError, match="can't be written: Permission denied"):
        change(store)
    read_only = store.versions(), history.read_bytes(), aliases.read_bytes()

    assert full == read_only == before
    assert not (store.folder / ".aliases.json.new").exists()
    change(store)
    assert history.read_bytes() != before[1]


@FOLDER
def test_aliases_without_room_leave_the_history_as_it_was(store: ModelStore) -> None:
    """What is said to have happened is what has."""
    publish(store, promote=False)
    (store.folder / ".aliases.json.new").mkdir()
    before = store.history()

    with pytest.raises(StoreError, match=r"can't be written: Is a directory \(.*\.aliases\.json\.new\)"):
        store.promote(2, "try", force=True)

    assert store.history() == before
    assert store.aliases() == {"champion": 1, "challenger": 2}


def test_a_store_that_may_not_be_read_is_not_to_be_written_anew(
    students_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is a right; the aliases are as they should be."""
    for folder in (students_copy, students_copy.parent):
        folder.chmod(0o755)
    monkeypatch.chdir(students_copy.parent)
    store = ModelStore(Path("models"), "pass_fail")
    (store.folder / "aliases.json").chmod(0o600)

    with restricted(store.folder, 0o755), pytest.raises(StoreError) as of_aliases:
        store.aliases()
    with restricted(store.folder, 0), pytest.raises(StoreError) as of_folder:
        store.resolve("champion")

    assert str(of_folder.value) == f"{store.folder.absolute()} can't be read: Permission denied"
    assert str(of_aliases.value) == "aliases.json can't be read: Permission denied"


@pytest.mark.parametrize("number", ["1e400", "NaN", "-1", "0", "1.5", "true", "1" + "0" * 18, "9" * 5000])
def test_a_number_that_no_version_can_have_is_passed_over(store: ModelStore, hand: Hand, number: str) -> None:
    """In the history; in aliases it is an error in a line."""
    said = f'{{"event": "publish", "version": {number}}}\n{{"event": "promote", "to": {number}}}\n'
    hand.write("history.jsonl", hand.read("history.jsonl") + said.encode())

    assert publish(store).version == 2
    hand.name(f'{{"champion": {number}}}'.encode())
    with pytest.raises(StoreError, match=r"aliases.* write it anew"):
        store.resolve("champion")


def test_prune_keeps_what_stands_in_for_champions_that_are_gone(store: ModelStore, hand: Hand) -> None:
    """The last ones that are here, not the last ones that the history has."""
    for _ in range(4):
        publish(store)
    for version in (4, 5):
        hand.remove_version(version)

    assert store.prune(0) == [1]
    assert store.rollback("worse") == (3, [])


@FOLDER
def test_the_last_number_is_the_last(store: ModelStore) -> None:
    """A version beyond would be seen by nobody."""
    (store.folder / ("9" * 18)).mkdir()

    with pytest.raises(StoreError, match="no number is left"):
        publish(store)

    assert not list(store.folder.glob("1" + "0" * 18))


@FOLDER
def test_a_file_that_is_named_like_a_version_is_stepped_over(store: ModelStore) -> None:
    """It is none, and stays where it is."""
    (store.folder / "2").write_text("notes")

    assert publish(store).version == 3
    assert (store.folder / "2").read_text() == "notes"


@pytest.mark.parametrize("name", ["../other", "..", "", "a/b", ".hidden", "a\nb", "a" * 101])
def test_a_name_that_no_model_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is looked at beside the folder of stores."""
    with pytest.raises(VersionNotFound, match="a name must be letters"):
        ModelStore(tmp_path, name)


@FOLDER
def test_home_is_written_with_a_tilde(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no shell has seen it: in a unit, in `--models=~/models`."""
    monkeypatch.setenv("HOME", str(store.folder.parent.parent))

    assert ModelStore(Path("~/models"), "pass_fail").versions() == [1]


def test_the_folder_of_one_model_is_known_for_what_it_is(root: Path | str) -> None:
    """Given for the folder of stores, it is not taken for an empty one, and no store is made in it."""
    inside = ModelStore(root / "pass_fail" if isinstance(root, Path) else f"{root}/pass_fail", "pass_fail")

    for look in (lambda: inside.resolve("champion"), inside.prepare, lambda: inside.promote(1, "try")):
        with pytest.raises(VersionNotFound, match=f"is the folder of one model; name .*{root}$"):
            look()

    assert not inside.is_made()


def test_what_is_nested_without_end_is_refused(store: ModelStore, hand: Hand) -> None:
    """A manifest that could be read would still be too deep for whoever goes through it."""
    content = hand.read(f"1/{MANIFEST}")
    for depth in (100, 100_000):
        nested = b'"training": {"x": ' + b"[" * depth + b"]" * depth + b","
        hand.write(f"1/{MANIFEST}", content.replace(b'"training": {', nested))

        with pytest.raises(BrokenVersion, match=r"manifest\.json is not JSON: nested too deeply"):
            store.manifest(1)
