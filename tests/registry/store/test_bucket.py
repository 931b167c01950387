"""What holds in object storage as it does on a disk, whoever publishes, dies or answers at the wrong moment."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from registry.errors import StoreError
from registry.store.model_store import ModelStore
from registry.store.models import list_models
from registry.store.places import bucket
from registry.store.places.object_storage import storage_at
from registry.store.places.place import Change, Place
from registry.store.signatures import SigningKey
from registry.store.view import StoreView
from service.app import create_app
from service.settings import Settings
from tests.support import ROOT
from tests.support.http import eventually, json_of
from tests.support.object_storage import ENDPOINTS, need_server
from tests.support.processes import free_port, run
from tests.support.stores import HandInBucket, publish, train


class SlowKey:
    """Signs when something else has happened meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def sign(self, _: bytes) -> bytes:
        """What stands for a signature."""
        self.meanwhile()
        return b"signature"


def test_what_a_killed_publisher_left_is_removed_once_nobody_can_publish_it(
    students: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day later, by `prune`; one that was only slow is told so, and its version never appears."""
    store, hand = ModelStore(address, "pass_fail"), HandInBucket(address, "pass_fail")
    publish(store, students / "pass_fail/1")
    pruned = []

    def prune_a_day_later() -> None:
        pruned.append(store.prune(0))
        monkeypatch.setattr(bucket, "_ABANDONED", timedelta(days=-1))
        pruned.append(store.prune(0))

    slow = ModelStore(address, "pass_fail", signing_key=cast(SigningKey, SlowKey(prune_a_day_later)))
    with pytest.raises(StoreError, match="version 2 was cleared away before it was published"):
        publish(slow, students / "pass_fail/1")
    left = numbers(hand)
    monkeypatch.undo()
    pruned.append(store.prune(0))

    assert pruned == [[], [], []]
    assert (left, numbers(hand)) == ({1, 2}, {1})
    assert publish(store, students / "pass_fail/1") == 3


def test_one_who_publishes_just_before_it_is_given_up_has_published(
    students: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided before is decided anew, and nothing of the version is removed."""
    store = ModelStore(address, "pass_fail")
    publish(store, students / "pass_fail/1")
    monkeypatch.setattr(bucket, "_ABANDONED", timedelta(days=-1))
    has_number, may_go_on = threading.Event(), threading.Event()

    def wait() -> None:
        has_number.set()
        may_go_on.wait()

    slow = ModelStore(address, "pass_fail", signing_key=cast(SigningKey, SlowKey(wait)))
    publisher = threading.Thread(target=publish, args=(slow, students / "pass_fail/1"))
    publisher.start()
    has_number.wait()
    decided = []

    def decide(place: Place, view: StoreView) -> Change[None]:
        place.clear(view.contents)
        decided.append(view.versions)
        may_go_on.set()
        publisher.join()
        return Change(None, (("prune", {"versions": []}),))

    store.change(decide)

    assert decided == [[1], [1, 2]]
    assert [store.read(version).manifest.version for version in store.versions()] == [1, 2]


def numbers(hand: HandInBucket) -> set[int]:
    """Under which files lie."""
    names = {stored.path.split("/")[1] for stored in hand.storage.files("pass_fail")}
    return {int(name) for name in names if name.isdecimal()}


def test_a_store_that_ignores_conditions_is_refused(
    students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written to it: of two who publish, it would lose one without a word."""
    rclone, port = ROOT / ".venv/clients/bin/rclone", free_port()
    need_server(rclone)
    (tmp_path / "models").mkdir()
    command = [
        str(rclone),
        "serve",
        "s3",
        "--addr",
        f"127.0.0.1:{port}",
        "--auth-key",
        "somebody,something",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            for name in ENDPOINTS:
                monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
            monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
            store = ModelStore("s3://models/ignores", "pass_fail")
            eventually(lambda: not can_not_be_read(store))

            with pytest.raises(StoreError, match=r"ignores conditions .* use a store that keeps them"):
                publish(store, students / "pass_fail/1")
            service = create_app(Settings(models_dir=store.root)).test_client()
            said = json_of(service.get("/model"))["detail"]
        finally:
            server.terminate()

    assert said.startswith("s3://models/ignores ignores conditions (If-None-Match, If-Match)")
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


def can_not_be_read(store: ModelStore) -> str:
    """Why a store can't be read; nothing where it can."""
    try:
        store.versions()
    except StoreError as error:
        return str(error)
    return ""


def test_who_may_not_is_told_so_and_no_secret(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which bucket, that access is refused, and where to look."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-somebody-else")
    store = ModelStore(f"{address}/forbidden", "pass_fail")

    said = can_not_be_read(store)
    with pytest.raises(StoreError, match=f"{store.root} refuses access") as of_change:
        store.prepare()

    assert said.startswith(f"history.jsonl can't be read: {store.root} refuses access (403 Forbidden, Signature")
    assert "AWS_ variables" in said
    assert "of-somebody-else" not in said + str(of_change.value)
    assert "testkey" not in said + str(of_change.value)


def test_a_server_without_tls_must_be_allowed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a variable, which the message names; nobody waits for that."""
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    store = ModelStore(f"{address}/without-tls", "pass_fail", patient=True)

    assert can_not_be_read(store).endswith("http://; AWS_ALLOW_HTTP=true lets a server do without TLS")


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s4://bucket",
        "s3://bucket/a b",
        "https://bucket",
        "s3:///x",
        "://",
        "s3://bucket//a",
        "s3://bucket/a/../b",
    ],
)
def test_what_is_no_address_is_said_to_be_none(address: str) -> None:
    """On the command line and in the settings: what it must be, and nobody is asked."""
    with pytest.raises(StoreError, match="must be a folder, or an address such as s3://bucket/prefix"):
        ModelStore(address, "pass_fail")


def test_a_folder_needs_nothing_of_object_storage(students: Path) -> None:
    """What is not asked for is not imported: not by the service, not by the commands."""
    program = (
        "import sys; from pathlib import Path; "
        "from service.app import create_app; from service.settings import Settings;"
        f"create_app(Settings(models_dir=Path({str(students)!r})));"
        "from registry.__main__ import main; "
        f"main(['verify', '--models', {str(students)!r}]);"
        "sys.exit(str(sorted({'obstore', 'distributed', 'registry.store.places.bucket'} & sys.modules.keys())))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stderr.splitlines()[-1] == "[]"


def test_the_commands_take_an_address(students: Path, address: str) -> None:
    """All of them, and from another process."""
    publish(ModelStore(address, "pass_fail"), students / "pass_fail/1")
    publish(ModelStore(address, "pass_fail"), students / "pass_fail/1")

    ends = [
        run("registry", *command, "--models", address)
        for command in (["list"], ["verify"], ["rollback"], ["show"], ["prune", "--keep", "0"])
    ]

    assert [done.returncode for done in ends] == [0] * 5
    assert [line.split(":")[0] for line in ends[1].stdout.splitlines()] == ["version 1", "version 2"]
    assert ends[2].stdout == "version 1 is the champion again\n"


def test_models_are_found_there(students: Path, address: str) -> None:
    """Those that lie below the address, and not what else does."""
    for name in ("pass_fail", "maths-1"):
        ModelStore(address, name).prepare()
        ModelStore(address, name).row_key()
    storage_at(address).put("notes.txt", b"none")

    assert list_models(address) == ["maths-1", "pass_fail"]
    assert list_models(f"{address}/none") == []


@pytest.mark.long
def test_the_job_publishes_there(address: str) -> None:
    """As into a folder: which rows look odd is kept, and the next run knows which rows it has seen."""
    first, second = train(address), train(address, "--seed", "1")
    nothing_to_do = train(address, "--if-none")
    shown = run("registry", "audit", "--models", address)

    store = ModelStore(address, "pass_fail")
    assert [first["path"], second["path"]] == [f"{address}/pass_fail/1", f"{address}/pass_fail/2"]
    assert nothing_to_do == second
    assert store.manifest(2).gate["champion"]["served"]["num_rows"] == 0
    assert "rows of" in shown.stdout
