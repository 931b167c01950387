"""The project's pages, the blocks in them, and how a reader types one: as it stands there, in a checkout."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from service.settings import VARIABLES
from tests.support import DEADLINE_S, ROOT
from tests.support.checkout import copy_checkout, use_this_python
from tests.support.http import ask, eventually
from tests.support.processes import free_port

_ACTIVATE = ". .venv/bin/activate"
_FENCE = "```"
_BLOCK_DEADLINE_S = 600  # several training jobs on a busy machine; it ends a hanging test, it measures nothing


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        name: Its path in the project.
    """

    name: str

    @cached_property
    def text(self) -> str:
        """All of it."""
        return (ROOT / self.name).read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """Language and text of each block that is fenced."""
        return re.findall(rf"^{_FENCE}(\w+)\n(.*?)^{_FENCE}$", self.text, re.MULTILINE | re.DOTALL)

    @property
    def num_fenced(self) -> int:
        """How many blocks there are, also those that `blocks` would miss: indented, or in no language."""
        return len(re.findall(rf"^\s*{_FENCE}", self.text, re.MULTILINE)) // 2

    def of(self, language: str, *, compose: bool = False) -> list[str]:
        """The blocks in a language, those for containers or the others."""
        return [text for name, text in self.blocks if name == language and ("docker compose" in text) == compose]

    def section(self, title: str) -> str:
        """What stands under a heading, with the headings below it."""
        marks, rest = re.findall(rf"^(#+) {re.escape(title)}\n(.*)", self.text, re.MULTILINE | re.DOTALL)[0]
        text: str = re.split(rf"^#{{1,{len(marks)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        return text

    def names_in(self, module: ModuleType) -> dict[str, str]:
        """The names that a module gives to blocks of this page, each with its block."""
        texts = {text for _, text in self.blocks}
        return {name: value for name, value in vars(module).items() if isinstance(value, str) and value in texts}


def every_page() -> list[Page]:
    """All pages of the project that git has, or will have."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Page(name) for name in sorted(set(listed.stdout.splitlines())) if (ROOT / name).exists()]


def make_checkout(folder: Path, students: Path) -> Path:
    """A reader's checkout, with this Python and the 15 students as version 1."""
    copy_checkout(folder)
    use_this_python(folder)
    subprocess.run(["cp", "-a", students / "pass_fail", folder / "models"], check=True)
    return folder


def environment(**more: str) -> dict[str, str]:
    """A reader's environment: nothing of the tests' own that the service would read."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES and name != "PYTHONPATH"}
    return kept | {"PATH": f"{kept['PATH']}:/usr/sbin"} | more


def typed(block: str, address: str = "", *, activated: bool = True) -> list[str]:
    """The command that runs a block, stopping at the first that fails.

    Args:
        block: What a page has.
        address: Of the service, in place of the page's.
        activated: Whether the checkout's Python is first in the path.
    """
    block = block.replace("localhost:8000", address).replace("curl ", "curl --fail --silent --show-error ")
    return ["bash", "-euo", "pipefail", "-c", f"{_ACTIVATE}\n{block}" if activated else block]


def shell(
    block: str, checkout: Path, address: str = "", *, code: int = 0, given: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Type a block in the checkout; it must end with this exit code."""
    done = subprocess.run(
        typed(block, address),
        cwd=checkout,
        env=environment(**environ),
        input=given,
        capture_output=True,
        text=True,
        timeout=_BLOCK_DEADLINE_S,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


@contextmanager
def started(block: str, checkout: Path, *, activated: bool = True) -> Iterator[str]:
    """A block that never ends, until its service is ready; gives the address to put for the page's."""
    address = f"localhost:{free_port()}"
    environ = environment(PORT=address.rpartition(":")[2], WEB_CONCURRENCY="1")
    command = typed(block, address, activated=activated)
    process = subprocess.Popen(command, cwd=checkout, env=environ, start_new_session=True)
    try:
        url = f"http://{address}/readyz"
        eventually(lambda: process.poll() is not None or ask(url).status == 200, _BLOCK_DEADLINE_S)
        log = checkout / "service.log"
        assert process.poll() is None, log.read_text() if log.exists() else "it ended; its output says why"
        yield address
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(DEADLINE_S)
