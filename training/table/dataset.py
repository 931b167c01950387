"""A checked table: CSV in, encoded matrix and labels out, or every fault with its row and column."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from registry.contract.features import FeatureSchema, InvalidValues, as_number, clean_cells
from registry.contract.features.numerals import OTHER
from registry.contract.table import InvalidTable, Table, find_encoding, find_skipped, read_table
from registry.contract.table.workbook import DECIMAL, DELIMITER, Sheet, is_workbook, read_workbook
from registry.named_file import read_named_file
from training.config import DatasetFile, Target
from training.table.groups import group
from training.table.natural_order import rank_periods
from training.table.numerals import find_numerals

MAX_FAULTS = 20
_SMALLEST_CLASS = 2  # fewer can't be in both a training and a test fold
_MOST_BYTES = 2**30  # cells and matrix of a larger table need dozens of times as much memory
_MOST_CELLS = 10**7  # of a workbook, which takes two minutes; a CSV with more takes seconds


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
        groups: Column of `audit_only` → the group of each row, as it is shown to people.
        periods: Rank of each row's period in time, from 0, int of shape (num_rows,); None without a `time` column.
        period_names: The periods in that order.
        prior_mark: An earlier mark, float64 of shape (num_rows,), NaN where there is none; None without such a column.
        rows: Number of each row in the CSV, from 1, int of shape (num_rows,). Rows without a target may be left out.
        ids: What the table calls the student of each row; None without an id.
        num_left_out: Rows of the CSV that are no students', or without a target.
        sheet: Of a workbook, which of several sheets it is, in words; "" where there is one.
    """

    name: str
    schema: FeatureSchema
    matrix: np.ndarray
    labels: np.ndarray
    students: np.ndarray
    sha256: str
    file: str
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    periods: np.ndarray | None = None
    period_names: tuple[str, ...] = ()
    prior_mark: np.ndarray | None = None
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    ids: tuple[str, ...] | None = None
    num_left_out: int = 0
    sheet: str = ""

    def __post_init__(self) -> None:
        """Number the rows one after the other where nothing else is said."""
        if not self.rows.size:
            object.__setattr__(self, "rows", np.arange(1, len(self.labels) + 1))

    @property
    def num_students(self) -> int:
        """Different students; several rows can be one's."""
        return len(np.unique(self.students))

    def taken(self, rows: np.ndarray) -> "Dataset":
        """Some of the rows, by their indices, for networks to be trained on."""
        matrix, labels, students = self.matrix[rows], self.labels[rows], self.students[rows]
        return Dataset(self.name, self.schema, matrix, labels, students, self.sha256, self.file)

    def num_rarer(self, rows: np.ndarray | None = None) -> int:
        """Students with the rarer label, among all rows or some of them."""
        labels, students = (self.labels, self.students) if rows is None else (self.labels[rows], self.students[rows])
        return min(len(np.unique(students[labels == label])) for label in (0, 1))


def load_dataset(dataset_file: DatasetFile, data: Path | None = None) -> Dataset:
    """Read, check and encode a table.

    Args:
        dataset_file: What the columns are.
        data: Another file in place of the one that the dataset file names.

    Raises:
        InvalidData: It can't be read, columns are missing, values are at fault, or a class has too few rows.
    """
    path = data or dataset_file.data
    content = read_content(path)
    if is_workbook(content):
        dataset_file = replace(dataset_file, delimiter=DELIMITER, decimal=DECIMAL)
    schema, target, decimal = dataset_file.schema, dataset_file.target, dataset_file.decimal
    table, sheet = _read(path, content, dataset_file, is_given=data is not None)
    kept = _kept(table, dataset_file)
    cells = {name: _clean(table.columns[name], dataset_file) for name in dataset_file.columns}
    if len(kept) < table.num_rows:
        cells = {name: [column[row] for row in kept] for name, column in cells.items()}
    faults: dict[tuple[int, str], str] = {}
    matrix = None
    try:
        matrix = schema.encode_cells({name: cells[name] for name in schema.names}, decimal)
    except InvalidValues as error:
        faults = {(fault.row, fault.column): fault.detail for fault in error.faults}
    labels, label_faults = _label(cells[target.column], target, decimal)
    faults |= {(row, target.column): detail for row, detail in label_faults.items()}
    for column, what in ((schema.id, "student"), (dataset_file.time, "period")):
        if column is not None:
            faults |= {(row, column): f"must name the {what}" for row, cell in enumerate(cells[column]) if not cell}
    prior_mark = None
    if dataset_file.prior_mark is not None:
        prior_mark, mark_faults = _prior_marks(cells[dataset_file.prior_mark], dataset_file)
        faults |= {(row, dataset_file.prior_mark): detail for row, detail in mark_faults.items()}
    # A row that is nobody's may be of any length.
    table = replace(table, ragged={row: table.ragged[row] for row in kept if row in table.ragged})
    if faults or table.ragged or matrix is None:
        raise InvalidData(_report(path, table, kept, cells, faults, dataset_file))
    counts = np.bincount(labels, minlength=2)
    if counts.min() < _SMALLEST_CLASS:
        raise InvalidData(
            f"{path}: {counts[1]} rows are {schema.labels[1]!r} and {counts[0]} are {schema.labels[0]!r}; "
            f"at least {_SMALLEST_CLASS} of each are needed"
        )
    whose = None if schema.id is None else np.unique(cells[schema.id], return_inverse=True)[1]
    periods, period_names = (None, ()) if dataset_file.time is None else rank_periods(cells[dataset_file.time], decimal)
    return Dataset(
        name=dataset_file.name,
        schema=schema.with_observed(matrix, whose),
        matrix=matrix,
        labels=labels,
        students=np.arange(len(labels)) if whose is None else whose,
        sha256=hashlib.sha256(content).hexdigest(),
        file=path.name,
        groups={name: group(cells[name], decimal) for name in dataset_file.audit_only},
        periods=periods,
        period_names=period_names,
        prior_mark=prior_mark,
        rows=np.array(kept, dtype=np.int64) + 1,
        ids=None if schema.id is None else tuple(cells[schema.id]),
        num_left_out=table.num_rows - len(kept),
        sheet=sheet,
    )


def read_content(path: Path) -> bytes:
    """Read a table's file, but nothing that may not end or keeps whoever reads it waiting.

    Raises:
        InvalidData: It can't be read, is not a regular file, or is too large.
    """
    try:
        return read_named_file(path, _MOST_BYTES)
    except OSError as error:
        raise InvalidData(f"{path}: {error.strerror}") from error


def read_sheet(path: Path, content: bytes, sheet: str | None) -> Sheet:
    """Read a sheet of a workbook.

    Args:
        path: Of the workbook.
        content: Of its file.
        sheet: Its name; None for the only one with cells, or the first of them.

    Raises:
        InvalidData: It can't be read, is too large, or there is no such sheet.
    """
    try:
        return read_workbook(content, sheet, most_bytes=_MOST_BYTES, most_cells=_MOST_CELLS)
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}") from error


def _read(path: Path, content: bytes, dataset_file: DatasetFile, is_given: bool) -> tuple[Table, str]:
    """The table, and which of several sheets it is."""
    needed, choice = dataset_file.columns, ""
    try:
        if is_workbook(content):
            sheet = read_sheet(path, content, dataset_file.sheet)
            text, choice = sheet.to_csv(), sheet.choice
        else:
            text = content.decode(dataset_file.encoding)
        table = read_table(text, needed, dataset_file.delimiter)
    except UnicodeDecodeError as error:
        raise InvalidData(
            f"{path}: not {dataset_file.encoding} at byte {error.start}; it may be {find_encoding(content, needed)}: "
            "set encoding in the dataset file"
        ) from error
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}{choice and f'; {choice}'}") from error
    except InvalidData:
        raise
    except (LookupError, ValueError) as error:  # ValueError: a NUL in the encoding, or "undefined"
        # Not in the codec's own words, which may quote what it could not read.
        raise InvalidData(f"{path}: can't be read as encoding {dataset_file.encoding!r}") from error
    missing = [name for name in needed if name not in table.columns]
    if missing:
        # A dataset file can name whatever we can read. Its writer has what lies beside it, and may not have the rest.
        is_known = is_given or path.resolve().parent == dataset_file.folder.resolve()
        if is_known and len(missing) < len(needed):
            header = f"the header has {', '.join(map(repr, table.columns))}"
        else:
            header = f"the header is taken to be line {table.header_line}"
        raise InvalidData(f"{path}: no column {', '.join(map(repr, missing))}; {header}{choice and f'; {choice}'}")
    return table, choice


def _clean(cells: Sequence[str], dataset_file: DatasetFile) -> list[str]:
    """Cells without blanks around them, in NFC as the dataset file is; blank where it says that there is no value."""
    cleaned = clean_cells(cells)
    if set(dataset_file.missing).isdisjoint(cleaned):
        return cleaned
    return ["" if cell in dataset_file.missing else cell for cell in cleaned]


def _kept(table: Table, dataset_file: DatasetFile) -> list[int]:
    """Indices of the rows to read: those of students; or of students with a target, where the dataset file says so."""
    target = _clean(table.columns[dataset_file.target.column], dataset_file)
    used = {*dataset_file.columns} - {dataset_file.schema.id}
    nobodys = find_skipped(
        zip(*table.columns.values(), strict=True), [*table.columns], used, dataset_file.schema.skip_rows
    )
    return [
        row
        for row in range(table.num_rows)
        if row not in nobodys
        # The target of a ragged row may stand elsewhere: that is a fault, not a student without a target.
        and (row in table.ragged or not dataset_file.drop_rows_without_target or target[row])
    ]


def _marks(cells: Sequence[str], decimal: str) -> tuple[np.ndarray, Mapping[int, str]]:
    """Numbers, NaN where there is none, and what is wrong with the rest, by row."""
    found = find_numerals(Counter(filter(None, cells)), decimal)
    numbers = {} if found is None else found.numbers
    faults = {row: "must be a number or blank" for row, cell in enumerate(cells) if cell and cell not in numbers}
    return np.array([numbers.get(cell, np.nan) for cell in cells], dtype=np.float64), faults


def _prior_marks(cells: Sequence[str], dataset_file: DatasetFile) -> tuple[np.ndarray, Mapping[int, str]]:
    """As `_marks`; of a column that is an amount, too, as that is read: with its suffixes, and what means missing."""
    amounts = {feature.name: feature for feature in dataset_file.schema.amounts.values()}
    feature = amounts.get(str(dataset_file.prior_mark))
    if feature is None or not cells:
        return _marks(cells, dataset_file.decimal)
    numbers = feature.try_encode_cells(cells, dataset_file.decimal)
    # What it does not take is among the feature's own faults.
    return np.full(len(cells), np.nan) if numbers is None else numbers, {}


def _label(cells: Sequence[str], target: Target, decimal: str) -> tuple[np.ndarray, Mapping[int, str]]:
    """1, 0 and what is wrong with the rest, by row."""
    if target.is_mark:
        marks, _ = _marks(cells, decimal)
        faults = {row: "must be a number" for row in np.flatnonzero(np.isnan(marks)).tolist()}
        return np.array([int(target.passes(mark)) for mark in marks], dtype=np.int64), faults
    labels = np.zeros(len(cells), dtype=np.int64)
    faults = {}
    others = sorted({cell for cell in cells if cell not in ("", *target.positive)})
    negative = target.negative or tuple(others)
    for row, cell in enumerate(cells):
        if cell in target.positive:
            labels[row] = 1
        elif cell not in negative or (not target.negative and len(others) > 1):
            shown = " or ".join(f'"{entry}"' for entry in (*target.positive, *target.negative))
            hint = "" if target.negative else " or one other value (name several as negative in the dataset file)"
            faults[row] = f"must be {shown}{hint}"
    return labels, faults


def _report(
    path: Path,
    table: Table,
    kept: Sequence[int],
    cells: Mapping[str, Sequence[str]],
    faults: Mapping[tuple[int, str], str],
    dataset_file: DatasetFile,
) -> str:
    """Every fault, and a hint where they look like one mistake; rows of `faults` and `cells` index `kept`."""
    found = [((row, ""), detail) for row, detail in table.ragged.items()]
    suspects = []
    for (index, column), detail in faults.items():
        if kept[index] in table.ragged:
            continue  # its cells are not where they should be
        found.append(((kept[index], column), detail if cells[column][index] else f"is blank; {detail}"))
        suspects.append((column, cells[column][index]))
    lines = []
    for (row, column), detail in sorted(found):
        where = f"{path}:{table.lines[row]}: row {row + 1}" + (f", column {column!r}" if column else "")
        lines.append(f"{where}: {detail}")
    if len(lines) > MAX_FAULTS:
        lines[MAX_FAULTS:] = [f"… and {len(lines) - MAX_FAULTS} more"]
    return "\n".join([*lines, *_hints(suspects, dataset_file)])


def _hints(suspects: Sequence[tuple[str, str]], dataset_file: DatasetFile) -> list[str]:
    """The other decimal mark, if it makes numbers of cells (column, cell) that are refused in columns of numbers."""
    numeric = {feature.name for feature in dataset_file.schema.amounts.values()}
    if dataset_file.target.is_mark:
        numeric.add(dataset_file.target.column)
    if dataset_file.prior_mark is not None:
        numeric.add(dataset_file.prior_mark)
    decimal, other = dataset_file.decimal, OTHER[dataset_file.decimal]
    for column, cell in suspects:
        if column in numeric and cell and as_number(cell, decimal) is None and as_number(cell, other) is not None:
            return [f'numbers are written there with "{other}": set decimal = "{other}" in the dataset file']
    return []


def same_bits(matrix: np.ndarray) -> np.ndarray:
    """Encoded rows in which what is equal has equal bytes: one bit pattern for every null, and for 0 and -0."""
    rows: np.ndarray = np.where(np.isnan(matrix), np.float32(np.nan), matrix + np.float32(0)).astype("<f4")
    return rows
