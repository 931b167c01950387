"""`POST /predict`: one student, many, CSV; and every way to send it wrong."""

import codecs
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.store.model_store import ModelStore
from service.app import create_app
from service.settings import Settings
from tests.support.stores import ODD, STUDENT, once, train

HOURS = "must be a number from 0 to 24 hours per day"
OBJECT = 'must be an object with one value per feature; name the features: {"study_hours": 4.5, "sleep_hours": 5.5}'


def post(client: FlaskClient, body: object, media_type: str = "application/json", query: str = "") -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/predict{query}", data=data, content_type=media_type)


def pointers(response: TestResponse) -> dict[str, str]:
    """Pointer → detail of every fault, of an answer that is a problem."""
    assert response.json is not None
    assert response.json["num_errors"] == len(response.json["errors"])
    return {fault["pointer"]: fault["detail"] for fault in response.json["errors"]}


def test_one_student_gets_a_probability_and_a_label(client: FlaskClient) -> None:
    """In the fixed form, with nothing that does not apply."""
    response = post(client, STUDENT)

    assert response.status_code == 200
    assert response.content_type == "application/json"
    answer = response.json
    assert answer is not None
    assert answer["model"] == {"name": "pass_fail", "version": 1}
    [prediction] = answer["predictions"]
    # Too few students for decisions.
    assert prediction.keys() == {"label", "risk_level", "probability", "risk", "spread"}
    assert 0.5 < prediction["probability"] < 1
    assert 0 < prediction["spread"] < 0.5
    assert (prediction["label"], prediction["risk_level"]) == ("pass", "no sign")
    assert prediction["risk"] == pytest.approx(1 - prediction["probability"], abs=1e-7)


def test_a_version_with_enough_students_decides_too(odd_client: FlaskClient, odd: Path) -> None:
    """By the limits of its manifest: a label where only that is possible, else uncertain."""
    conformal = ModelStore(odd, "odd").manifest(1).conformal
    assert conformal is not None
    negative, positive = (conformal["quantiles"][label] for label in ("not yet", "passed"))
    students = [ODD | {"Study hours/week": hours, "mood": mood} for hours in range(0, 81, 4) for mood in ("good", None)]

    answer = post(odd_client, {"instances": students}).json

    assert answer is not None
    for prediction in answer["predictions"]:
        probability = prediction["probability"]
        possible = [
            label
            for label, holds in (("not yet", probability <= negative), ("passed", probability >= 1 - positive))
            if holds
        ]
        assert prediction["decision"] == (possible[0] if len(possible) == 1 else "uncertain")
    assert len({prediction["decision"] for prediction in answer["predictions"]}) > 1


def test_values_that_training_has_not_seen_are_warned_of(client: FlaskClient) -> None:
    """They are valid, and answered; the pointer is that of a fault, and the value is not repeated."""
    study = "is outside of what nearly all students in training had: 1 to 8 hours per day"
    sleep = "is outside of what nearly all students in training had: 3 to 8 hours per day"

    one = post(client, {"study_hours": 23, "sleep_hours": 3}).json
    many = post(client, {"instances": [STUDENT, {"study_hours": 0.5, "sleep_hours": 9.25}, STUDENT]}).json
    table = post(client, b"sleep_hours,study_hours\n3,8\n2.5,1\n", "text/csv").json

    assert one is not None
    assert one["predictions"][0]["warnings"] == [{"pointer": "/study_hours", "detail": study}]
    assert many is not None
    assert ["warnings" in prediction for prediction in many["predictions"]] == [False, True, False]
    assert many["predictions"][1]["warnings"] == [
        {"pointer": "/instances/1/study_hours", "detail": study},
        {"pointer": "/instances/1/sleep_hours", "detail": sleep},
    ]
    assert "9.25" not in json.dumps(many)
    assert table is not None
    assert "warnings" not in table["predictions"][0]
    assert table["predictions"][1]["warnings"] == [{"pointer": "/rows/2/sleep_hours", "detail": sleep}]


def test_a_long_list_of_warnings_is_cut(students: Path, engine: str) -> None:
    """What is far out everywhere must not cost a hundred times its body; how much there is, is said."""
    asked = create_app(Settings(models_dir=students, engine=engine)).test_client()
    table = "study_hours,sleep_hours\n" + "23,23\n" * 800

    answer = post(asked, table.encode(), "text/csv").json

    assert answer is not None
    assert answer["num_warnings"] == 1600
    assert [len(prediction.get("warnings", [])) for prediction in answer["predictions"]] == [2] * 500 + [0] * 300


@pytest.fixture(scope="module")
def happy(tmp_path_factory: pytest.TempPathFactory, odd_dataset: Path) -> Path:
    """A store of the odd table without a blank and without one of the moods."""
    return once(tmp_path_factory, "happy", lambda folder: make_happy(folder, odd_dataset)) / "models"


def make_happy(folder: Path, odd_dataset: Path) -> None:
    text = (odd_dataset.parent / "odd.csv").read_text(encoding="utf-8-sig")
    rows = [line.removesuffix(";" + line.split(";")[-1]) for line in text.splitlines()]
    marks = [line.split(";")[-1] for line in text.splitlines()]
    rows = [rows[0]] + [";".join([*row.split(";")[:-1], "good"]).replace(";;", ";5;") for row in rows[1:]]
    (folder / "odd.csv").write_text("\n".join(f"{row};{mark}" for row, mark in zip(rows, marks, strict=True)))
    shutil.copy(odd_dataset, folder / "odd.toml")
    train(folder / "models", folder / "odd.toml")


def test_categories_and_nulls_that_training_has_not_seen_are_warned_of(happy: Path, engine: str) -> None:
    """Both are valid still, and both are guesses."""
    asked = create_app(Settings(models_dir=happy, model="odd", engine=engine)).test_client()

    answer = post(asked, {"instances": [ODD | {"mood": "good", "Study hours/week": 7}, ODD | {"mood": "bad"}]}).json

    assert answer is not None
    assert "warnings" not in answer["predictions"][0]
    assert answer["predictions"][1]["warnings"] == [
        {"pointer": "/instances/1/Study hours~1week", "detail": "no student in training had null here"},
        {"pointer": "/instances/1/mood", "detail": "no student in training had this category"},
    ]


def test_many_students_are_answered_in_order(client: FlaskClient) -> None:
    """Each as if sent alone."""
    students = [{"study_hours": hours, "sleep_hours": 24 - hours} for hours in range(25)]

    many = post(client, {"instances": students}).json
    alone = [post(client, student).json for student in students]

    assert many is not None
    probabilities = [prediction["probability"] for prediction in many["predictions"]]
    assert probabilities == pytest.approx([one["predictions"][0]["probability"] for one in alone if one], abs=1e-6)
    assert len(set(probabilities)) > 20
    for prediction in many["predictions"]:
        assert prediction["label"] == ("pass" if prediction["probability"] > 0.5 else "fail")


@pytest.mark.parametrize(
    "table",
    [
        "study_hours,sleep_hours\n6,5\n1,4\n",
        "\ufeffsleep_hours;study_hours\r\n5;6\r\n\r\n4;1\r\n",
        'sleep_hours\tstudy_hours\n"5"\t 6.0 \n4\t1\n',
    ],
)
def test_a_table_is_answered_as_the_same_students_in_json(client: FlaskClient, table: str) -> None:
    """Whatever the delimiter, the order of columns, a byte-order mark, blank lines."""
    expected = post(client, {"instances": [STUDENT, {"study_hours": 1, "sleep_hours": 4}]}).json

    response = post(client, table.encode(), "text/csv")

    assert response.status_code == 200
    assert response.json == expected


def test_the_answers_are_the_golden_probabilities(
    client: FlaskClient, odd_client: FlaskClient, students: Path, odd: Path
) -> None:
    """What Keras gave in memory at training, over either engine, in JSON and in the encoded form."""
    for asked, models, name in ((client, students, "pass_fail"), (odd_client, odd, "odd")):
        golden = json.loads((models / name / "1/assets.extra/golden.json").read_bytes())

        answer = post(asked, {"instances": golden["instances"]}).json

        assert answer is not None
        probabilities = [prediction["probability"] for prediction in answer["predictions"]]
        np.testing.assert_allclose(probabilities, golden["probabilities"], atol=1e-5)
        spreads = [prediction["spread"] for prediction in answer["predictions"]]
        np.testing.assert_allclose(spreads, golden["spreads"], atol=1e-5)


def test_plain_tensorflow_gives_what_the_service_gives(client: FlaskClient, students: Path) -> None:
    """The published folder, loaded by nothing but TensorFlow, one tensor per feature."""
    import tensorflow as tf

    published = tf.saved_model.load(str(ModelStore(students, "pass_fail").path(1)))
    study, sleep = np.meshgrid(np.linspace(0, 24, 7), np.linspace(0, 24, 7))
    instances = [{"study_hours": a, "sleep_hours": b} for a, b in zip(study.flat, sleep.flat, strict=True)]

    answer = post(client, {"instances": instances}).json

    assert answer is not None
    expected = published.signatures["serving_default"](
        study_hours=tf.constant(study.ravel(), tf.float32), sleep_hours=tf.constant(sleep.ravel(), tf.float32)
    )["probability"]
    given = [prediction["probability"] for prediction in answer["predictions"]]
    np.testing.assert_allclose(given, expected, atol=1e-5)


@pytest.mark.parametrize("charset", ["utf-8", "UTF_8", "utf-16", "utf-16le", "utf-16be", "windows-1252", "latin-1"])
def test_a_table_comes_in_the_charset_that_it_names(odd_client: FlaskClient, charset: str) -> None:
    """What spreadsheets write: names and categories with accents."""
    table = ";".join(ODD) + "\n1;0.5;;90;1;Lyc\u00e9e;\n"

    response = post(odd_client, table.encode(charset), f"text/csv; charset={charset}")

    assert response.status_code == 200
    assert response.json == post(odd_client, ODD).json


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "windows-1252"])
def test_a_table_without_a_charset_is_read_as_it_seems_to_be_written(odd_client: FlaskClient, charset: str) -> None:
    """By its mark, else as UTF-8 if it can be that; a page sends a file's bytes as they are."""
    table = ";".join(ODD) + "\n1;0.5;;90;1;Lyc\u00e9e;\n"

    response = post(odd_client, table.encode(charset), "text/csv")

    assert response.json == post(odd_client, ODD).json
    assert odd_client.post("/score", data=table.encode(charset), content_type="text/csv").status_code == 200


@pytest.mark.parametrize("charset", ["windows-1250", "CP1254", "windows-1257", "iso-8859-2", "macintosh", "cp850"])
def test_a_table_without_a_charset_is_read_as_the_names_of_the_version_tell(
    odd_client: FlaskClient, charset: str
) -> None:
    """Whatever else stands in it; the charset can be named, too."""
    table = (";".join([*ODD, "remark"]) + "\n1;0.5;;90;1;Lyc\u00e9e;;\u00d1\u00f1\n").encode(charset, "ignore")

    assert odd_client.post("/score", data=table, content_type="text/csv").json["num_faults"] == 0  # type: ignore[index]
    named = odd_client.post("/score", data=table, content_type=f"text/csv; charset={charset}")
    assert named.json["num_faults"] == 0  # type: ignore[index]


def test_utf_16_without_a_mark_is_what_spreadsheets_write(odd_client: FlaskClient) -> None:
    """Little-endian, to `/predict` and to `/score`; what is not UTF-16 at all is refused."""
    table = (";".join(ODD) + "\n1;0.5;;90;1;Lyc\u00e9e;\n").encode("utf-16-le")
    media_type = "text/csv; charset=utf-16"

    for route in ("/predict", "/score"):
        assert odd_client.post(route, data=table, content_type=media_type).status_code == 200
        assert odd_client.post(route, data=table[:-1], content_type=media_type).status_code == 400


def test_charsets_that_do_not_exist_are_forgotten(odd_client: FlaskClient) -> None:
    """Python keeps every name of a codec that it was asked for: a client must not be able to make it ask."""
    asked: list[str] = []
    codecs.register(asked.append)

    for number in range(10):
        assert post(odd_client, ";".join(ODD).encode(), f"text/csv; charset=klingon-{number}").status_code == 400

    assert asked == []


def test_an_id_is_passed_through(odd_client: FlaskClient) -> None:
    """A string or a whole number, in JSON; text in a table; and only where it was sent."""
    answer = post(odd_client, {"instances": [ODD | {"student": "s 1"}, ODD, ODD | {"student": 7}]}).json
    header = ";".join(["student", *ODD])
    table = f"{header}\ns1;1;0.5;;90;1;Lycée;\n".encode()
    from_table = post(odd_client, table, "text/csv").json
    alone = post(odd_client, ODD | {"student": "s1"}).json

    assert answer is not None
    assert [prediction.get("id") for prediction in answer["predictions"]] == ["s 1", None, 7]
    assert "id" not in answer["predictions"][1]
    assert from_table is not None
    assert from_table["predictions"][0]["id"] == "s1"
    assert from_table == alone


@pytest.mark.parametrize("value", [1.5, True, [1], {}, 2**63, "\ud800", "a\nb"])
def test_an_id_that_is_neither_text_nor_a_whole_number_is_refused(odd_client: FlaskClient, value: object) -> None:
    """It is answered as it came, so it must be something to answer."""
    response = post(odd_client, ODD | {"student": value})

    assert response.status_code == 422
    assert pointers(response) == {
        "/student": "must be printable text of at most 256 characters or a whole number of at most 63 bits"
    }


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/study_hours": f"is missing: {HOURS}", "/sleep_hours": f"is missing: {HOURS}"}),
        ({"study_hours": 6}, {"/sleep_hours": f"is missing: {HOURS}"}),
        (STUDENT | {"study_hours": "6"}, {"/study_hours": f"{HOURS}; it is text, not a number"}),
        (STUDENT | {"study_hours": True}, {"/study_hours": f"{HOURS}; it is true or false, not a number"}),
        (STUDENT | {"study_hours": None}, {"/study_hours": HOURS}),
        (STUDENT | {"study_hours": [6]}, {"/study_hours": HOURS}),
        (STUDENT | {"study_hours": -1}, {"/study_hours": HOURS}),
        (STUDENT | {"study_hours": 24.0000001}, {"/study_hours": HOURS}),
        (b'{"study_hours": NaN, "sleep_hours": 1e999}', {"/study_hours": HOURS, "/sleep_hours": HOURS}),
        (b'{"study_hours": -Infinity, "sleep_hours": 1}', {"/study_hours": HOURS}),
        (b'{"study_hours": 1, "study_hours": 2, "sleep_hours": 1}', {"/study_hours": "must be given once"}),
        (
            STUDENT | {"a/b~c": 1},
            {"/a~1b~0c": 'is not a feature; the features are "study_hours", "sleep_hours"'},
        ),
        ([], {"": OBJECT}),
        (3, {"": OBJECT}),
        (None, {"": OBJECT}),
        (STUDENT | {"_schema": 1}, {"/_schema": 'is not a feature; the features are "study_hours", "sleep_hours"'}),
        (dict.fromkeys(map(str, range(1_100)), 1), {"": "must have no more than 2 fields"}),
        ({"instances": []}, {"/instances": "must be a list of at least one object"}),
        ({"instances": STUDENT}, {"/instances": "must be a list of at least one object"}),
        ({"instances": [STUDENT], "study_hours": 1}, {"/study_hours": 'must not stand beside "instances"'}),
        (
            {"instances": [STUDENT], **dict.fromkeys(map(str, range(200)), 1)},
            {"": 'must have no field beside "instances"'},
        ),
        (b'{"instances": [], "instances": [{}]}', {"/instances": "must be given once"}),
        (
            {"instances": [STUDENT, 3, STUDENT | {"sleep_hours": 25}]},
            {"/instances/1": "must be an object with one value per feature", "/instances/2/sleep_hours": HOURS},
        ),
    ],
)
def test_instances_at_fault_are_named_field_by_field(client: FlaskClient, body: object, faults: dict[str, str]) -> None:
    """A pointer for every field, and what must hold there, with bounds and unit."""
    response = post(client, body)

    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert pointers(response) == faults


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"school": "Hogwarts"}, {"/school": 'must be one of "Gymnasium", "Lycée", "The "old" one; north"'}),
        ({"class": 4}, {"/class": 'must be one of "1", "2", "3"'}),
        ({"class": 1.5}, {"/class": 'must be one of "1", "2", "3"'}),
        ({"Study hours/week": 81}, {"/Study hours~1week": "must be a number from 0 to 80 hours, or null"}),
        ({"Présence %": None}, {"/Présence %": "must be a number in %"}),
    ],
)
def test_categories_and_nulls_are_checked(
    odd_client: FlaskClient, change: dict[str, Any], faults: dict[str, str]
) -> None:
    """Against the version's own vocabulary."""
    response = post(odd_client, ODD | change)

    assert response.status_code == 422
    assert pointers(response) == faults


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        (
            "study_hours,sleep_hours\n6,5\n25,\n1,x\n",
            {"/rows/2/study_hours": HOURS, "/rows/2/sleep_hours": HOURS, "/rows/3/sleep_hours": HOURS},
        ),
        ("study_hours,sleep_hours\n6\n", {"/rows/1": "has 1 cells where the header has 2"}),
        ("study_hours,sleep_hours\n", {"/rows": "must be at least one row under the header"}),
        (
            "study_hours,name\n6,Ann\n",
            {"/sleep_hours": f"must be a column of the header: {HOURS}", "/name": "is not a feature"},
        ),
    ],
)
def test_tables_at_fault_are_named_row_by_row(client: FlaskClient, table: str, faults: dict[str, str]) -> None:
    """Row 1 is the first row under the header."""
    response = post(client, table.encode(), "text/csv")

    assert response.status_code == 422
    assert pointers(response) == faults


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"{'study_hours': 6}", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"study_hours": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"", "text/csv", 400),
        (b'study_hours,sleep_hours\n"6,5\n', "text/csv", 400),
        (b"study_hours,sleep_hours\n\xff,5\n", "text/csv; charset=utf-8", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv; charset=klingon", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv; charset*=utf-8''a%00b", 400),
        (b"6,5\n1,8\n", "text/csv", 400),
        (b"study_hours,sleep_hours" + b",x" * 200 + b"\n6\n", "text/csv", 400),
        (b"study_hours,sleep_hours\n6,5\n", "text/csv; charset=punycode", 400),
        (b"study_hours=6", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b'{"instances": [' + b"{}," * 50 + b"{}]}", "application/json", 413),
        (b"study_hours,sleep_hours\n" + b"1,1\n" * 51, "text/csv", 413),
        (b" " * 20_001, "application/json", 413),
        (b" " * 20_002, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_taken_is_a_problem(
    client: FlaskClient, body: bytes, media_type: str, status: int
) -> None:
    """Each with its own status, and a detail that says what to send instead."""
    response = post(client, body, media_type)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert len(response.json["detail"]) > 10


def test_faults_are_capped_and_counted(client: FlaskClient) -> None:
    """50 students with two faults each: 100 are listed; with three each, the count says 150."""
    response = post(client, {"instances": [{"x": 1}] * 50})

    assert response.json is not None
    assert len(response.json["errors"]) == 100
    assert response.json["num_errors"] == 150


def test_a_message_never_repeats_what_a_student_sent(client: FlaskClient) -> None:
    """Values stay with the student, whatever is wrong with them."""
    secret = "diagnosis-4711"
    bodies = [STUDENT | {"study_hours": secret}, {"instances": [secret]}, [secret], STUDENT | {"note": secret}]

    for body in bodies:
        assert secret not in post(client, body).get_data(as_text=True)
    for table in (
        f"study_hours,sleep_hours\n{secret},5\n",
        f'study_hours,sleep_hours\n"{secret}',
        f"{secret},{secret}\n",
        f"{secret},1\n",
    ):
        assert secret not in post(client, table.encode(), "text/csv").get_data(as_text=True)


def test_a_name_from_outside_cannot_break_the_answer(client: FlaskClient) -> None:
    """A lone surrogate is no UTF-8; a name of 10,000 letters is not echoed whole."""
    response = post(client, b'{"\\ud800": 1, "' + b"x" * 10_000 + b'": 2}')

    assert response.status_code == 422
    assert len(response.data) < 2_000
    assert {"/?", "/" + "x" * 99 + "…"} <= pointers(response).keys()


def test_values_far_out_are_answered_alike_or_refused(odd_client: FlaskClient) -> None:
    """Where a feature has no bounds: a finite probability, never null."""
    for value in (3e38, -3e38, 1e37, 1e-42):
        response = post(odd_client, ODD | {"Présence %": value, "study hours-week": value})

        assert response.status_code == 200
        assert response.json is not None
        assert 0 <= response.json["predictions"][0]["probability"] <= 1


@pytest.mark.parametrize("query", ["?version=1", "?version=champion"])
def test_a_loaded_version_is_picked_by_number_or_alias(client: FlaskClient, query: str) -> None:
    """And the answer names it."""
    response = post(client, STUDENT, query=query)

    assert response.json is not None
    assert response.json["model"]["version"] == 1


@pytest.mark.parametrize("query", ["?version=2", "?version=nobody", "?version=", "?version=../1"])
def test_a_version_that_is_not_loaded_is_not_found(client: FlaskClient, query: str) -> None:
    """With what is loaded."""
    response = post(client, STUDENT, query=query)

    assert response.status_code == 404
    assert response.json is not None
    assert response.json["detail"] == "that version is not loaded; loaded: 1"
