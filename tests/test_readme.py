"""Every command in the README, run as it stands there."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from service.settings import VARIABLES
from tests.support import DEADLINE_S, ROOT
from tests.support.checkout import copy_checkout, use_this_python
from tests.support.http import ask, eventually
from tests.support.processes import free_port
from training.config import TrainingConfig

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
# Those for containers are run by tests/containers.
SHELL = [block for language, block in BLOCKS if language == "sh" and "docker compose" not in block]
NEEDS_CURL = pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("CI"), reason="curl is not installed; in CI it must be"
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as git has it, with this Python as its virtual environment."""
    folder = tmp_path_factory.mktemp("checkout") / "passfail"
    copy_checkout(folder)
    use_this_python(folder)
    return folder


@pytest.fixture(scope="module")
def running(checkout: Path) -> Iterator[str]:
    """`make run`, until its service is ready; gives the address to put for the README's."""
    address = f"localhost:{free_port()}"
    make = subprocess.Popen(
        ["bash", "-c", SHELL[0]],
        cwd=checkout,
        env=os.environ | {"PORT": address.rpartition(":")[2]},
        start_new_session=True,
    )
    try:
        eventually(lambda: make.poll() is not None or ask(f"http://{address}/readyz").status == 200)
        assert make.poll() is None
        yield address
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait(DEADLINE_S)


def shell(command: str, checkout: Path, address: str) -> str:
    """Run a block of the README in the checkout, stopping at the first command that fails."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.replace("localhost:8000", address)],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_screen_is_two_commands_and_one_answer() -> None:
    """`make run`, `make test`, `curl`; the second is what CI runs, with this test in it."""
    assert [block.strip() for block in SHELL[:2]] == ["make run", "make test"]
    assert SHELL[2].startswith("curl ")
    assert "make test" in (ROOT / ".ci/run").read_text()
    assert "pytest" in (ROOT / "Makefile").read_text()


@NEEDS_CURL
def test_the_curl_gives_the_answer_that_is_shown(checkout: Path, running: str) -> None:
    """To the second decimal: another processor may round differently."""
    [shown] = [json.loads(block) for language, block in BLOCKS if language == "json"]

    given = json.loads(shell(SHELL[2], checkout, running))

    assert given["model"] == shown["model"]
    [prediction], [expected] = given["predictions"], shown["predictions"]
    assert prediction == {
        "label": expected["label"],
        "probability": pytest.approx(expected["probability"], abs=0.005),
        "spread": pytest.approx(expected["spread"], abs=0.005),
    }


@NEEDS_CURL
def test_every_other_command_works_in_order(checkout: Path, running: str) -> None:
    """In one shell, as someone who reads on would type them; the Python too."""
    [program] = [block for language, block in BLOCKS if language == "python"]

    printed = shell("\n".join(SHELL[3:]).replace("curl ", "curl --fail "), checkout, running)

    assert "Test accuracy: " in printed
    assert '"predictions"' in printed
    given = shell(f". .venv/bin/activate\npython - <<'END'\n{program}\nEND", checkout, running)
    assert "tf.Tensor([0.66" in given


def test_the_settings_tables_are_the_settings() -> None:
    """Each variable of the service and of compose is documented, and nothing else is; compose passes on all it may."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    used = set(re.findall(r"\$\{([A-Z_]+)", compose)) - {"COMPOSE_PROJECT_NAME"}
    passed_on = re.findall(r"^      ([A-Z_]+):$", compose, re.MULTILINE)

    assert sorted(rows) == sorted(VARIABLES.keys() | used)
    assert sorted(passed_on) == sorted(VARIABLES.keys() - {"PORT", "SERVICE_HOST", "SERVICE_MODELS_DIR"})


def test_the_training_table_is_the_training_options() -> None:
    """Each option of `[training]` is documented, with its default where it has one, and nothing else is."""
    section = README.partition("### The network, and what can be set")[2].partition("\n## ")[0]

    rows = re.findall(r"^\| (`.*?`) \| (.*?) \|", section, re.MULTILINE)

    documented = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    config = asdict(TrainingConfig())
    assert sorted(documented) == sorted(config)
    for name, default in documented.items():
        if config[name] is not None:
            assert json.loads(default.strip("`")) == (list(config[name]) if name == "hidden_units" else config[name])
