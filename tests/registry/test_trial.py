"""Versions that are tried before they are called whole."""

import json
import shutil
from pathlib import Path

from ai_edge_litert.schema_py_generated import Model

from registry.store.model_store import GOLDEN, LITERT_MODEL, ModelStore
from tests.support.processes import run
from tests.support.stores import publish


def want_gigabytes(network: Path) -> None:
    """A table of half a billion students where one would be, in the same 10 KB."""
    content = bytearray((network / LITERT_MODEL).read_bytes())
    Model.GetRootAs(content, 0).Subgraphs(0).Tensors(0).ShapeAsNumpy()[0] = 500_000_000
    (network / LITERT_MODEL).write_bytes(content)


def cut(network: Path) -> None:
    content = (network / LITERT_MODEL).read_bytes()
    (network / LITERT_MODEL).write_bytes(content[: len(content) // 2])


def remember_other_answers(network: Path) -> None:
    document = json.loads((network / GOLDEN).read_bytes())
    document["probabilities"][0] += 0.1
    (network / GOLDEN).write_text(json.dumps(document))


def test_a_version_that_no_service_could_run_is_found(students_copy: Path, tmp_path: Path) -> None:
    """Although every digest fits; the versions behind it are looked at all the same, and nothing else is said."""
    store, changes = ModelStore(students_copy, "pass_fail"), (want_gigabytes, cut, remember_other_answers)
    for change in changes:
        changed = tmp_path / change.__name__ / "pass_fail/1"
        shutil.copytree(store.path(1), changed)
        change(changed)
        publish(store, changed)
    publish(store, store.path(1))

    done = run("registry", "verify", "--models", students_copy)

    unusable = f"{LITERT_MODEL} or {GOLDEN} can't be used within 1024 MiB and 30 s"
    assert done.returncode == 1
    assert [line.partition(": ok,")[0] for line in done.stdout.splitlines()] == ["version 1", "version 5"]
    assert done.stderr.splitlines() == [
        f"broken: version 2: {unusable}",
        f"broken: version 3: {unusable}",
        "broken: version 4: answers differ from golden by more than 1e-05",
    ]
