"""The same network with the same checks behind FastAPI and pydantic, as its documentation says to write it.

Without log lines, metrics, refresh, warnings, or any other thing that the service does beside. It runs in
`.venv/clients`; VERSION_DIR names the folder of the version. `uvicorn benchmarks.rivals.fastapi_app:app`.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, create_model

EXTRA = Path(os.environ["VERSION_DIR"], "assets.extra")
MANIFEST = json.loads((EXTRA / "manifest.json").read_bytes())
FEATURES = MANIFEST["schema"]["features"]
LABELS = MANIFEST["labels"]
CODES = [{entry: float(code) for code, entry in enumerate(feature.get("vocabulary", ()))} for feature in FEATURES]


def _type(feature: dict[str, Any]) -> Any:
    if feature["kind"] == "category":
        kind: Any = Literal[tuple(feature["vocabulary"])]
    else:
        low, high = feature.get("minimum"), feature.get("maximum")
        kind = Annotated[float, Field(strict=True, ge=low, le=high, allow_inf_nan=False)]
    return (kind | None if feature.get("nullable") else kind), Field(alias=feature["name"])


Student = create_model(
    "Student",
    __config__=ConfigDict(extra="forbid"),
    **{f"feature_{place}": _type(feature) for place, feature in enumerate(FEATURES)},
)


class Class(BaseModel):
    """Many students."""

    model_config = ConfigDict(extra="forbid")

    instances: Annotated[list[Student], Field(min_length=1, max_length=10_000)]  # type: ignore[valid-type]


class Prediction(BaseModel):
    """The answer for one student."""

    label: str
    probability: float
    spread: float


class Answer(BaseModel):
    """The answer."""

    model: dict[str, str | int]
    predictions: list[Prediction]


class Network:
    """LiteRT, as the service runs it."""

    def __init__(self) -> None:
        """Load the network."""
        self.interpreter = Interpreter(model_path=str(EXTRA / "model.tflite"), num_threads=1)
        runner = self.interpreter.get_signature_runner()
        self.input = runner.get_input_details()["encoded"]["index"]
        outputs = runner.get_output_details()
        self.outputs = [outputs[name]["index"] for name in ("probability", "spread")]
        self.shape: tuple[int, ...] = ()

    def __call__(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and spreads of a matrix."""
        if matrix.shape != self.shape:
            self.interpreter.resize_tensor_input(self.input, matrix.shape)
            self.interpreter.allocate_tensors()
            self.shape = matrix.shape
        self.interpreter.set_tensor(self.input, matrix)
        self.interpreter.invoke()
        probability, spread = (self.interpreter.get_tensor(index) for index in self.outputs)
        return probability, spread


app = FastAPI()
network = Network()


@app.post("/predict")
async def predict(body: Student | Class) -> Answer:  # type: ignore[valid-type]
    """Answer one student or many."""
    students: list[Any] = body.instances if isinstance(body, Class) else [body]
    matrix = np.array(
        [
            [
                np.nan if value is None else value if not codes else codes[value]
                for codes, (_, value) in zip(CODES, student, strict=True)
            ]
            for student in students
        ],
        dtype=np.float32,
    )
    probabilities, spreads = network(matrix)
    predictions = [
        Prediction(label=LABELS[probability > MANIFEST["threshold"]], probability=probability, spread=spread)
        for probability, spread in zip(probabilities.tolist(), spreads.tolist(), strict=True)
    ]
    return Answer(model={"name": MANIFEST["name"], "version": MANIFEST["version"]}, predictions=predictions)
