"""What may be planted in a store: nothing of it leads out of the store, keeps a command waiting, or ends in a crash."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from registry.__main__ import main
from registry.errors import StoreError
from registry.store.model_store import MANIFEST, ModelStore
from tests.support.stores import publish

FILES = [".lock", ".row_key", ".row_key.new", ".aliases.json.new", "aliases.json", "history.jsonl"]
OF_A_VERSION = ["2", "2/assets.extra", f"2/{MANIFEST}", "2/saved_model.pb", "3", ".staging-1", ".staging-pruned-1"]
COMMANDS = [
    ["list"],
    ["show", "2"],
    ["verify"],
    ["verify", "2"],
    ["promote", "2", "--force", "--reason", "try"],
    ["rollback"],
    ["prune", "--keep", "0"],
]


def link(place: Path, outside: Path) -> None:
    """What was there, or a file of its own, lies elsewhere."""
    if place.exists():
        shutil.move(place, outside / "moved")
    else:
        (outside / "moved").write_text("of somebody else")
    place.symlink_to(outside / "moved")


def link_to_a_folder(place: Path, outside: Path) -> None:
    clear(place)
    (outside / "folder/below").mkdir(parents=True)
    (outside / "folder/below/file").write_text("of somebody else")
    place.symlink_to(outside / "folder")


def link_to_nowhere(place: Path, outside: Path) -> None:
    clear(place)
    place.symlink_to(outside / "nowhere")


def pipe(place: Path, _: Path) -> None:
    clear(place)
    os.mkfifo(place)


def folder(place: Path, _: Path) -> None:
    clear(place)
    place.mkdir()


def endless(place: Path, _: Path) -> None:
    """Larger than any memory, and of no blocks."""
    clear(place)
    with place.open("wb") as file:
        file.truncate(2**42)


def clear(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)


def look(outside: Path) -> list[object]:
    """What is elsewhere, to the byte."""
    return [
        (path, os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None)
        for path in sorted(outside.rglob("*"))
    ]


@pytest.fixture(scope="module")
def untried(two_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions for which LiteRT is not proven, so that nobody tries them, a process and a second each time."""
    models = tmp_path_factory.mktemp("untried")
    store, given = ModelStore(models, "pass_fail"), ModelStore(two_versions, "pass_fail")
    for version in (1, 2):
        with store.staging() as staged:
            shutil.copytree(given.path(version), staged, dirs_exist_ok=True)
            store.publish(
                staged, replace(given.manifest(version), engines=()), promote=True, over=store.aliases().get("champion")
            )
    return models


@pytest.mark.parametrize("plant", [link, link_to_a_folder, link_to_nowhere, pipe, folder, endless])
@pytest.mark.parametrize("name", FILES + OF_A_VERSION)
def test_what_is_planted_leads_nowhere(
    untried: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, plant: Callable[..., None]
) -> None:
    """Each command does what it says, or says in a line why not; what lies elsewhere stays as it is."""
    models, outside = tmp_path / "models", tmp_path / "outside"
    shutil.copytree(untried, models)
    outside.mkdir()
    store = ModelStore(models, "pass_fail")
    plant(store.folder / name, outside)
    before = look(outside)

    ends = []
    for command in COMMANDS:
        ends.append((main([*command, "--models", str(models)]), capsys.readouterr().err.splitlines()))
    for change in (store.row_key, lambda: publish(store, untried / "pass_fail/1")):
        try:
            change()
            ends.append((0, []))
        except StoreError as error:
            ends.append((1, f"error: {error}".splitlines()))

    for code, said in ends:
        assert code in (0, 1, 2)
        assert len(said) <= 2
        assert bool(code) == any(line.startswith(("error: ", "broken: ")) for line in said)
    assert look(outside) == before


def test_a_version_that_is_a_link_is_none(
    two_versions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor are its files; the folder of stores and the model's may be links, to a larger disk for example."""
    shutil.copytree(two_versions, tmp_path / "disk")
    shutil.move(tmp_path / "disk/pass_fail", tmp_path / "elsewhere")
    (tmp_path / "disk/pass_fail").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "models").symlink_to(tmp_path / "disk")
    shutil.move(tmp_path / "elsewhere/2", tmp_path / "2")
    (tmp_path / "elsewhere/2").symlink_to(tmp_path / "2")

    codes = [main([*command, "--models", str(tmp_path / "models")]) for command in (["verify", "1"], ["verify", "2"])]
    [said] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("broken: version 2")]

    assert codes == [0, 1]
    assert "2 is a link, which nobody follows here" in said
