"""The baselines' forecasts of held-out rows, made beside the training of the networks where there are processors."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
from joblib.externals.loky import BrokenProcessPool, get_reusable_executor

from training.config import Target
from training.plan import Plan
from training.statistics.baselines import baselines
from training.statistics.folds import Fold
from training.table.dataset import Dataset

_IDLE_S = 60  # then the process ends; the next run would start another


@dataclass(frozen=True)
class BaselineForecasts:
    """What each baseline forecasts for rows that it was not fitted on.

    Attributes:
        of_folds: Baseline → P(positive) of the test rows of each fold of each repeat, in order.
        by_time: Baseline → the same of the last period; empty where there is no fold by time.
    """

    of_folds: dict[str, list[np.ndarray]]
    by_time: dict[str, np.ndarray]


@contextmanager
def baselines_beside(plan: Plan) -> Iterator[Callable[[], BaselineForecasts]]:
    """Begin to fit the baselines in a process of their own, and go on meanwhile.

    In a process, since their fits and TensorFlow's graphs would wait for one another's Python; none that is forked,
    which TensorFlow does not survive. On a single processor they are fitted here, when they are asked for.

    Args:
        plan: The rows, and who is held out when.

    Returns:
        What to call for the forecasts; they are the same wherever they are made.

    Raises:
        ChildProcessError: When they are asked for: the process was killed, for want of memory for example.
    """
    # All that a fit asks of it; the rest would be sent for nothing.
    dataset = replace(plan.dataset, groups={}, periods=None, period_names=(), rows=np.empty(0, dtype=np.int64))
    if not has_processors():
        yield lambda: _gather(plan, [_forecast(dataset, plan.target, fold) for fold in plan.outer])
        return
    worker = start_worker()
    tasks = [worker.submit(_forecast, dataset, plan.target, fold) for fold in plan.outer]

    def forecasts() -> BaselineForecasts:
        # Of what has not begun the last is taken back and done here, rather than waited for.
        here = {
            number: _forecast(dataset, plan.target, fold)
            for number, (task, fold) in reversed([*enumerate(zip(tasks, plan.outer, strict=True))])
            if task.cancel()
        }
        try:
            return _gather(plan, [here.get(number) or task.result() for number, task in enumerate(tasks)])
        except BrokenProcessPool as error:
            raise ChildProcessError(
                "the process that fits the baselines has ended before it was done; was it killed, for want of memory?"
            ) from error

    try:
        yield forecasts
    except BaseException:
        worker.shutdown(wait=False, kill_workers=True)
        raise


def has_processors() -> bool:
    """Whether the baselines have a processor to themselves; as many as this process, or its container, may use."""
    return int(joblib.cpu_count()) > 1


def start_worker() -> Any:
    """The process in which baselines are fitted, started if it is not there; it imports what it needs at once."""
    return get_reusable_executor(max_workers=1, timeout=_IDLE_S, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    """Leave Ctrl-C to the job, which ends this process; and end where the job was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _forecast(dataset: Dataset, target: Target, fold: Fold) -> dict[str, np.ndarray]:
    rivals = baselines(dataset, target.at_least, target.at_most)
    return {name: forecast(fold) for name, forecast in rivals.items()}


def _gather(plan: Plan, by_fold: list[dict[str, np.ndarray]]) -> BaselineForecasts:
    num_folds = len(plan.folds.each)
    of_folds = {name: [forecasts[name] for forecasts in by_fold[:num_folds]] for name in by_fold[0]}
    return BaselineForecasts(of_folds, by_fold[num_folds] if len(by_fold) > num_folds else {})
