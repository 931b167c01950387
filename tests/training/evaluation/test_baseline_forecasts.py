"""Baselines fitted beside the networks: the same figures, and nothing left behind."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support import ROOT
from tests.support.http import eventually
from tests.support.tables import made, planned
from training.config import TrainingConfig
from training.evaluation.baseline_forecasts import baselines_beside, start_worker
from training.statistics.baselines import baselines
from training.statistics.folds import Folds


def in_session(leader: int) -> list[int]:
    """Processes that are running in a session, its leader among them."""
    listed = subprocess.run(["ps", "-eo", "pid=,sid=,stat="], capture_output=True, text=True, check=True).stdout
    return [
        int(pid)
        for pid, session, state in (line.split() for line in listed.splitlines())
        if int(session) == leader and not state.startswith("Z")
    ]


def test_baselines_beside_are_those_fitted_here() -> None:
    """To the last bit, in the order of the folds."""
    plan = planned(made(60, 3, signal=2), TrainingConfig())
    plan = replace(plan, folds=Folds(plan.folds.repeats[:1]))

    with baselines_beside(plan) as forecasts:
        found = forecasts()

    for name, forecast in baselines(plan.dataset, None).items():
        for fold, beside in zip(plan.folds.each, found.of_folds[name], strict=True):
            np.testing.assert_array_equal(beside, forecast(fold), name)
    assert found.by_time == {}


def test_a_process_that_is_killed_is_named() -> None:
    """For want of memory, for example; the next run has another."""
    plan = planned(made(60, 3, signal=2), TrainingConfig())
    plan = replace(plan, folds=Folds(plan.folds.repeats[:1]))
    worker = start_worker().submit(os.getpid).result()

    with baselines_beside(plan) as forecasts:
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(ChildProcessError, match="want of memory"):
            forecasts()

    assert start_worker().submit(os.getpid).result() != worker


@pytest.mark.parametrize("killed", [False, True], ids=["Ctrl-C", "killed"])
def test_no_process_outlives_the_job(tmp_path: Path, killed: bool) -> None:
    """Neither after Ctrl-C, which a terminal sends to all of them, nor where the job alone is killed."""
    command = [sys.executable, "-m", "training", "run", "--models", str(tmp_path)]
    job = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    eventually(lambda: len(in_session(job.pid)) > 1)

    if killed:
        job.kill()
    else:
        os.killpg(job.pid, signal.SIGINT)

    _, said = job.communicate()
    assert killed or said.strip() == "interrupted"
    eventually(lambda: not in_session(job.pid))
