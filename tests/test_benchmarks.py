"""The benchmarks that the README names still run; what they print is for people to judge."""

import re

from tests.conftest import run


def test_the_cost_of_a_refresh_is_measured() -> None:
    """For both engines, with a swap in its window."""
    done = run("benchmarks.refresh", "--runs", "1", "--seconds", "8")

    assert done.returncode == 0, done.stderr
    assert re.search(r"nothing new: [\d.]+ ms", done.stdout)
    assert re.findall(r"^(\w+): slowest request [\d.]+ ms without", done.stdout, re.MULTILINE) == [
        "litert",
        "tensorflow",
    ]
