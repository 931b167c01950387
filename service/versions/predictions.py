"""An encoded batch to what a version says of it."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from registry.contract.verdicts import Verdicts
from service.errors import NotAnswerable
from service.reading.pointers import pointer
from service.telemetry import request_log
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.unseen_values import MAX_WARNINGS, Unseen

_CONTRADICTING = "the decision is uncertain: only the other label would be possible by this version's limits"


@dataclass(frozen=True)
class Predictions:
    """What a version says of a batch; every array is of shape (num_instances,).

    Attributes:
        probabilities: Of the positive label, float32.
        positive: Whether the positive label is answered, bool.
        verdicts: All that the version can say of a student.
        said: Which of these is said of each, an index.
        spreads: Standard deviation of the members' probabilities, float32; None where there is only one member.
        unseen: Values that training has not seen, the first 1,000.
        num_unseen: How many there are in all.
        contradicting: Indices of those for whom only the label is possible that is not answered.
        engine_s: Seconds that the network took.
    """

    probabilities: np.ndarray
    positive: np.ndarray
    verdicts: Verdicts
    said: Sequence[int]
    spreads: np.ndarray | None
    unseen: Sequence[Unseen]
    num_unseen: int
    contradicting: Sequence[int]
    engine_s: float

    @property
    def num_warnings(self) -> int | None:
        """How many warnings there are, where not all of them are told."""
        num = self.num_unseen + len(self.contradicting)
        return num if num > MAX_WARNINGS else None

    def warnings(self, pointer_to: Callable[[int], str]) -> Iterator[tuple[int, dict[str, str]]]:
        """What is to be said beside the answers, the first 1,000: index of an instance, and a warning as JSON has it.

        Args:
            pointer_to: Gives the pointer to an instance by its index.
        """
        for row, name, detail in self.unseen:
            yield row, {"pointer": pointer(pointer_to(row), name), "detail": detail}
        for row in self.contradicting[: MAX_WARNINGS - len(self.unseen)]:
            yield row, {"pointer": pointer_to(row), "detail": _CONTRADICTING}

    @property
    def risks(self) -> np.ndarray:
        """Probabilities of the negative label, float32."""
        return 1 - self.probabilities

    @property
    def labels(self) -> list[str]:
        """The labels that are answered."""
        return self.of_each([verdict.label for verdict in self.verdicts])

    @property
    def decisions(self) -> list[str] | None:
        """The label or `uncertain` for each; None where the version does not decide."""
        decisions = [verdict.decision for verdict in self.verdicts if verdict.decision is not None]
        return self.of_each(decisions) if decisions else None

    @property
    def risk_levels(self) -> list[str]:
        """How much at risk each is, one of RISK_LEVELS."""
        return self.of_each([verdict.risk_level for verdict in self.verdicts])

    def of_each(self, texts: Sequence[str]) -> list[str]:
        """What stands for the verdict on each.

        Args:
            texts: What stands for each of `verdicts`.
        """
        return list(map(texts.__getitem__, self.said))


def to_texts(array: np.ndarray) -> list[str]:
    """Numbers as JSON has them; float32 in its shortest form.

    Args:
        array: Finite, of shape (num,).
    """
    return orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY).decode()[1:-1].split(",")


def predict(version: LoadedVersion, matrix: np.ndarray) -> Predictions:
    """Let a version answer, whoever asks.

    Args:
        version: Answers.
        matrix: Encoded instances, float32 of shape (num_instances, num_features).

    Raises:
        NotAnswerable: A probability is not finite.
    """
    started = time.perf_counter()
    probabilities, spreads = version.engine(matrix)
    engine_s = time.perf_counter() - started
    if not math.isfinite(probabilities.sum()):  # of numbers from 0 to 1: finite if each is
        raise NotAnswerable("the network gives no finite probability for some of these values; are they too large?")
    manifest = version.manifest
    positive = probabilities > manifest.threshold
    said, contradicting = positive, list[int]()
    if version.sets is not None:
        said = positive + 2 * version.sets.is_uncertain(probabilities)
        contradicting = version.sets.contradicting(probabilities).tolist()
    unseen, num_unseen = version.unseen_values.find(matrix)
    return Predictions(
        probabilities,
        positive,
        version.verdicts,
        said.tolist(),
        spreads,
        unseen,
        num_unseen,
        contradicting,
        engine_s,
    )


def answer_batch(version: LoadedVersion, matrix: np.ndarray, metrics: Metrics) -> Predictions:
    """Let a version answer the request at hand, whichever dialect asks.

    Args:
        version: Answers.
        matrix: Encoded instances, float32 of shape (num_instances, num_features).
        metrics: Count it.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    predictions = predict(version, matrix)
    manifest = version.manifest
    # A label for each of the many that may be stored would make the metrics grow with them.
    counted_as = "on demand" if version.is_on_demand else manifest.version
    metrics.answered(manifest.name, counted_as, manifest.schema.labels, predictions)
    request_log.note(model=manifest.name, version=manifest.version, num_instances=len(matrix))
    return predictions
