"""What can go wrong with a request. No HTTP here: `problems` has the table from class to status."""

from collections.abc import Sequence
from dataclasses import dataclass


class RequestError(Exception):
    """A request that can't be answered; the message says why and what to do."""


class NotParseable(RequestError):
    """A body that is not what its media type says."""


class UnsupportedMediaType(RequestError):
    """A body of a media type that is not taken."""


class BodyTooLarge(RequestError):
    """More bytes than one request may hold."""


class TooManyInstances(RequestError):
    """More instances than one request may hold."""


class NotAnswerable(RequestError):
    """Instances that the network has no finite answer for."""


class NotAllowed(RequestError):
    """No key, or one that is not known."""


class NotReady(RequestError):
    """No version is loaded yet."""


class Overloaded(RequestError):
    """More is asked for than can be answered in time."""


class VersionNotLoaded(RequestError):
    """A version that this service does not hold."""


@dataclass(frozen=True)
class FieldFault:
    """One field at fault.

    Attributes:
        pointer: Where, as a JSON pointer (RFC 6901).
        detail: What must hold there; never the value.
    """

    pointer: str
    detail: str


class InvalidInstances(RequestError):
    """Instances that break the feature contract; `faults` lists every field."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        """Keep the faults in the order of the instances."""
        super().__init__(f"{len(faults)} field(s) are at fault")
        self.faults = tuple(faults)
