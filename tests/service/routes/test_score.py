"""`POST /score`: a school's table as it is, row by row; and every way to send it wrong."""

import csv
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.contract.features.missing import NO_RESULT
from registry.contract.table.workbook import MEDIA_TYPE
from service.app import create_app
from service.settings import _HELD_PER_BODY_BYTE, Settings
from service.web.api_keys import make_key
from tests.support.stores import ODD_HEADER
from tests.support.workbooks import book_of, german_class, made_by_hand, to_bytes

HOURS = "must be a number from 0 to 24 hours per day"
HEADER = "study_hours,sleep_hours"
ODD_LINE = ";".join(["student", *ODD_HEADER, "mark"])


def post(client: FlaskClient, table: str | bytes, query: str = "", media_type: str = "text/csv") -> TestResponse:
    data = table if isinstance(table, bytes) else table.encode()
    return client.post(f"/score{query}", data=data, content_type=media_type)


def scored(client: FlaskClient, table: str | bytes, query: str = "", media_type: str = "text/csv") -> dict[str, Any]:
    response = post(client, table, query, media_type)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = json.loads(response.data)
    return document


def to_instances(features: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Columns of an answer to what `/predict` takes."""
    return [dict(zip(features, values, strict=True)) for values in zip(*features.values(), strict=True)]


def num_answered(client: FlaskClient) -> float:
    """What the service has counted so far."""
    counts = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")
    return float(counts["passfail_instances_total"])


def test_a_school_s_table_is_answered_as_the_same_students_in_json(odd_client: FlaskClient, odd_dataset: Path) -> None:
    """The very file that was trained on: a BOM, semicolons, decimal commas, quotes, blanks, an id, the mark."""
    table = (odd_dataset.parent / "odd.csv").read_bytes()
    header, *given = csv.reader(io.StringIO(table.decode("utf-8-sig")), delimiter=";")
    before = num_answered(odd_client)

    answer = scored(odd_client, table)

    assert num_answered(odd_client) == before + 120
    assert answer.keys() == {
        *("model", "delimiter", "decimal", "header", "rows", "features", "faults", "faulty_rows"),
        *("num_rows_at_fault", "num_faults"),
    }
    assert answer["model"] == {"name": "odd", "version": 1}
    assert (answer["delimiter"], answer["decimal"]) == (";", ",")
    assert (answer["faults"], answer["num_faults"], answer["num_rows_at_fault"]) == ([], 0, 0)
    assert answer["header"] == header == ["student", *ODD_HEADER, "mark"]
    assert [row["cells"] for row in answer["rows"]] == given
    assert [row["row"] for row in answer["rows"]] == [*range(1, 121)]
    assert [row["id"] for row in answer["rows"]] == [cells[0] for cells in given]
    instances = [
        {
            "class": cells[1],
            "self": float(cells[2].replace(",", ".")),
            "Study hours/week": float(cells[3]) if cells[3] else None,
            "Présence %": float(cells[4].replace(",", ".")),
            "study hours-week": float(cells[5]),
            "school": cells[6],
            "mood": cells[7] or None,
        }
        for cells in given
    ]
    assert to_instances(answer["features"]) == instances
    predicted = odd_client.post("/predict", json={"instances": instances}).json
    assert predicted is not None
    for row, prediction in zip(answer["rows"], predicted["predictions"], strict=True):
        kept = ("label", "risk_level", "probability", "risk", "decision", "spread")
        assert {name: row[name] for name in kept} == {name: prediction[name] for name in kept}
        details = [[warning["detail"] for warning in each.get("warnings", ())] for each in (row, prediction)]
        assert details[0] == details[1]


@pytest.mark.parametrize("number", ["340282346638528859811704183484516925440", "0.1", "1e-3", "16777217"])
def test_the_values_of_an_answer_can_be_sent_again(odd_client: FlaskClient, number: str) -> None:
    """And give the same probabilities: also at the end of what float32 holds, whose shortest form is beyond it."""
    table = f"{ODD_LINE}\ns1;1;0.1;80;{number};-{number};Lycée;;\ns2;2;1;;7;8;Gymnasium;bad;\n"

    answer = scored(odd_client, table)
    again = odd_client.post("/predict", json={"instances": to_instances(answer["features"])}).json

    assert again is not None
    assert len(answer["rows"]) == 2
    for row, prediction in zip(answer["rows"], again["predictions"], strict=True):
        assert (row["label"], row["probability"]) == (prediction["label"], prediction["probability"])


def test_rows_at_fault_are_named_and_the_others_answered(client: FlaskClient) -> None:
    """With row and line, also behind blank lines and a quoted cell of two lines; what stands there is not repeated."""
    table = f'name,{HEADER}\n"a\nb",6,5\n\nc,secret,25\nd,1,4\ne,1\nf,1,4,9\n g ,2,\nh,8,3\n'

    answer = scored(client, table)

    assert [(row["row"], row["cells"]) for row in answer["rows"]] == [
        (1, ["a\nb", "6", "5"]),
        (3, ["d", "1", "4"]),
        (7, ["h", "8", "3"]),
    ]
    assert answer["faults"] == [
        {"row": 2, "line": 5, "column": "study_hours", "detail": HOURS},
        {"row": 2, "line": 5, "column": "sleep_hours", "detail": HOURS},
        {"row": 4, "line": 7, "column": "", "detail": "has 2 cells where the header has 3"},
        {"row": 5, "line": 8, "column": "", "detail": "has 4 cells where the header has 3"},
        {"row": 6, "line": 9, "column": "sleep_hours", "detail": HOURS},
    ]
    assert answer["faulty_rows"] == [
        {"row": 2, "line": 5, "cells": ["c", "secret", "25"]},
        {"row": 4, "line": 7, "cells": ["e", "1"]},
        {"row": 5, "line": 8, "cells": ["f", "1", "4", "9"]},
        {"row": 6, "line": 9, "cells": [" g ", "2", ""]},
    ]
    assert (answer["num_rows_at_fault"], answer["num_faults"]) == (4, 5)
    assert answer["features"] == {"study_hours": [6, 1, 8], "sleep_hours": [5, 4, 3]}
    assert "secret" not in json.dumps(answer["faults"])
    predicted = client.post("/predict", json={"instances": to_instances(answer["features"])}).json
    assert predicted is not None
    assert [row["probability"] for row in answer["rows"]] == [
        prediction["probability"] for prediction in predicted["predictions"]
    ]


def test_blank_rows_and_further_columns_of_one_name_are_taken_as_they_come(client: FlaskClient) -> None:
    """As spreadsheets leave them: one fault a row, not one a feature; of features a name may stand once."""
    answer = scored(client, f"note,{HEADER},note\na,6,5,b\n,,,\n, ,,\n")

    assert [row["cells"] for row in answer["rows"]] == [["a", "6", "5", "b"]]
    assert answer["faults"] == [
        {"row": 2, "line": 3, "column": "", "detail": "is blank"},
        {"row": 3, "line": 4, "column": "", "detail": "is blank"},
    ]


def test_rows_keep_their_numbers_in_a_long_table(odd_client: FlaskClient) -> None:
    """It is read in pieces; of more than 1,000 faults the first are listed, and all are counted."""
    good = ";1;0.5;7;90;1;Gymnasium;good;"
    lines = [f"s{row}{good}" for row in range(1, 6001)]
    at_fault = {*range(1, 1201), 3000, 6000}
    for row in at_fault:
        lines[row - 1] = f"s{row}{good}".replace("0.5", "5")

    answer = scored(odd_client, "\n".join([ODD_LINE, *lines]))

    assert [row["row"] for row in answer["rows"]] == [row for row in range(1, 6001) if row not in at_fault]
    assert all(row["id"] == f"s{row['row']}" == row["cells"][0] for row in answer["rows"])
    detail = "must be a number from 0 to 1"
    assert answer["faults"] == [
        {"row": row, "line": row + 1, "column": "self", "detail": detail} for row in range(1, 1001)
    ]
    assert [row["row"] for row in answer["faulty_rows"]] == [*range(1, 1001)]
    assert all(row["cells"] == lines[row["row"] - 1].split(";") for row in answer["faulty_rows"])
    assert (answer["num_rows_at_fault"], answer["num_faults"]) == (1202, 1202)
    assert {len(values) for values in answer["features"].values()} == {len(answer["rows"])}


def test_a_table_of_nothing_but_faults_is_answered_too(client: FlaskClient) -> None:
    """What is wrong with it is the answer; the network is not asked, and nothing counted."""
    before = num_answered(client)

    answer = scored(client, f"{HEADER}\n25,1\n1,x\n")

    assert num_answered(client) == before
    assert answer["rows"] == []
    assert answer["features"] == {"study_hours": [], "sleep_hours": []}
    assert [fault["row"] for fault in answer["faults"]] == [1, 2]
    assert answer["num_rows_at_fault"] == 2


def test_values_that_training_has_not_seen_are_warned_of(client: FlaskClient) -> None:
    """By the row's number in the table, those at fault counted."""
    answer = scored(client, f"{HEADER}\n99,5\n6,5\n23,3\n")

    assert ["warnings" in row for row in answer["rows"]] == [False, True]
    detail = "is outside of what nearly all students in training had: 1 to 8 hours per day"
    assert answer["rows"][1]["warnings"] == [{"pointer": "/rows/3/study_hours", "detail": detail}]
    assert "num_warnings" not in answer


def test_more_warnings_than_are_listed_are_counted(odd_client: FlaskClient) -> None:
    """As in predictions."""
    table = "\n".join([ODD_LINE, *["s;1;0.5;79;1000;1000;Lycée;good;"] * 600])

    answer = scored(odd_client, table)

    assert answer["num_warnings"] > 1000
    assert sum(len(row.get("warnings", [])) for row in answer["rows"]) == 1000


@pytest.mark.parametrize(
    ("numbers", "query", "decimal", "good"),
    [
        (["0.5;7", "0.25;8"], "", ".", [1, 2]),
        (["0,5;7", "0,25;8"], "", ",", [1, 2]),
        (["0,5;7", "0,25;8", "0.5;8"], "", ",", [1, 2]),
        (["0.5;7", "0,25;8", "0.5;8"], "", ".", [1, 3]),
        (["0.5;7", "0,25;8", "1;8"], "", None, None),
        (["1;7"], "", None, [1]),
        (["9;7"], "", None, []),
        (["0,5;7", "0,25;8", "0.5;8"], "?decimal=.", ".", [3]),
        (["0.5;7", "1;8"], "?decimal=%2C", ",", [2]),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_decimal_mark_is_given_or_found_out(
    odd_client: FlaskClient,
    delimiter: str,
    numbers: list[str],
    query: str,
    decimal: str | None,
    good: list[int] | None,
) -> None:
    """Fewer rows are at fault by it than by the other; where that is the same, it is the usual one."""
    usual = "," if delimiter == ";" else "."
    good = ([2, 3] if usual == "," else [1, 3]) if good is None else good
    table = "\n".join([ODD_LINE, *(f"s;1;{pair};90;1;Lycée;;" for pair in numbers)]).replace(";", delimiter)

    answer = scored(odd_client, table, query)

    assert (answer["decimal"], answer["delimiter"]) == (decimal or usual, delimiter)
    assert [row["row"] for row in answer["rows"]] == good
    assert answer["num_rows_at_fault"] == len(numbers) - len(good)


@pytest.mark.parametrize("charset", ["utf-8", "UTF_8", "utf-16", "utf-16le", "utf-16be", "windows-1252"])
def test_a_table_comes_in_the_charset_that_it_names(odd_client: FlaskClient, charset: str) -> None:
    """The cells come back right, too."""
    table = f"{ODD_LINE};Straße\nJosé;1;0,5;;90;1;Lycée;;;10 €\n"

    answer = scored(odd_client, table.encode(charset), media_type=f"text/csv; charset={charset}")

    assert answer["header"][-1] == "Straße"
    assert answer["rows"][0]["cells"] == ["José", "1", "0,5", "", "90", "1", "Lycée", "", "", "10 €"]
    assert answer["rows"][0]["id"] == "José"


@pytest.mark.parametrize("media_type", [MEDIA_TYPE, "text/csv"])
def test_a_workbook_is_answered_as_the_same_table_in_csv(client: FlaskClient, media_type: str) -> None:
    """A title, breaks in names, text with decimal commas, shares of a hundred; lines are the sheet's rows."""
    answer = scored(client, german_class(bad=True), media_type=media_type)

    assert (answer["sheet"], answer["sheets"], answer["delimiter"], answer["decimal"]) == (
        *("Klasse 9b", ["Klasse 9b"], ",", "."),
    )
    assert answer["header"] == ["Name", "study_hours", "sleep_hours", "Anwesen- heit", "Eintritt", "Nr."]
    assert answer["faults"] == [
        {"row": row, "line": row + 4, "column": f"{column}_hours", "detail": HOURS}
        for row, column in ((3, "study"), (10, "sleep"), (16, "study"), (21, "study"))
    ]
    assert [(row["row"], row["cells"][0], row["cells"][1:3]) for row in answer["faulty_rows"]] == [
        (3, "Müller, Kind 2", ["", "6.5"]),
        (10, "Müller, Kind 9", ["1.5", "krank"]),
        (16, "Müller, Kind 15", ["25", "4.5"]),
        (21, "Müller, Kind 20", ["-1", "4.5"]),
    ]
    assert len(answer["rows"]) == 24
    assert answer["rows"][0]["cells"] == ["Müller, Kind 0", "1.5", "4.5", "85%", NO_RESULT, "000"]
    table = f"{HEADER}\n" + "".join(",".join(row["cells"][1:3]) + "\n" for row in answer["rows"])
    assert [row["probability"] for row in scored(client, table, media_type=media_type)["rows"]] == [
        row["probability"] for row in answer["rows"]
    ]


def test_another_sheet_of_a_workbook_is_read_where_it_is_named(client: FlaskClient) -> None:
    """Where several have cells the answer says so; where there is none of the name, which there are."""
    header = HEADER.split(",")
    book = to_bytes(book_of({"9a": [header, [6, 5]], "9b": [header, [1, 8], [2, 8]]}))

    first = scored(client, book, media_type=MEDIA_TYPE)
    second = scored(client, book, "?sheet=9b", MEDIA_TYPE)
    refused = post(client, book, "?sheet=9c", MEDIA_TYPE)

    assert (first["sheet"], first["sheets"], len(first["rows"])) == ("9a", ["9a", "9b"], 1)
    assert (second["sheet"], second["sheets"], len(second["rows"])) == ("9b", ["9a", "9b"], 2)
    assert refused.status_code == 400
    assert refused.get_json()["detail"] == "a workbook without a sheet of that name; it has '9a', '9b'"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"PK\x03\x04secret", 400),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1secret", 400),
        (made_by_hand(f"<row><c><v>1</v></c></row>{' ' * 10**6}"), 400),
        (to_bytes(book_of({"secret": [["secret"], [5]]})), 400),
        (to_bytes(book_of({"one": [["study_hours"], [5]]})), 422),
        (to_bytes(book_of({"one": [HEADER.split(","), *[[6, 5]] * 51]})), 413),
    ],
)
def test_a_workbook_that_cannot_be_taken_is_a_problem(client: FlaskClient, body: bytes, status: int) -> None:
    """As CSV is, without a word of what stands in it."""
    response = post(client, body, media_type=MEDIA_TYPE)

    assert response.status_code == status
    assert "secret" not in response.text


def test_an_id_is_passed_through_where_there_is_one(odd_client: FlaskClient) -> None:
    """One that `/predict` would refuse stands among the cells alone."""
    rest = ";1;0.5;;90;1;Lycée;;"

    answer = scored(odd_client, f'{ODD_LINE}\n s 1 {rest}\n{rest}\n"a\nb"{rest}\n')
    without = scored(odd_client, f"{ODD_LINE.removeprefix('student;')}\n{rest.removeprefix(';')}\n")

    assert [row.get("id") for row in answer["rows"]] == ["s 1", None, None]
    assert [row["cells"][0] for row in answer["rows"]] == [" s 1 ", "", "a\nb"]
    assert ["id" in row for row in (*answer["rows"], *without["rows"])] == [True, False, False, False]


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("name,study_hours\nAnn,6\n", {"/sleep_hours": f"must be a column of the header: {HOURS}"}),
        (f"name,{HEADER}\n", {"/rows": "must be at least one row under the header"}),
        (f"name,{HEADER}\n\n\n", {"/rows": "must be at least one row under the header"}),
    ],
)
def test_a_table_without_a_feature_or_a_row_is_at_fault(
    client: FlaskClient, table: str, faults: dict[str, str]
) -> None:
    """Each missing column is named, with what must stand in it; others are no fault."""
    response = post(client, table)

    assert response.status_code == 422
    assert response.json is not None
    assert {fault["pointer"]: fault["detail"] for fault in response.json["errors"]} == faults


@pytest.mark.parametrize(
    ("table", "media_type", "query", "status"),
    [
        (b"", "text/csv", "", 400),
        (b"secret,2\n3,4\n", "text/csv", "", 400),
        (b"study_hours,sleep_hours\n\xff,5\n", "text/csv; charset=utf-8", "", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv; charset=klingon", "", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv; charset*=utf-8''a%00b", "", 400),
        (b'study_hours,sleep_hours\n6,5\n"secret,5\n', "text/csv", "", 400),
        (b"study_hours,sleep_hours,study_hours\n6,5,1\n", "text/csv", "", 400),
        (b"study_hours,sleep_hours" + b"," * 1001 + b"\n6,5\n", "text/csv", "", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv", "?decimal=x", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv", "?decimal=", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv", "?version=2", 404),
        (b"study_hours,sleep_hours\n" + b"6,5\n" * 51, "text/csv", "", 413),
        (b"study_hours,sleep_hours\n" + b"x,5\n" * 51, "text/csv", "", 413),
        (b" " * 20_001, "text/csv", "", 413),
        (b'{"study_hours": 6, "sleep_hours": 5}', "application/json", "", 415),
        (b"study_hours,sleep_hours\n6,5\n", "text/plain", "", 415),
        (b"study_hours,sleep_hours\n6,5\n", "", "", 415),
    ],
)
def test_what_cannot_be_taken_is_a_problem(
    client: FlaskClient, table: bytes, media_type: str, query: str, status: int
) -> None:
    """Each with its own status, and a detail that says what to send instead."""
    response = post(client, table, query, media_type)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert "secret" not in response.text
    assert response.json is not None
    assert len(response.json["detail"]) > 10


def test_a_version_is_picked_and_a_key_needed(students: Path, engine: str, tmp_path: Path) -> None:
    """As on the other routes; 1,000 columns beside the features are taken."""
    key, line = make_key("office")
    (tmp_path / "keys").write_text(line)
    settings = Settings(models_dir=students, engine=engine, api_keys_file=tmp_path / "keys")
    guarded = create_app(settings).test_client()
    table = f"{HEADER}{',' * 1000}\n6,5{',' * 1000}\n"

    refused = post(guarded, table)
    taken = guarded.post(
        "/score?version=champion", data=table, content_type="text/csv", headers={"Authorization": f"Bearer {key}"}
    )

    assert refused.status_code == 401
    assert taken.status_code == 200
    assert taken.json is not None
    assert taken.json["model"] == {"name": "pass_fail", "version": 1}
    assert len(taken.json["rows"][0]["cells"]) == 1002


@pytest.mark.parametrize(
    "table",
    [
        f"{HEADER}{',€' * 400}\n" + f"6,5{',€' * 400}\n" * 1300,
        f"{HEADER}{',' * 800}\n" + f"6,5{',' * 800}\n" * 1300,
        f"{HEADER}\n{'€,' * 2**19}\n",
        f"{HEADER},{'€,' * 2**19}\n",
        f"{HEADER},name\n" + f"x,x,{'n' * 100}\n" * 9999,
    ],
    ids=["wide", "blank", "a long row", "a long header", "faults"],
)
def test_a_table_takes_no_more_memory_than_a_worker_reckons_with(students: Path, table: str) -> None:
    """For each byte of it, whatever it is made of; the settings set as many workers as there is memory for."""
    asked = create_app(Settings(models_dir=students, engine="litert")).test_client()
    body = table.encode("cp1252")
    post(asked, f"{HEADER}\n6,5\n")

    tracemalloc.start()
    post(asked, body, media_type="text/csv; charset=cp1252")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak / len(body) < _HELD_PER_BODY_BYTE
