"""How many connections each worker has, in memory that all of them see, so that new ones go where there are fewest."""

import mmap

MAX_WORKERS = 512  # more than WEB_CONCURRENCY may ask for, while others are being replaced
_NOBODY = 2**31  # more than a worker can have: none is there, or it takes no more


class Shares:
    """Connections by worker. Made in the master: its memory is shared by the workers that are forked from it."""

    def __init__(self) -> None:
        self._nums = memoryview(mmap.mmap(-1, 4 * MAX_WORKERS)).cast("I")
        for slot in range(MAX_WORKERS):
            self._nums[slot] = _NOBODY

    def set(self, slot: int, num: int) -> None:
        """A worker has so many; one of a higher slot than there is memory for is not taken into account."""
        if slot < MAX_WORKERS:
            self._nums[slot] = num

    def leave(self, slot: int) -> None:
        """A worker takes no more."""
        if slot < MAX_WORKERS:
            self._nums[slot] = _NOBODY

    def is_anybody_there(self) -> bool:
        """Whether any worker takes connections."""
        return min(self._nums.tolist()) != _NOBODY

    def is_others_turn(self, slot: int) -> bool:
        """Whether another worker has so many fewer than this one that the next is its own.

        By more than one: of eight connections, two workers have five and three at the worst, and where a thousand come
        at once, neither waits for the other at each.
        """
        return slot < MAX_WORKERS and self._nums[slot] > min(self._nums.tolist()) + 1
