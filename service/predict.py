"""An encoded batch to what the network says of it, and that to the answer of `/predict`."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.conformal import UNCERTAIN
from service import request_log
from service.errors import NotAnswerable
from service.seen_values import Unseen
from service.telemetry import Metrics
from service.validation import Batch, pointer
from service.versions import LoadedVersion


@dataclass(frozen=True)
class Scores:
    """What a version says of a batch; every array is of shape (num_instances,).

    Attributes:
        probabilities: Of the positive label, float32.
        positive: Whether the positive label is answered, bool.
        decisions: A label or `uncertain` for each; None where the version does not decide.
        spreads: Standard deviation of the members' probabilities, float32; None where there is only one member.
        unseen: Values that training has not seen, the first 1,000.
        num_unseen: How many there are in all.
    """

    probabilities: np.ndarray
    positive: np.ndarray
    decisions: Sequence[str] | None
    spreads: np.ndarray | None
    unseen: Sequence[Unseen]
    num_unseen: int

    def labels(self, names: tuple[str, str]) -> list[str]:
        """The labels that are answered, by the names of the negative and the positive one."""
        return [names[passed] for passed in self.positive.tolist()]


def score(version: LoadedVersion, matrix: np.ndarray, metrics: Metrics) -> Scores:
    """Let a version answer, whichever dialect asks.

    Args:
        version: Answers.
        matrix: Encoded instances, float32 of shape (num_instances, num_features).
        metrics: Count it.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    started = time.perf_counter()
    probabilities, spreads = version.engine(matrix)
    metrics.engine.observe(time.perf_counter() - started)
    if not np.isfinite(probabilities).all():
        raise NotAnswerable("the network gives no finite probability for some of these values; are they too large?")
    manifest = version.manifest
    labels = manifest.schema.labels
    positive = probabilities > manifest.threshold
    decisions = None
    if version.sets is not None:
        names = (*labels, UNCERTAIN)
        decisions = [names[decided] for decided in version.sets.decide(probabilities).tolist()]
    unseen, num_unseen = version.seen.find(matrix)
    metrics.answered(manifest.version, labels, positive, probabilities)
    if num_unseen:
        metrics.warnings.inc(num_unseen)
    request_log.note(version=manifest.version, num_instances=len(matrix))
    return Scores(probabilities, positive, decisions, spreads, unseen, num_unseen)


def predict(version: LoadedVersion, batch: Batch, metrics: Metrics) -> dict[str, Any]:
    """Answer a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.
        metrics: Count it.

    Returns:
        `{"model": {"name", "version"}, "predictions": [{"label", "probability"}]}` in the order sent. Where they apply,
        and only then, a prediction also has `decision` (a label, or `uncertain`), `spread` (standard deviation of the
        members' probabilities), `warnings` (`{"pointer", "detail"}` for each value that training has not seen) and the
        `id` that came. Of more than 1,000 warnings there are the first, and `num_warnings` beside the predictions.
        Numbers stay float32, which is written in its shortest form.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    manifest = version.manifest
    scores = score(version, batch.matrix, metrics)
    predictions: list[dict[str, Any]] = [
        {"label": label, "probability": probability}
        for label, probability in zip(scores.labels(manifest.schema.labels), scores.probabilities, strict=True)
    ]
    if scores.decisions is not None:
        for prediction, decision in zip(predictions, scores.decisions, strict=True):
            prediction["decision"] = decision
    if scores.spreads is not None:
        for prediction, spread in zip(predictions, scores.spreads, strict=True):
            prediction["spread"] = spread
    for position, name, detail in scores.unseen:
        warning = {"pointer": pointer(batch.pointer_to(position), name), "detail": detail}
        predictions[position].setdefault("warnings", []).append(warning)
    if batch.ids is not None:
        for prediction, value in zip(predictions, batch.ids, strict=True):
            if value is not None:
                prediction["id"] = value
    answer = {"model": {"name": manifest.name, "version": manifest.version}, "predictions": predictions}
    return answer if scores.num_unseen == len(scores.unseen) else answer | {"num_warnings": scores.num_unseen}
