"""An encoded batch of a request to its answer, counted and logged; and that to the answer of `/predict`."""

from collections.abc import Iterable
from itertools import chain, repeat

import orjson

from registry.contract.conformal import UNCERTAIN
from service.reading.instances import Batch
from service.reading.pointers import pointer
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import Scores, answer_batch, to_texts


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
