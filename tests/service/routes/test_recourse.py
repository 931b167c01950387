"""`POST /recourse`: the smallest changes that reach a target, held against brute force; and every way to ask wrong."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.contract.features import FeatureSchema, Number
from registry.store.model_store import ModelStore
from service.app import create_app
from service.engines.engine import Answers
from service.reasons.actionable_features import ActionableFeatures
from service.reasons.counterfactuals import Target, find_counterfactuals
from service.routes.recourse import MAX_OPTIONS, MAX_RECOURSE
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion, load_version
from tests.support.stores import ODD, once, train

WEAK = {"study_hours": 2, "sleep_hours": 5}
STRONG = {"study_hours": 8, "sleep_hours": 8}
TUTORED = """
name = "tutored"
data = "tutored.csv"
id = "student"

[target]
column = "passed"
positive = "yes"
negative = "no"
labels = ["fail", "pass"]

[[features]]
name = "target_probability"
kind = "number"
minimum = 0
maximum = 1
description = "What the student aims at: a name that is also that of a field of the body"

[[features]]
name = "hours"
kind = "number"
minimum = 0
maximum = 20.5
nullable = true
actionable = "increase"

[[features]]
name = "missed"
kind = "number"
minimum = 0
nullable = true
actionable = "decrease"

[[features]]
name = "tutoring"
kind = "category"
vocabulary = ["none", "group", "single"]
nullable = true
actionable = "both"

[training]
hidden_units = [4]
epochs = 40
members = 2
"""
FAR = {"target_probability": 0.4, "hours": 1, "missed": 5, "tutoring": "none"}


@pytest.fixture(scope="session")
def tutored_client(tmp_path_factory: pytest.TempPathFactory, engine: str) -> FlaskClient:
    """A client of the service with a table of 120 students, who can change a number that may be null and a category."""
    folder = once(tmp_path_factory, "tutored", make_tutored)
    settings = Settings(models_dir=folder / "models", model="tutored", engine=engine)
    return create_app(settings).test_client()


def make_tutored(folder: Path) -> None:
    (folder / "tutored.toml").write_text(TUTORED)
    lines = ["student,target_probability,hours,missed,tutoring,passed"]
    for row in range(120):
        hours, missed, tutoring = row % 11, row % 7, row % 3
        passed = "yes" if hours - missed + 3 * tutoring > 5 else "no"
        cells = "" if row % 10 == 9 else hours, "" if row % 15 == 7 else missed
        lines.append(f"s{row},0.{row % 10},{cells[0]},{cells[1]},{['none', 'group', 'single'][tutoring]},{passed}")
    (folder / "tutored.csv").write_text("\n".join(lines) + "\n")
    train(folder / "models", folder / "tutored.toml")


@pytest.fixture(scope="module")
def version(students: Path, engine: str) -> LoadedVersion:
    """The 15 students' version, to be asked for many points at once."""
    return load_version(ModelStore(students, "pass_fail").read(1), Settings(models_dir=students, engine=engine))


def post(client: FlaskClient, body: object, media_type: str = "application/json", query: str = "") -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/recourse{query}", data=data, content_type=media_type)


def recourse(client: FlaskClient, body: object, media_type: str = "application/json", query: str = "") -> list[Any]:
    """What is answered for each student."""
    response = post(client, body, media_type, query)
    assert response.status_code == 200, response.json
    assert response.json is not None
    found: list[Any] = response.json["recourse"]
    return found


def predicted(client: FlaskClient, student: object) -> Any:
    """What `/predict` answers for one student."""
    response = client.post("/predict", json=student)
    assert response.json is not None
    return response.json["predictions"][0]


def changed(student: dict[str, Any], option: dict[str, Any]) -> dict[str, Any]:
    """The student after the change, as a client would make it; it starts from what the student has."""
    for name, change in option["changes"].items():
        assert change["from"] == student[name]
        assert change["to"] != student[name]
    return student | {name: change["to"] for name, change in option["changes"].items()}


def allowed(own: float, end: float) -> Any:
    """What a number that was whole in training may become: whole where the student's own is; denser near it."""
    if own == int(own):
        return np.linspace(own, end, int(abs(end - own)) + 1)
    return own + (end - own) * np.linspace(0, 1, 400) ** 2


def smallest_by_set(client: FlaskClient, student: dict[str, Any], target: float) -> dict[frozenset[str], float]:
    """Set of features → size of the smallest change of them to whole numbers that reaches a target, all being tried."""
    tried = [
        student | {"hours": hours, "missed": missed, "tutoring": tutoring}
        for hours in range(student["hours"], 21)
        for missed in range(student["missed"] + 1)
        for tutoring in ("none", "group", "single")
    ]
    answer = client.post("/predict", json={"instances": tried}).json
    assert answer is not None
    smallest: dict[frozenset[str], float] = {}
    for other, prediction in zip(tried, answer["predictions"], strict=True):
        if prediction["probability"] >= target:
            names = frozenset(name for name in student if other[name] != student[name])
            size = (other["hours"] - student["hours"]) / 10 + (student["missed"] - other["missed"]) / 6
            size += "tutoring" in names
            smallest[names] = min(size, smallest.get(names, np.inf))
    return smallest


def without_warnings(answer: Any) -> Any:
    """An answer but for its warnings, whose pointers depend on how students are sent."""
    for found in answer["recourse"]:
        for option in found["options"]:
            option.pop("warnings", None)
    return answer


def test_a_changed_student_is_answered_as_the_option_says(client: FlaskClient) -> None:
    """With the positive label and the same probability, to the last digit."""
    response = post(client, WEAK)

    assert response.json is not None
    assert response.json.keys() == {"model", "target_probability", "recourse"}
    assert response.json["model"] == {"name": "pass_fail", "version": 1}
    assert response.json["target_probability"] == 0.5
    [found] = response.json["recourse"]
    assert found.keys() == {"probability", "options"}
    assert found["probability"] == predicted(client, WEAK)["probability"] < 0.5
    assert sorted(list(option["changes"]) for option in found["options"]) == [["sleep_hours"], ["study_hours"]]
    for option in found["options"]:
        assert option.keys() == {"changes", "probability", "size"}
        prediction = predicted(client, changed(WEAK, option))
        assert prediction["label"] == "pass"
        assert prediction["probability"] == option["probability"] > 0.5


@pytest.mark.parametrize("target", [None, 0.3, 0.6, 0.9, 0.99])
def test_brute_force_finds_nothing_smaller(client: FlaskClient, version: LoadedVersion, target: float | None) -> None:
    """Nor anything where none is said to be: a grid of all that a student may change, within bounds and directions."""
    students = [{"study_hours": a, "sleep_hours": b} for a in (0, 0.5, 2, 4, 7, 12) for b in (0, 3, 5, 7.5, 12, 24)]
    beside = {} if target is None else {"target_probability": target}
    parts = [recourse(client, {"instances": students[half::2]} | beside) for half in (0, 1)]

    for student, found in zip(students[::2] + students[1::2], parts[0] + parts[1], strict=True):
        study, sleep = student["study_hours"], student["sleep_hours"]
        grid = np.array(np.meshgrid(allowed(study, 24), np.r_[allowed(sleep, 0), allowed(sleep, 24)])).reshape(2, -1)
        answers = version.engine(np.ascontiguousarray(grid.T, dtype=np.float32)).probabilities
        reached = answers > 0.5 if target is None else answers >= target
        sizes = np.abs(grid[0] - study) / 7 + np.abs(grid[1] - sleep) / 5  # seen: 1 to 8, 3 to 8
        if found.get("reason") == "reached already":
            assert sizes[reached].min() == 0
        elif not found["options"]:
            assert found["reason"] == "none within bounds"
            assert not reached.any()
        else:
            first = found["options"][0]
            # What changes one feature is offered before what changes both and is hardly smaller.
            slack = 0.95 if len(first["changes"]) == 1 else 1.0
            assert first["size"] * slack <= 1.03 * sizes[reached].min()
            alone = sizes[reached & ((grid[0] == study) | (grid[1] == sleep))]
            assert first["size"] <= 1.03 * alone.min(initial=np.inf)


def test_changes_keep_to_direction_and_bounds(client: FlaskClient) -> None:
    """Study hours only grow, sleep goes either way, and none leaves its 0 to 24 hours."""
    students = [{"study_hours": a, "sleep_hours": b} for a in (0, 3, 6) for b in (0, 6, 12, 18, 24)]

    options = [
        option
        for found in recourse(client, {"instances": students, "target_probability": 0.8})
        for option in found["options"]
    ]

    ends = [(name, change["from"], change["to"]) for option in options for name, change in option["changes"].items()]
    assert all(0 <= end <= 24 for _, _, end in ends)
    assert {name for name, own, end in ends if end > own} == {"study_hours", "sleep_hours"}
    assert all(name == "sleep_hours" for name, own, end in ends if end < own)


def test_numbers_come_as_people_write_them(client: FlaskClient) -> None:
    """No more digits than a step of a 200th of the range needs, or of the change where that is small."""
    students = [{"study_hours": round(0.3 * step, 1), "sleep_hours": 6.4} for step in range(12)]

    found = recourse(client, {"instances": students})

    written = [change for one in found for option in one["options"] for change in option["changes"].values()]
    assert len(written) >= 10
    for change in written:
        assert len(str(change["from"])) <= 3
        assert len(str(change["to"])) <= 6
        if abs(change["to"] - change["from"]) >= 1:
            assert len(str(change["to"]).partition(".")[2]) <= 2


@pytest.mark.parametrize("target", [0.6, 0.7])
def test_a_target_comes_in_the_body_or_in_the_query(client: FlaskClient, target: float) -> None:
    """Beside one student, beside several, and beside a table."""
    beside = {"target_probability": target}
    query = f"?target_probability={target}"
    student = {"study_hours": 2.5, "sleep_hours": 5.5}
    table = b"sleep_hours;study_hours\n5.5;2.5\n"

    answer = post(client, student | beside).json

    assert answer is not None
    assert answer["target_probability"] == target
    assert answer["recourse"][0]["options"][0]["probability"] == pytest.approx(target, abs=0.01)
    for option in answer["recourse"][0]["options"]:
        assert predicted(client, changed(student, option))["probability"] == option["probability"] >= target
    assert post(client, student, query=query).json == answer
    for response in (
        post(client, {"instances": [student]} | beside),
        post(client, {"instances": [student]}, query=query),
        post(client, table, "text/csv", query),
    ):
        assert without_warnings(response.json) == without_warnings(answer)


def test_the_same_is_answered_again(client: FlaskClient) -> None:
    """The search draws, but always the same."""
    students = {"instances": [WEAK, {"study_hours": 0, "sleep_hours": 11}], "target_probability": 0.8}

    assert post(client, students).data == post(client, students).data


def test_several_students_are_answered_in_order(client: FlaskClient) -> None:
    """Each as if sent alone: with options, reached already, out of reach."""
    students = [WEAK, STRONG, {"study_hours": 1, "sleep_hours": 4}]

    found = recourse(client, {"instances": students})

    assert [one.get("reason") for one in found] == [None, "reached already", None]
    assert [bool(one["options"]) for one in found] == [True, False, True]
    for one, student in zip(found, students, strict=True):
        [alone] = recourse(client, student)
        assert one["options"] == alone["options"]
        assert one["probability"] == pytest.approx(alone["probability"], abs=1e-6)


def test_a_target_out_of_reach_is_said_to_be(client: FlaskClient, version: LoadedVersion) -> None:
    """A student has come to the end of the way that leads up, and it takes more than the network ever gives."""
    hours = np.linspace(0, 24, 481, dtype=np.float32)
    highest = version.engine(np.array([(24, sleep) for sleep in hours], dtype=np.float32)).probabilities.max()
    target = (float(highest) + 1) / 2

    [found] = recourse(client, {"study_hours": 24, "sleep_hours": 12, "target_probability": target})

    assert highest < target
    assert (found["options"], found["reason"]) == ([], "none within bounds")


UNNOTICED = 0.001  # by which the best may fall short of the highest probability, for a smaller change


def test_where_the_target_is_out_of_reach_the_best_is_told(client: FlaskClient, version: LoadedVersion) -> None:
    """Nothing on a grid is better, neither of one feature nor of both, and nothing as good is much smaller."""
    students = [{"study_hours": a, "sleep_hours": b} for a in (0, 0.5, 2, 7) for b in (0, 3, 7.5, 12, 24)]

    answered = recourse(client, {"instances": students, "target_probability": 0.9999999})

    for student, found in zip(students, answered, strict=True):
        study, sleep = student["study_hours"], student["sleep_hours"]
        grid = np.array(np.meshgrid(allowed(study, 24), np.r_[allowed(sleep, 0), allowed(sleep, 24)])).reshape(2, -1)
        answers = version.engine(np.ascontiguousarray(grid.T, dtype=np.float32)).probabilities
        sizes = np.abs(grid[0] - study) / 7 + np.abs(grid[1] - sleep) / 5  # seen: 1 to 8, 3 to 8
        best = found["best"]
        assert (found["options"], found["reason"]) == ([], "none within bounds")
        assert best.keys() >= {"changes", "probability", "size"}
        assert predicted(client, changed(student, best))["probability"] == best["probability"] > found["probability"]
        assert best["probability"] >= answers.max() - UNNOTICED
        assert best["size"] <= 1.05 * sizes[answers >= best["probability"]].min() + 1e-3
        assert best["changes"].get("study_hours", {"to": study})["to"] >= study


def test_the_best_keeps_to_directions_and_to_whole_numbers(tutored_client: FlaskClient) -> None:
    """Of all that a student may become none is better; what is not known or can't be changed stays."""
    students: list[dict[str, Any]] = [FAR | {"hours": h, "missed": m} for h in (0, 19, None) for m in (0, 6)]

    answered = recourse(tutored_client, {"instances": students}, query="?target_probability=0.9999999")

    assert "best" in answered[0]
    for student, found in zip(students, answered, strict=True):
        tried = [
            student | {"hours": more, "missed": less, "tutoring": tutoring}
            for more in ([None] if student["hours"] is None else range(student["hours"], 21))
            for less in range(student["missed"] + 1)
            for tutoring in ("none", "group", "single")
        ]
        answer = tutored_client.post("/predict", json={"instances": tried}).json
        assert answer is not None
        highest = max(prediction["probability"] for prediction in answer["predictions"])
        assert found.get("best", found)["probability"] >= highest - UNNOTICED
        assert changed(student, found.get("best", {"changes": {}})) in tried


def test_nothing_is_the_best_where_nothing_gains(tutored_client: FlaskClient) -> None:
    """Nor where a target is reached, nothing may change, or what may is not known."""
    nulls = FAR | {"hours": None, "tutoring": None, "missed": 0}
    higher = (predicted(tutored_client, nulls)["probability"] + 1) / 2
    unreachable = recourse(
        tutored_client, {"instances": [nulls, nulls | {"missed": None}]}, query=f"?target_probability={higher}"
    )
    [reached] = recourse(tutored_client, FAR, query="?target_probability=0.0001")

    assert [found["reason"] for found in unreachable] == ["none within bounds", "what can be changed is not known"]
    assert reached["reason"] == "reached already"
    assert all("best" not in found for found in (*unreachable, reached))


def test_new_values_that_training_has_not_seen_are_warned_of(client: FlaskClient) -> None:
    """Of changed features alone, with the pointer of the student's field."""
    detail = "is outside of what nearly all students in training had: {} hours per day"
    students = [{"study_hours": 0, "sleep_hours": 9}, WEAK]

    found = recourse(client, {"instances": students, "target_probability": 0.97})

    seen = {"study_hours": (1, 8), "sleep_hours": (3, 8)}
    num_warned = 0
    for position, one in enumerate(found):
        for option in one["options"]:
            expected = [
                {
                    "pointer": f"/instances/{position}/{name}",
                    "detail": detail.format(f"{seen[name][0]} to {seen[name][1]}"),
                }
                for name in ("study_hours", "sleep_hours")
                if name in option["changes"] and not seen[name][0] <= option["changes"][name]["to"] <= seen[name][1]
            ]
            assert option.get("warnings", []) == expected
            num_warned += len(expected)
    assert num_warned > 0


def test_a_version_in_which_nothing_is_actionable_says_so(odd_client: FlaskClient) -> None:
    """The network is not asked for what nobody could do."""
    found = recourse(odd_client, {"instances": [ODD | {"student": "s1"}, ODD], "target_probability": 0.999999})

    assert [(one["options"], one["reason"]) for one in found] == [([], "no feature is actionable")] * 2
    assert [one.get("id") for one in found] == ["s1", None]


def test_a_category_may_become_another(tutored_client: FlaskClient) -> None:
    """It counts 1; and what changes more features is there only where it is at least 5 % smaller."""
    students = [FAR | {"hours": hours, "tutoring": t} for hours in (1, 3, 5) for t in ("none", "group")]

    found = recourse(tutored_client, {"instances": students})

    options = [option for one in found for option in one["options"]]
    new = [option["changes"]["tutoring"]["to"] for option in options if "tutoring" in option["changes"]]
    assert "single" in new
    assert set(new) <= {"none", "group", "single"}
    assert any(len(option["changes"]) > 1 for option in options)
    for student, one in zip(students, found, strict=True):
        assert 0 < len(one["options"]) <= MAX_OPTIONS
        sets = [frozenset(option["changes"]) for option in one["options"]]
        sizes = [option["size"] for option in one["options"]]
        assert len(set(sets)) == len(sets)
        assert sizes == sorted(sizes)
        for names, size, option in zip(sets, sizes, one["options"], strict=True):
            assert all(size <= 0.951 * other for more, other in zip(sets, sizes, strict=True) if more < names)
            counts = {"hours": 10, "missed": 6, "tutoring": 1}  # the ranges seen: 0 to 10, 0 to 6
            moved = {n: 1 if n == "tutoring" else abs(c["to"] - c["from"]) for n, c in option["changes"].items()}
            assert size == pytest.approx(sum(moved[name] / counts[name] for name in moved), rel=1e-3)
            prediction = predicted(tutored_client, changed(student, option))
            assert (prediction["label"], prediction["probability"]) == ("pass", option["probability"])


def test_a_null_is_left_alone(tutored_client: FlaskClient) -> None:
    """What is not known can't be changed: only what the student has."""
    nulls = FAR | {"hours": None, "tutoring": None}

    without_hours = recourse(tutored_client, FAR | {"hours": None})[0]["options"]
    higher = (predicted(tutored_client, nulls | {"missed": 0})["probability"] + 1) / 2
    [without_both] = recourse(tutored_client, nulls | {"missed": 0}, query=f"?target_probability={higher}")

    assert without_hours
    assert all(option["changes"].keys() <= {"missed", "tutoring"} for option in without_hours)
    assert (without_both["options"], without_both["reason"]) == ([], "none within bounds")


def test_a_student_of_whom_nothing_that_can_change_is_known_is_told_apart(tutored_client: FlaskClient) -> None:
    """What they have may well be changed, but nobody knows from where; `target_probability` is not actionable."""
    nothing = {"target_probability": 0.4, "hours": None, "missed": None, "tutoring": None}
    higher = (predicted(tutored_client, nothing)["probability"] + 1) / 2

    [found] = recourse(tutored_client, nothing, query=f"?target_probability={higher}")

    assert (found["options"], found["reason"]) == ([], "what can be changed is not known")


@pytest.mark.parametrize("target", [0.3, 0.5, 0.7, 0.9])
def test_whole_numbers_stay_whole(tutored_client: FlaskClient, target: float) -> None:
    """Each option is, but for a twentieth, the smallest of all changes of its features to whole numbers.

    And the first of all: a change shrinks one feature after the other, which where the network bends may end a little
    short of the smallest.
    """
    students = [FAR | {"hours": hours, "missed": missed} for hours in (0, 1, 4) for missed in (2, 5, 6)]

    answered = recourse(tutored_client, {"instances": students, "target_probability": target})

    assert all(found["options"] for found in answered)
    for student, found in zip(students, answered, strict=True):
        smallest = smallest_by_set(tutored_client, student, target)
        for option in found["options"]:
            assert all(isinstance(change["to"], int | str) for change in option["changes"].values())
            least = smallest[frozenset(option["changes"])]
            assert 0.999 * least <= option["size"] <= 1.05 * least
        # What changes more features is offered only where it is much smaller.
        assert 0.95 * found["options"][0]["size"] <= min(smallest.values())


def test_the_last_whole_number_before_a_limit_is_the_limit(tutored_client: FlaskClient) -> None:
    """Hours end at 20.5; what is not whole to begin with may go there."""
    for own, end in ((1, 20), (1.5, 20.5)):
        student = FAR | {"hours": own, "missed": 0}
        highest = predicted(tutored_client, student | {"hours": end})["probability"]

        [found] = recourse(tutored_client, student, query=f"?target_probability={highest}")

        alone = [option["changes"]["hours"]["to"] for option in found["options"] if set(option["changes"]) == {"hours"}]
        assert alone == [end]


def test_a_feature_may_be_called_as_the_target(tutored_client: FlaskClient) -> None:
    """Beside one student it is the student's; the query and a field beside several are the target still."""
    own = post(tutored_client, FAR).json
    asked = post(tutored_client, FAR, query="?target_probability=0.75").json

    answer = tutored_client.get("/model").json
    assert answer is not None
    limit = answer["manifest"]["conformal"]["quantiles"]["fail"]
    assert own is not None
    assert own["target_probability"] == limit > answer["manifest"]["threshold"]
    assert asked is not None
    assert asked["target_probability"] == 0.75
    several = post(tutored_client, {"instances": [FAR], "target_probability": 0.75}).json
    assert without_warnings(several) == without_warnings(asked)


def test_students_that_are_looked_at_are_not_counted_as_answered(client: FlaskClient) -> None:
    """The thousands that the network is asked for are nobody."""

    def counted() -> list[bytes]:
        lines: list[bytes] = client.get("/metrics").data.splitlines()
        counts = b"passfail_predicted", b"passfail_instances", b"passfail_predictions", b"passfail_engine"
        return [line for line in lines if line.startswith(counts)]

    predicted(client, WEAK)
    before = counted()

    recourse(client, WEAK)

    unchanged = counted()
    predicted(client, WEAK)
    assert unchanged == before != counted()


NUMBER = "must be a number above 0 and below 1"
NO_TARGETS: tuple[Any, ...] = (0, 1, -0.5, 70, "0.7", None, True, [0.7], {})


@pytest.mark.parametrize(
    ("body", "query", "faults"),
    [
        *[(WEAK | {"target_probability": value}, "", {"/target_probability": NUMBER}) for value in NO_TARGETS],
        (b'{"study_hours": 2, "sleep_hours": 5, "target_probability": NaN}', "", {"/target_probability": NUMBER}),
        *[(WEAK, f"?target_probability={text}", {"/target_probability": NUMBER}) for text in ("", "1", "x", "nan")],
        ({"instances": [WEAK], "target_probability": 2}, "", {"/target_probability": NUMBER}),
        (
            WEAK | {"target_probability": 0.7},
            "?target_probability=0.7",
            {"/target_probability": "must be given once"},
        ),
        (WEAK, "?target_probability=0.7&target_probability=0.8", {"/target_probability": "must be given once"}),
        (
            b'{"target_probability": 0.6, "instances": [{}], "target_probability": 0.7}',
            "",
            {"/target_probability": "must be given once"},
        ),
        (
            b'{"study_hours": 2, "sleep_hours": 5, "target_probability": 0.7, "target_probability": 0.7}',
            "",
            {"/target_probability": "must be given once"},
        ),
        (
            {"instances": [WEAK | {"target_probability": 0.7}]},
            "",
            {"/instances/0/target_probability": 'is not a feature; the features are "study_hours", "sleep_hours"'},
        ),
        (WEAK | {"study_hours": 25}, "", {"/study_hours": "must be a number from 0 to 24 hours per day"}),
    ],
)
def test_what_is_at_fault_is_named(client: FlaskClient, body: object, query: str, faults: dict[str, str]) -> None:
    """The target as the student's fields, and no value is repeated."""
    response = post(client, body, query=query)

    assert response.status_code == 422
    assert response.json is not None
    assert {fault["pointer"]: fault["detail"] for fault in response.json["errors"]} == faults


@pytest.mark.parametrize(
    ("body", "media_type", "query", "status"),
    [
        (b"{", "application/json", "", 400),
        (b"{}", "text/plain", "", 415),
        (b"study_hours,sleep_hours\n" + b"1,1\n" * 51, "text/csv", "", 413),
        (json.dumps(WEAK).encode(), "application/json", "?version=7", 404),
    ],
)
def test_what_cannot_be_taken_is_a_problem(
    client: FlaskClient, body: bytes, media_type: str, query: str, status: int
) -> None:
    """With the statuses of `/predict`."""
    response = post(client, body, media_type, query)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_there_is_a_limit_of_its_own(tutored_client: FlaskClient) -> None:
    """A student takes the network ten thousand answers here, where `/predict` takes one."""
    within = recourse(tutored_client, {"instances": [FAR | {"hours": None}] * MAX_RECOURSE})
    beyond = post(tutored_client, {"instances": [FAR] * (MAX_RECOURSE + 1)})

    assert len(within) == MAX_RECOURSE
    assert beyond.status_code == 413
    assert beyond.json is not None
    assert beyond.json["detail"].startswith("at most 20 students ")


@pytest.mark.parametrize(("num_actionable", "steepness"), [(6, 0.8), (6, 4), (6, 40), (12, 0.8), (12, 4)])
def test_the_smallest_change_is_found_where_the_network_is_sure(num_actionable: int, steepness: float) -> None:
    """Of a linear network it is known: the features that give most for their size, one after another to the end."""
    generator = np.random.default_rng(num_actionable)
    features = ActionableFeatures(
        FeatureSchema(
            tuple(
                Number(f"x{column}", minimum=0, maximum=1, observed=(0, 1), actionable="increase")
                for column in range(num_actionable)
            )
        ),
        np.zeros(num_actionable, dtype=np.float32),
    )
    for part in (0.3, 0.6, 0.9):
        weights = generator.uniform(0.5, 2, num_actionable)
        needed = part * weights.sum()

        def engine(matrix: np.ndarray, weights: np.ndarray = weights, needed: float = needed) -> Answers:
            odds = np.exp(steepness * (matrix @ weights - needed))
            return Answers((odds / (1 + odds)).astype(np.float32), None)

        first = find_counterfactuals(engine, features, Target(0.5, is_above=True)).reaching[:1]

        in_order = np.sort(weights)[::-1]
        before = np.r_[0, in_order.cumsum()[:-1]]
        smallest = np.clip((needed - before) / in_order, 0, 1).sum()
        # Numbers are rounded, by at most a 64th of each change.
        assert smallest <= features.sizes(first)[0] + 1e-6 <= 1.02 * smallest
