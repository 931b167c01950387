"""A checked table: CSV in, encoded matrix and labels out, or every fault with its row and column."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from registry.features import FeatureSchema, FeatureSpec, InvalidValues
from registry.table import InvalidTable, Table, read_table
from training.config import DatasetFile, Target

MAX_FAULTS = 20
_SMALLEST_CLASS = 2  # fewer can't be in both a training and a test fold
_ZIP = b"PK\x03\x04"
_ANY_NUMBER = FeatureSpec("target", "number")


class InvalidData(ValueError):
    """A CSV that can't be trained on; the message names file, row and column of every fault, up to MAX_FAULTS."""


@dataclass(frozen=True)
class Dataset:
    """A table that was checked and encoded.

    Attributes:
        name: Name of the model.
        schema: Its features, with the ranges seen.
        matrix: Encoded features, float32 of shape (num_rows, num_features), null as NaN.
        labels: 1 for the positive class, int of shape (num_rows,).
        students: Who each row is of, int of shape (num_rows,): equal where the id is; each row its own without an id.
        sha256: Digest of the CSV.
        file: Name of the CSV, without its folder.
    """

    name: str
    schema: FeatureSchema
    matrix: np.ndarray
    labels: np.ndarray
    students: np.ndarray
    sha256: str
    file: str

    @property
    def num_students(self) -> int:
        """Different students; several rows can be one's."""
        return len(np.unique(self.students))


def load_dataset(dataset_file: DatasetFile, data: Path | None = None) -> Dataset:
    """Read, check and encode a CSV.

    Args:
        dataset_file: What the columns are.
        data: Another CSV in place of the one that the dataset file names.

    Raises:
        InvalidData: It can't be read, columns are missing, values are at fault, or a class has too few rows.
    """
    path = data or dataset_file.data
    schema, target = dataset_file.schema, dataset_file.target
    content, table = _read(path, dataset_file)
    faults = {(row, ""): detail for row, detail in table.ragged.items()}
    matrix = None
    columns = {
        feature.name: [feature.parse(cell, dataset_file.decimal) for cell in table.columns[feature.name]]
        for feature in schema.features
    }
    try:
        matrix = schema.encode(columns)
    except InvalidValues as error:
        faults |= {(fault.row, fault.column): fault.detail for fault in error.faults}
    labels, label_faults = _label(table.columns[target.column], target, dataset_file.decimal)
    faults |= {(row, target.column): detail for row, detail in label_faults.items()}
    ids = None if schema.id is None else [cell.strip() for cell in table.columns[schema.id]]
    faults |= {(row, str(schema.id)): "must name the student" for row, cell in enumerate(ids or ()) if not cell}
    if faults or matrix is None:
        raise InvalidData(_report(path, table, faults))
    counts = np.bincount(labels, minlength=2)
    if counts.min() < _SMALLEST_CLASS:
        raise InvalidData(
            f"{path}: {counts[1]} rows are {schema.labels[1]!r} and {counts[0]} are {schema.labels[0]!r}; "
            f"at least {_SMALLEST_CLASS} of each are needed"
        )
    return Dataset(
        name=dataset_file.name,
        schema=schema.with_observed(matrix),
        matrix=matrix,
        labels=labels,
        students=np.unique(np.arange(len(labels)) if ids is None else ids, return_inverse=True)[1],
        sha256=hashlib.sha256(content).hexdigest(),
        file=path.name,
    )


def _read(path: Path, dataset_file: DatasetFile) -> tuple[bytes, Table]:
    schema = dataset_file.schema
    needed = [*schema.names, dataset_file.target.column, *([] if schema.id is None else [schema.id])]
    try:
        content = path.read_bytes()
        if content.startswith(_ZIP):
            raise InvalidData(f"{path}: an Excel workbook, or another zipped file; save it as CSV")
        text = content.decode(dataset_file.encoding)
        table = read_table(text, needed, dataset_file.delimiter)
    except OSError as error:
        raise InvalidData(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidData(
            f"{path}: not {dataset_file.encoding} at byte {error.start}; set encoding in the dataset file"
        ) from error
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}") from error
    except (LookupError, ValueError) as error:  # ValueError: a NUL in the encoding or the path, or "undefined"
        raise InvalidData(f"{path}: can't be read as encoding {dataset_file.encoding!r}: {error}") from error
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise InvalidData(
            f"{path}: no column {', '.join(map(repr, missing))}; the header has {', '.join(map(repr, table.columns))}"
        )
    return content, table


def _label(cells: Sequence[str], target: Target, decimal: str) -> tuple[np.ndarray, Mapping[int, str]]:
    """1, 0 and what is wrong with the rest, by row."""
    labels = np.zeros(len(cells), dtype=np.int64)
    faults = {}
    stripped = [cell.strip() for cell in cells]
    if target.at_least is not None:
        for row, cell in enumerate(stripped):
            try:
                labels[row] = _ANY_NUMBER.encode(_ANY_NUMBER.parse(cell, decimal)) >= target.at_least
            except ValueError as error:
                faults[row] = str(error)
        return labels, faults
    others = sorted({cell for cell in stripped if cell not in ("", target.positive)})
    negative = target.negative or tuple(others)
    for row, cell in enumerate(stripped):
        if cell == target.positive:
            labels[row] = 1
        elif cell not in negative or (not target.negative and len(others) > 1):
            shown = " or ".join(f'"{entry}"' for entry in (target.positive, *target.negative))
            hint = "" if target.negative else " or one other value (name several as negative in the dataset file)"
            faults[row] = f"must be {shown}{hint}"
    return labels, faults


def _report(path: Path, table: Table, faults: dict[tuple[int, str], str]) -> str:
    lines = []
    for (row, column), detail in sorted(faults.items()):
        if column and row in table.ragged:
            continue  # its cells are not where they should be
        blank = column and not table.columns[column][row].strip()
        where = f"{path}:{table.lines[row]}: row {row + 1}" + (f", column {column!r}" if column else "")
        lines.append(f"{where}: {'is blank; ' if blank else ''}{detail}")
    if len(lines) > MAX_FAULTS:
        lines[MAX_FAULTS:] = [f"… and {len(lines) - MAX_FAULTS} more"]
    return "\n".join(lines)
