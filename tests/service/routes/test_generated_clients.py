"""Clients that generators make of `/openapi.json`: none of it is lost, and they predict in all three dialects."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from registry.contract.table.workbook import MEDIA_TYPE
from tests.support import ROOT
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import ODD

# The generators live where the other clients do; `make test` sets it up.
CLIENTS = ROOT / ".venv/clients"
BIN = CLIENTS / "bin"

PYTHON = """
import io
import json
import sys

from client import Client
from client.api.open_inference_protocol import inference_infer
from client.api.passfail import predict, score
from client.api.tensor_flow_serving import serving_predict
from client.models import InferenceRequest, Problem, ServingRow, ServingRows, Student, StudentClassType1, Students
from client.models.student_school import StudentSchool
from client.types import File

service = Client(sys.argv[1])
student = Student(
    class_=StudentClassType1.VALUE_1,
    self_=0.5,
    study_hoursweek=None,
    pr_é_sence=90,
    study_hours_week=1,
    school=StudentSchool.LYCEE,
    mood=None,
    student="s1",
)
again = Student.from_dict(student.to_dict() | {"class": "1", "student": 7})
row = {
    "class_": "1",
    "self_": 0.5,
    "Study_hours_week": None,
    "Presence": 90,
    "study_hours_week_2": 1,
    "school": "Lycée",
    "mood": None,
}
inputs = [
    {"name": name, "datatype": "BYTES" if isinstance(value, str) else "FP64", "shape": [1], "data": [value]}
    for name, value in row.items()
]
table = "class,self,Study hours/week,Présence %,study hours-week,school,mood\\n1,0.5,,90,1,Lycée,\\n"

own = predict.sync(client=service, body=Students(instances=[student, again]))
serving = serving_predict.sync(client=service, body=ServingRows(instances=[ServingRow.from_dict(row)]))
inference = inference_infer.sync(client=service, body=InferenceRequest.from_dict({"inputs": inputs}))
refused = predict.sync(client=service, body=Student.from_dict(student.to_dict() | {"self": 2}))
scored = score.sync(client=service, body=File(payload=io.BytesIO(table.encode())))

assert isinstance(refused, Problem)
print(
    json.dumps(
        {
            "own": [prediction.probability for prediction in own.predictions],
            "ids": [prediction.id for prediction in own.predictions],
            "serving": serving.predictions,
            "inference": next(tensor.data for tensor in inference.outputs if tensor.name == "probability"),
            "scored": [row.probability for row in scored.rows],
            "levels": [each.risk_level for each in (*own.predictions, *scored.rows)],
            "refused": [fault.pointer for fault in refused.errors],
        }
    )
)
"""

TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { components, paths } from "./api.ts";

declare const process: { argv: string[] };
type Schemas = components["schemas"];

const client = createClient<paths>({ baseUrl: process.argv[2] });
const student: Schemas["Student"] = {
  class: 1,
  self: 0.5,
  "Study hours/week": null,
  "Présence %": 90,
  "study hours-week": 1,
  school: "Lycée",
  mood: null,
  student: "s1",
};
const row: Schemas["ServingRow"] = {
  class_: "1",
  self_: 0.5,
  Study_hours_week: null,
  Presence: 90,
  study_hours_week_2: 1,
  school: "Lycée",
  mood: null,
};
const inputs: Schemas["InferenceRequest"]["inputs"] = Object.entries(row).map(([name, value]) => ({
  name,
  datatype: typeof value === "string" ? "BYTES" : "FP64",
  shape: [1],
  data: [value],
}));

const own = await client.POST("/predict", { body: { instances: [student, { ...student, class: "1", student: 7 }] } });
const serving = await client.POST("/v1/models/odd:predict", { body: { instances: [row] } });
const inference = await client.POST("/v2/models/odd/infer", { body: { inputs } });
const scored = await client.POST("/score", {
  body: "class,self,Study hours/week,Présence %,study hours-week,school,mood\\n1,0.5,,90,1,Lycée,\\n",
  bodySerializer: (table) => table,
  headers: { "Content-Type": "text/csv" },
});
const refused = await client.POST("/predict", { body: { ...student, self: 2 } });

const predictions = own.data?.predictions ?? [];
console.log(
  JSON.stringify({
    own: predictions.map(({ probability }) => probability),
    ids: predictions.map(({ id }) => id),
    serving: serving.data && "predictions" in serving.data && serving.data.predictions,
    scored: scored.data?.rows.map(({ probability }) => probability),
    levels: [...predictions, ...(scored.data?.rows ?? [])].map(({ risk_level }) => risk_level),
    inference: inference.data?.outputs.find(({ name }) => name === "probability")?.data,
    refused: refused.error && "errors" in refused.error && refused.error.errors?.map(({ pointer }) => pointer),
  }),
);
"""

# What the page takes for granted of the answers; of a manifest only that there is one is described.
PAGE = """
import type { paths } from "./api.ts";
import type * as page from "./answers.ts";

type Json<Answer> = { responses: { 200: { content: { "application/json": Answer } } } };
type Of<Path extends keyof paths, Method extends keyof paths[Path]> =
  paths[Path][Method] extends Json<infer Answer> ? Answer : never;

export const described: [
  (answer: Of<"/predict", "post">) => page.Predictions,
  (answer: Of<"/explain", "post">) => page.Explanations,
  (answer: Of<"/recourse", "post">) => page.Recourse,
  (answer: Of<"/score", "post">) => page.Scored,
  (answer: Of<"/model/versions", "get">["versions"][number]) => Omit<page.Listed, "decision" | "evaluation" | "labels">,
  (answer: Of<"/model", "get">) => Omit<page.Model, "manifest">,
] = [(_) => _, (_) => _, (_) => _, (_) => _, (_) => _, (_) => _];
"""


def test_no_operation_is_lost_and_all_three_dialects_answer(serve: Serve, odd: Path, tmp_path: Path) -> None:
    """Without a warning, by types that hold, of a table with an id, numerals for a vocabulary, and nulls."""
    with serve(odd, SERVICE_MODEL="odd") as service:
        described = ask(f"{service.url}/openapi.json")
        (tmp_path / "openapi.json").write_bytes(described.body)
        said = generate_python(tmp_path), generate_typescript(tmp_path)
        printed = [
            json.loads(run(tmp_path, BIN / "python", "predict.py", service.url)),
            json.loads(run(tmp_path, BIN / "node", "predict.ts", service.url)),
        ]
        [expected] = ask(f"{service.url}/predict", ODD).json["predictions"]

    assert said == ("Generating client\n", "")
    operations = {each["operationId"] for path in described.json["paths"].values() for each in path.values()}
    assert {path.stem for path in tmp_path.glob("client/api/*/[!_]*.py")} == operations
    assert set(re.findall(r'operations\["(\w+)"\]', (tmp_path / "api.ts").read_text())) == operations
    probability = expected["probability"]
    for found in printed:
        assert found["own"] == [probability] * 2
        assert found["ids"] == ["s1", 7]
        assert found["serving"] == found["inference"] == found["scored"] == [probability]
        assert found["levels"] == [expected["risk_level"]] * 3
        assert found["refused"] == ["/self"]


def generate_python(folder: Path) -> str:
    """Make `client` of `openapi.json`; tables go out as bytes, which this generator wants to be told."""
    tables = ", ".join(f"{each}: application/octet-stream" for each in ("text/csv", MEDIA_TYPE))
    (folder / "config.yml").write_text(f"content_type_overrides: {{{tables}}}\n")
    (folder / "predict.py").write_text(PYTHON)
    options = ["--path", "openapi.json", "--config", "config.yml", "--meta", "none", "--output-path", "client"]
    return run(folder, BIN / "openapi-python-client", "generate", *options)


def generate_typescript(folder: Path) -> str:
    """Make `api.ts` of `openapi.json`, and check the program by its types, and the page's own types by them."""
    (folder / "node_modules").symlink_to(CLIENTS / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "predict.ts").write_text(TYPESCRIPT)
    (folder / "page.ts").write_text(PAGE)
    shutil.copy(ROOT / "service/page/api/answers.d.ts", folder / "answers.ts")
    run(folder, BIN / "node", "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "api.ts")
    options = "--strict --noEmit --allowImportingTsExtensions --module nodenext --target es2022 --lib es2022,dom"
    return run(folder, BIN / "node", "node_modules/typescript/bin/tsc", *options.split(), "predict.ts", "page.ts")


def run(folder: Path, *command: str | Path) -> str:
    """Run a command in a folder, and give what it said."""
    assert Path(command[0]).exists(), "make test sets up the clients' environment"
    path = f"{BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
