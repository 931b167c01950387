"""CSV as schools write it to columns of text: how it is written, read in pieces or whole, checked by a schema.

Training, requests and the command line come here, and only word what is found; what a workbook is doesn't belong here.
"""

from registry.contract.table.check import CheckedRows, RowFault, check_rows
from registry.contract.table.other_rows import is_no_student
from registry.contract.table.reader import (
    InvalidTable,
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
    find_encoding,
    find_named_delimiter,
    find_title_lines,
    separates_thousands,
)

__all__ = [
    "CheckedRows",
    "CsvFormat",
    "InvalidTable",
    "RowFault",
    "RowReader",
    "Rows",
    "Table",
    "TooManyRows",
    "check_rows",
    "find_decimal",
    "find_delimiter",
    "find_encoding",
    "find_named_delimiter",
    "find_title_lines",
    "is_no_student",
    "nameless_columns",
    "read_table",
    "separates_thousands",
]
