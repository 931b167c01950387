"""What is to be scored, and how; quick to import, where others do the scoring."""

import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path

from service.settings import InvalidSettings, Settings

TERMINATED = 128 + signal.SIGTERM
OF_WORKBOOKS = (".xlsx", ".xlsm")  # what their names end in; what is written is CSV


class Unusable(Exception):
    """A file that can't be read, or written; the message says why."""


@dataclass(frozen=True)
class Scoring:
    """A file to score, and how.

    Attributes:
        source: Path of the table; - is stdin.
        output: Path of the table with what the version says of each row; - is stdout.
        faults: Path of the table of what is at fault; None: beside the output, or stderr where that is stdout.
        delimiter: Of both tables; None: as the header shows.
        decimal: Decimal mark of both tables, "." or ","; None: the one with which fewer of the first rows are at fault.
        encoding: Of all files, or of those that are written where the table is a workbook; None: by mark, as UTF-8, or
            by what the version expects; of a stream, by its beginning.
        sheet: Of a workbook; None: the only one with cells, or the first of them.
        spreadsheet_safe: Whether what a spreadsheet takes for a formula becomes text; else cells stay as they are.
        settings: Where models are, which is asked, and by which engine.
        run: Of one of several files, what the names of half-written ones begin with; there is no bar of its own then.
    """

    source: str
    output: str
    faults: str | None
    delimiter: str | None
    decimal: str | None
    encoding: str | None
    sheet: str | None
    spreadsheet_safe: bool
    settings: Settings
    run: str = ""


def settings_for(name: str | None) -> Settings:
    """The settings of the environment, with another model than its default where one is named.

    Raises:
        InvalidSettings: Values are bad, or no model is named at all.
    """
    settings = Settings.from_env(os.environ)
    if not (name or settings.model):
        raise InvalidSettings("name the model by --name: SERVICE_MODELS names several, and SERVICE_MODEL none")
    return replace(settings, model=name) if name else settings


def score_elsewhere(scoring: Scoring) -> tuple[int, str]:
    """Score a file in another process, which alone imports what that takes; see `try_to_score`."""
    from service.scoring.score_file import try_to_score

    return try_to_score(scoring)


def faults_path(source: str, output: str, faults: str | None) -> str | None:
    """Where rows at fault are named: where that is said, else beside the output; None for stderr."""
    if faults is None:
        if output == "-" or not Path(output).name:
            return None
        faults = str(Path(output).with_name(f"{Path(output).stem}.faults.csv"))
    if Path(faults).resolve() in (Path(source).resolve(), Path(output).resolve()):
        raise Unusable(f"{faults} is to name the rows at fault, and is another file here; --faults takes another name")
    return faults
