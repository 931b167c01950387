"""`POST /table`: every cell of a table, whatever it is a table of; and what is none."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.contract.features.missing import NO_RESULT
from registry.contract.table.workbook import MEDIA_TYPE
from tests.support.workbooks import book_of, german_class, to_bytes


def post(client: FlaskClient, table: str | bytes, query: str = "", media_type: str = "text/csv") -> TestResponse:
    data = table if isinstance(table, bytes) else table.encode()
    return client.post(f"/table{query}", data=data, content_type=media_type)


def shown(client: FlaskClient, table: str | bytes, query: str = "", media_type: str = "text/csv") -> dict[str, Any]:
    response = post(client, table, query, media_type)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = json.loads(response.data)
    return document


@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_every_cell_is_shown_as_it_stands(client: FlaskClient, delimiter: str) -> None:
    """Titles and header among the rows, all as wide as the widest; no column need be one that the network knows."""
    hours = "1.5" if delimiter == "," else "1,5"
    table = f"Klasse 9b\n\nName;Stunden;\nAnn;{hours};\nBo;2;\nÖz; 2 \n;;\n\n"

    answer = shown(client, table.replace(";", delimiter))

    assert answer == {
        "delimiter": delimiter,
        "decimal": "." if delimiter == "," else ",",
        "rows": [
            *(["Klasse 9b", ""], ["", ""], ["Name", "Stunden"]),
            *(["Ann", hours], ["Bo", "2"], ["Öz", " 2 "]),
        ],
        "num_rows": 6,
    }


@pytest.mark.parametrize("media_type", ["text/csv", "text/csv; charset=windows-1252"])
def test_an_old_encoding_is_told_or_found_out(client: FlaskClient, media_type: str) -> None:
    """As by `/score`; a line for spreadsheets is none of the table's."""
    answer = shown(client, "sep=;\nSchüler;Größe\nÖz;1\n".encode("cp1252"), media_type=media_type)

    assert answer["rows"] == [["Schüler", "Größe"], ["Öz", "1"]]


def test_a_workbook_s_cells_are_shown_as_its_sheet_shows_them(client: FlaskClient) -> None:
    """And sent again as CSV, under names that the network knows, they are what the workbook is to `/score`."""
    book = german_class()

    answer = shown(client, book, media_type=MEDIA_TYPE)

    assert (answer["sheet"], answer["sheets"]) == ("Klasse 9b", ["Klasse 9b"])
    assert (answer["delimiter"], answer["decimal"], answer["num_rows"]) == (",", ".", 31)
    assert answer["rows"][0] == ["Klassenliste 9b, Schuljahr 2026/27", "", "", "", "", ""]
    assert answer["rows"][1] == [""] * 6
    assert answer["rows"][2][:3] == ["Name", "study_hours", "sleep_hours"]
    assert answer["rows"][3] == ["Müller, Kind 0", "1.5", "4.5", "85%", NO_RESULT, "000"]
    table = "\n".join(",".join(row[1:3]) for row in answer["rows"][2:])
    scored = [
        json.loads(client.post("/score", data=data, content_type=media_type).data)["features"]
        for data, media_type in ((table, "text/csv"), (book, MEDIA_TYPE))
    ]
    assert scored[0] == scored[1]


def test_a_sheet_is_named_in_the_query(client: FlaskClient) -> None:
    """One that there is not is a problem."""
    book = to_bytes(book_of({"9a": [["a"]], "9b": [["b"]]}))

    assert shown(client, book, "?sheet=9b", MEDIA_TYPE)["rows"] == [["b"]]
    assert post(client, book, "?sheet=9c", MEDIA_TYPE).status_code == 400


@pytest.mark.parametrize(
    ("table", "media_type", "status"),
    [
        (b"", "text/csv", 400),
        (b"\n;;;\n", "text/csv", 400),
        (b'a,b\n"secret,5\n', "text/csv", 400),
        (b"secret\0,5\n", "text/csv; charset=utf-8", 400),
        (b"secret\xff,5\n", "text/csv; charset=utf-8", 400),
        (b"a" + b",a" * 1000 + b"\n", "text/csv", 400),
        (b"secret,5\n" * 101, "text/csv", 413),
        (to_bytes(book_of({"one": [["secret"]] * 101})), MEDIA_TYPE, 413),
        (to_bytes(book_of({"one": [["secret"] * 1001]})), MEDIA_TYPE, 400),
        (b"secret", "text/plain", 415),
        (b"{}", "application/json", 415),
    ],
)
def test_what_is_no_table_is_a_problem(client: FlaskClient, table: bytes, media_type: str, status: int) -> None:
    """With its own status, and nothing of it repeated; titles and blank ends are beside the number of students."""
    response = post(client, table, media_type=media_type)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert "secret" not in response.text


def test_as_many_students_as_may_be_scored_are_shown_with_titles_above(client: FlaskClient) -> None:
    """Blank rows below are none."""
    assert shown(client, "a\n" * 100 + "\n" * 500)["num_rows"] == 100
