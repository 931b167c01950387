"""The first page: short, and every command in it run as it stands there."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.checkout import copy_checkout, use_this_python
from tests.support.pages import Page, shell, started

README = Page("README.md")
MAX_WORDS = 1000
# One name for each block: one that is new, or gone, fails here.
RUN, TEST, ASK = README.of("sh")
[ANSWER] = README.of("json")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project as git has it, with this Python as its virtual environment, and no version."""
    folder = tmp_path / "passfail"
    copy_checkout(folder)
    use_this_python(folder)
    return folder


@pytest.fixture
def running(checkout: Path) -> Iterator[str]:
    """`make run`, until its service is ready; gives the address to put for the README's."""
    with started(RUN, checkout, activated=False) as address:
        yield address


def test_it_is_read_in_five_minutes() -> None:
    """What needs more words has a page of its own, which the README links."""
    assert len(README.text.split()) < MAX_WORDS
    linked = set(re.findall(r"\((docs/\w+\.md)", README.text))
    assert linked == {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}


def test_the_first_screen_is_two_commands_and_one_answer() -> None:
    """`make run`, `make test`, `curl`; the second is what CI runs, with this test in it."""
    assert [RUN.strip(), TEST.strip()] == ["make run", "make test"]
    assert ASK.startswith("curl ")
    assert TEST.strip() in (ROOT / ".ci/run").read_text()
    assert "pytest" in (ROOT / "Makefile").read_text()


@pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("CI"), reason="curl is not installed; in CI it must be"
)
def test_the_curl_gives_the_answer_that_is_shown(checkout: Path, running: str) -> None:
    """To the second decimal: another processor may round differently."""
    shown = json.loads(ANSWER)

    given = json.loads(shell(ASK, checkout, running).stdout)

    assert given["model"] == shown["model"]
    [prediction], [expected] = given["predictions"], shown["predictions"]
    assert prediction == {
        "label": expected["label"],
        "risk_level": expected["risk_level"],
        "probability": pytest.approx(expected["probability"], abs=0.005),
        "risk": pytest.approx(1 - expected["probability"], abs=0.005),
        "spread": pytest.approx(expected["spread"], abs=0.005),
    }
