"""Tables as schools have them, CSV and workbooks, to columns of text: found out, read, checked by a schema.

Training, requests and the command line come here, and only word what is found; what a model does with it isn't here.
"""

from registry.contract.table.check import CheckedRows, RowFault, check_rows, choose_decimal, usual_decimal
from registry.contract.table.encoding import GUESSED, find_encoding
from registry.contract.table.other_rows import find_note, find_skipped, is_no_student, of_nobody, says_nobody
from registry.contract.table.reader import (
    InvalidTable,
    RepeatedName,
    RowReader,
    Rows,
    Table,
    TooManyRows,
    nameless_columns,
    read_table,
)
from registry.contract.table.sniff import (
    CsvFormat,
    find_decimal,
    find_delimiter,
    find_named_delimiter,
    find_title_lines,
    is_text,
    separates_thousands,
)

__all__ = [
    "GUESSED",
    "CheckedRows",
    "CsvFormat",
    "InvalidTable",
    "RepeatedName",
    "RowFault",
    "RowReader",
    "Rows",
    "Table",
    "TooManyRows",
    "check_rows",
    "choose_decimal",
    "find_decimal",
    "find_delimiter",
    "find_encoding",
    "find_named_delimiter",
    "find_note",
    "find_skipped",
    "find_title_lines",
    "is_no_student",
    "is_text",
    "nameless_columns",
    "of_nobody",
    "read_table",
    "says_nobody",
    "separates_thousands",
    "usual_decimal",
]
