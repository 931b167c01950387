"""What stays while somebody uses it or has asked for it lately: a worker's models, a model's versions on demand."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass
class Held(Generic[_Value]):
    """Something that is kept.

    Attributes:
        value: It.
        num_uses: How many use it right now; as long as somebody does, it stays.
    """

    value: _Value
    num_uses: int = 0


class Kept(Generic[_Key, _Value]):
    """So many at most of what is not in use; what was asked for longest ago goes. Safe to use from several threads."""

    def __init__(self, most: int, let_go: Callable[[_Key], None]) -> None:
        """Begin with none.

        Args:
            most: That stay when nobody uses them.
            let_go: Called with the key of what goes, under the lock.
        """
        self._most, self._let_go_of = most, let_go
        self._lock = threading.Lock()  # held for a moment only
        self._held: OrderedDict[_Key, Held[_Value]] = OrderedDict()  # what was asked for last stands last

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._held)

    def get(self, key: _Key) -> Held[_Value] | None:
        """What is kept under a key; that is no question for it."""
        return self._held.get(key)

    def items(self) -> list[tuple[_Key, Held[_Value]]]:
        """All of it."""
        with self._lock:
            return list(self._held.items())

    def take(self, key: _Key, num_uses: int) -> Held[_Value] | None:
        """What is kept under a key, asked for now; in use by so many more, until `release`."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                held.num_uses += num_uses
            return held

    def add(self, key: _Key, value: _Value, num_uses: int) -> Held[_Value]:
        """Keep something; others may go for it."""
        held = Held(value, num_uses)
        with self._lock:
            self._held[key] = held
            self._let_go(key)
        return held

    def use(self, key: _Key, held: Held[_Value]) -> bool:
        """Use what is still kept, until `release`, as nobody has asked for it; else it is gone."""
        with self._lock:
            is_there = self._held.get(key) is held
            held.num_uses += is_there
            return is_there

    def release(self, held: Held[_Value]) -> None:
        """It is no longer in use."""
        with self._lock:
            held.num_uses -= 1
            self._let_go()

    def drop(self, is_unwanted: Callable[[_Key], bool]) -> None:
        """Let go of what is unwanted, as far as it is not in use."""
        with self._lock:
            for key in [key for key, held in self._held.items() if not held.num_uses and is_unwanted(key)]:
                self._go(key)

    def _let_go(self, but: _Key | None = None) -> None:
        num = len(self._held) - self._most
        if num > 0:
            idle = [key for key, held in self._held.items() if not held.num_uses and key != but]
            for key in idle[:num]:
                self._go(key)

    def _go(self, key: _Key) -> None:
        del self._held[key]
        self._let_go_of(key)
