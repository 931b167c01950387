"""A table, and what is proposed for it."""

from pathlib import Path

import pytest

from tests.support.proposals import Init, call


@pytest.fixture
def init(tmp_path: Path) -> Init:
    """Writes a table, has a dataset file proposed for it, and keeps what was said; the target is `passed`."""
    return lambda content, *arguments: call(
        tmp_path, content, *(arguments if "--target" in arguments else ("--target", "passed", *arguments))
    )
