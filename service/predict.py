"""Checked instances to the answer of `/predict`."""

from typing import Any

import numpy as np

from service.errors import NotAnswerable
from service.validation import Batch
from service.versions import LoadedVersion


def predict(version: LoadedVersion, batch: Batch) -> dict[str, Any]:
    """Answer a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.

    Returns:
        `{"model": {"name", "version"}, "predictions": [{"label", "probability"}]}` in the order sent; an `id` where one
        came. Probabilities stay float32, which is written in its shortest form.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    manifest = version.manifest
    probabilities = version.engine(batch.matrix)
    if not np.isfinite(probabilities).all():
        raise NotAnswerable("the network gives no finite probability for some of these values; are they too large?")
    positive = probabilities > manifest.threshold
    labels = manifest.schema.labels
    predictions: list[dict[str, Any]] = [
        {"label": labels[passed], "probability": probability}
        for passed, probability in zip(positive.tolist(), probabilities, strict=True)
    ]
    if batch.ids is not None:
        for prediction, value in zip(predictions, batch.ids, strict=True):
            if value is not None:
                prediction["id"] = value
    return {"model": {"name": manifest.name, "version": manifest.version}, "predictions": predictions}
