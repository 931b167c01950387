"""What a version was made from and with: recipe, table, seed, libraries and commit."""

import platform
import subprocess
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import tensorflow as tf

from training.evaluation.diagnostics import diagnose
from training.network.recipes import Trained
from training.plan import Plan
from training.publishing.row_digests import key_name, table_digest


def provenance(plan: Plan, trained: Trained, key: bytes, recipe: str) -> dict[str, Any]:
    """The manifest's `training`.

    Args:
        plan: What the run set out with.
        trained: What it trained.
        key: The store's, under which table and rows are digested.
        recipe: The digest of how it was made, by which a run tells that there is nothing to do.
    """
    dataset = plan.dataset
    findings = diagnose(trained.curves, plan.config)
    return {
        "recipe": trained.recipe.name,
        "recipe_digest": recipe,
        "config": asdict(trained.config),
        "chosen": [name for name in ("l2", "skip_l2") if getattr(plan.config, name) is None],
        "findings": [asdict(finding) | {"advice": finding.advice} for finding in findings],
        "seed": plan.seed,
        "data": dataset.file,
        "data_digest": table_digest(dataset.sha256, key),
        "num_rows": len(dataset.labels),
        "num_students": dataset.num_students,
        "num_positive": int(dataset.labels.sum()),
        "target": asdict(plan.target),
        "rows_key": key_name(key),
        "versions": library_versions(),
        "git_commit": git_commit(),
    }


def library_versions() -> dict[str, str]:
    """The libraries whose versions decide what comes out."""
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__}
    return versions | {name: metadata.version(name) for name in ("keras", "ai-edge-litert", "numpy", "scikit-learn")}


def git_commit() -> str | None:
    """The commit that this program was checked out at, with `-dirty` where it was changed; None outside git."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40", "--match="]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
