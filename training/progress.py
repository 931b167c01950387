"""One progress bar over all steps of a run with the time left; silent where stderr is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

# Every step in order, and about how much of a hundred it takes: of a table of some hundred students.
_SHARES = {
    "reading the table": 1,
    "starting TensorFlow": 10,
    "choosing penalties": 31,
    "training": 20,
    "learning curve": 7,
    "baselines": 4,
    "evaluating": 3,
    "comparing": 6,
    "explaining": 6,
    "exporting": 7,
    "reporting": 5,
}
_FORM = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"


class _Bar:
    """What is shown, and which part of it the present step and fit have."""

    def __init__(self) -> None:
        self.shown = tqdm(total=100, bar_format=_FORM, disable=None, desc="starting")
        self.end = 0.0

    def move(self, to: float) -> None:
        self.shown.update(max(to - self.shown.n, 0))


_bar: _Bar | None = None


@contextmanager
def one_bar() -> Iterator[None]:
    """Show a bar until all is done; what runs within says where it is by `begin` and `progress`."""
    global _bar
    _bar = _Bar()
    try:
        yield
        _bar.move(100)
    finally:
        _bar.shown.close()
        _bar = None


def begin(step: str) -> None:
    """Say that a step begins, one of those above: all before it is done. Nothing where there is no bar."""
    if _bar is not None:
        names = list(_SHARES)
        before = sum(_SHARES[name] for name in names[: names.index(step)])
        _bar.shown.set_description_str(step, refresh=False)
        _bar.move(before)
        _bar.end = before + _SHARES[step]
        _bar.shown.refresh()


@contextmanager
def progress(num_epochs: int) -> Iterator[Callable[[], None]]:
    """Give what to call after each epoch of a fit, which takes what is left of its step."""
    each = 0.0 if _bar is None else (_bar.end - _bar.shown.n) / num_epochs

    def tick() -> None:
        if _bar is not None:
            _bar.shown.update(each)

    yield tick
