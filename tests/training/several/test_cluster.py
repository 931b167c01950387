"""A district's tables on a real cluster, of which a worker is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry.store.model_store import ModelStore
from tests.support import ROOT
from tests.support.cluster import cluster
from tests.support.tables import write_small

NUM_TABLES = 16


@pytest.mark.long
def test_all_tables_end_with_a_verdict_each_though_a_worker_is_lost(tmp_path: Path) -> None:
    """Each has one version, whole and champion; the table with a bad cell is named. No cell is in a log."""
    names = [f"course-{number:02}" for number in range(NUM_TABLES)]
    tables = [write_small(tmp_path / "in", name, hours=6 + number / 40) for number, name in enumerate(names)]
    (tmp_path / "in/course-07.csv").write_text("hours,sleep,passed\n1,6,0\nsecret,8,1\n")
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", 2) as running:
        command = [sys.executable, "-m", "training", "run", *map(str, tables), "--json", "--cluster", running.address]
        environ, pipe = os.environ | {"PYTHONPATH": str(ROOT)}, subprocess.PIPE
        run = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=pipe, stderr=pipe, text=True)
        assert run.stdout is not None
        first = [run.stdout.readline() for _ in range(5)]

        running.kill_worker(0)
        rest, errors = run.communicate()
        log = running.log()

    told = [json.loads(line) for line in [*first, *rest.splitlines()]]
    assert run.returncode == 1
    assert sorted(line["name"] for line in told) == names
    failed = [line for line in told if "error" in line]
    assert [(line["name"], line["error"].rpartition(": ")[2]) for line in failed] == [("course-07", "must be a number")]
    assert "course-07.csv:3: row 2, column 'hours': must be a number" in errors
    for line in told:
        store = ModelStore(tmp_path / "models", line["name"])
        if "error" in line:
            assert store.versions() == []
        else:
            assert (line["version"], line["champion"], store.versions()) == (1, True, [1])
            assert store.read(1).manifest.verdict == line["verdict"]
            assert len(store.history()) == 2  # published, and promoted
    assert list(tmp_path.glob("models/*/.staging*")) == []
    assert "secret" not in log + errors
