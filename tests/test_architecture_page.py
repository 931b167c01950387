"""The page on how it is built: each room, each file and each function that it sends its reader to is there."""

import re

from tests.support import ROOT
from tests.support.pages import Page
from tests.test_architecture import ALLOWED

PAGE = Page("docs/architecture.md")
PATHS = set(re.findall(r"`((?:\w+/)+[\w.-]*|\w+\.(?:toml|yml))`", PAGE.text))


def test_every_room_is_on_the_page() -> None:
    """So is every file of the halls that has a line in the law."""
    rooms = {name.replace(".", "/") for name in ALLOWED}

    assert {
        room for room in rooms if not {f"`{room}`", f"`{room}.py`"} & set(re.findall(r"`[^`]+`", PAGE.text))
    } == set()


def test_every_path_is_there() -> None:
    """A newcomer finds each place at the first try."""
    assert {path for path in PATHS if not (ROOT / path).exists()} == set()


def test_each_step_of_a_walk_is_in_its_file() -> None:
    """Functions and classes by name; steps are numbered from 1 without a gap."""
    walks = re.findall(r"^\| (\d+) \| `([\w/.]+)` \| `(\w+)` \|", PAGE.section("Three walks"), re.MULTILINE)

    numbers = [int(number) for number, _, _ in walks]
    starts = [at for at, number in enumerate(numbers) if number == 1]
    ends = [*starts[1:], len(numbers)]
    assert numbers == [number for start, end in zip(starts, ends, strict=True) for number in range(1, end - start + 1)]
    assert len(starts) == 3
    missing = {
        (path, name)
        for _, path, name in walks
        if not re.search(rf"\b(?:def|class|function) {name}\b", (ROOT / path).read_text(encoding="utf-8"))
    }
    assert missing == set()
