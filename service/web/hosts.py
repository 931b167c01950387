"""By which names the service is answered: else a page that has its own name point here could read what it answers."""

import ipaddress
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from service.errors import WrongHost
from service.web.lean_flask import LeanFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_View = TypeVar("_View", bound=Callable[..., Any])
_HOST = re.compile(r"(?P<name>\[[^\[\]]*\]|[^:\[\]]*?)\.?(:\d*)?")  # a name, or an address, and a port
_MAX_LENGTH = 300  # of a name there is, with its port: 259
_NUM_KEPT = 256  # of the hosts that were asked for last, whether they are answered


def register(app: LeanFlask, names: Collection[str]) -> None:
    """Answer a request only if it is for an address, for a name of this machine alone, or for one that is listed.

    A browser that was led here by a name of somebody else's (DNS rebinding) sends that name. Where keys are asked for
    there is no need: a page that was led here has none.

    Args:
        app: Its views answer for any host only where they are marked by `for_any_host`.
        names: In lower case; one that begins with a dot is for all names below it too, `*` for every name.
    """
    if "*" in names:
        return

    @lru_cache(_NUM_KEPT)
    def is_ours(host: str) -> bool:
        match = _HOST.fullmatch(host.lower())
        name = match["name"] if match else "?"
        if not name or f".{name}".endswith(".localhost") or name in names:
            return True  # without a name it is an old client, and no browser
        if any(listed[0] == "." and f".{name}".endswith(listed) for listed in names):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    def check(environ: "WSGIEnvironment", view: Callable[..., Any]) -> None:
        host = environ.get("HTTP_HOST", "")
        if not (len(host) <= _MAX_LENGTH and is_ours(host)) and not getattr(view, "is_for_any_host", False):
            raise WrongHost("add the name that is asked to SERVICE_ALLOWED_HOSTS, or use an address or localhost")

    app.checks.append(check)


def for_any_host(view: _View) -> _View:
    """Mark a view that answers by whichever name it is asked: for probes, whose senders have their own names for it."""
    view.is_for_any_host = True  # type: ignore[attr-defined]  # functions take attributes
    return view
