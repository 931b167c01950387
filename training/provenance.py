"""What a version was made with: libraries and commit."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

import tensorflow as tf


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
