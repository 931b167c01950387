"""Whether a candidate may become champion, and the reasons with their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.errors import StoreError
from registry.manifest import Manifest
from registry.store import CHAMPION, ModelStore
from training.dataset import Dataset

MIN_STUDENTS = 50
MIN_SMALLER_CLASS = 10
TOLERANCE = 0.02  # nats of log loss


@dataclass(frozen=True)
class Decision:
    """What the gate says.

    Attributes:
        verdict: `promoted`, `rejected` or `insufficient_data`.
        reasons: Why, with figures.
        promote: Whether the candidate replaces the champion.
        over: The champion that it was held against.
    """

    verdict: str
    reasons: tuple[str, ...]
    promote: bool
    over: int | None


def decide(evaluation: Mapping[str, Any], dataset: Dataset, store: ModelStore) -> Decision:
    """Judge a candidate by its evaluation and by the champion that it would replace.

    Log loss decides, not accuracy: the probability is what is answered.

    Args:
        evaluation: The manifest's `evaluation`.
        dataset: What it was trained on; students are counted, not their rows.
        store: Where the champion is.

    Returns:
        The decision. `insufficient_data` replaces only a champion that itself had that verdict, or one that can't be
        read; `rejected` replaces none.
    """
    over = store.aliases().get(CHAMPION)
    smaller = min(len(np.unique(dataset.students[dataset.labels == label])) for label in (0, 1))
    if dataset.num_students < MIN_STUDENTS or smaller < MIN_SMALLER_CLASS:
        reason = (
            f"{dataset.num_students} students, {smaller} with the rarer label: under {MIN_STUDENTS} students, or "
            f"{MIN_SMALLER_CLASS} with the rarer label, nothing can be shown"
        )
        return Decision("insufficient_data", (reason,), _had_insufficient_data(store, over), over)
    candidate = evaluation["model"]["log_loss"]["value"]
    reasons, good = [], True
    for name, tolerance in (("majority", 0.0), ("logistic_regression", TOLERANCE)):
        other = evaluation["baselines"][name]["log_loss"]["value"]
        passed = candidate < other + tolerance
        good = good and passed
        verb, bound = "is" if passed else "is not", f"at most {tolerance} above" if tolerance else "below"
        reasons.append(f"log loss {candidate:.3f} {verb} {bound} {name.replace('_', ' ')}'s {other:.3f}")
    return Decision("promoted" if good else "rejected", tuple(reasons), good, over)


def _had_insufficient_data(store: ModelStore, champion: int | None) -> bool:
    if champion is None:
        return True
    try:
        manifest: Manifest = store.manifest(champion)
    except StoreError:
        return True
    return manifest.verdict == "insufficient_data"
