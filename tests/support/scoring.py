"""`python -m service score`, as a user runs it."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tests.support import ROOT
from tests.support.processes import run


def score(
    models: Path, *arguments: str | Path, model: str = "pass_fail", **environ: Any
) -> subprocess.CompletedProcess[str]:
    return run("service", "score", *arguments, SERVICE_MODELS_DIR=str(models), SERVICE_MODEL=model, **environ)


def start(models: Path, *arguments: str | Path, model: str = "pass_fail") -> subprocess.Popen[bytes]:
    """The same on pipes."""
    command = [sys.executable, "-m", "service", "score", *map(str, arguments)]
    environ = os.environ | {"SERVICE_MODELS_DIR": str(models), "SERVICE_MODEL": model}
    pipe = subprocess.PIPE
    # As from a terminal: in the background of a shell, where tests may run too, an interrupt is ignored.
    first = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=first)
