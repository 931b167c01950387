"""Where one model's versions lie: what a folder on a disk and a prefix in object storage have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from registry.errors import VersionNotFound
from registry.store.places.object_storage import is_address

Item = TypeVar("Item")
Result = TypeVar("Result")


class Contents(Protocol):
    """What a place holds: in a folder whenever it is asked, in object storage as it was at one moment."""

    def versions(self) -> list[int]:
        """Version numbers, ascending."""
        ...

    def aliases(self) -> dict[str, int]:
        """Alias → version number, as they were written."""
        ...

    def history(self) -> Iterator[dict[str, Any]]:
        """Every event, oldest first, one at a time."""
        ...


@dataclass(frozen=True)
class Change(Generic[Result]):
    """What is to become of a store, decided by what was in it: all of it, or nothing.

    Attributes:
        result: What whoever asked for the change is told.
        events: What the history is to say: an event, and its details.
        aliases: What the aliases are to be; None leaves them.
        pruned: Versions that are removed.
    """

    result: Result
    events: tuple[tuple[str, Mapping[str, object]], ...] = ()
    aliases: Mapping[str, int] | None = None
    pruned: tuple[int, ...] = ()


class Place(ABC):
    """Where one model's versions lie. Paths within it have `/` between folders.

    Attributes:
        root: Where the models are, for people.
        name: The model's.
        where: Where the model's versions are, as it was given.
    """

    root: str
    name: str
    where: str

    @abstractmethod
    def look(self) -> Contents:
        """What is there now.

        Raises:
            StoreError: It can't be read.
        """

    @abstractmethod
    def read(self, path: str, most: int) -> bytes:
        """Read a file, whole.

        Raises:
            StoreError: Something else lies there, or it has more than so many bytes.
            OSError: It can't be read.
        """

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """What a function that reads or writes a file gives for each of some."""
        return [function(item) for item in items]

    @abstractmethod
    def mark(self, version: int, *, thorough: bool) -> object:
        """What tells whether a version has changed since it was read, without reading it.

        Args:
            version: Its number.
            thorough: Whether any of its files matters, or its manifest alone.
        """

    @abstractmethod
    def is_made(self) -> bool:
        """Whether the model has a place.

        Raises:
            StoreError: That can't be told.
        """

    @abstractmethod
    def is_in_a_model(self) -> bool:
        """Whether what was given for the place of all models is that of one."""

    def check(self, *, create: bool) -> None:
        """Whether the store may be changed.

        Raises:
            VersionNotFound: There is none, and none is to be made, or not here.
        """
        if not self.is_made() and (not create or self.is_in_a_model()):
            raise self.nothing_here()

    def nothing_here(self) -> VersionNotFound:
        """What to say where no version is found: where it was looked, and what to do."""
        if self.is_in_a_model():
            above = self.root.rpartition("/")[0]
            return VersionNotFound(f"{self.root} is the folder of one model; name the one that it lies in, {above}")
        return VersionNotFound(f"no version of {self.name!r} is published in {self.root}; run the training job")

    @abstractmethod
    def changing(self, *, create: bool) -> "AbstractContextManager[Place]":
        """The place, to be changed; what killed processes left half-done in it is out of the way.

        Args:
            create: Whether the model's place is made if there is none.

        Raises:
            StoreError: It can't be changed.
        """

    @abstractmethod
    def staging(self) -> AbstractContextManager[Path]:
        """A folder on this machine's disk to put a version together in, which is removed at the end.

        Entered while the place is being changed, it may be left later.
        """

    @abstractmethod
    def reserve(self, first: int) -> int:
        """A number for a version that nobody else gets, `first` or the next that is free."""

    @abstractmethod
    def claim(self, version: int, mark: bytes) -> bool:
        """Take a number for a version that has it elsewhere.

        Args:
            version: The number.
            mark: By which whoever does the same again, since it was interrupted, is known.

        Returns:
            Whether nobody else has it.
        """

    @abstractmethod
    def install(self, staged: Path, version: int) -> None:
        """Put a version that is complete in its place, under its number."""

    @abstractmethod
    def write_audit(self, version: int, content: bytes | None) -> None:
        """Keep a version's audit, for its owner's eyes, in place of what a killed job left; None: there is none."""

    @abstractmethod
    def keep(self, path: str, content: bytes) -> None:
        """Write a small file for its owner's eyes, unless there is one."""

    def clear(self, contents: Contents) -> None:  # noqa: B027  # a place may have nothing of the kind
        """Remove what killed processes left that `changing` does not."""

    @abstractmethod
    def commit(self, contents: Contents, change: Change[Any]) -> bool:
        """Make a change, if the place still holds what it was decided by.

        Returns:
            Whether it does; False: look, and decide again.

        Raises:
            StoreError: It can't be made, and nothing was.
        """


def open_place(root: Path | str, name: str, *, patient: bool) -> Place:
    """Where a model lies.

    Args:
        root: A folder, `~` being the home of who runs this; or an address such as `s3://bucket/prefix`.
        name: The model's.
        patient: Whether reading waits as long as changing for what does not answer.

    Raises:
        StoreError: The address is none.
    """
    if is_address(root):
        from registry.store.places.bucket import Bucket  # what a folder does not need is not imported for it

        return Bucket(root, name, patient=patient)
    from registry.store.places.folder import Folder

    return Folder(Path(root), name)
