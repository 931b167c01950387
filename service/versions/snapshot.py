"""What a worker holds at one moment, and which version of it a request means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.errors import NotReady, VersionNotLoaded
from service.versions.loaded_version import LoadedVersion


@dataclass(frozen=True)
class Snapshot:
    """What the worker holds at one moment; replaced whole, so that a request sees one state throughout.

    Attributes:
        serving: Number of the version that answers by default, or None.
        loaded: Number → version.
        aliases: Alias → number, as last read.
        named: What the settings name → number: `SERVICE_VERSION` and `SERVICE_VERSIONS`.
        refused: Number → why it was not taken up.
        stored: Numbers of the versions that were in the store, as last read.
        problem: Why nothing, or not what was asked for, is served; None where all is well.
    """

    serving: int | None = None
    loaded: Mapping[int, LoadedVersion] = field(default_factory=dict)
    aliases: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    stored: frozenset[int] = frozenset()
    problem: str | None = "the store has not been read yet"

    def find(self, reference: str | None = None) -> LoadedVersion:
        """The version to answer with.

        Args:
            reference: A number, an alias, or None for the default.

        Raises:
            NotReady: No version is loaded.
            VersionNotLoaded: Others are, but not that one.
        """
        if reference is None:
            number = self.serving
        else:
            numbers = {str(number): number for number in self.loaded} | {**self.named, **self.aliases}
            number = numbers.get(reference)
        if number not in self.loaded and self.serving is None:
            raise NotReady(self.problem)
        if number is None or number not in self.loaded:
            for refused, why in self.refused.items():
                if reference == str(refused) or number == refused:
                    raise VersionNotLoaded(f"version {refused} is refused: {why}")
            loaded = ", ".join(map(str, sorted(self.loaded)))
            raise VersionNotLoaded(f"that version is not loaded; loaded: {loaded}")
        return self.loaded[number]
