"""Request bodies to an encoded matrix, or every field at fault with its pointer."""

import codecs
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from marshmallow import RAISE, Schema, ValidationError, fields

from registry.features import FeatureSchema, FeatureSpec, InvalidValues
from registry.table import InvalidTable, TooManyRows, read_table
from service.errors import MAX_FAULTS, Faults, FieldFault, InvalidInstances, NotParseable, TooManyInstances

_OBJECT = "must be an object with one value per feature"
_TWICE = "must be given once"
# What spreadsheets write. Python knows more, some of which take very long on what is not theirs.
_CHARSETS = ("utf-8", "utf-16", "ascii", "iso8859-1", "iso8859-15", "cp1252")
# Beyond so many fields too many, they are not listed one by one: an object can have a million.
_MAX_UNKNOWN = 100
MAX_ID = 256
_ID = f"must be printable text of at most {MAX_ID} characters or a whole number of at most 63 bits"


@dataclass(frozen=True)
class Batch:
    """Instances that passed every check.

    Attributes:
        matrix: Encoded, float32 of shape (num_instances, num_features).
        ids: What came in the id column, None where an instance had none; or None where no instance had one.
        pointer_to: Gives the pointer to the instance at a position, from 0.
    """

    matrix: np.ndarray
    ids: Sequence[str | int | None] | None
    pointer_to: Callable[[int], str]


class InstanceReader:
    """Reads instances after one version's schema."""

    def __init__(self, schema: FeatureSchema, max_instances: int) -> None:
        """Make the marshmallow schema.

        Args:
            schema: What an instance must hold.
            max_instances: Most instances in one request.
        """
        self._schema = schema
        self._max_instances = max_instances
        # Positional attributes, since a display name can be anything: one with a dot would be taken for a path.
        declared: dict[str, Any] = {
            f"feature_{position}": _FeatureField(feature) for position, feature in enumerate(schema.features)
        }
        if schema.id is not None:
            declared["id"] = _IdField(data_key=schema.id, allow_none=True, load_default=None)
        self._display_names = dict(zip(schema.safe_names, schema.names, strict=True)) | {n: n for n in schema.names}
        self._known = ", ".join(f'"{name}"' for name in schema.names[:20]) + (", …" if len(schema.names) > 20 else "")
        messages = {"unknown": f"is not a feature; the features are {self._known}"}
        meta = type("Meta", (), {"unknown": RAISE})
        self._marshmallow = type("InstanceSchema", (Schema,), {**declared, "error_messages": messages, "Meta": meta})()

    def read_json(self, body: bytes) -> Batch:
        """Read one student, `{feature: value}`, or many, `{"instances": [{feature: value}, ...]}`.

        Raises:
            NotParseable: Not JSON.
            TooManyInstances: More than may be in one request.
            InvalidInstances: Fields are missing, unknown or break the contract.
        """
        document = parse_json(body)
        if isinstance(document, dict) and _holds_many(document, self._schema):
            instances = document["instances"]
            if len(document) > 1 + _MAX_UNKNOWN:
                raise InvalidInstances([FieldFault("", 'must have no field beside "instances"')])
            faults = [
                FieldFault(pointer("", name), 'must not stand beside "instances"')
                for name in document
                if name != "instances"
            ] + [FieldFault(pointer("", name), _TWICE) for name in sorted(repeated(document))]
            if not isinstance(instances, list) or not instances:
                faults.append(FieldFault("/instances", "must be a list of at least one object"))
            if faults:
                raise InvalidInstances(faults)
            if len(instances) > self._max_instances:
                raise self._too_many()
            return self._load(instances, lambda position: f"/instances/{position}")
        return self._load([document], lambda _: "")

    def read_csv(self, body: bytes, charset: str) -> Batch:
        """Read CSV with a header; one row is one student.

        Args:
            body: The table; delimited by comma, semicolon, tab or bar, as the header shows.
            charset: Its encoding.

        Raises:
            NotParseable: Not a table.
            TooManyInstances: More rows than may be in one request.
            InvalidInstances: Columns are missing or unknown, or cells break the contract.
        """
        schema = self._schema
        optional = [] if schema.id is None else [schema.id]
        try:
            table = read_table(
                _decode(body, charset),
                [*schema.names, *optional],
                max_rows=self._max_instances,
                max_columns=len(schema.names) + len(optional) + _MAX_UNKNOWN,
            )
        except TooManyRows as error:
            raise self._too_many() from error
        except InvalidTable as error:
            raise NotParseable(str(error)) from error
        if not table.columns.keys() & set(schema.names):
            # Most likely there is no header: what stands there is a student's, and is not repeated.
            raise NotParseable(f"the first line must be a header that names the features: {self._known}")
        faults = [
            FieldFault(pointer("", feature.name), f"must be a column of the header: {feature.requirement}")
            for feature in schema.features
            if feature.name not in table.columns
        ] + [
            FieldFault(pointer("", name), "is not a feature")
            for name in table.columns
            if name not in (*schema.names, *optional)
        ]
        if not faults and not table.num_rows:
            faults.append(FieldFault("/rows", "must be at least one row under the header"))
        if faults:
            raise InvalidInstances(faults)
        if table.ragged:
            raise InvalidInstances([FieldFault(_row_pointer(row), detail) for row, detail in table.ragged.items()])
        columns: dict[str, Sequence[object]] = {
            feature.name: [feature.parse(cell) for cell in table.columns[feature.name]] for feature in schema.features
        }
        for name in optional:
            if name in table.columns:
                columns[name] = [cell.strip() or None for cell in table.columns[name]]
        instances = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return self._load(instances, _row_pointer)

    def read_columns(
        self, columns: Mapping[str, Sequence[object]], pointer_to: Callable[[str, int], str]
    ) -> np.ndarray:
        """Read columns of raw values, as the dialects have them.

        Args:
            columns: A feature's display name, or the safe one of the SavedModel's signature → its values.
            pointer_to: Gives the pointer to a value by the column's name, as given, and its position, from 0.

        Returns:
            Encoded, float32 of shape (num_instances, num_features).

        Raises:
            TooManyInstances: More than may be in one request.
            InvalidInstances: Columns are missing, unknown or of different lengths, or values break the contract.
        """
        given: dict[str, str] = {}  # display name → as given
        faults = []
        for name in columns:
            known = self._display_names.get(name)
            if known is None or known in given:
                detail = _TWICE if known else f"is not a feature; the features are {self._known}"
                faults.append(FieldFault(pointer("", name), detail))
            else:
                given[known] = name
            if len(faults) == _MAX_UNKNOWN:
                break
        faults += [
            FieldFault(pointer("", feature.name), f"is missing: {feature.requirement}")
            for feature in self._schema.features
            if feature.name not in given
        ]
        lengths = {len(columns[name]) for name in given.values()}
        if not faults and (len(lengths) > 1 or lengths == {0}):
            faults.append(FieldFault("", "must have one value per student in every column, and at least one student"))
        if faults:
            raise InvalidInstances(faults)
        self.check_count(max(lengths))
        kinds = {feature.name: feature.kind for feature in self._schema.features}
        try:
            return self._schema.encode(
                {known: [_null(value, kinds[known]) for value in columns[name]] for known, name in given.items()}
            )
        except InvalidValues as error:
            shown = [
                FieldFault(pointer_to(given[fault.column], fault.row), fault.detail)
                for fault in error.faults[:MAX_FAULTS]
            ]
            raise InvalidInstances(shown, len(error.faults)) from error

    def read_encoded(self, rows: Sequence[object], pointer_to: Callable[[int], str]) -> np.ndarray:
        """Read a matrix as the signature `encoded` takes it: numbers, codes of categories, and null.

        Args:
            rows: One list per student.
            pointer_to: Gives the pointer to the row at a position, from 0.

        Returns:
            The same, checked; float32 of shape (num_instances, num_features).

        Raises:
            TooManyInstances: More than may be in one request.
            InvalidInstances: Rows that are too long or too short, or values that break the contract.
        """
        features = self._schema.features
        self.check_count(len(rows))
        faults = [
            FieldFault(pointer_to(row), f"must be a list of {len(features)} values")
            for row, values in enumerate(rows)
            if not isinstance(values, list) or len(values) != len(features)
        ]
        if faults or not rows:
            raise InvalidInstances(faults or [FieldFault("", "must hold at least one student")])
        columns = [
            [feature.decode(_null(value, "number")) for value in column]
            for feature, column in zip(features, zip(*rows, strict=True), strict=True)
        ]
        places = {feature.name: place for place, feature in enumerate(features)}
        return self.read_columns(
            dict(zip(self._schema.names, columns, strict=True)),
            lambda name, row: f"{pointer_to(row)}/{places[name]}",
        )

    def check_count(self, num_instances: int) -> None:
        """Refuse too many before anything is made of them.

        Raises:
            TooManyInstances: More than may be in one request.
        """
        if num_instances > self._max_instances:
            raise self._too_many()

    def _too_many(self) -> TooManyInstances:
        return TooManyInstances(f"at most {self._max_instances} instances are taken in one request")

    def _load(self, instances: Sequence[object], pointer_to: Callable[[int], str]) -> Batch:
        """Check instances and encode them; `pointer_to` gives the pointer to the instance at a position, from 0."""
        faults = Faults()
        rows: list[dict[str, Any]] = []
        num_fields = len(self._marshmallow.fields)
        for position, instance in enumerate(instances):
            if not isinstance(instance, dict):
                faults.add(pointer_to(position), _OBJECT)
                continue
            if len(instance) > num_fields + _MAX_UNKNOWN:
                faults.add(pointer_to(position), f"must have no more than {num_fields} fields")
                continue
            twice = repeated(instance)
            for name in sorted(twice):
                faults.add(pointer(pointer_to(position), name), _TWICE)
            try:
                rows.append(self._marshmallow.load(instance))
            except ValidationError as error:
                for name, details in error.messages_dict.items():
                    if name not in twice:
                        faults.add(pointer(pointer_to(position), name), details[0])
        if faults.num:
            raise InvalidInstances(faults.first, faults.num)
        columns = {
            feature.name: [row[f"feature_{position}"] for row in rows]
            for position, feature in enumerate(self._schema.features)
        }
        ids = [row.get("id") for row in rows]
        known = ids if any(value is not None for value in ids) else None
        return Batch(self._schema.encode(columns), known, pointer_to)


def _decode(body: bytes, charset: str) -> str:
    try:
        if codecs.lookup(charset).name not in _CHARSETS:
            raise LookupError
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise NotParseable("the body is not in the charset that Content-Type names, UTF-8 if none") from error
    except (LookupError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise NotParseable(f"the charset must be one of {', '.join(_CHARSETS)}") from error


def parse_json(body: bytes) -> object:
    """JSON to Python.

    An object whose keys stood twice remembers them; NaN and infinity come through, to be the fault of their own field.

    Raises:
        NotParseable: Not JSON in UTF-8, or nested beyond reason.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_to_object)
    except UnicodeDecodeError as error:
        raise NotParseable("the body is not UTF-8") from error
    except RecursionError as error:
        raise NotParseable("the body is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise NotParseable(f"the body is not JSON: line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise NotParseable("the body holds a number that is too long") from error


class _WithRepeats(dict[str, Any]):
    """A JSON object in which keys stood more than once."""

    repeated: frozenset[str]


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    counts = Counter(name for name, _ in pairs)
    marked = _WithRepeats(plain)
    marked.repeated = frozenset(name for name, count in counts.items() if count > 1)
    return marked


def repeated(instance: object) -> frozenset[str]:
    """The keys that stood more than once in an object from `parse_json`."""
    return instance.repeated if isinstance(instance, _WithRepeats) else frozenset()


def _holds_many(document: Mapping[str, object], schema: FeatureSchema) -> bool:
    # A feature may be called "instances"; its value is never a list.
    return "instances" in document and ("instances" not in schema.names or isinstance(document["instances"], list))


def _row_pointer(position: int) -> str:
    """Rows are numbered from 1, as people number them."""
    return f"/rows/{position + 1}"


def pointer(prefix: str, name: str) -> str:
    """A JSON pointer to a field; a name too long to be one is cut, since it came from outside."""
    name = name if len(name) <= 100 else name[:99] + "…"
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"{prefix}/{escaped.encode('utf-8', 'replace').decode()}"


def _null(value: object, kind: str) -> object:
    """A value of a dialect: NaN, and "" in a category, are null there, as in the SavedModel."""
    return None if value != value or (value == "" and kind == "category") else value


class _FeatureField(fields.Field[object]):
    """A feature's value; the feature contract decides, so that no rule stands twice."""

    def __init__(self, feature: FeatureSpec) -> None:
        messages: dict[str, Any] = {"required": f"is missing: {feature.requirement}", "null": feature.requirement}
        super().__init__(data_key=feature.name, required=True, allow_none=feature.nullable, error_messages=messages)
        self._feature = feature

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object) -> object:
        try:
            self._feature.encode(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return value


class _IdField(fields.Field[object]):
    """An id: passed through, never encoded. Only what can be answered again in JSON."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object) -> object:
        if isinstance(value, str) and len(value) <= MAX_ID and value.isprintable():  # a lone surrogate is not
            return value
        if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number: 7.0 is 7
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
            return value
        raise ValidationError(_ID)
