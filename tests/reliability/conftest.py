"""What the reliability tests share."""

from collections.abc import Callable

import pytest


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line of figures, also where the test passes: CI's output is where they are read."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n    {line}")

    return say
