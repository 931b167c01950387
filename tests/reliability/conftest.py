"""What the reliability tests share."""

from collections.abc import Callable

import pytest

from tests.support import FIGURES


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Adds a line of figures to the summary, also where the test passes: CI's output is where they are read."""
    return lambda line: record_property(FIGURES, line)
