"""The body of the request at hand to instances, after its media type."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import request

from registry.contract.table import InvalidTable
from registry.contract.table.workbook import MEDIA_TYPE, Sheet, is_workbook, read_workbook
from service.errors import NotParseable, UnsupportedMediaType
from service.reading.instances import Batch, InstanceReader
from service.web.bodies import read_body


def read_instances(reader: InstanceReader, max_body_bytes: int) -> Batch:
    """Read the request's body after its media type.

    Raises:
        UnsupportedMediaType: Neither JSON nor CSV.
        BodyTooLarge: More bytes than are taken.
        RequestError: What the reader says of the body.
    """
    # Most send just "application/json", and parsing that takes longer than reading a student.
    if request.environ.get("CONTENT_TYPE") == "application/json" or request.mimetype == "application/json":
        return reader.read_json(read_body(max_body_bytes))
    if request.mimetype == "text/csv":
        return reader.read_csv(read_body(max_body_bytes), _charset())
    raise UnsupportedMediaType(
        "send application/json or text/csv, and say so in Content-Type (curl -H 'content-type: application/json')"
    )


def read_instances_and(name: str, reader: InstanceReader, max_body_bytes: int) -> tuple[Batch, list[Any]]:
    """Read the request's body as `read_instances` does, and a field of JSON that stands beside the students.

    Args:
        name: The field's name.
        reader: Reads the students.
        max_body_bytes: Most bytes that are taken.

    Returns:
        The students, and the field's value or nothing where it is not there.

    Raises:
        RequestError: As `read_instances` has it.
    """
    if request.mimetype != "application/json":
        return read_instances(reader, max_body_bytes), []
    document = reader.parse_json(read_body(max_body_bytes))
    beside = reader.take_beside(document, name)
    return reader.read_document(document), beside


class TableBody(NamedTuple):
    """A request's body that is a table.

    Attributes:
        content: CSV; of a workbook what is made of its sheet.
        charset: That it is said to be in, "" where none is.
        sheet: Of a workbook; None of CSV.
    """

    content: bytes
    charset: str
    sheet: Sheet | None

    @property
    def sheets(self) -> dict[str, Any]:
        """What an answer says of a workbook: the sheet that was read, and all that have cells; nothing of CSV."""
        return {} if self.sheet is None else {"sheet": self.sheet.name, "sheets": [*self.sheet.filled]}


def read_table_body(max_body_bytes: int, go_on: Callable[[], None]) -> TableBody:
    """Read the request's body, which has to be CSV or a workbook; `sheet` in the query names one of its sheets.

    Args:
        max_body_bytes: Most bytes that are taken, and that a workbook's sheet may have as CSV.
        go_on: Called now and then while a workbook is read; raises where nobody waits any more.

    Raises:
        UnsupportedMediaType: Of another media type.
        BodyTooLarge: More bytes than are taken.
        NotParseable: It was cut short, its chunks are none, or it is a workbook that can't be read.
    """
    if request.mimetype not in ("text/csv", MEDIA_TYPE):
        raise UnsupportedMediaType(f"send text/csv or {MEDIA_TYPE}, and say so in Content-Type")
    body = read_body(max_body_bytes)
    if not is_workbook(body):  # whatever it is called: a generated client has one name for both
        return TableBody(body, _charset(), None)
    try:
        sheet = read_workbook(body, request.args.get("sheet"), most_bytes=max_body_bytes, go_on=go_on)
    except InvalidTable as error:
        raise NotParseable(str(error)) from error
    return TableBody(sheet.to_csv().encode(), "utf-8", sheet)


def _charset() -> str:
    charset: str = request.mimetype_params.get("charset", "")
    return charset
