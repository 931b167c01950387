"""A copy of the project, to be changed or run on its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT


def copy_checkout(folder: Path) -> None:
    """Copy the project as git has it, with what is changed or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def use_this_python(folder: Path) -> None:
    """Give a checkout this Python as its virtual environment, which `make setup` finds up to date.

    With a mark of its own: the real one must not be told that it is. That it sets up from nothing is shown by CI, which
    starts without.
    """
    (folder / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "installed":
            (folder / ".venv" / entry.name).symlink_to(entry)
    (folder / ".venv/installed").touch()
