"""The answers of `/model` and `/models`: what serves, what it is, and what became of the other versions."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import ModelStore
from service.versions.for_clients import manifest_for_clients
from service.versions.models import Models
from service.versions.snapshot import Snapshot
from service.versions.versions import Versions

USES = ("yes", "care", "no")


def describe_model(versions: Versions) -> dict[str, Any]:
    """Describe the version that answers by default and list the others.

    Returns:
        `name`, `version`, `engine` (`name`, `why`), `manifest`, `typical` (a student like most; null where
        the version keeps nothing to tell), and `versions`: each with `version`, `state`
        (`serving`, `loaded`, `refused`, or `stored`: in the store only), `aliases` and, where refused, the `reason`;
        and, where not all is well with the store, a `problem`.

    Raises:
        NotReady: No version is loaded.
    """
    snapshot = versions.snapshot
    serving = snapshot.find()
    return {
        "name": serving.manifest.name,
        "version": serving.manifest.version,
        "engine": {"name": serving.choice.name, "why": serving.choice.why},
        "manifest": manifest_for_clients(serving.manifest),
        "typical": serving.typical,
        "versions": list_versions(snapshot),
    } | ({} if snapshot.problem is None else {"problem": snapshot.problem})


def describe_versions(store: ModelStore, snapshot: Snapshot) -> list[dict[str, Any]]:
    """List the versions as `list_versions` does, with what their manifests say of their making.

    Returns:
        Each that can be read also has `created`, `verdict`, `use` (whether to use it: `yes`, `care` or `no`), `advice`
        (the same in a sentence; null of earlier releases), `num_students`, `labels`, `threshold`, `decision` (how that
        was chosen; null of earlier releases), and `evaluation`: the `model`'s figures and those of the `baselines`,
        each `{value, low, high}`.
    """
    listed = list_versions(snapshot)
    for entry in listed:
        number = entry["version"]
        try:
            manifest = manifest_of(store, snapshot, number)
        except StoreError as error:
            entry["reason"] = entry["reason"] or str(error)
            continue
        entry |= {
            "created": manifest.created,
            "verdict": manifest.verdict,
            "use": _use(manifest),
            "advice": manifest.gate.get("advice", {}).get("headline"),
            "num_students": manifest.training.get("num_students"),
            "labels": manifest.schema.labels,
            "threshold": manifest.threshold,
            "decision": manifest.decision,
            "evaluation": {name: manifest.evaluation.get(name, {}) for name in ("model", "baselines")},
        }
    return listed


def _use(manifest: Manifest) -> str:
    """Whether to use a version; of an earlier release, which gave no advice, by the gate's verdict alone."""
    use = manifest.gate.get("advice", {}).get("use")
    if use in USES:
        return str(use)
    return "care" if manifest.verdict == "promoted" else "no"


def manifest_of(store: ModelStore, snapshot: Snapshot, number: int) -> Manifest:
    """A version's manifest, from memory where it is loaded.

    Raises:
        StoreError: There is no such version, or it can't be read.
    """
    loaded = snapshot.loaded.get(number)
    return store.manifest(store.resolve(number)) if loaded is None else loaded.manifest


def describe_models(models: Models, names: Iterable[str]) -> list[dict[str, Any]]:
    """List models by name; of one that is not loaded, what its store says, of which some hundred bytes are read.

    Returns:
        `name`, `version` (what answers, or would), `verdict`, `published` and `age_s` (seconds since then), each null
        where there is no version, `loaded`, and `problem`: why nothing, or not what was asked for, is served; or null.
    """
    loaded, now = models.loaded(), datetime.now(UTC)
    listed = []
    for name in names:
        versions = loaded.get(name)
        snapshot = Snapshot(problem=None) if versions is None else versions.snapshot
        store = models.store(name) if versions is None else versions.store
        number, verdict, published, problem = snapshot.serving, None, None, snapshot.problem
        try:
            if versions is None:
                number = store.resolve(models.reference)
            if number is not None:
                verdict, published = _publication(store, snapshot, number)
        except StoreError as error:
            problem = problem or str(error)
        age_s = None if published is None else _age_s(published, now)
        listed.append(
            {
                "name": name,
                "version": number,
                "verdict": verdict,
                "published": published,
                "age_s": age_s,
                "loaded": versions is not None,
                "problem": problem,
            }
        )
    return listed


def _age_s(published: str, now: datetime) -> int | None:
    """Seconds since a time; None of one that is none, as whoever writes to a store may have put there."""
    try:
        return round((now - datetime.fromisoformat(published)).total_seconds())
    except (TypeError, ValueError):  # the first without a time zone
        return None


def _publication(store: ModelStore, snapshot: Snapshot, number: int) -> tuple[str, str]:
    """Verdict and time of a publication; of a version that was copied in, by its manifest, which takes longer."""
    event = store.publication(number)
    match event:
        case {"verdict": str(verdict), "time": str(time)}:
            return verdict, time
    manifest = manifest_of(store, snapshot, number)
    return manifest.verdict, manifest.created


def list_versions(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every version that is stored, loaded or refused, with what became of it; nobody waits for the store."""
    listed = []
    for number in sorted({*snapshot.stored, *snapshot.loaded, *snapshot.refused}):
        aliases = sorted(alias for alias, named in snapshot.aliases.items() if named == number)
        if number == snapshot.serving:
            state = "serving"
        elif number in snapshot.loaded:
            state = "loaded"
        else:
            state = "refused" if number in snapshot.refused else "stored"
        entry = {"version": number, "state": state, "aliases": aliases, "reason": snapshot.refused.get(number)}
        listed.append(entry)
    return listed
