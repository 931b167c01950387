"""The threshold that a version was published with counts everywhere, and a decision is never the other label."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from registry.contract.golden import Golden
from registry.store.model_store import GOLDEN, ModelStore
from service.app import create_app
from service.settings import Settings
from tests.support.http import json_of
from tests.support.scoring import score
from tests.support.stores import once, publish

THRESHOLD = 0.7


@pytest.fixture(scope="module")
def golden(odd: Path) -> Golden:
    """Golden instances of the odd network, with their probabilities on both sides of the threshold."""
    schema = ModelStore(odd, "odd").manifest(1).schema
    golden = Golden.from_json((odd / "odd/1" / GOLDEN).read_bytes(), schema)
    assert 5 < (golden.probabilities > THRESHOLD).sum() < len(golden.probabilities) - 5
    return golden


@pytest.fixture(scope="module")
def limits(golden: Golden) -> tuple[float, float, float]:
    """Two below the threshold, which an earlier release could draw both, and one above it."""
    ranked = np.sort(golden.probabilities).astype(np.float64)
    between = (ranked[1:] + ranked[:-1]) / 2  # engines differ in the last digit
    num_below = int((ranked <= THRESHOLD).sum())
    low, high, upper = between[[num_below // 3, 2 * num_below // 3, (num_below + len(ranked)) // 2]].tolist()
    return low, high, upper


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory, odd: Path, limits: tuple[float, float, float]) -> Path:
    """A store in which that network serves with the threshold, with such limits, then with some on both sides."""
    low, high, upper = limits
    manifest = ModelStore(odd, "odd").manifest(1)
    negative, positive = manifest.schema.labels
    drawn = [{negative: high, positive: 1 - low}, {negative: upper, positive: 1 - low}]
    decision = {
        "rule": "help",
        "given": 0.5,
        "threshold": {"value": THRESHOLD, "low": 0.6, "high": 0.8},
    }

    def make(models: Path) -> None:
        store = ModelStore(models, "odd")
        store.prepare()
        for quantiles, how in zip(drawn, (None, decision), strict=True):
            conformal = {"coverage": 0.9, "quantiles": quantiles}
            publish(store, odd / "odd/1", threshold=THRESHOLD, conformal=conformal, decision=how)

    return once(tmp_path_factory, "chosen", make)


@pytest.fixture(scope="module")
def chosen_client(chosen: Path, engine: str) -> FlaskClient:
    return create_app(Settings(models_dir=chosen, model="odd", engine=engine)).test_client()


@pytest.fixture(scope="module")
def old_client(chosen: Path, engine: str) -> FlaskClient:
    return create_app(Settings(models_dir=chosen, model="odd", version="1", engine=engine)).test_client()


def students(golden: Golden) -> list[dict[str, Any]]:
    return [dict(zip(golden.columns, row, strict=True)) for row in zip(*golden.columns.values(), strict=True)]


def table_of(golden: Golden) -> str:
    table = io.StringIO()
    rows = [["" if value is None else value for value in student.values()] for student in students(golden)]
    csv.writer(table, lineterminator="\n").writerows([list(golden.columns), *rows])
    return table.getvalue()


def expected(golden: Golden, low: float, high: float) -> list[tuple[str, str]]:
    """Label and decision, by what the words say."""
    labels = [["not yet", "passed"][int(probability > THRESHOLD)] for probability in golden.probabilities]
    decisions = [
        "passed" if probability > high else "not yet" if probability < low else "uncertain"
        for probability in golden.probabilities
    ]
    return list(zip(labels, decisions, strict=True))


def expected_levels(golden: Golden, low: float, high: float) -> list[str]:
    """At risk below the one limit, no sign above the other."""
    return [
        "no sign" if probability > high else "at risk" if probability < low else "not sure"
        for probability in golden.probabilities
    ]


def everywhere(client: FlaskClient, golden: Golden) -> dict[str, list[tuple[str, str]]]:
    """Label and decision of every golden instance, by each way of asking."""
    asked = json_of(client.post("/predict", json={"instances": students(golden)}))["predictions"]
    table = json_of(client.post("/predict", data=table_of(golden), content_type="text/csv"))["predictions"]
    scored = json_of(client.post("/score?decimal=.", data=table_of(golden), content_type="text/csv"))["rows"]
    tensors = [
        {"name": name, "shape": [len(column)], "datatype": "BYTES", "data": column}
        for name, column in golden.columns.items()
    ]
    outputs = json_of(client.post("/v2/models/odd/infer", json={"inputs": tensors}))["outputs"]
    tensor = {output["name"]: output["data"] for output in outputs}
    return {
        name: [(row["label"], row["decision"]) for row in rows]
        for name, rows in (("predict", asked), ("table", table), ("score", scored))
    } | {"v2": list(zip(tensor["label"], tensor["decision"], strict=True))}


def test_the_threshold_and_the_decision_are_the_same_everywhere(
    chosen_client: FlaskClient, golden: Golden, limits: tuple[float, float, float]
) -> None:
    """In JSON and CSV, in the dialect that has labels, and in a scored table."""
    found = everywhere(chosen_client, golden)

    no, yes = "not yet", "passed"
    right = expected(golden, limits[0], limits[2])
    assert found == dict.fromkeys(found, right)
    assert set(right) == {(no, no), (no, "uncertain"), (yes, "uncertain"), (yes, yes)}


def test_limits_of_an_earlier_release_never_decide_the_other_label(
    old_client: FlaskClient, golden: Golden, limits: tuple[float, float, float]
) -> None:
    """There it is uncertain, with a warning at the student; and nowhere else is there one."""
    found = everywhere(old_client, golden)
    contradicting = [
        number for number, probability in enumerate(golden.probabilities) if limits[1] < probability <= THRESHOLD
    ]

    assert contradicting
    assert found == dict.fromkeys(found, expected(golden, limits[0], THRESHOLD))
    asked = json_of(old_client.post("/predict", json={"instances": students(golden)}))
    scored = json_of(old_client.post("/score?decimal=.", data=table_of(golden), content_type="text/csv"))
    [one] = json_of(old_client.post("/predict", json=students(golden)[contradicting[0]]))["predictions"]
    for rows, prefix, first in ((asked["predictions"], "/instances", 0), (scored["rows"], "/rows", 1)):
        warned = [
            warning["pointer"]
            for row in rows
            for warning in row.get("warnings", [])
            if "only the other label would be possible" in warning["detail"]
        ]
        assert warned == [f"{prefix}/{number + first}" for number in contradicting]
    assert "" in [warning["pointer"] for warning in one["warnings"]]


def test_a_file_is_scored_alike_and_says_how_many_are_uncertain(
    chosen: Path, golden: Golden, limits: tuple[float, float, float], tmp_path: Path
) -> None:
    """Beside the output, since a row has no place for a warning."""
    (tmp_path / "table.csv").write_text(table_of(golden), encoding="utf-8")
    num = sum(limits[1] < probability <= THRESHOLD for probability in golden.probabilities)

    old = f"{num} are uncertain since only the other label would be possible"
    for version, high, said in (("2", limits[2], ""), ("1", THRESHOLD, old)):
        done = score(
            chosen, tmp_path / "table.csv", "-o", tmp_path / f"{version}.csv", "--decimal", ".", model="odd",
            SERVICE_VERSION=version,
        )  # fmt: skip
        rows = list(csv.DictReader(io.StringIO((tmp_path / f"{version}.csv").read_text(encoding="utf-8"))))
        assert [(row["label"], row["decision"]) for row in rows] == expected(golden, limits[0], high)
        assert said in done.stderr
        assert ("only the other label" in done.stderr) == bool(said)


def test_the_risk_level_is_the_same_everywhere(
    chosen: Path,
    chosen_client: FlaskClient,
    old_client: FlaskClient,
    golden: Golden,
    limits: tuple[float, float, float],
    tmp_path: Path,
) -> None:
    """Whom a school said that it helps is at risk; where nobody said it, only who is surely below the threshold."""
    low, _, high = limits
    (tmp_path / "table.csv").write_text(table_of(golden), encoding="utf-8")

    for version, client, levels in (
        ("2", chosen_client, expected_levels(golden, THRESHOLD, high)),
        ("1", old_client, expected_levels(golden, low, THRESHOLD)),
    ):
        asked = json_of(client.post("/predict", json={"instances": students(golden)}))["predictions"]
        table = json_of(client.post("/predict", data=table_of(golden), content_type="text/csv"))["predictions"]
        scored = json_of(client.post("/score?decimal=.", data=table_of(golden), content_type="text/csv"))["rows"]
        done = score(
            chosen, tmp_path / "table.csv", "-o", tmp_path / "out.csv", "--decimal", ".", model="odd",
            SERVICE_VERSION=version,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))

        assert set(levels) == {"at risk", "not sure", "no sign"}
        for found in (asked, table, scored, rows):
            assert [each["risk_level"] for each in found] == levels
            risks = [np.float32(1) - np.float32(each["probability"]) for each in found]
            assert [np.float32(each["risk"]) for each in found] == risks
        assert all(len(str(each["risk"])) < 16 for each in [*asked, *scored])  # float32's own digits


def test_what_is_counted_goes_by_the_threshold(chosen_client: FlaskClient, golden: Golden) -> None:
    """Labels by version, in the metrics; and every version says its threshold and who chose it."""
    chosen_client.post("/predict", json={"instances": students(golden)})

    metrics = chosen_client.get("/metrics").text
    num = sum(line.startswith("passfail_predictions_total{") for line in metrics.splitlines())
    listed = json_of(chosen_client.get("/model/versions"))["versions"]

    assert num == 2
    assert [entry["threshold"] for entry in listed] == [THRESHOLD, THRESHOLD]
    assert [(entry["decision"] or {}).get("rule") for entry in listed] == [None, "help"]
    assert json.dumps(listed)


def test_the_goal_of_recourse_is_the_line_that_a_school_has_drawn(
    chosen_client: FlaskClient, old_client: FlaskClient, golden: Golden
) -> None:
    """Whoever is above it is no longer at risk; and so it is where the decision's limit lies below the threshold."""
    for client in (chosen_client, old_client):
        answered = [json_of(client.post("/recourse", json=student)) for student in students(golden)]

        assert {answer["target_probability"] for answer in answered} == {THRESHOLD}
        reached = [answer["recourse"][0].get("reason") == "reached already" for answer in answered]
        assert reached == [bool(probability > THRESHOLD) for probability in golden.probabilities]
