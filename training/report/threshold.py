"""What the threshold means: whom it finds among those who fail, what that costs, and who chose it."""

from collections.abc import Iterator

from registry.store.manifest import Manifest
from training.report.words import of_100, quoted


def at_threshold(manifest: Manifest) -> Iterator[str]:
    """Who is called by which label, at a threshold that somebody chose or nobody did."""
    model, (negative, positive) = manifest.evaluation["model"], map(quoted, manifest.schema.labels)
    if "negative_recall" not in model or "balanced_accuracy" not in model:
        return
    wrongly = 1 - (2 * model["balanced_accuracy"]["value"] - model["negative_recall"]["value"])
    found = (
        f"it finds {of_100(model['negative_recall'])} of 100 with {negative}, and calls {100 * wrongly:.0f} of 100 "
        f"with {positive} {negative}"
    )
    decision = manifest.decision or {}
    at = f"{positive} is answered above {manifest.threshold:.3g}"
    if manifest.rule in ("help", "cost_ratio"):
        at += f" ({decision['threshold']['low']:.3g} to {decision['threshold']['high']:.3g})"
    match manifest.rule:
        case "help":
            yield f"So that {100 * decision['given']:.3g} of 100 students are helped, {at}: {found}."
        case "cost_ratio":
            yield f"Since to miss one is as bad as to help {decision['given']:g} in vain, {at}: {found}."
        case "threshold":
            yield f"As was chosen, {at}: {found}."
        case _:
            yield f"Unless [decision] in the dataset file chooses another threshold, {at}: {found}."
    if note := decision.get("note"):
        yield f"Of the threshold: {note}."
