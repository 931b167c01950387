"""How the time of something grows with its input: the one thing about speed that a test may ask."""

import time
from collections.abc import Callable

FACTOR = 8  # by which an input grows
MAX_GROWTH = 2 * FACTOR  # a square would be 64
SHORTEST_S = 0.002  # of the smaller input: below it the clock and what is beside decide
LARGEST = 2**17  # characters of the smaller input; what then still takes less is quick enough whatever it grows like


def grows_linearly(work: Callable[[str], object], make: Callable[[int], str], size: int = 1000) -> bool:
    """Whether work on eight times the input takes at most sixteen times as long, at a size where it takes milliseconds.

    Args:
        work: What is timed.
        make: Makes an input of about so many characters.
        size: Of the smaller input, to begin with.
    """
    while (once := _best(work, make(size))) < SHORTEST_S and size < LARGEST:
        size *= 4
    return _best(work, make(FACTOR * size)) <= MAX_GROWTH * max(once, SHORTEST_S)


def _best(work: Callable[[str], object], text: str) -> float:
    """The least of five times: what is beside can only add."""
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        work(text)
        times.append(time.perf_counter() - begun)
    return min(times)
