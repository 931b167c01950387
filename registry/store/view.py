"""What a store holds at one moment: its versions, what the aliases name, and what was champion before."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from registry.errors import VersionNotFound
from registry.store import journal
from registry.store.places.place import Contents

CHAMPION = "champion"
CHALLENGER = "challenger"
LATEST = "latest"
HOW_TO_PROMOTE = "make it champion with: python -m registry promote --reason WHY"  # and its number


class StoreView:
    """A store's versions, aliases and history, each read when it is first asked for."""

    def __init__(self, name: str, contents: Contents, nothing_here: Callable[[], VersionNotFound]) -> None:
        """Look at a store.

        Args:
            name: The model's.
            contents: What its place holds.
            nothing_here: What to say where it holds no version.
        """
        self.name = name
        self.contents = contents
        self._nothing_here = nothing_here

    @cached_property
    def versions(self) -> list[int]:
        """Version numbers, ascending."""
        return self.contents.versions()

    @cached_property
    def aliases(self) -> dict[str, int]:
        """Alias → version number; what could be taken for a number, or for `latest`, is none."""
        aliases = self.contents.aliases()
        return {alias: number for alias, number in aliases.items() if alias != LATEST and not alias.isdecimal()}

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """Every publish, promotion, rollback and prune, oldest first."""
        return list(self.contents.history())

    def publications(self) -> Iterator[dict[str, Any]]:
        """The events of publications, oldest first."""
        return (event for event in self.history if event["event"] == "publish")

    def resolve(self, reference: str | int) -> int:
        """The version that a number, `latest` or an alias names.

        Raises:
            VersionNotFound: The store does not hold it.
        """
        if not self.versions:
            raise self._nothing_here()
        text = str(reference)
        if text == LATEST:
            return self.versions[-1]
        if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
            number, named = int(text), f"version {text}"
        else:
            number, named = self.aliases.get(text, 0), repr(text)
            if number:
                named = f"version {number}, which the alias {text!r} names; for another, {HOW_TO_PROMOTE} NUMBER"
            elif text == CHAMPION:
                named += f"; where you mean version {self.versions[-1]}, {HOW_TO_PROMOTE} {self.versions[-1]}"
        if number not in self.versions:
            raise VersionNotFound(f"{self.name!r} has no {named}")
        return number

    def predecessors(self, reference: str) -> list[int]:
        """What a reference named before and is still here, the last first.

        Earlier champions for `champion`, lower numbers for `latest`, none for any other.
        """
        if reference == LATEST:
            return self.versions[-2::-1]
        if reference != CHAMPION:
            return []
        present = self.aliases.get(CHAMPION)
        champions = reversed(journal.champions(self.history))
        return [number for number in champions if number in self.versions and number != present]
