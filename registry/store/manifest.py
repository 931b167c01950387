"""What a version is: `assets.extra/manifest.json`, written by training and read back as an untrusted file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from registry.contract.documents import FeatureDocument, Number, Whole, parse_json
from registry.contract.features import FeatureSchema

FORMAT = 1
EXTRA = "assets.extra"  # where the SavedModel format keeps what is not its own
MANIFEST = f"{EXTRA}/manifest.json"
SIGNATURE = f"{MANIFEST}.sig"  # 64 bytes over the manifest's; only in versions that were signed
MAX_BYTES = 2**22  # of a manifest: a dozen times what a table of a thousand columns needs
MAX_VERSION_BYTES = 2**31  # of all its files
_OPEN_PARTS = ("evaluation", "conformal", "decision", "gate")  # later releases may say more there
VERDICTS = ("promoted", "rejected", "insufficient_data")


class InvalidManifest(ValueError):
    """A manifest that can't be read; the message says where and why."""


@dataclass(frozen=True)
class FileDigest:
    """One file of a version: its SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class ProvenEngine:
    """An engine whose probabilities were compared with the network's own at export.

    Attributes:
        name: `litert` or `tensorflow`.
        max_difference: Largest difference from the Keras model in memory over the golden instances.
        saved_model_sha256: Digest of the `saved_model.pb` that was run, or compiled.
    """

    name: str
    max_difference: float
    saved_model_sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything about a version that is not weights.

    Attributes:
        name: Name of the model.
        version: Its number; 0 until it is published.
        created: When it was exported, ISO 8601 in UTC.
        identity: Hash over named weights, schema, architecture, threshold and calibration.
        schema: What goes in, and the two labels.
        threshold: The positive label is answered above it.
        engines: Engines proven equal at export.
        training: Configuration, seed, library versions, git commit, data digest, row counts.
        evaluation: Protocol, the model's figures and the baselines', each with its interval.
        gate: `verdict` and `reasons`.
        files: Path within the version → digest; every file but the manifest itself.
        calibration: `method`, `slope` and `intercept` of the log odds, in the graph already; None where the network's
            probabilities are taken as they are.
        conformal: `coverage` and `quantiles` that prediction sets are made from, and what was `measured`; or why they
            are `left_out`; None where no run said anything of them.
        decision: How the threshold was chosen: `rule`, what was `given`, and the `threshold` with its interval; None of
            earlier releases, where it was .5.
        audit: What is odd about the data, but not which rows are: `ModelStore.audit` has them.
        format: Number of this format.
    """

    name: str
    created: str
    identity: str
    schema: FeatureSchema
    threshold: float
    engines: tuple[ProvenEngine, ...]
    training: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    gate: Mapping[str, Any]
    version: int = 0
    files: Mapping[str, FileDigest] = field(default_factory=dict)
    calibration: Mapping[str, Any] | None = None
    conformal: Mapping[str, Any] | None = None
    decision: Mapping[str, Any] | None = None
    audit: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rule(self) -> str:
        """How the threshold was chosen: `help`, `cost_ratio`, `threshold`, or `default` where nobody chose it."""
        return "default" if self.decision is None else str(self.decision["rule"])

    @property
    def threshold_in_words(self) -> str:
        """The threshold, and what it was chosen by: `0.823 (0.79 to 0.85, help = 0.2)`."""
        decision = self.decision
        if decision is None or self.rule == "default":
            return f"{self.threshold:.3g}"
        chosen, figure = f"{self.rule} = {decision['given']:g}", decision["threshold"]
        if figure["low"] < figure["high"]:
            chosen = f"{figure['low']:.3g} to {figure['high']:.3g}, {chosen}"
        return f"{self.threshold:.3g} ({chosen})"

    @property
    def verdict(self) -> str:
        """The gate's verdict: `promoted`, `rejected` or `insufficient_data`."""
        return str(self.gate["verdict"])

    @property
    def has_entered_labels(self) -> bool:
        """Whether somebody entered each label, and may have erred: not what a pass line made of a mark, nor unknown."""
        target = self.training.get("target")
        if not isinstance(target, Mapping):
            return False
        return bool(target.get("positive")) and target.get("at_least") is None and target.get("at_most") is None

    def is_proven(self, engine: str) -> bool:
        """Whether an engine was proven equal to the SavedModel that the version has."""
        saved_model = self.files.get("saved_model.pb")
        return saved_model is not None and any(
            proven.name == engine and proven.saved_model_sha256 == saved_model.sha256 for proven in self.engines
        )

    def to_dict(self) -> dict[str, Any]:
        """The manifest as JSON has it, with what can be derived for other programs: labels and safe names."""
        document = asdict(self)
        if self.decision is None:
            del document["decision"]  # as earlier releases wrote it
        document["labels"] = list(self.schema.labels)
        document["safe_names"] = dict(zip(self.schema.names, self.schema.safe_names, strict=True))
        document["schema"] = {
            "features": [feature.to_document() for feature in self.schema.features],
            "id": self.schema.id,
        } | ({"skip_rows": list(self.schema.skip_rows)} if self.schema.skip_rows else {})
        return document

    def to_json(self) -> bytes:
        """The manifest as it is written to disk."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read a manifest from disk.

        Raises:
            InvalidManifest: Not JSON, of another format, or with fields missing or wrong.
        """
        try:
            document = parse_json(content)
        except ValueError as error:
            raise InvalidManifest(f"manifest.json is not JSON: {error}") from error
        found = document.get("format") if isinstance(document, dict) else None
        if found != FORMAT:
            raise InvalidManifest(f"manifest.json has format {found!r:.100}; this program reads format {FORMAT}")
        try:
            manifest: Manifest = _ManifestSchema().load(document)
        except ValidationError as error:
            raise InvalidManifest(f"manifest.json: {json.dumps(error.messages, ensure_ascii=False)}") from error
        except ValueError as error:
            raise InvalidManifest(f"manifest.json: {error}") from error
        # marshmallow gives what it does not know in any order; people read this from top to bottom.
        in_order = {
            part: {key: getattr(manifest, part)[key] for key in document[part]}
            for part in _OPEN_PARTS
            if document.get(part)
        }
        return replace(manifest, **in_order)  # type: ignore[arg-type]  # each part is a mapping


class _Schema(Schema):
    class Meta:
        unknown = EXCLUDE  # a later release may add fields; a change that breaks readers changes `format`


class _FileSchema(_Schema):
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    bytes = Whole(required=True, validate=validate.Range(min=0))

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> FileDigest:
        return FileDigest(**data)


def _stays_inside(path: str) -> None:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or not path.isprintable():
        raise ValidationError("a file's path must stay inside the version, in characters that can be shown")


class _EngineSchema(_Schema):
    name = fields.String(required=True)
    max_difference = Number(required=True, validate=validate.Range(min=0, max=1))
    saved_model_sha256 = fields.String(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> ProvenEngine:
        return ProvenEngine(**data)


class _FeatureSchema(FeatureDocument):
    class Meta:
        unknown = EXCLUDE

    observed = fields.Tuple((Number(), Number()))
    unseen = fields.List(fields.String(allow_none=True))
    whole = fields.Boolean()
    ordered = fields.Boolean()


class _SchemaSchema(_Schema):
    features = fields.List(fields.Nested(_FeatureSchema), required=True)
    id = fields.String(allow_none=True, load_default=None)
    skip_rows = fields.List(fields.String(), load_default=list)


class _FigureSchema(_Schema):
    value = Number(required=True)
    low = Number(required=True)
    high = Number(required=True)


def _figures() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Nested(_FigureSchema))


class _EvaluationSchema(Schema):
    class Meta:
        unknown = INCLUDE  # what later releases measure beside these

    protocol = fields.Dict(required=True)
    model = _figures()
    baselines = fields.Dict(keys=fields.String(), values=_figures())


class _ConformalSchema(Schema):
    class Meta:
        unknown = INCLUDE  # what was measured; or only why it is not offered

    coverage = Number(validate=validate.Range(min=0, max=1))
    quantiles = fields.Dict(keys=fields.String(), values=Number(validate=validate.Range(min=0, max=1)))

    @validates_schema
    def _both_or_neither(self, data: Mapping[str, Any], **_: object) -> None:
        if ("coverage" in data) != ("quantiles" in data):
            raise ValidationError("coverage and quantiles go together")


class _DecisionSchema(Schema):
    class Meta:
        unknown = INCLUDE  # what must be said beside it

    rule = fields.String(required=True)
    given = Number(required=True)
    threshold = fields.Nested(_FigureSchema, required=True)


class _GateSchema(Schema):
    class Meta:
        unknown = INCLUDE  # the figures behind the reasons

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reasons = fields.List(fields.String(), required=True)
    advice = fields.Dict()


class _ManifestSchema(_Schema):
    format = Whole(required=True)
    name = fields.String(required=True)
    version = Whole(required=True, validate=validate.Range(min=1))
    created = fields.String(required=True)
    identity = fields.String(required=True)
    schema = fields.Nested(_SchemaSchema, required=True)
    labels = fields.Tuple((fields.String(), fields.String()), required=True)
    threshold = Number(required=True, validate=validate.Range(min=0, max=1))
    engines = fields.List(fields.Nested(_EngineSchema), required=True)
    training = fields.Dict(required=True)
    evaluation = fields.Nested(_EvaluationSchema, required=True)
    calibration = fields.Dict(allow_none=True, load_default=None)
    conformal = fields.Nested(_ConformalSchema, allow_none=True, load_default=None)
    decision = fields.Nested(_DecisionSchema, allow_none=True, load_default=None)
    gate = fields.Nested(_GateSchema, required=True)
    audit = fields.Dict(load_default=dict)
    files = fields.Dict(keys=fields.String(validate=_stays_inside), values=fields.Nested(_FileSchema), required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Manifest:
        if "saved_model.pb" not in data["files"]:
            raise ValidationError("must list saved_model.pb", "files")
        if sum(digest.bytes for digest in data["files"].values()) > MAX_VERSION_BYTES:
            raise ValidationError(f"must have at most {MAX_VERSION_BYTES} bytes in all", "files")
        labels = data.pop("labels")
        if set((data["conformal"] or {}).get("quantiles", labels)) != set(labels):
            raise ValidationError("must have a quantile for each label", "conformal")
        given = data["schema"]
        schema = FeatureSchema(tuple(given["features"]), labels, given["id"], tuple(given["skip_rows"]))
        return Manifest(**{**data, "schema": schema, "engines": tuple(data["engines"])})
