"""Manifests as a run writes them, with what a test changes, for what is said of them in words."""

from typing import Any

from registry.contract.features import FeatureSchema, Number
from registry.store.manifest import Manifest


def figure(value: float, half: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def manifest(verdict: str = "promoted", **changes: Any) -> Manifest:
    """A version that tells students apart well, with parts of it changed."""
    parts: dict[str, Any] = {
        "area": 0.9,
        "comparisons": {"majority": figure(-0.2), "logistic_regression": figure(0.0), "random_forest": figure(-0.05)},
        "audit": {},
        "conformal": None,
        "gate": {},
        "training": {},
        "groups": [],
        "slope": figure(1.0),
        "help": {"left_out": "too few"},
    } | changes
    audit = {
        "num_suspect_labels": 0,
        "num_duplicate_rows": 0,
        "num_contradictory_rows": 0,
        "num_different_rows": 190,
        "leakage": [],
    } | parts["audit"]
    return Manifest(
        name="made",
        created="",
        identity="",
        schema=FeatureSchema((Number("a"),)),
        threshold=0.5,
        engines=(),
        training={"recipe": "ensemble", "num_rows": 200, "num_students": 200, "num_positive": 150, "findings": []}
        | parts["training"],
        evaluation={
            "model": {
                "log_loss": figure(0.4),
                "roc_auc": figure(parts["area"]),
                "negative_recall": figure(0.7),
                "balanced_accuracy": figure(0.8),
            },
            "baselines": {name: {"log_loss": figure(0.5)} for name in parts["comparisons"]},
            "comparisons": parts["comparisons"],
            "calibration": {"slope": parts["slope"]},
            "groups": parts["groups"],
            "reliability": [],
            "help": parts["help"],
        },
        gate={"verdict": verdict, "reasons": []} | parts["gate"],
        conformal=parts["conformal"],
        audit=audit,
    )
