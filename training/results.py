"""What a run found, typed, and the one place where it becomes the manifest's JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from registry.store.audits import without_rows
from registry.store.manifest import Manifest, ProvenEngine
from training.evaluation.answers import Answers
from training.evaluation.audit import Audit
from training.evaluation.evaluation import Evaluation
from training.evaluation.importance import Importance
from training.plan import Plan
from training.promotion.champion import Comparison
from training.promotion.gate import GateDecision
from training.report.advice import advise
from training.statistics.calibration import Calibration
from training.statistics.conformal import Conformal
from training.statistics.figure import LeftOut
from training.statistics.threshold import Threshold


@dataclass(frozen=True)
class Results:
    """What a run found.

    Attributes:
        evaluation: How good the network is on students that it has not seen.
        calibration: Of the published network; None where it is not calibrated.
        threshold: Above which it answers the positive label, and who chose that.
        conformal: Its prediction sets, or why there are none.
        audit: What is odd about the table.
        champion: What it was compared with; None where there was none.
        answers: What the published network answers.
        importances: What each feature is worth to the network, the most important first.
        decision: The gate's.
    """

    evaluation: Evaluation
    calibration: Calibration | None
    threshold: Threshold
    conformal: Conformal | LeftOut
    audit: Audit
    champion: Comparison | None
    answers: Answers
    importances: list[Importance]
    decision: GateDecision


def write_manifest(
    plan: Plan, results: Results, training: Mapping[str, Any], identity: str, engines: tuple[ProvenEngine, ...]
) -> Manifest:
    """The manifest of a version that is about to be published.

    Args:
        plan: What the run set out with.
        results: What it found.
        training: The manifest's `training`, what the version was made from.
        identity: Of the published network.
        engines: Proven at export.
    """
    calibration, decision = results.calibration, results.decision
    manifest = Manifest(
        name=plan.dataset.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        identity=identity,
        schema=plan.dataset.schema,
        threshold=results.threshold.threshold.value,
        engines=engines,
        training=training,
        evaluation=as_document(results.evaluation) | {"importance": as_document(results.importances)},
        calibration=None if calibration is None else asdict(calibration),
        conformal=as_document(results.conformal),
        decision=as_document(results.threshold),
        audit=without_rows(as_document(results.audit)),
        gate={
            "verdict": decision.verdict,
            "reasons": list(decision.reasons),
            "failed": list(decision.failed),
            "champion": as_document(results.champion),
            "published": as_document(results.answers),
        },
    )
    return replace(manifest, gate={**manifest.gate, "advice": asdict(advise(manifest))})


def as_document(result: Any) -> Any:
    """A typed result as JSON has it: its attributes by name and in order.

    An attribute whose default is None is left out where it is None; any other is always there.
    """
    if is_dataclass(result):
        values = [(each, getattr(result, each.name)) for each in fields(result)]
        return {
            each.name: as_document(value) for each, value in values if value is not None or each.default is not None
        }
    if isinstance(result, Mapping):
        return {key: as_document(value) for key, value in result.items()}
    if isinstance(result, list | tuple):
        return [as_document(value) for value in result]
    return result
