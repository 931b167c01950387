"""Checked instances to the answer of `/predict`."""

from typing import Any

import numpy as np

from registry.conformal import UNCERTAIN
from service.errors import NotAnswerable
from service.validation import Batch, pointer
from service.versions import LoadedVersion


def predict(version: LoadedVersion, batch: Batch) -> dict[str, Any]:
    """Answer a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.

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
    probabilities, spreads = version.engine(batch.matrix)
    if not np.isfinite(probabilities).all():
        raise NotAnswerable("the network gives no finite probability for some of these values; are they too large?")
    positive = probabilities > manifest.threshold
    labels = manifest.schema.labels
    predictions: list[dict[str, Any]] = [
        {"label": labels[passed], "probability": probability}
        for passed, probability in zip(positive.tolist(), probabilities, strict=True)
    ]
    if version.sets is not None:
        decisions = (*labels, UNCERTAIN)
        for prediction, decided in zip(predictions, version.sets.decide(probabilities).tolist(), strict=True):
            prediction["decision"] = decisions[decided]
    if spreads is not None:
        for prediction, spread in zip(predictions, spreads, strict=True):
            prediction["spread"] = spread
    unseen, num_unseen = version.seen.find(batch.matrix)
    for position, name, detail in unseen:
        warning = {"pointer": pointer(batch.pointer_to(position), name), "detail": detail}
        predictions[position].setdefault("warnings", []).append(warning)
    if batch.ids is not None:
        for prediction, value in zip(predictions, batch.ids, strict=True):
            if value is not None:
                prediction["id"] = value
    answer = {"model": {"name": manifest.name, "version": manifest.version}, "predictions": predictions}
    return answer if num_unseen == len(unseen) else answer | {"num_warnings": num_unseen}
