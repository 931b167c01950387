"""The answer of `/model`: what serves, what it is, and what became of the other versions."""

from typing import Any

from registry.errors import StoreError
from service.versions import Versions


def describe(versions: Versions) -> dict[str, Any]:
    """Describe the version that answers by default and list the others.

    Returns:
        `name`, `version`, `engine` (`name`, `why`), `manifest`, and `versions`: each with `version`, `state`
        (`serving`, `loaded`, `refused`, or `stored`: on disk only), `aliases` and, where refused, the `reason`.

    Raises:
        NotReady: No version is loaded.
    """
    snapshot = versions.snapshot
    serving = snapshot.find()
    try:
        stored = versions.store.versions()
    except StoreError:
        stored = []
    listed = []
    for number in sorted({*stored, *snapshot.loaded, *snapshot.refused}):
        aliases = sorted(alias for alias, named in snapshot.aliases.items() if named == number)
        if number == serving.manifest.version:
            state = "serving"
        elif number in snapshot.loaded:
            state = "loaded"
        else:
            state = "refused" if number in snapshot.refused else "stored"
        entry = {"version": number, "state": state, "aliases": aliases, "reason": snapshot.refused.get(number)}
        listed.append(entry)
    return {
        "name": serving.manifest.name,
        "version": serving.manifest.version,
        "engine": {"name": serving.choice.name, "why": serving.choice.why},
        "manifest": serving.manifest.to_dict(),
        "versions": listed,
    }
