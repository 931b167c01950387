"""The page for contributors: its commands, and what looks at a commit."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import ROOT
from tests.support.checkout import copy_checkout, use_this_python
from tests.support.pages import Page

PAGE = Page("CONTRIBUTING.md")
# One name for each block: one that is new, or gone, fails here.
SET_UP, INSTALL_HOOKS, CHECK, TEST = PAGE.of("sh")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
LONGEST = "x" * 72


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git as somebody."""
    name = ["-c", "user.name=somebody", "-c", "user.email=somebody@school.example"]
    return subprocess.run(["git", *name, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def judge(message: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let the hook see a message, as git hands it over."""
    (folder / "message").write_text(message, encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci/subject.py"), str(folder / "message")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_ci_runs_the_checks_that_the_page_names() -> None:
    """On a clean checkout, where `make` sets up first; `make check` is a part of `make test`."""
    steps = re.findall(r"^(?:\w+=1 )?(make [\w-]+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert steps == [TEST.strip(), "make test-long", "make test-containers", "make test-cluster"]
    assert "\nlint: $(CLIENTS)/installed\n" in makefile
    targets = [step.split()[1] for step in (SET_UP, CHECK, *steps)]
    assert all(re.search(rf"^{target}: .*(?:lint|setup|installed)", makefile, re.MULTILINE) for target in targets)


def test_the_quick_tests_are_there() -> None:
    """A folder or file that is gone would end `make check` only for those who run it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    [quick] = re.findall(r"^QUICK := (.*)$", makefile, re.MULTILINE)

    assert [path for path in quick.split() if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "message", [LONGEST, f"{LONGEST}\n\n{LONGEST}{LONGEST}", f"{LONGEST}\n# {LONGEST}\n", f"# why\n{LONGEST}\n"]
)
def test_a_subject_of_72_characters_is_taken(message: str, tmp_path: Path) -> None:
    """However long the body is, and whatever git has written below."""
    assert judge(message, tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (f"{LONGEST}x", "the subject has 73 characters, and may have 72; the body has room"),
        ("", "the first line is the subject, and can't be blank"),
        ("\nsubject", "the first line is the subject, and can't be blank"),
        ("subject\nbody", "a blank line parts the subject from the body"),
    ],
)
def test_another_subject_is_refused(message: str, why: str, tmp_path: Path) -> None:
    """With what must hold."""
    done = judge(message, tmp_path)

    assert (done.returncode, done.stderr.strip()) == (1, why)


def test_hooks_run_what_is_here() -> None:
    """Nothing is fetched: each is a program of the virtual environment's, and what it names is in the checkout."""
    hooks = [hook for repo in HOOKS for hook in repo["hooks"]]

    assert {repo["repo"] for repo in HOOKS} == {"local"}
    assert [hook["id"] for hook in hooks] == ["ruff", "ruff-format", "spelling", "subject"]
    for hook in hooks:
        python, *words = hook["entry"].split()
        assert (python, hook["language"]) == (".venv/bin/python", "system")
        assert words[0] == "-m" or (ROOT / words[0]).exists()


@pytest.mark.skipif(
    importlib.util.find_spec("pre_commit") is None and not os.environ.get("CI"),
    reason="pre-commit is not installed; in CI it must be",
)
def test_the_hooks_look_at_each_commit(tmp_path: Path) -> None:
    """Set up as the page says; a long subject and an import that nobody uses are refused, a sound commit is not."""
    checkout = tmp_path / "passfail"
    copy_checkout(checkout)
    use_this_python(checkout)
    git(checkout, "init", "--quiet")
    environ = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    subprocess.run(["bash", "-euc", INSTALL_HOOKS], cwd=checkout, env=environ, check=True)
    git(checkout, "add", "--all")
    git(checkout, "commit", "--no-verify", "--message", "Begin")

    long = git(checkout, "commit", "--allow-empty", "--message", f"{LONGEST}x")
    sound = git(checkout, "commit", "--allow-empty", "--message", LONGEST)
    (checkout / "unused.py").write_text('"""A module."""\n\nimport os\n', encoding="utf-8")
    git(checkout, "add", "--all")
    unused = git(checkout, "commit", "--message", "Import what nobody uses")

    assert (long.returncode, sound.returncode, unused.returncode) == (1, 0, 1), sound.stderr
    assert "the subject has 73 characters" in long.stdout + long.stderr
    assert "F401" in unused.stdout + unused.stderr
