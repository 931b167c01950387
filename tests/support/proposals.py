"""What `python -m training init` proposes for a table, and tables to propose for."""

import contextlib
import io
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.__main__ import main
from training.config import read_dataset_file
from training.table.dataset import Dataset, load_dataset

Init = Callable[..., "Result"]


@dataclass(frozen=True)
class Result:
    """What a call left and said."""

    code: int
    out: str
    error: str
    path: Path

    @property
    def text(self) -> str:
        """The dataset file."""
        assert self.code == 0, self.error
        return self.path.read_text(encoding="utf-8")

    @property
    def entries(self) -> dict[str, Any]:
        """What the dataset file says."""
        return tomllib.loads(self.text)

    @property
    def features(self) -> dict[str, dict[str, Any]]:
        """Its features, by name."""
        return {feature["name"]: feature for feature in self.entries["features"]}

    @property
    def dataset(self) -> Dataset:
        """The table, read as the dataset file says."""
        assert self.error == ""
        return load_dataset(read_dataset_file(self.path))


def call(folder: Path, content: str | bytes, *arguments: str) -> Result:
    (folder / "table.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    path = folder / "dataset.toml"
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        code = main(["init", str(folder / "table.csv"), "-o", str(path), *arguments])
    return Result(code, out.getvalue(), error.getvalue(), path)


def columns(num_rows: int = 60, /, **cells: Callable[[int], object]) -> str:
    """A comma-separated table of `hours`, given columns, and `passed` (a third pass)."""
    made: dict[str, Callable[[int], object]] = {"hours": lambda row: row * 7 % 13 / 2, **cells}
    made.setdefault("passed", lambda row: "yes" if row % 3 == 0 else "no")
    lines = [",".join(made), *(",".join(str(cell(row)) for cell in made.values()) for row in range(num_rows))]
    return "\n".join(lines) + "\n"
