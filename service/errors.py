"""What can go wrong with a request. No HTTP here: `problems` has the table from class to status."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_FAULTS = 100  # that an answer lists


class RequestError(Exception):
    """A request that can't be answered; the message says why and what to do."""


class NotParseable(RequestError):
    """A body that is not what its media type says."""


class UnsupportedMediaType(RequestError):
    """A body of a media type that is not taken."""


class UnsupportedCoding(RequestError):
    """A body that is compressed in a way that is not taken."""


class BodyTooLarge(RequestError):
    """More bytes than one request may hold."""

    def __init__(self, max_body_bytes: int) -> None:
        super().__init__(f"at most {max_body_bytes} bytes are taken in one request")


class TooManyInstances(RequestError):
    """More instances than one request may hold."""


class NotAnswerable(RequestError):
    """Instances that the network has no finite answer for."""


class NotOffered(RequestError):
    """What the version that is asked can't do."""


class NotAllowed(RequestError):
    """No key, or one that is not known."""


class WrongHost(RequestError):
    """A request for a host that this service is not known by."""


class NotReady(RequestError):
    """No version is loaded yet."""


class Overloaded(RequestError):
    """More is asked for than can be answered in time."""


class ClientHasLeft(RequestError):
    """Nobody waits for the answer any more."""


class ModelNotFound(RequestError):
    """A model that this service does not have; or none is named, and there is none by default."""


class NotYours(RequestError):
    """A key that is for other models."""


class VersionNotLoaded(RequestError):
    """A version that is not in the store, or is refused."""


@dataclass(frozen=True)
class FieldFault:
    """One field at fault.

    Attributes:
        pointer: Where, as a JSON pointer (RFC 6901).
        detail: What must hold there; never the value.
    """

    pointer: str
    detail: str


class Faults:
    """Fields at fault in the order of the instances: the first of them, and how many there are in all."""

    def __init__(self) -> None:
        self.first: list[FieldFault] = []
        self.num = 0

    @property
    def has_room(self) -> bool:
        """Whether more are listed; what pointer and detail take is for nothing where they are not."""
        return self.num < MAX_FAULTS

    def add(self, pointer: str, detail: str) -> None:
        """List one as long as there is room; a small body can hold more of them than are worth their memory."""
        if self.has_room:
            self.first.append(FieldFault(pointer, detail))
        self.num += 1


class InvalidInstances(RequestError):
    """Instances that break the feature contract; `faults` has the first fields, `num_faults` how many there are."""

    def __init__(self, faults: Sequence[FieldFault], num_faults: int | None = None) -> None:
        """Keep the faults in the order of the instances; unless said, they are all."""
        self.num_faults = len(faults) if num_faults is None else num_faults
        super().__init__(f"{self.num_faults} field(s) are at fault")
        self.faults = tuple(faults[:MAX_FAULTS])
