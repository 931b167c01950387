"""`--forecasts OUT.csv`: what was forecast for each student by networks and baselines that had not seen them."""

import csv
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from registry.contract.table.spreadsheet import to_safe

if TYPE_CHECKING:  # these load TensorFlow, and whether the file can be written is found out before
    from training.evaluation.cross_validation import HeldOut
    from training.plan import Plan

_STREAMS = (1, 2)  # stdout and stderr


class UnwritableForecasts(Exception):
    """A file of forecasts that can't be written; the message says why."""


def check_forecasts(path: Path, sources: Iterable[Path], versions: Path) -> None:
    """Find out whether the file can be written while nothing is trained yet, and leave nothing behind.

    Args:
        path: Of the file. One that is there is replaced once there is something to put in its place.
        sources: Files that are read, which it must not replace.
        versions: Their folder, which is passed on: what is said of single students must not lie there.

    Raises:
        UnwritableForecasts: It can't.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnwritableForecasts(f"--forecasts {path}: is no file")
        for source in sources:
            if path.exists() and source.exists() and path.samefile(source):
                raise UnwritableForecasts(f"--forecasts {path}: would replace what is trained on; name another file")
        if path.resolve().is_relative_to(versions.resolve()):
            raise UnwritableForecasts(f"--forecasts {path}: lies among the versions; name a file elsewhere")
        if path.exists() and any(os.path.samestat(path.stat(), os.fstat(stream)) for stream in _STREAMS):
            raise UnwritableForecasts(f"--forecasts {path}: is where the summary goes; name another file")
        os.unlink(_part_of(path))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UnwritableForecasts(f"--forecasts {path}: {getattr(error, 'strerror', error)}") from error


def write_forecasts(path: Path, plan: "Plan", held_out: "HeldOut") -> None:
    """Write a line for each row, readable by its owner only: it says of students how they did.

    Args:
        path: Of the file; it has its name only once all of it is on disk.
        plan: The rows, and how they were split.
        held_out: What was forecast.

    Raises:
        UnwritableForecasts: It could not be written.
    """
    dataset = plan.dataset
    forecasts = {"network": held_out.network.mean, **held_out.mean_baselines}
    columns: dict[str, Iterable[object]] = {"row": dataset.rows.tolist()}
    if dataset.ids is not None:
        columns["id"] = map(to_safe, dataset.ids)
    columns["label"] = [to_safe(dataset.schema.labels[label]) for label in dataset.labels]
    columns |= {name: [float(f"{probability:.6g}") for probability in of_rows] for name, of_rows in forecasts.items()}
    for number, folds in enumerate(plan.folds.repeats, 1):
        of_row = {row: fold for fold, each in enumerate(folds, 1) for row in each.test.tolist()}
        columns["fold" if len(plan.folds.repeats) == 1 else f"fold_{number}"] = [
            of_row[row] for row in range(len(dataset.labels))
        ]
    try:
        part = _part_of(path)
        try:
            with open(part, "w", encoding="utf-8", newline="") as file:
                # All texts in quotes: of those with "\r" alone, which others take for the end of a line, Python's
                # writer would leave them out.
                writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
                writer.writerow(columns)
                writer.writerows(zip(*columns.values(), strict=True))
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path.resolve())  # what a link leads to, not the link
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        raise UnwritableForecasts(f"--forecasts {path}: {error.strerror}") from error


def _part_of(path: Path) -> str:
    """A new file beside it, of mode 0600."""
    path = path.resolve()
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(descriptor)
    return part
