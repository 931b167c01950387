"""How a process begins that trains: with what TensorFlow and Keras read when they are imported, which takes seconds."""

import os
from types import ModuleType


def start_job() -> ModuleType:
    """Import the job, `training.job`; its baselines' process, where it has one, imports what it needs meanwhile."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its results depend on the order in which threads finish
    from training.evaluation.baseline_forecasts import has_processors, start_worker

    if has_processors():
        start_worker()
    from training import job

    return job
