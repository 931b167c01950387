"""The README's pictures of the page."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.support import ROOT


def test_the_pictures_are_drawn_by_a_command(chromium: Browser, tmp_path: Path) -> None:
    """Each that the README shows, of a fresh version."""
    shown = re.findall(r"\(docs/(\w+\.png)\)", (ROOT / "README.md").read_text(encoding="utf-8"))

    subprocess.run([sys.executable, ROOT / "docs/screenshots.py", tmp_path], check=True, timeout=300)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(shown)
    assert sorted(path.name for path in (ROOT / "docs").glob("*.png")) == sorted(shown)
    for path in tmp_path.iterdir():
        assert path.stat().st_size > 20_000
