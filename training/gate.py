"""Whether a candidate may become champion, and the reasons with their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.errors import StoreError
from registry.manifest import Manifest
from registry.store import CHAMPION, ModelStore

MIN_ROWS = 50
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


def decide(evaluation: Mapping[str, Any], labels: np.ndarray, store: ModelStore) -> Decision:
    """Judge a candidate by its evaluation and by the champion that it would replace.

    Log loss decides, not accuracy: the probability is what is answered.

    Args:
        evaluation: The manifest's `evaluation`.
        labels: 0 or 1, shape (num_rows,).
        store: Where the champion is.

    Returns:
        The decision. `insufficient_data` replaces only a champion that itself had that verdict, or one that can't be
        read; `rejected` replaces none.
    """
    over = store.aliases().get(CHAMPION)
    smaller = int(np.bincount(labels, minlength=2).min())
    if len(labels) < MIN_ROWS or smaller < MIN_SMALLER_CLASS:
        reason = (
            f"{len(labels)} rows, {smaller} of the smaller class: under {MIN_ROWS} rows or {MIN_SMALLER_CLASS} of the "
            "smaller class nothing can be shown"
        )
        return Decision("insufficient_data", (reason,), _had_insufficient_data(store, over), over)
    candidate = evaluation["model"]["log_loss"]["value"]
    reasons, good = [], True
    for name, margin in (("majority", 0.0), ("logistic_regression", TOLERANCE)):
        other = evaluation["baselines"][name]["log_loss"]["value"]
        passed = candidate < other + margin
        good = good and passed
        reasons.append(
            f"log loss {candidate:.3f} is {'' if passed else 'not '}below {name.replace('_', ' ')}'s {other:.3f}"
            + (f" + {margin}" if margin else "")
        )
    return Decision("promoted" if good else "rejected", tuple(reasons), good, over)


def _had_insufficient_data(store: ModelStore, champion: int | None) -> bool:
    if champion is None:
        return True
    try:
        manifest: Manifest = store.manifest(champion)
    except StoreError:
        return True
    return manifest.verdict == "insufficient_data"
