"""Overload: a request that has waited too long is refused, so that the queue never grows without end."""

from contextvars import ContextVar

from service.errors import Overloaded

MAX_QUEUED_S = 5.0

# How long the request at hand has waited for a thread, in seconds; infinite where it is not to be answered at all.
# Set by the worker, where the request is answered.
queued_s: ContextVar[float] = ContextVar("queued_s", default=0.0)


def refuse_if_late() -> None:
    """Let a request pass, unless it has waited for longer than `MAX_QUEUED_S`.

    Raises:
        Overloaded: It has. Refusing is quick, so that those behind it get their turn.
    """
    if queued_s.get() > MAX_QUEUED_S:
        raise Overloaded("more is asked for than this service can answer in time; try again later")
