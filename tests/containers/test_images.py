"""What is in the images, and what building them costs."""

import json
import re
import shutil
import uuid
from pathlib import Path

import pytest

from tests.containers.conftest import Compose, docker, inspect
from tests.support import ROOT


def run_python(image: str, program: str) -> str:
    """Run a program in an image as root, so that nothing is hidden from it, and give what it prints."""
    return docker("run", "--rm", "--user=0", "--network=none", "--entrypoint=python", image, "-c", program)


@pytest.fixture
def image(compose: Compose) -> str:
    """The service's image."""
    return f"{compose.project}-service"


def test_the_service_has_what_it_runs_on_and_no_more(image: str) -> None:
    """No TensorFlow, training, compiler, cache of pip's or test; nothing of the checkout but two packages."""
    program = """
import importlib.util as util, json, os, shutil
print(json.dumps({
    "packages": [name for name in ("tensorflow", "keras", "sklearn", "pytest", "training") if util.find_spec(name)],
    "programs": [name for name in ("gcc", "cc", "g++", "make", "git") if shutil.which(name)],
    "pip": os.path.exists("/opt/venv/bin/pip"),
    "caches": [os.path.join(folder, name) for folder in ("/root", "/tmp", "/home", "/app", "/opt") for folder, names, _
               in os.walk(folder) for name in names if name in (".cache", "pip")],
    "app": sorted(os.listdir()),
}))
"""

    found = json.loads(run_python(image, program))

    nothing: list[str] = []
    assert found.pop("app") == ["models", "registry", "service"]
    assert found == {"packages": nothing, "programs": nothing, "pip": False, "caches": nothing}


def test_the_service_adds_at_most_250_mb_to_its_base(image: str) -> None:
    """What a school's small machine has to fetch and keep."""
    [base] = set(re.findall(r"^FROM (\S+:\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))

    added = inspect("image", image)["Size"] - inspect("image", base)["Size"]

    assert added <= 250e6


def test_all_that_the_service_loads_is_compiled(image: str) -> None:
    """On a read-only root Python can't keep what it compiles, and would compile it at every start."""
    program = """
import sys, os, service.app, service.gunicorn_conf, http.client, gunicorn.workers.gthread
for name, module in sorted(sys.modules.items()):
    path = getattr(module, "__cached__", None)
    if path and not os.path.exists(path):
        print(name)
"""

    assert run_python(image, program) == ""


def copy(compose: Compose, folder: Path) -> Compose:
    """Another checkout of the same project."""
    shutil.copytree(compose.folder, folder)
    return Compose(folder, compose.project, compose.port)


def test_a_change_in_the_code_installs_nothing_again(compose: Compose, tmp_path: Path) -> None:
    """Every step that runs pip comes from the build before; the code does not."""
    changed = copy(compose, tmp_path / "changed")
    for path in ("registry/store/model_store.py", "service/app.py", "training/job.py"):
        with (changed.folder / path).open("a", encoding="utf-8") as file:
            file.write(f"# {uuid.uuid4()}\n")  # as no run before: the engine remembers those

    done = changed.run("docker compose --project-name passfail-changed build --progress plain")

    assert done.returncode == 0, done.stderr
    log = done.stdout + done.stderr
    cached = set(re.findall(r"^(#\d+) CACHED$", log, re.MULTILINE))
    steps = dict(re.findall(r"^(#\d+) \[\S+ .*\d/\d\] (.+)$", log, re.MULTILINE))
    installing = {number for number, command in steps.items() if command.startswith("RUN pip ")}
    copying = {number for number, command in steps.items() if command.startswith(("COPY service/", "COPY training/"))}
    docker("image", "rm", "passfail-changed-service", "passfail-changed-training")
    assert len(installing) >= 3
    assert installing <= cached
    assert len(copying) >= 2
    assert not copying & cached


def test_the_context_is_the_code_alone(compose: Compose, tmp_path: Path) -> None:
    """Under 3 MB, and no key, model or table that lies in the checkout gets into an image by mistake."""
    littered = copy(compose, tmp_path / "littered").folder
    for name in ("models/pass_fail/1/saved_model.pb", ".venv/bin/tool", ".env", "school/marks.csv", "api.key"):
        (littered / name).parent.mkdir(parents=True, exist_ok=True)
        (littered / name).write_bytes(b"\0" * 3_000_000)
    (littered / "service/__pycache__").mkdir()
    (littered / "service/__pycache__/app.pyc").write_bytes(b"\0" * 3_000_000)
    tag = f"{compose.project}-context"

    docker("build", "--tag", tag, "--file", "-", str(littered), input="FROM scratch\nCOPY . /\n")
    size = inspect("image", tag)["Size"]
    docker("image", "rm", tag)

    assert 0 < size < 3_000_000
