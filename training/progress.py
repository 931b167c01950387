"""A progress bar over epochs with the time left; silent where stderr is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress(what: str, epochs: int) -> Iterator[Callable[[], None]]:
    """Show how far training is; gives what to call after each epoch."""
    with tqdm(total=epochs, desc=f"training {what}", unit="epoch", disable=None) as bar:
        yield lambda: bar.update() and None
