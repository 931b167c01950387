"""The pictures of the page in the pages for readers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import ROOT
from tests.support.pages import every_page


@pytest.mark.long
def test_the_pictures_are_drawn_by_a_command(chromium: Browser, tmp_path: Path) -> None:
    """Each that a page shows, of a fresh version."""
    shown = {name for page in every_page() for name in re.findall(r"!\[.*?\]\((?:docs/)?(\w+\.png)\)", page.text)}

    subprocess.run([sys.executable, ROOT / "docs/screenshots.py", tmp_path], check=True, timeout=300)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(shown)
    assert sorted(path.name for path in (ROOT / "docs").glob("*.png")) == sorted(shown)
    for path in tmp_path.iterdir():
        assert path.stat().st_size > 20_000
