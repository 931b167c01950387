"""The locked requirements agree with one another."""

import json
import re

import pytest

from tests.support import ROOT


def locked(name: str) -> set[str]:
    """The pinned packages of a lock file, each with its hashes."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return set(re.sub(r"\\\n\s*", "", text).splitlines())


@pytest.mark.parametrize(
    ("smaller", "larger"), [("service", "service-tensorflow"), ("service-tensorflow", "training"), ("training", "dev")]
)
def test_each_set_is_part_of_the_next(smaller: str, larger: str) -> None:
    """What serves is what trained and what was tested; the images install one set on top of the other."""
    assert locked(smaller) < locked(larger)


def test_no_lock_file_names_where_its_packages_come_from() -> None:
    """Whoever installs has an index of their own; the hashes say that it is the same package."""
    for path in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"index|find-links|://", path.read_text(encoding="utf-8")), path
    packages = json.loads((ROOT / "requirements/npm/package-lock.json").read_bytes())["packages"]
    assert all("integrity" in package and "resolved" not in package for name, package in packages.items() if name)
