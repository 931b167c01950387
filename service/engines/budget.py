"""How much a network may be asked for one request: so many rows, and no more once its client has left."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from service.engines.engine import Answers, Engine
from service.errors import ClientHasLeft
from service.server.connection import REQUEST

NUM_ROWS = 2**22  # that the network answers for one request: 1 to 5 s, by the number of features


def stop_if_left(environ: Mapping[str, Any]) -> None:
    """Between two steps of what may take long.

    Args:
        environ: WSGI's, of the request.

    Raises:
        ClientHasLeft: Nobody waits for the answer.
    """
    server_request = environ.get(REQUEST)  # none without the server
    if server_request is not None and server_request.has_left:
        raise ClientHasLeft("the client has left")


class BudgetSpent(Exception):  # no error: what was found by then is answered
    """The next answers would be more than are left."""


class Budget:
    """Rows that are left to a request."""

    def __init__(self, environ: Mapping[str, Any], num_rows: int = NUM_ROWS) -> None:
        """Begin with all of them.

        Args:
            environ: WSGI's, of the request.
            num_rows: How many.
        """
        self.environ = environ
        self.num_rows = num_rows


class MeteredEngine:
    """An engine on a part of a budget.

    Attributes:
        is_spent: Whether it had to refuse.
    """

    def __init__(self, engine: Engine, budget: Budget, share: int = 1) -> None:
        """Meter an engine.

        Args:
            engine: Answers.
            budget: Of the request.
            share: Into how many parts the budget is divided, of which this may take one.
        """
        self._engine, self._budget = engine, budget
        self._left = budget.num_rows // share
        self.is_spent = False

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network; see `Engine`.

        Raises:
            BudgetSpent: It would be more than this part.
            ClientHasLeft: Nobody waits for the answer.
        """
        stop_if_left(self._budget.environ)
        if len(matrix) > min(self._left, self._budget.num_rows):
            self.is_spent = True
            raise BudgetSpent
        self._budget.num_rows -= len(matrix)
        self._left -= len(matrix)
        return self._engine(matrix)
