"""How the time of something grows with its input: the one thing about speed that a test may ask.

Of this process alone: what else the machine does makes neither the one nor the other longer.
"""

import time
from collections.abc import Callable

FACTOR = 8  # by which an input grows
MAX_GROWTH = 2 * FACTOR  # a square would be 64
SHORTEST_S = 0.002  # of the smaller input: below it the clock decides
LARGEST = 2**17  # characters of the smaller input; what then still takes less is quick enough whatever it grows like
ROUNDS = 15  # a square is one in all of them; what a busy machine did to one of them, it won't do to all


def grows_linearly(work: Callable[[str], object], make: Callable[[int], str], size: int = 1000) -> bool:
    """Whether work on eight times the input takes at most sixteen times as long, at a size where it takes milliseconds.

    Args:
        work: What is timed.
        make: Makes an input of about so many characters.
        size: Of the smaller input, to begin with.
    """
    while _best(work, make(size)) < SHORTEST_S and size < LARGEST:
        size *= 4
    return _is_linear(work, make(size), make(FACTOR * size))


def stays_linear(work: Callable[[str], object], make: Callable[[int], str]) -> bool:
    """Whether work on 128 KB takes at most sixteen times as long as on 16 KB.

    One look is enough at what takes no longer than it would be allowed to.

    Args:
        work: What is timed.
        make: Makes an input of about so many characters.
    """
    small, large = make(LARGEST // FACTOR), make(LARGEST)
    return _time(work, large) <= MAX_GROWTH * SHORTEST_S or _is_linear(work, small, large)


def _is_linear(work: Callable[[str], object], small: str, large: str) -> bool:
    """Both are timed in turns: a clock that was slowed for one only would make a square of a line.

    The larger once a turn: what is beside can only add to it, so that one time that is short enough is proof.
    """
    return any(_time(work, large) <= MAX_GROWTH * max(_best(work, small), SHORTEST_S) for _ in range(ROUNDS))


def _best(work: Callable[[str], object], text: str) -> float:
    """The least of three times: what is beside can only add, by taking caches and clock rate."""
    return min(_time(work, text) for _ in range(3))


def _time(work: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    work(text)
    return time.process_time() - begun
