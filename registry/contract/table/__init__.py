"""CSV as schools write it to columns of text: how it is written, read in pieces or whole, checked by a schema.

Training, requests and the command line come here, and only word what is found; what a workbook is doesn't belong here.
"""

from registry.contract.table.check import CheckedRows, RowFault, check_rows, choose_decimal, usual_decimal
from registry.contract.table.encoding import GUESSED, find_encoding
from registry.contract.table.reader import (
    InvalidTable,
    RowReader,
    Rows,
    Table,
    TooManyRows,
    read_table,
    refuse_nameless,
)
from registry.contract.table.sniff import CsvFormat, find_decimal, find_delimiter, has_thousands_marks

__all__ = [
    "GUESSED",
    "CheckedRows",
    "CsvFormat",
    "InvalidTable",
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
    "has_thousands_marks",
    "read_table",
    "refuse_nameless",
    "usual_decimal",
]
