"""A run of several tables, done once."""

import json
from pathlib import Path

import pytest

from tests.support.processes import run
from tests.support.stores import once
from tests.support.tables import write_small


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables trained in one run, beside one with a bad cell and one that is not there. Not to be written to."""

    def make(folder: Path) -> None:
        for name in ("art", "maths", "music"):
            write_small(folder, name, hours=7 if name == "art" else 6)
        (folder / "music.csv").write_text("hours,sleep,passed\n1,6,0\nmany,8,1\n")
        named = [f"{name}.toml" for name in ("art", "music", "gone", "maths")]
        done = run("training", "run", *named, "--json", "--jobs", "2", cwd=folder)
        (folder / "said.json").write_text(json.dumps([done.returncode, done.stdout.splitlines(), done.stderr]))

    return once(tmp_path_factory, "school", make)
