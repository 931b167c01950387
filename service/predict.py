"""An encoded batch of a request to its answer, counted and logged; and that to the answer of `/predict`."""

from collections.abc import Iterable
from itertools import chain, repeat

import numpy as np
import orjson
from flask import request

from registry.conformal import UNCERTAIN
from service import request_log
from service.loaded import LoadedVersion
from service.scores import Scores, score, to_texts
from service.telemetry import Metrics
from service.validation import Batch, pointer


def answer_batch(version: LoadedVersion, matrix: np.ndarray, metrics: Metrics) -> Scores:
    """Let a version answer the request at hand, whichever dialect asks.

    Args:
        version: Answers.
        matrix: Encoded instances, float32 of shape (num_instances, num_features).
        metrics: Count it.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    scores = score(version, matrix)
    manifest = version.manifest
    metrics.answered(manifest.version, manifest.schema.labels, scores)
    request_log.note(request.environ, version=manifest.version, num_instances=len(matrix))
    return scores


def predict(version: LoadedVersion, batch: Batch, metrics: Metrics) -> bytes:
    """Answer a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.
        metrics: Count it.

    Returns:
        JSON: `{"model": {"name", "version"}, "predictions": [{"label", "probability"}]}` in the order sent. Where they
        apply, and only then, a prediction also has `decision` (a label, or `uncertain`), `spread` (standard deviation
        of the members' probabilities), `warnings` (`{"pointer", "detail"}` for each value that training has not seen)
        and the `id` that came. Of more than 1,000 warnings there are the first, and `num_warnings` beside the
        predictions. Numbers are float32 in their shortest form.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    scores = answer_batch(version, batch.matrix, metrics)
    manifest = version.manifest
    # As text, column by column: a large answer is mostly this, and an object for each prediction takes twice as long.
    begins = [f'}},{{"label":{_to_json(label)},"probability":' for label in manifest.schema.labels]
    columns: list[Iterable[str]] = [scores.labels(begins), to_texts(scores.probabilities)]
    if scores.decisions is not None:
        ends = {name: f',"decision":{_to_json(name)}' for name in (*manifest.schema.labels, UNCERTAIN)}
        columns.append(map(ends.__getitem__, scores.decisions))
    if scores.spreads is not None:
        columns += repeat(',"spread":'), to_texts(scores.spreads)
    if scores.unseen or batch.ids is not None:
        columns.append(_rest(scores, batch))
    predictions = "".join(chain.from_iterable(zip(*columns, strict=False))).removeprefix("},") + "}"
    model = _to_json({"name": manifest.name, "version": manifest.version})
    num_warnings = f',"num_warnings":{scores.num_unseen}' if scores.num_unseen > len(scores.unseen) else ""
    return f'{{"model":{model},"predictions":[{predictions}]{num_warnings}}}'.encode()


def _rest(scores: Scores, batch: Batch) -> list[str]:
    """What only some predictions have, as the end of each one's text: warnings and id."""
    rest = [""] * len(batch.matrix)
    warnings: dict[int, list[dict[str, str]]] = {}
    for position, name, detail in scores.unseen:
        warning = {"pointer": pointer(batch.pointer_to(position), name), "detail": detail}
        warnings.setdefault(position, []).append(warning)
    for position, found in warnings.items():
        rest[position] = f',"warnings":{_to_json(found)}'
    for position, value in enumerate(batch.ids or ()):
        if value is not None:
            rest[position] += f',"id":{_to_json(value)}'
    return rest


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()
