"""A dataset file: TOML read into frozen dataclasses, every bad entry reported together."""

import io
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from registry.contract.conformal import UNCERTAIN
from registry.contract.documents import FeatureDocument, Flag, Number, Whole
from registry.contract.features import FeatureSchema, to_nfc
from registry.contract.verdicts import AT_RISK, NO_SIGN, NOT_SURE
from registry.named_file import read_named_file
from registry.store.model_store import MODEL_NAME, MODEL_NAME_RULE

SHIPPED = Path(__file__).parent / "datasets"
DEMONSTRATION = "student_hours.csv"  # there: the 15 students of the tutorial notebook
# A key of a hundred parts, which none is meant to have: to read one takes the square of their number, or more.
_MOST_BYTES = 2**24  # thousands of times what `init` writes
_LONG_KEY = re.compile(r"""(?:\.[ \t]*+(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+){100}""", re.ASCII)


class InvalidDatasetFile(ValueError):
    """A dataset file that can't be used; the message lists every fault."""


@dataclass(frozen=True)
class TrainingConfig:
    """How the network is built and trained.

    Attributes:
        hidden_units: Units of each hidden layer, first to last.
        activation: Of the hidden layers: `relu`, `leaky_relu`, `tanh` or `sigmoid`.
        initializer: Of the kernels: `glorot` or `he`, both uniform; or `random_uniform`, within .05 whatever the layer.
        skip: Whether the inputs also go straight to the output, so that the network contains logistic regression.
        optimizer: `adam` or `sgd`.
        learning_rate: Of the first step.
        learning_rate_decay: Whether it falls to 0 in a straight line over the steps.
        l2: Weight of the squared kernels in the loss; None: chosen by cross-validation.
        skip_l2: The same of the skip's kernel.
        clip_norm: Largest norm of a member's gradient; None: any.
        epochs: Passes over the training rows.
        batch_size: Rows per step; None: 32, more on large tables.
        members: Networks whose probabilities are averaged.
        scale_inputs: Whether numbers are standardised; the notebook's network takes them as they are.
    """

    hidden_units: tuple[int, ...] = (8,)
    activation: str = "relu"
    initializer: str = "glorot"
    skip: bool = True
    optimizer: str = "adam"
    learning_rate: float = 0.01
    learning_rate_decay: bool = True
    l2: float | None = None
    skip_l2: float | None = None
    clip_norm: float | None = None
    epochs: int = 100
    batch_size: int | None = None
    members: int = 8
    scale_inputs: bool = True


# The tutorial notebook's own network: unscaled inputs, Keras's defaults, a single member.
NOTEBOOK = TrainingConfig(
    hidden_units=(5,),
    skip=False,
    learning_rate=0.001,
    learning_rate_decay=False,
    l2=0.0,
    epochs=200,
    batch_size=32,
    members=1,
    scale_inputs=False,
)


@dataclass(frozen=True)
class Target:
    """The column to predict and which of its values are positive.

    Attributes:
        column: Its header.
        positive: The cells that mean the positive label; empty where a pass line decides.
        negative: The cells that mean the negative label; empty: any other, if there is only one other.
        at_least: Numbers from here up are positive.
        at_most: Numbers up to here are positive, where less is better.
    """

    column: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    at_least: float | None
    at_most: float | None = None

    @property
    def is_mark(self) -> bool:
        """Whether a pass line decides."""
        return self.at_least is not None or self.at_most is not None

    def passes(self, mark: float) -> bool:
        """Whether a mark is on the right side of the pass line."""
        return (self.at_least is not None and mark >= self.at_least) or (
            self.at_most is not None and mark <= self.at_most
        )


@dataclass(frozen=True)
class DecisionRule:
    """How the threshold is chosen above which the positive label is answered.

    Attributes:
        rule: `default` where nobody has chosen; `threshold`, given as it is; `help`, so that the negative label goes to
            a share of the students, those most at risk; `cost_ratio`, by how much worse it is to miss a student with
            the negative label than to help one in vain.
        given: What goes with it.
    """

    rule: Literal["default", "threshold", "help", "cost_ratio"] = "default"
    given: float = 0.5


NOBODY_CHOSE = DecisionRule()


@dataclass(frozen=True)
class DatasetFile:
    """What a table holds and how to train on it.

    Attributes:
        name: Name of the model.
        data: The table, a CSV or a workbook.
        folder: Where the dataset file lies.
        schema: Features, labels and id.
        target: What to predict.
        training: How.
        delimiter: Of the CSV; None to tell from the header.
        decimal: Decimal mark, "." or ",".
        encoding: Of the CSV.
        sheet: Of a workbook; None for the only one with cells, or the first of them.
        time: The column that names the period of a row, such as a school year; it may be a feature too.
        prior_mark: The column of an earlier mark to hold the network against; it may be a feature too.
        ignore: Columns that are left out on purpose; the CSV need not have them.
        audit_only: Columns that the network never sees, by which its errors are compared.
        missing: Cells that mean that there is no value, beside the blank one.
        drop_rows_without_target: Whether a row whose target is blank is passed over; else it is a fault.
        coverage: Share of the students of each label that a decision other than "uncertain" must leave room for.
        decision: How the threshold is chosen.
    """

    name: str
    data: Path
    folder: Path
    schema: FeatureSchema
    target: Target
    training: TrainingConfig
    delimiter: str | None
    decimal: str
    encoding: str
    sheet: str | None
    time: str | None
    prior_mark: str | None
    ignore: tuple[str, ...]
    audit_only: tuple[str, ...]
    missing: tuple[str, ...]
    drop_rows_without_target: bool
    coverage: float
    decision: DecisionRule

    @property
    def columns(self) -> tuple[str, ...]:
        """What the CSV must have, each name once."""
        others = (self.target.column, self.schema.id, self.time, self.prior_mark, *self.audit_only)
        return tuple(dict.fromkeys([*self.schema.names, *(name for name in others if name is not None)]))


def read_dataset_file(path: Path) -> DatasetFile:
    """Read and check a dataset file.

    Raises:
        InvalidDatasetFile: It can't be read, is not TOML, or entries are missing, unknown or wrong.
    """
    try:
        text = io.TextIOWrapper(io.BytesIO(read_named_file(path, _MOST_BYTES)), encoding="utf-8-sig").read()
    except OSError as error:
        raise InvalidDatasetFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidDatasetFile(f"{path}: not TOML: {error}") from error
    return parse_dataset_file(text, path)


def parse_dataset_file(text: str, path: Path) -> DatasetFile:
    """Check a dataset file that is read already, or not yet written.

    Args:
        text: What it holds.
        path: Where it lies, or is going to: `data` is beside it.

    Raises:
        InvalidDatasetFile: It is not TOML, or entries are missing, unknown or wrong.
    """
    try:
        if _LONG_KEY.search(text):
            raise RecursionError
        document = _normalised(tomllib.loads(text))
    except RecursionError as error:
        raise InvalidDatasetFile(f"{path}: nested too deeply") from error
    except ValueError as error:  # TOML's own, and that of a number of thousands of digits
        raise InvalidDatasetFile(f"{path}: not TOML: {error}") from error
    try:
        entries = _DatasetSchema().load(document)
        # What means missing travels with each feature, so that the service reads in a table what training has read.
        features = [
            replace(feature, missing=tuple(dict.fromkeys([*feature.missing, *entries["missing"]])))
            for feature in entries["features"]
        ]
        schema = FeatureSchema(
            tuple(features), entries["target"].pop("labels"), entries["id"], tuple(entries["skip_rows"])
        )
    except ValidationError as error:
        faults = "\n".join(f"  {where}: {what}" for where, what in _flatten(error.messages_dict, document))
        raise InvalidDatasetFile(f"{path}:\n{faults}") from error
    except ValueError as error:
        raise InvalidDatasetFile(f"{path}: {error}") from error
    target = Target(**entries["target"])
    if contradictions := _contradictions(entries, schema, target):
        raise InvalidDatasetFile("\n".join(f"{path}: {text}" for text in contradictions))
    return DatasetFile(
        name=entries["name"],
        data=path.parent / entries["data"],
        folder=path.parent,
        schema=schema,
        target=target,
        training=entries["training"],
        delimiter=entries["delimiter"],
        decimal=entries["decimal"],
        encoding=entries["encoding"],
        sheet=entries["sheet"],
        time=entries["time"],
        prior_mark=entries["prior_mark"],
        ignore=tuple(entries["ignore"]),
        audit_only=tuple(entries["audit_only"]),
        missing=tuple(entries["missing"]),
        drop_rows_without_target=entries["drop_rows_without_target"],
        coverage=entries["coverage"],
        decision=entries["decision"],
    )


def _normalised(entry: Any, key: str = "") -> Any:
    """Text in one Unicode form, NFC, so that names match whichever way a system writes an accent; paths as they are."""
    if isinstance(entry, dict):
        return {to_nfc(name): _normalised(below, name) for name, below in entry.items()}
    if isinstance(entry, list):
        return [_normalised(below) for below in entry]
    return to_nfc(entry) if isinstance(entry, str) and key != "data" else entry


def _contradictions(entries: Mapping[str, Any], schema: FeatureSchema, target: Target) -> list[str]:
    """Columns with two roles that exclude each other."""
    if target.column in (*schema.names, schema.id):
        return [f"the target {target.column!r} can't also be a feature or the id"]
    roles = Counter([*schema.names, target.column, *entries["ignore"], *entries["audit_only"]])
    if schema.id is not None:
        roles[schema.id] += 1
    found = [
        f"{name!r} can be only one of: a feature, the id, the target, in ignore, in audit_only; and only once"
        for name, count in roles.items()
        if count > 1
    ]
    for key in ("time", "prior_mark"):
        if entries[key] is not None and entries[key] in (target.column, schema.id, *entries["ignore"]):
            found.append(f"{key} {entries[key]!r} can't also be the target, the id or in ignore")
    if blank := set(entries["missing"]) & {*target.positive, *target.negative}:
        found.append(f"missing can't hold a value of the target: {', '.join(map(repr, sorted(map(str, blank))))}")
    return found


def _flatten(messages: Mapping[Any, Any] | list[str], document: Any, where: str = "") -> list[tuple[str, str]]:
    """Every message with where it stands; an entry of a list is called by its name, or by its number from 1."""
    if isinstance(messages, list):
        return [(where or "the file", "is no field here" if what == "Unknown field." else what) for what in messages]
    faults = []
    for key, below in messages.items():
        try:
            entry = document[key]
        except (KeyError, IndexError, TypeError):
            entry = None
        name = key
        if isinstance(key, int):
            name = entry["name"] if isinstance(entry, dict) and isinstance(entry.get("name"), str) else key + 1
        path = where if key == "_schema" else f"{where}.{name}" if where else str(name)
        faults += _flatten(below, entry if key != "_schema" else document, path)
    return faults


class _Cells(fields.Field[tuple[str, ...]]):
    """What a cell may hold: a string, or a list of them."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object
    ) -> tuple[str, ...]:
        cells = [value] if isinstance(value, str) else value
        if not isinstance(cells, list) or not all(isinstance(cell, str) and cell for cell in cells):
            raise ValidationError("must be a string or a list of strings, none of them blank")
        return tuple(cells)


class _TargetSchema(Schema):
    column = fields.String(required=True)
    positive = _Cells(load_default=())
    negative = _Cells(load_default=())
    at_least = Number(load_default=None)
    at_most = Number(load_default=None)
    labels = fields.Tuple((fields.String(), fields.String()), load_default=("fail", "pass"))

    @validates_schema
    def _labels_contradict_no_verdict(self, data: Mapping[str, Any], **_: object) -> None:
        negative, positive = (label.casefold() for label in data.get("labels", ("", "")))
        for word in (UNCERTAIN, NOT_SURE):
            if word in (negative, positive):
                raise ValidationError(f"{word!r} is what is said where neither label is", "labels")
        for word, label in ((NO_SIGN, negative), (AT_RISK, positive)):
            if label == word:
                detail = f"students with the other label are called {word!r}: the negative is first"
                raise ValidationError(detail, "labels")

    @validates_schema
    def _one_rule(self, data: Mapping[str, Any], **_: object) -> None:
        lines = [data.get(key) for key in ("at_least", "at_most")]
        if bool(data.get("positive")) + sum(line is not None for line in lines) != 1:
            raise ValidationError("give one of positive, at_least and at_most", "positive")
        if set(data.get("positive", ())) & set(data.get("negative", ())):
            raise ValidationError("can't hold what is positive", "negative")


class TrainingSchema(Schema):
    """The `[training]` part of a dataset file, and a version's recipe."""

    hidden_units = fields.List(Whole(validate=validate.Range(1, 4096)), validate=validate.Length(1, 16))
    activation = fields.String(validate=validate.OneOf(["relu", "leaky_relu", "tanh", "sigmoid"]))
    initializer = fields.String(validate=validate.OneOf(["glorot", "he", "random_uniform"]))
    skip = Flag()
    optimizer = fields.String(validate=validate.OneOf(["adam", "sgd"]))
    learning_rate = Number(validate=validate.Range(0, 10, min_inclusive=False))
    learning_rate_decay = Flag()
    l2 = Number(validate=validate.Range(0, 100))
    skip_l2 = Number(validate=validate.Range(0, 100))
    clip_norm = Number(validate=validate.Range(0, 1e6, min_inclusive=False))
    epochs = Whole(validate=validate.Range(1, 100_000))
    batch_size = Whole(validate=validate.Range(1, 1_000_000))
    members = Whole(validate=validate.Range(1, 100))
    scale_inputs = Flag()

    @validates_schema
    def _skip_l2_needs_a_skip(self, data: Mapping[str, Any], **_: object) -> None:
        if "skip_l2" in data and not data.get("skip", True):
            raise ValidationError("there is no skip to penalise", "skip_l2")

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> TrainingConfig:
        if "hidden_units" in data:
            data["hidden_units"] = tuple(data["hidden_units"])
        return TrainingConfig(**data)


def _between(low: float, high: float, what: str) -> Number:
    error = f"must be {what}, above {low:g} and below {high:g}"
    return Number(validate=validate.Range(low, high, min_inclusive=False, max_inclusive=False, error=error))


class _DecisionSchema(Schema):
    help = _between(0, 1, "the share of the students that can be helped")
    cost_ratio = _between(0, 1e6, "how many students helped in vain are as bad as one missed")
    threshold = _between(0, 1, "a probability")

    # Of what was given, wrong or not: all faults are told together.
    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _one_rule(self, _data: Mapping[str, Any], original: Mapping[str, Any], **_: object) -> None:
        if isinstance(original, Mapping) and len(self.fields.keys() & original.keys()) != 1:
            raise ValidationError(f"give one of {', '.join(self.fields)}")

    @post_load
    def _make(self, data: dict[Any, float], **_: object) -> DecisionRule:
        [(rule, given)] = data.items()
        return DecisionRule(rule, given)


def _texts() -> fields.List[str]:
    """A list of texts that a CSV cell can be once it is stripped."""
    rule = validate.Regexp(r"\S(.*\S)?\Z", re.DOTALL, error="can't be blank or have blanks around it")
    return fields.List(fields.String(validate=rule), load_default=list)


class _DatasetSchema(Schema):
    name = fields.String(required=True, validate=validate.Regexp(f"{MODEL_NAME.pattern}\\Z", error=MODEL_NAME_RULE))
    data = fields.String(required=True)
    delimiter = fields.String(load_default=None, validate=validate.Length(equal=1))
    decimal = fields.String(load_default=".", validate=validate.OneOf([".", ","], error='must be "." or ","'))
    encoding = fields.String(load_default="utf-8")
    sheet = fields.String(load_default=None)
    id = fields.String(load_default=None)
    time = fields.String(load_default=None)
    prior_mark = fields.String(load_default=None)
    ignore = _texts()
    audit_only = _texts()
    missing = _texts()
    skip_rows = _texts()
    drop_rows_without_target = Flag(load_default=False)
    coverage = Number(load_default=0.9, validate=validate.Range(0.5, 0.99))
    decision = fields.Nested(_DecisionSchema, load_default=NOBODY_CHOSE)
    target = fields.Nested(_TargetSchema, required=True)
    features = fields.List(fields.Nested(FeatureDocument), required=True)
    training = fields.Nested(TrainingSchema, load_default=TrainingConfig)
