"""`/openapi.json`, held against the running service by Schemathesis, and `/docs`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from registry.contract.features import Number
from service.web.api_keys import make_key
from tests.support import ROOT
from tests.support.http import ask, json_of
from tests.support.processes import Serve

HERE = Path(__file__).parent


@pytest.mark.long
def test_schemathesis_finds_no_fault(serve: Serve, odd: Path, tmp_path: Path) -> None:
    """Over all routes, with keys on: some two thousand requests that the description allows or forbids."""
    key, line = make_key("schemathesis")
    (tmp_path / "keys").write_text(line)
    with serve(odd, SERVICE_MODEL="odd", SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        described = ask(f"{service.url}/openapi.json", Authorization=f"Bearer {key}").json
        # It takes no examples for a media type that it was told how to write.
        for methods in described["paths"].values():
            content = methods.get("post", {}).get("requestBody", {}).get("content", {})
            content.get("text/csv", {}).pop("examples", None)
        (tmp_path / "openapi.json").write_text(json.dumps(described))
        found = subprocess.run(
            [
                Path(sys.executable).parent / "schemathesis",
                f"--config-file={HERE / 'schemathesis.toml'}",
                "run",
                tmp_path / "openapi.json",
                f"--url={service.url}",
                "--max-examples=20",
                "--seed=6",
                "--continue-on-failure",
            ],
            cwd=tmp_path,
            env=os.environ
            | {"SERVICE_KEY": key, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": f"{HERE}:{ROOT}"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    assert found.returncode == 0, found.stdout
    [num_cases, num_passed] = re.findall(r"(\d+) generated, (\d+) passed", found.stdout)[0]
    assert int(num_passed) == int(num_cases) > 1000


def test_every_route_is_described(odd_client: FlaskClient) -> None:
    """Those of a model also by its own description, and nothing that there is not.

    The page's and the viewer's own files aside, and what is only refused.
    """
    described = {
        (f"{base}{path}", method.upper())
        for base in ("", "/models/odd")
        for path, methods in json_of(odd_client.get(f"{base}/openapi.json"))["paths"].items()
        for method in methods
    }

    routes = {
        (re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule).replace("{name}", "odd"), method)
        for rule in odd_client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/docs", "/page")) and rule.rule != "/" and ".refuse" not in rule.endpoint
    }
    assert {(path.replace("{name}", "odd"), method) for path, method in described} == routes


def test_a_feature_is_described_as_the_version_has_it(odd_client: FlaskClient) -> None:
    """Bounds, unit, categories and whether it may be null; the examples are answered as they stand there."""
    document = json_of(odd_client.get("/openapi.json"))

    student = document["components"]["schemas"]["Student"]
    assert student["required"] == [name for name in student["properties"] if name != "student"]
    hours = student["properties"]["Study hours/week"]
    assert (hours["type"], hours["minimum"], hours["maximum"]) == (["number", "null"], 0, 80)
    assert hours["x-unit"] == "hours"
    assert [kind.get("enum") for kind in student["properties"]["mood"]["anyOf"]] == [["good", "bad"], None]
    assert [kind["enum"] for kind in student["properties"]["class"]["anyOf"]] == [["1", "2", "3"], [1, 2, 3]]
    prediction = document["components"]["schemas"]["Predictions"]["properties"]["predictions"]["items"]
    assert prediction["properties"]["label"]["enum"] == ["not yet", "passed"]
    assert prediction["properties"]["risk_level"]["enum"] == ["at risk", "not sure", "no sign"]

    num_examples = 0
    for path, methods in document["paths"].items():
        for media_type, content in methods.get("post", {}).get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                body = example["value"] if media_type == "text/csv" else json.dumps(example["value"])
                sent = re.sub(r"\{\w+\}", "champion" if "{label}" in path else "1", path)
                answer = odd_client.post(sent, data=body, content_type=media_type)
                assert answer.status_code == 200, (path, answer.json)
                num_examples += 1
    assert num_examples == 3 * 3 + 1 + 3 * 2 + 2


def test_generators_understand_every_schema(client: FlaskClient, odd_client: FlaskClient) -> None:
    """Nothing in it is one of the things over which they leave an operation out; it is served below any prefix."""
    for served in (client, odd_client):
        document = json_of(served.get("/openapi.json"))

        assert document["servers"] == [{"url": "."}]
        for schema in schemas_in(document):
            types = {type(value) for value in schema.get("enum", [])}
            assert len(types) <= 1, schema
            assert "type" in schema or not {"const", "enum"} & schema.keys(), schema
            assert schema.get("type") != "array" or "items" in schema, schema
            assert "pattern" not in schema, schema
            assert all("properties" not in either for either in schema.get("anyOf", [])), schema


def schemas_in(document: object) -> Iterator[dict[str, Any]]:
    """Every object of a document that may be a schema, but for the examples."""
    if isinstance(document, list):
        for part in document:
            yield from schemas_in(part)
    if isinstance(document, dict):
        yield document
        for name, part in document.items():
            if name not in ("example", "examples"):
                yield from schemas_in(part)


def test_the_page_of_the_api_comes_from_this_service_alone(serve: Serve, students: Path) -> None:
    """Whatever it refers to is here, and its policy lets nothing else be asked."""
    with serve(students) as service:
        page = ask(f"{service.url}/docs")
        referred = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
        script = ask(f"{service.url}/docs/docs.js").body.decode()
        parts = {name: ask(urljoin(f"{service.url}/docs", name)) for name in [*referred, "openapi.json"]}

    assert len(referred) == 4
    assert '"openapi.json"' in script
    assert {name: part.status for name, part in parts.items()} == dict.fromkeys(parts, 200)
    for name, part in parts.items():
        assert part.headers["X-Content-Type-Options"] == "nosniff", name
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy


@pytest.mark.parametrize(
    ("minimum", "maximum", "observed"),
    [
        (5, None, None),
        (None, -5, None),
        (0, 0, None),
        (0.02, 0.03, (0.021, 0.03)),
        (None, None, None),
        (1e30, None, None),
    ],
)
def test_an_example_is_within_its_bounds(
    minimum: float | None, maximum: float | None, observed: tuple[float, float] | None
) -> None:
    """Whatever the bounds are."""
    feature = Number("x", minimum=minimum, maximum=maximum, observed=observed)

    feature.encode(feature.example)
