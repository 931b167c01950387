"""`python -m service score`: a CSV file to the same with what the version says of each row, without a server."""

import codecs
import csv
import gc
import io
import os
import secrets
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO, cast

from tqdm import tqdm

from registry.command_line import echo, printable
from registry.contract.features import FeatureSchema
from registry.contract.table import InvalidTable, RowReader, check_rows, choose_decimal, find_encoding
from registry.contract.table.spreadsheet import to_safe
from registry.contract.table.workbook import DECIMAL, Sheet, is_workbook, read_workbook
from registry.errors import StoreError
from registry.store.model_store import ModelStore
from service.errors import RequestError
from service.scoring.scoring import OF_WORKBOOKS, TERMINATED, Scoring, Unusable, faults_path
from service.versions.loaded_version import LoadedVersion, load_version
from service.versions.predictions import predict, to_texts

ADDED = ("probability", "label", "decision", "risk", "risk_level")
CHUNK_CHARS = 2**15  # read, scored and written at once: what is in memory
_BEGINNING = 2**16  # bytes of a stream, by which its encoding is told
_LONGEST_MARK = 8  # bytes, by which a workbook is told
_MOST_BYTES, _MOST_CELLS = 2**30, 10**7  # of a workbook, which is not read in pieces


class Totals(NamedTuple):
    """What is said of a table at the end.

    Attributes:
        num_scored: Rows that were scored.
        num_at_fault: Students' rows that were not.
        num_unseen: Values that training has not seen.
        num_contradicting: Rows for which only the label is possible that is not answered.
        num_of_nobody: Rows of no student.
    """

    num_scored: int = 0
    num_at_fault: int = 0
    num_unseen: int = 0
    num_contradicting: int = 0
    num_of_nobody: int = 0


def score_file(scoring: Scoring) -> int:
    """Score a file, and say on stderr what came of it.

    Returns:
        Exit code: 0 done; 2 bad usage or bad input, no file written; 1 some rows are at fault, or anything else.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # an exception: what is half written goes
    code, said = try_to_score(scoring)
    echo(said, err=True)
    return code


def try_to_score(scoring: Scoring) -> tuple[int, str]:
    """Score a file.

    Returns:
        The exit code, as of `score_file`, and what came of it, in words.
    """
    source, delimiter, encoding, settings = scoring.source, scoring.delimiter, scoring.encoding, scoring.settings
    choice = ""
    try:
        faults = faults_path(source, scoring.output, scoring.faults)
        if Path(scoring.output).suffix.lower() in OF_WORKBOOKS:
            raise Unusable(f"{scoring.output}: what is written is CSV, also where the table is a workbook")
        if delimiter is not None:
            delimiter = delimiter.replace(r"\t", "\t")
            if len(delimiter) != 1 or delimiter in '"\r\n':
                raise Unusable("--delimiter must be one character")
        store = ModelStore(settings.models_dir, settings.model, trusted_keys=settings.trusted_keys)
        version = load_version(store.read(store.resolve(settings.version)), settings)
        schema = version.manifest.schema
        with ExitStack() as stack:
            file = stack.enter_context(_open_source(source))
            decimal, read_as = scoring.decimal, encoding
            if (sheet := _read_sheet(file, source, scoring.sheet)) is not None:
                # Marked, since who has a workbook will open what is made of it in the same program.
                choice = f"{sheet.choice}; --sheet names another" if sheet.choice else ""
                file, encoding = io.BytesIO(sheet.to_csv().encode()), encoding or "utf-8-sig"
                decimal, delimiter, read_as = DECIMAL, None, "utf-8"
            elif encoding is None:
                file, encoding = _find_encoding(file, schema.texts)
                read_as = encoding
            if decimal is None and file.seekable():
                decimal = _find_decimal(file, read_as or encoding, schema, delimiter)
            reader = RowReader(_decoded(file, read_as or encoding), schema.names, delimiter)
            _check_header(reader.header, schema)
            target = stack.enter_context(_put_in_place(scoring.output, encoding, run=scoring.run))
            fault_file = None
            if faults is not None:
                fault_file = stack.enter_context(_put_in_place(faults, encoding, "backslashreplace", scoring.run))
            progress = stack.enter_context(_progress(file, is_shown=not scoring.run))
            safe = scoring.spreadsheet_safe
            totals = _score_rows(version, reader, decimal, target, fault_file, progress, safe)
    except (InvalidTable, Unusable) as error:
        return 2, f"error: {error}{choice and f'; {choice}'}"
    except UnicodeError as error:
        return 2, f"error: {source}: {error}; --encoding says what it is in"
    except BrokenPipeError:  # whoever reads stdout has enough: the command line ends quietly
        raise
    except (StoreError, RequestError, OSError) as error:
        return 1, f"error: {error}"
    said = [f"version {version.manifest.version} scored {totals.num_scored:,} rows"]
    if choice:
        said.append(choice)
    if totals.num_unseen:
        said.append(f"{totals.num_unseen:,} values are such as few or no students in training had")
    if totals.num_contradicting:
        said.append(f"{totals.num_contradicting:,} are uncertain since only the other label would be possible")
    if totals.num_at_fault:
        said.append(f"{totals.num_at_fault:,} rows are at fault and left out{f': {faults}' if faults else ''}")
    if totals.num_of_nobody:
        said.append(f"{totals.num_of_nobody:,} rows are no students', such as totals, and left out")
    return 1 if totals.num_at_fault else 0, "; ".join(said)


def _score_rows(
    version: LoadedVersion,
    reader: RowReader,
    decimal: str | None,
    target: TextIO,
    fault_file: TextIO | None,
    progress: Callable[[int], None],
    spreadsheet_safe: bool,
) -> Totals:
    """Read, check, score and write, some thousand rows at a time."""
    schema = version.manifest.schema
    delimiter = reader.delimiter
    is_terminal = target.isatty()
    write = _writer(target, delimiter, spreadsheet_safe=spreadsheet_safe)
    write([[*reader.header, *ADDED]])
    write_faults = None if fault_file is None else _writer(fault_file, ",", spreadsheet_safe=spreadsheet_safe)
    if write_faults is not None:
        write_faults([["row", "line", "column", "detail"]])
    # What stands behind the probability and behind the risk, by the verdict, as it stands in a line.
    cells = [[text and _to_cell(text, delimiter) for text in verdict] for verdict in version.verdicts]
    behind = [f"{delimiter}{label}{delimiter}{decision or ''}{delimiter}" for label, decision, _ in cells]
    ends = [f"{delimiter}{level}\n" for *_, level in cells]
    totals = Totals()
    gc.disable()  # it would look through every chunk's rows again and again, and there are no cycles among them
    rows = reader.take(CHUNK_CHARS)
    decimal = decimal or choose_decimal([rows.cells], reader.header, schema, delimiter)
    while rows.cells:
        first_row = reader.num_rows - len(rows.cells) + 1
        checked = check_rows(rows.cells, reader.header, schema, decimal)
        if write_faults is not None:
            write_faults((first_row + index, rows.lines[index], *fault) for index, *fault in checked.faults)
        else:
            for index, column, detail in checked.faults:
                which = f", column {column!r}" if column else ""
                echo(f"row {first_row + index}, line {rows.lines[index]}{which}: {detail}", err=True)
        num_unseen = num_contradicting = 0
        if checked.rows:
            predictions = predict(version, checked.matrix)
            num_unseen, num_contradicting = predictions.num_unseen, len(predictions.contradicting)
            probabilities, risks = to_texts(predictions.probabilities), to_texts(predictions.risks)
            if decimal != ".":
                probabilities, risks = ([text.replace(".", decimal) for text in of] for of in (probabilities, risks))
            if rows.texts and not checked.faults and decimal != delimiter and not (spreadsheet_safe or is_terminal):
                # The rows as they stand, and behind them what is new: a third of the time of writing every cell.
                new = (probabilities, predictions.of_each(behind), risks, predictions.of_each(ends))
                lines = zip(rows.texts, repeat(delimiter), *new, strict=False)
                target.write("".join(chain.from_iterable(lines)))
            else:
                decisions = predictions.decisions or repeat("")
                added = zip(probabilities, predictions.labels, decisions, risks, predictions.risk_levels, strict=False)
                write([*row, *new_cells] for row, new_cells in zip(checked.rows, added, strict=True))
        totals = Totals(
            totals.num_scored + len(checked.rows),
            totals.num_at_fault + len(rows.cells) - len(checked.rows) - checked.num_of_nobody,
            totals.num_unseen + num_unseen,
            totals.num_contradicting + num_contradicting,
            totals.num_of_nobody + checked.num_of_nobody,
        )
        progress(len(rows.cells))
        rows = reader.take(CHUNK_CHARS)
    return totals


def _writer(target: TextIO, delimiter: str, *, spreadsheet_safe: bool) -> Callable[[Iterable[Iterable[Any]]], None]:
    """What writes rows; on a terminal, which obeys what it is sent, what does not show in print is escaped."""
    plain = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    quoted = csv.writer(target, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for_people = printable if target.isatty() else str
    for_spreadsheets = to_safe if spreadsheet_safe else str

    def write(rows: Iterable[Iterable[Any]]) -> None:
        for row in rows:
            cells = [for_people(for_spreadsheets(str(cell))) for cell in row]
            # Who reads CSV takes it for the end of a line, while Python's writer quotes only its own end.
            (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)

    return write


def _to_cell(text: str, delimiter: str) -> str:
    line = io.StringIO()
    _writer(line, delimiter, spreadsheet_safe=False)([[text]])
    return line.getvalue().removesuffix("\n")


def _check_header(header: Sequence[str], schema: FeatureSchema) -> None:
    """Refuse a header without some of the features, or with a column that is to be added."""
    missing = [f"  {feature.name}: {feature.requirement}" for feature in schema.features if feature.name not in header]
    if missing:
        raise Unusable("\n".join(["these features must be columns of the header:", *missing]))
    taken = [name for name in ADDED if name in header]
    if taken:
        raise Unusable(f"the table already has what is to be added: {', '.join(taken)}")


@contextmanager
def _open_source(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")
    except OSError as error:
        raise Unusable(f"{name}: {error.strerror}") from error
    with file:
        yield file


def _read_sheet(file: BinaryIO, name: str, sheet: str | None) -> Sheet | None:
    """A sheet of a workbook; None where the file is none, of which nothing is taken then."""
    if not is_workbook(cast(io.BufferedReader, file).peek(_LONGEST_MARK)):
        return None
    content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise Unusable(f"{name}: a workbook of more than {_MOST_BYTES} bytes; save it as CSV")
    try:
        return read_workbook(content, sheet, most_bytes=_MOST_BYTES, most_cells=_MOST_CELLS)
    except InvalidTable as error:
        raise Unusable(f"{name}: {error}") from error


class _Resumed(io.RawIOBase):
    """A stream whose beginning was read."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning = io.BytesIO(beginning)
        self._rest = cast(io.BufferedIOBase, rest)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is, at most so many bytes."""
        content = self._beginning.read(len(buffer)) or self._rest.read1(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def _find_encoding(file: BinaryIO, expected: Collection[str]) -> tuple[BinaryIO, str]:
    """A file, or a stream from its beginning on, and its encoding: with a mark where it has one, to write it, too."""
    if file.seekable():
        encoding, start = find_encoding(file, expected), file.read(len(codecs.BOM_UTF8))
        file.seek(-len(start), os.SEEK_CUR)
    else:
        start = file.read(_BEGINNING) + file.readline()  # whole lines: a letter that is cut in two is no UTF-8
        encoding, file = find_encoding(start, expected), io.BufferedReader(_Resumed(start, file))
    return file, "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else encoding


def _find_decimal(file: BinaryIO, encoding: str, schema: FeatureSchema, delimiter: str | None) -> str:
    """The decimal mark of a file, as far on as it takes to tell; the file is set back to where it stands."""
    start = file.tell()
    text = _decoded(file, encoding)
    try:
        reader = RowReader(text, schema.names, delimiter)
        _check_header(reader.header, schema)
        pieces = iter(lambda: reader.take(CHUNK_CHARS).cells, [])
        return choose_decimal(pieces, reader.header, schema, reader.delimiter)
    finally:
        text.detach()
        file.seek(start)


def _decoded(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    try:
        return io.TextIOWrapper(file, encoding, newline="")
    except LookupError as error:
        raise Unusable(str(error)) from error


@contextmanager
def _put_in_place(name: str, encoding: str, errors: str = "strict", run: str = "") -> Iterator[TextIO]:
    """A file to write to, which takes its name only once all of it is on disk."""
    path = Path(name).resolve()  # what a link leads to, not the link
    if name == "-":
        sys.stdout.reconfigure(encoding=encoding, errors=errors, newline="")  # type: ignore[union-attr]  # it is a TextIOWrapper
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.exists() and not path.is_file():
        raise Unusable(f"{name or path}: is no file")
    part = path.with_name(f".{path.name}.{run}{secrets.token_hex(4)}.part")
    try:
        file = part.open("x", encoding=encoding, errors=errors, newline="")
    except OSError as error:
        raise Unusable(f"{name}: {error.strerror}") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _progress(source: BinaryIO, *, is_shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal: over the bytes of a file, over the rows of a stream."""
    is_file = source.seekable()
    total = None
    if is_file:
        total = len(source.getbuffer()) if isinstance(source, io.BytesIO) else os.fstat(source.fileno()).st_size
    with tqdm(
        total=total, unit="B" if is_file else " rows", unit_scale=True, disable=None if is_shown else True
    ) as bar:
        yield lambda num_rows: bar.update(source.tell() - bar.n if is_file else num_rows)
