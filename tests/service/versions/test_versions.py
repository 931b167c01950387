"""What a worker holds, as the store changes beside it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from registry.errors import BrokenVersion
from registry.store import staging
from registry.store.model_store import MANIFEST, SIGNATURE, ModelStore
from registry.store.signatures import SigningKey, TrustedKeys, make_key
from service.errors import NotReady, VersionNotLoaded
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import load_version
from service.versions.versions import Versions
from tests.support.stores import publish

GOLDEN = "assets.extra/golden.json"


@pytest.fixture
def store(students_copy: Path) -> ModelStore:
    """A store with version 1 as champion and the same again as version 2, the challenger."""
    store = ModelStore(students_copy, "pass_fail")
    with store.staging() as staged:
        shutil.copytree(store.path(1), staged, dirs_exist_ok=True)
        store.publish(staged, store.manifest(1), promote=False, over=1)
    return store


@pytest.fixture
def versions(store: ModelStore) -> Versions:
    """A worker's versions, after their first look."""
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())
    versions.poll()
    return versions


def test_the_champion_serves_and_aliases_are_at_hand(versions: Versions) -> None:
    """By default, by number, by alias; others are not loaded."""
    assert versions.find().manifest.version == 1
    assert versions.find("challenger").manifest.version == versions.find("2").manifest.version == 2
    with pytest.raises(VersionNotLoaded, match="loaded: 1, 2"):
        versions.find("3")


def test_the_alias_is_followed_there_and_back(store: ModelStore, versions: Versions) -> None:
    """A promotion is taken up, and so is a rollback."""
    store.promote(2, "try", force=True)
    versions.poll()
    promoted = versions.find().manifest.version
    store.rollback("worse")
    versions.poll()

    assert (promoted, versions.find().manifest.version) == (2, 1)


def test_a_pinned_version_stays(store: ModelStore) -> None:
    """`SERVICE_VERSION` as a number: promotions are not followed. `SERVICE_VERSIONS` keeps more loaded."""
    pinned = Versions(Settings(models_dir=store.folder.parent, version="1", versions=("2",)), Metrics())
    store.promote(2, "try", force=True)
    store.prune(0)

    pinned.poll()

    assert pinned.find().manifest.version == 1
    assert pinned.find("2").manifest.version == 2


def test_a_broken_champion_is_refused_and_the_old_one_goes_on(store: ModelStore) -> None:
    """The reason is kept; once the bytes are whole again, the version is taken up."""
    (store.folder / "aliases.json").write_text('{"champion": 1}')
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())
    versions.poll()
    file = store.path(2) / "assets.extra/model.tflite"
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    (store.folder / "aliases.json").write_text('{"champion": 2}')

    versions.poll()

    assert versions.find().manifest.version == 1
    assert versions.snapshot.refused == {2: "assets.extra/model.tflite differs from its digest in the manifest"}
    assert str(versions.snapshot.problem).endswith("in the manifest; version 1 serves in its place")

    file.write_bytes(whole)
    versions.poll()

    assert versions.find().manifest.version == 2
    assert versions.snapshot.refused == {}
    assert versions.snapshot.problem is None


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("assets.extra/golden.json", b'"probabilities": [', b'"probabilities": 0.5, "x": ['),
        ("assets.extra/golden.json", b'"instances": [', b'"instances": null, "x": ['),
        (MANIFEST, b'"created": "', b'"created": "\\ud800'),
    ],
)
def test_a_version_that_was_made_to_do_harm_is_nobody_else_s_business(
    store: ModelStore, path: str, old: bytes, new: bytes
) -> None:
    """Whatever loading it raises, it is refused, and the others are taken up; also where its digests fit."""
    content = (store.path(2) / path).read_bytes()
    assert old in content
    (store.path(2) / path).write_bytes(content.replace(old, new))
    refit(store, 2)

    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())
    versions.poll()

    assert versions.find().manifest.version == 1
    assert list(versions.snapshot.refused) == [2]
    assert versions.snapshot.problem is None


def refit(store: ModelStore, version: int) -> None:
    """Let digests and history be those of what is there, as who may write the store can."""
    folder = store.path(version)
    text = (folder / MANIFEST).read_text()
    for path, digest in json.loads(text)["files"].items():
        now = staging.digest((folder / path).read_bytes())
        text = text.replace(digest["sha256"], now.sha256).replace(
            f'"bytes": {digest["bytes"]}', f'"bytes": {now.bytes}'
        )
    (folder / MANIFEST).write_text(text)
    events = [event for event in store.history() if event.get("version") != version]
    lines = "".join(json.dumps(event) + "\n" for event in events)
    (store.folder / "history.jsonl").write_text(lines)


def test_an_alias_is_never_taken_for_a_number(store: ModelStore) -> None:
    """Nor for `latest`."""
    (store.folder / "aliases.json").write_text('{"champion": 1, "2": 1, "9": 1, "latest": 1, "next": 2}')
    versions = Versions(Settings(models_dir=store.folder.parent, versions=("latest",)), Metrics())

    versions.poll()

    assert [versions.find(name).manifest.version for name in ("2", "latest", "next")] == [2, 2, 2]
    with pytest.raises(VersionNotLoaded):
        versions.find("9")


def test_a_worker_that_starts_on_a_broken_champion_serves_the_one_before(store: ModelStore) -> None:
    """As the workers beside it do, that have it loaded. Where a number is asked for, nothing stands in for it."""
    store.promote(2, "try", force=True)
    (store.path(2) / "assets.extra/model.tflite").write_bytes(b"")
    champion, latest, pinned = (
        Versions(Settings(models_dir=store.folder.parent, version=version), Metrics())
        for version in ("champion", "latest", "2")
    )

    for versions in (champion, latest, pinned):
        versions.poll()
        versions.poll()

    assert champion.find().manifest.version == latest.find().manifest.version == 1
    with pytest.raises(NotReady, match=r"^version 2 is refused: assets\.extra/model\.tflite differs from its digest"):
        pinned.find()


def test_a_champion_whose_folder_is_gone_is_stood_in_for(store: ModelStore) -> None:
    """Deleted, or not there yet: a worker that starts serves the one before; one that has it goes on with it."""
    store.promote(2, "try", force=True)
    holding = Versions(Settings(models_dir=store.folder.parent), Metrics())
    holding.poll()
    away = store.folder.with_name("away")
    store.path(2).rename(away)
    fresh, pinned = (
        Versions(Settings(models_dir=store.folder.parent, version=version), Metrics()) for version in ("champion", "2")
    )

    for versions in (holding, fresh, pinned):
        versions.poll()
    told = str(fresh.snapshot.problem)
    serving = fresh.find().manifest.version, holding.find().manifest.version
    away.rename(store.path(2))
    fresh.poll()

    assert serving == (1, 2)
    assert told.endswith(
        "no version 2, which the alias 'champion' names; for another, make it champion with: "
        "python -m registry promote --reason WHY NUMBER; version 1 serves in its place"
    )
    assert str(holding.snapshot.problem).endswith("version 2 is gone from the store and serves on from memory")
    with pytest.raises(NotReady, match=r"'pass_fail' has no version 2$"):
        pinned.find()
    assert fresh.find().manifest.version == 2
    assert fresh.snapshot.problem is None


def test_aliases_that_were_not_restored_are_stood_in_for(store: ModelStore) -> None:
    """By the last champion that the history knows; without that, the reason says how to make one."""
    (store.folder / "aliases.json").unlink()
    known = Versions(Settings(models_dir=store.folder.parent), Metrics())
    known.poll()
    (store.folder / "history.jsonl").unlink()
    unknown = Versions(Settings(models_dir=store.folder.parent), Metrics())
    unknown.poll()

    assert known.find().manifest.version == 1
    with pytest.raises(NotReady, match=r"where you mean version 2, make .* promote --reason WHY 2$"):
        unknown.find()


def test_a_version_that_is_a_link_is_refused(store: ModelStore, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it leads to, a loop among them; and a link in the way of a file is none."""
    file = store.path(1) / GOLDEN
    file.unlink()
    file.symlink_to(file)
    shutil.move(store.path(2), store.folder.with_name("elsewhere"))
    store.path(2).symlink_to(store.folder.with_name("elsewhere"))
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())

    versions.poll()

    assert caplog.text.count("golden.json is a link") == 2  # that it is refused, and that it is the champion
    links = ": {} is a link, which nobody follows here; put what it leads to in its place"
    assert versions.snapshot.refused == {
        1: f"{GOLDEN} can't be read{links.format('golden.json')}",
        2: f"{MANIFEST} can't be read{links.format('2')}",
    }


def test_workers_agree_on_what_stands_in(store: ModelStore) -> None:
    """One that was late, and holds an older version than the others, serves what they do."""
    late = Versions(Settings(models_dir=store.folder.parent), Metrics())
    late.poll()
    store.promote(2, "try", force=True)
    with store.staging() as staged:
        shutil.copytree(store.path(1), staged, dirs_exist_ok=True)
        store.publish(staged, store.manifest(1), promote=True, over=2)
    (store.path(3) / "assets.extra/model.tflite").write_bytes(b"")

    late.poll()

    assert late.find().manifest.version == 2


def test_a_champion_that_is_not_signed_is_refused(store: ModelStore, tmp_path: Path) -> None:
    """Where signatures are asked for; the signed one before it serves, in a worker that starts too, until it is."""
    pem, line = make_key("training")
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "trusted").write_text(line)
    key, trusted = SigningKey.from_file(tmp_path / "key.pem"), TrustedKeys.from_file(tmp_path / "trusted")
    publish(ModelStore(store.folder.parent, "pass_fail", signing_key=key), store.path(1))
    publish(store, store.path(1))
    versions = Versions(Settings(models_dir=store.folder.parent, trusted_keys=trusted), Metrics())

    versions.poll()

    why = "it is not signed, and SERVICE_TRUSTED_KEYS_FILE asks for that"
    assert versions.find().manifest.version == 3
    assert versions.snapshot.problem == f"version 4 is refused: {why}; version 3 serves in its place"
    assert versions.snapshot.refused == dict.fromkeys((2, 4), why)

    (store.path(4) / SIGNATURE).write_bytes(key.sign((store.path(4) / MANIFEST).read_bytes()))
    versions.poll()

    assert versions.find().manifest.version == 4


def test_a_number_that_another_version_has_now_is_loaded_anew(store: ModelStore, versions: Versions) -> None:
    """A store that was deleted and made anew counts from 1 again; what is loaded goes on until the new one is whole."""
    first = versions.find()
    manifest = store.manifest(1)
    kept = store.folder.with_name("kept")
    shutil.copytree(store.path(1), kept)
    shutil.rmtree(store.folder)
    with store.staging() as staged:
        shutil.copytree(kept, staged, dirs_exist_ok=True)
        store.publish(staged, replace(manifest, created="2030-01-01T00:00:00+00:00"), promote=True, over=None)
    file = store.path(1) / "assets.extra/model.tflite"
    file.write_bytes(b"")
    versions.poll()
    during, refused = versions.find(), dict(versions.snapshot.refused)
    shutil.copy(kept / "assets.extra/model.tflite", file)
    versions.poll()

    assert during is first
    assert refused == {1: "assets.extra/model.tflite differs from its digest in the manifest"}
    assert versions.find().manifest.created.startswith("2030")
    assert versions.snapshot.refused == {}


def test_a_refused_version_is_not_tried_again_until_it_changes(
    store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Once per content: the log is not flooded, the processor not kept busy."""
    file = store.path(2) / GOLDEN
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())

    for _ in range(3):
        versions.poll()
    first = caplog.text.count("refused version 2")
    file.write_bytes(content[:-2])
    for _ in range(3):
        versions.poll()

    assert (first, caplog.text.count("refused version 2")) == (1, 2)


def test_one_broken_version_behind_another_is_not_tried_again_either(
    store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    """What would stand in is refused once too, and taken up when it is whole again."""
    store.promote(2, "try", force=True)
    file = store.path(1) / GOLDEN
    content = file.read_bytes()
    for number in (1, 2):
        (store.path(number) / GOLDEN).write_bytes(b"")
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())

    for _ in range(3):
        versions.poll()
    counts = [caplog.text.count(f"refused version {number}") for number in (1, 2)]
    file.write_bytes(content)
    versions.poll()

    assert counts == [1, 1]
    assert versions.find().manifest.version == 1
    assert versions.snapshot.refused.keys() == {2}


def test_what_could_not_be_read_is_tried_again(store: ModelStore, caplog: pytest.LogCaptureFixture) -> None:
    """It may be readable the next time; it is said once."""
    file = store.path(2) / GOLDEN
    file.rename(file.with_name("away"))
    file.mkdir()
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())

    for _ in range(3):
        versions.poll()
    refused = versions.snapshot.refused[2]
    file.rmdir()
    file.with_name("away").rename(file)
    versions.poll()

    assert refused == "assets.extra/golden.json can't be read: golden.json is no file"
    assert caplog.text.count("refused version 2") == 1
    assert versions.find("2").manifest.version == 2


def test_a_version_that_is_named_can_be_had_where_the_default_is_not_ready(store: ModelStore) -> None:
    """And aliases that are away for a moment leave what is loaded as it is."""
    (store.path(2) / GOLDEN).write_bytes(b"")
    versions = Versions(Settings(models_dir=store.folder.parent, version="2"), Metrics())
    versions.poll()
    (store.folder / "aliases.json").unlink()
    versions.poll()

    assert versions.find("1").manifest.version == versions.find("champion").manifest.version == 1
    with pytest.raises(NotReady, match="version 2 is refused"):
        versions.find()


def test_a_store_that_vanishes_changes_nothing(store: ModelStore, versions: Versions) -> None:
    """What is loaded goes on serving, and when the store is back it is followed again."""
    away = store.folder.with_name("away")
    store.folder.rename(away)
    versions.poll()
    serving = versions.find().manifest.version
    away.rename(store.folder)
    store.promote(2, "try", force=True)
    versions.poll()

    assert (serving, versions.find().manifest.version) == (1, 2)


def test_no_store_keeps_the_service_from_starting(students_copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A link to nowhere in a version, a history that is a folder: not ready, with a reason, live, well once mended."""
    folder = students_copy / "pass_fail"
    (folder / "1/assets.extra/link").symlink_to("nowhere")
    linked = Versions(Settings(models_dir=students_copy), Metrics())
    linked.look()
    (folder / "history.jsonl").unlink()
    (folder / "history.jsonl").mkdir()
    unreadable = Versions(Settings(models_dir=students_copy), Metrics())
    unreadable.look()

    assert linked.find().manifest.version == 1
    with pytest.raises(NotReady, match=r"history\.jsonl is no file"):
        unreadable.find()
    (folder / "history.jsonl").rmdir()
    unreadable.poll()
    assert unreadable.find().manifest.version == 1


def test_what_the_settings_name_can_be_asked_for(store: ModelStore, caplog: pytest.LogCaptureFixture) -> None:
    """`latest` too; and what is not there is logged once."""
    versions = Versions(Settings(models_dir=store.folder.parent, versions=("latest", "77")), Metrics())

    versions.poll()
    versions.poll()

    assert versions.find("latest").manifest.version == 2
    assert caplog.text.count("SERVICE_VERSIONS: 'pass_fail' has no version 77") == 1


def test_an_empty_store_is_not_ready_and_says_what_to_do(tmp_path: Path) -> None:
    """The first version that appears is taken up."""
    versions = Versions(Settings(models_dir=tmp_path), Metrics())
    versions.poll()

    with pytest.raises(NotReady, match=f"no version of 'pass_fail' is published in {tmp_path}; run the training job"):
        versions.find()


@pytest.mark.parametrize("engine", ["litert", "tensorflow"])
def test_answers_unlike_golden_are_refused(store: ModelStore, engine: str) -> None:
    """The engine here must give what Keras gave at training, whatever the reason that it does not."""
    version = store.read(1)
    golden = json.loads(version.files[GOLDEN])
    golden["probabilities"][3] += 2e-5
    other = replace(version, files={**version.files, GOLDEN: json.dumps(golden).encode()})
    settings = Settings(engine=engine)

    load_version(version, settings)
    with pytest.raises(BrokenVersion, match="answers differ from golden"):
        load_version(other, settings)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"instances": [{}], "probabilities": [1]}',
        b'{"instances": [], "probabilities": [%s]}' % (b"9" * 400),
        b"[" * 100_000,
    ],
)
def test_golden_answers_that_cannot_be_used_are_refused(store: ModelStore, content: bytes) -> None:
    """A version without proof is not served."""
    version = store.read(1)

    with pytest.raises(BrokenVersion, match=r"golden\.json can't be used"):
        load_version(replace(version, files={**version.files, GOLDEN: content}), Settings())
