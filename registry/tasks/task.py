"""A task, and what became of it."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

RETRIES = 2  # of a task whose process was killed; then it is more likely the task than chance


@dataclass(frozen=True)
class Task:
    """What is done elsewhere.

    Attributes:
        name: What people call it. Logs and a cluster's pages show it, and nothing else of a task.
        function: Of a module, so that another process finds it by its name.
        payload: What it is called with; all of it travels, and is never shown.
    """

    name: str
    function: Callable[[Any], Any]
    payload: Any = field(repr=False)

    def pickled(self) -> bytes:
        """Function and payload, to be sent."""
        return pickle.dumps((self.function, self.payload), protocol=pickle.HIGHEST_PROTOCOL)


@dataclass(frozen=True)
class Result:
    """What became of a task.

    Attributes:
        task: Which.
        value: What its function gave.
        error: Why there is nothing, in words; a traceback, whose last line says it, where nobody expected the error.
    """

    task: Task
    value: Any = None
    error: str | None = None
