"""Stores that the real job fills, and what is asked of the models in them."""

import fcntl
import io
import json
import os
import random
import shutil
import subprocess
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.store.model_store import ModelStore
from registry.store.places.object_storage import storage_at
from tests.support import ROOT
from training.__main__ import main

STUDENT = {"study_hours": 6, "sleep_hours": 5}
ODD_HEADER = ["class", "self", "Study hours/week", "Présence %", "study hours-week", "school", "mood"]
# A student of the table `odd`.
ODD = {
    "class": 1,
    "self": 0.5,
    "Study hours/week": None,
    "Présence %": 90,
    "study hours-week": 1,
    "school": "Lycée",
    "mood": None,
}


def train(models: Path | str, *arguments: str | Path) -> dict[str, Any]:
    """Run the training job in this process and return what it prints as JSON."""
    done = run_job(*arguments, "--models", models, "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def run_job(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the training job in this process, where TensorFlow is loaded once, and keep what it prints.

    Where it matters that a run is a process of its own, `run("training", "run", ...)` is.
    """
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("default")  # what libraries warn of is not what is tested
        code = main(["run", *map(str, arguments)])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made once for all processes of a run, and is not to be written to.

    Args:
        factory: Of this process.
        name: The folder's, another for each.
        make: Fills it.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # where the processes have their own folders
    folder = root / f"shared-{name}"
    with (root / f"shared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            fresh = factory.mktemp(name)
            make(fresh)
            fresh.rename(folder)
    return folder


def publish(store: ModelStore, network: Path, **changes: Any) -> int:
    """Publish a network as the next version and champion; with some of its manifest changed."""
    manifest = replace(ModelStore(network.parent.parent, network.parent.name).manifest(int(network.name)), **changes)
    with store.staging() as staged:
        shutil.copytree(network, staged, dirs_exist_ok=True)
        return store.publish(staged, manifest, promote=True, over=store.aliases().get("champion")).version


class Hand:
    """What somebody does by hand in a model's folder, past all that holds a store together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes:
        """Read a file."""
        return (self.folder / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        (self.folder / path).write_bytes(content)

    def remove(self, path: str) -> None:
        """Remove a file."""
        (self.folder / path).unlink()

    def remove_version(self, version: int) -> None:
        """Remove all files of a version."""
        shutil.rmtree(self.folder / str(version))

    def name(self, aliases: bytes) -> None:
        """Write what the aliases are."""
        self.write("aliases.json", aliases)

    def lose_aliases(self) -> None:
        """Remove all of them."""
        self.remove("aliases.json")


class HandInBucket(Hand):
    """The same in object storage, where aliases are lines of the history."""

    def __init__(self, address: str, name: str) -> None:
        self.storage, self.prefix = storage_at(address), name

    def read(self, path: str) -> bytes:
        """Read an object."""
        return self.storage.get(f"{self.prefix}/{path}", 2**30)[0]

    def write(self, path: str, content: bytes) -> None:
        """Write an object."""
        self.storage.put(f"{self.prefix}/{path}", content)

    def remove(self, path: str) -> None:
        """Remove an object."""
        self.storage.delete([f"{self.prefix}/{path}"])

    def remove_version(self, version: int) -> None:
        """Remove all objects of a version."""
        self.storage.delete([stored.path for stored in self.storage.files(f"{self.prefix}/{version}")])

    def name(self, aliases: bytes) -> None:
        """Append a line."""
        self.write("history.jsonl", self.read("history.jsonl") + b'{"aliases": ' + (aliases or b"null") + b"}\n")

    def lose_aliases(self) -> None:
        """Remove all of their lines."""
        lines = self.read("history.jsonl").splitlines(keepends=True)
        self.write("history.jsonl", b"".join(line for line in lines if b'"aliases"' not in line))


def write_odd(folder: Path) -> None:
    """Write the dataset file `odd.toml` and its table, with all that makes school tables hard to read."""
    shutil.copy(ROOT / "tests/tables/odd.toml", folder)
    lines = [";".join(["student", *ODD_HEADER, "mark"])]
    for row in range(120):
        hours = "" if row % 7 == 0 else str(row % 40).replace(".", ",")
        mood = ["good", "bad", ""][row % 3]
        school = ["Gymnasium", "Lycée", '"The ""old"" one; north"'][row % 3]
        mark = 4 + (row % 40) / 4 + row % 3
        cells = [f"s{row}", str(1 + row % 3), f"0,{row % 10}", hours, f"{row % 100},5", str(row % 9), school, mood]
        lines.append(";".join([*cells, f"{mark}".replace(".", ",")]))
    (folder / "odd.csv").write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")


def make_wide(folder: Path, num_features: int) -> Path:
    """Train a model `wide` with so many numbers that can all be changed, quickly, as version 1 in a folder."""
    chance = random.Random(0)
    names = [f"x{number}" for number in range(num_features)]
    rows = [[round(chance.gauss(0, 1), 2) for _ in names] for _ in range(150)]
    lines = [",".join([*names, "passed"]), *(",".join([*map(str, row), str(int(sum(row) > 0))]) for row in rows)]
    (folder / "wide.csv").write_text("\n".join(lines))
    target = 'name = "wide"\ndata = "wide.csv"\n[target]\ncolumn = "passed"\npositive = "1"\nlabels = ["no", "yes"]\n'
    features = "".join(f'[[features]]\nname = "{name}"\nkind = "number"\nactionable = "both"\n' for name in names)
    (folder / "wide.toml").write_text(f"{target}{features}[training]\nhidden_units = [4]\nepochs = 10\nmembers = 2\n")
    train(folder, folder / "wide.toml")
    return folder
