"""Instances, as JSON, CSV or columns, to an encoded matrix; or every field at fault with its pointer."""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
from marshmallow import RAISE, Schema, ValidationError, fields

from registry.contract.features import Feature, FeatureSchema, InvalidValues
from registry.contract.table import InvalidTable, RowReader, TooManyRows, check_rows, nameless_columns
from service.errors import MAX_FAULTS, Faults, FieldFault, InvalidInstances, NotParseable, TooManyInstances
from service.reading import hints
from service.reading.charsets import to_known
from service.reading.ids import ID_RULE, IdField, any_of, is_plain_id, to_id
from service.reading.json_text import check_values, has_every_key, parse_json, repeated
from service.reading.pointers import instance_pointer, no_pointer, pointer, row_pointer

_OBJECT = "must be an object with one value per feature"
_TWICE = "must be given once"
# Beyond so many fields too many, they are not listed one by one: an object can have a million.
_MAX_UNKNOWN = 100
NO_ROWS = FieldFault("/rows", "must be at least one row under the header")


@dataclass(frozen=True)
class Batch:
    """Instances that passed every check.

    Attributes:
        matrix: Encoded, float32 of shape (num_instances, num_features).
        ids: What came in the id column, None where an instance had none; or None where no instance had one.
        pointer_to: Gives the pointer to an instance by its number, from 0.
    """

    matrix: np.ndarray
    ids: Sequence[str | int | None] | None
    pointer_to: Callable[[int], str]


class InstanceReader:
    """Reads instances after one version's schema.

    Attributes:
        max_marks: Commas and brackets of the most instances that may be in one request, in whichever dialect.
    """

    def __init__(self, schema: FeatureSchema, max_instances: int) -> None:
        """Make the marshmallow schema.

        Args:
            schema: What an instance must hold.
            max_instances: Most instances in one request.
        """
        self._schema = schema
        self._max_instances = max_instances
        # Each value may be in a list or an object of its own; and there may be fields that are not known.
        self.max_marks = max_instances * (2 * len(schema.features) + 8) + 10_000
        self._features = {feature.name: feature for feature in schema.features}
        self._column_names = [*schema.names, *([] if schema.id is None else [schema.id])]
        self._names = frozenset(self._column_names)
        self._display_names = dict(zip(schema.safe_names, schema.names, strict=True)) | {n: n for n in schema.names}
        # Positional attributes, since a display name can be anything: one with a dot would be taken for a path.
        declared: dict[str, Any] = {
            f"feature_{column}": _FeatureField(feature) for column, feature in enumerate(schema.features)
        }
        if schema.id is not None:
            declared["id"] = IdField(data_key=schema.id, allow_none=True)
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
        check_values(body, self.max_marks)
        if (batch := self._read_fast(body)) is not None:
            return batch
        return self.read_document(parse_json(body))

    def parse_json(self, body: bytes) -> object:
        """What `parse_json` gives, of a body that may hold students.

        Raises:
            NotParseable: Not JSON.
            TooManyInstances: More values than the most that may be in one request have.
        """
        check_values(body, self.max_marks)
        return parse_json(body)

    def take_beside(self, document: object, name: str) -> list[Any]:
        """Take a field that is no student's out of a document: beside `instances`, or beside a student's own.

        Args:
            document: From `parse_json`.
            name: The field's name; where one student's own field is called so, it is that.

        Returns:
            Its value, or nothing where it is not there.
        """
        if not isinstance(document, dict) or name not in document:
            return []
        if name in self._column_names and not _holds_many(document, self._schema):
            return []
        return [document.pop(name)]

    def read_document(self, document: object) -> Batch:
        """Read what `read_json` reads, from a document that `parse_json` gave.

        Raises:
            TooManyInstances: More than may be in one request.
            InvalidInstances: Fields are missing, unknown or break the contract.
        """
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
            return self._read_in_detail(instances, instance_pointer)
        return self._read_in_detail([document], no_pointer)

    def _read_fast(self, body: bytes) -> Batch | None:
        """Read what most send in a few calls for all of it, or leave it to what finds and names every fault."""
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(document, dict):
            return None
        num_outside = 0
        instances, pointer_to = [document], no_pointer
        if _holds_many(document, self._schema):
            if len(document) > 1 or not isinstance(document["instances"], list):
                return None
            num_outside, instances, pointer_to = 1, document["instances"], instance_pointer
        if not 0 < len(instances) <= self._max_instances:
            return None
        columns = to_columns(instances, self._schema.names)
        if columns is None:
            return None
        num_fields = sum(map(len, instances))
        num_ids = num_fields - len(instances) * len(columns)
        ids = self._plain_ids(instances, num_ids) if num_ids else None
        if num_ids and ids is None:
            return None
        num_in_ids = num_ids * (self._schema.id or "").count(":")
        if not has_every_key(body, num_fields + num_outside, lambda: num_in_ids + _num_colons(columns, ids)):
            return None
        matrix = self._schema.try_encode_columns(columns)
        return None if matrix is None else Batch(matrix, any_of(ids), pointer_to)

    def _plain_ids(self, instances: Sequence[Mapping[str, Any]], num: int) -> list[str | int | None] | None:
        """The ids, where as many instances have one as there are fields that are no features, and all are valid."""
        name = self._schema.id
        if name is None or sum(name in instance for instance in instances) != num:
            return None
        ids = [instance.get(name) for instance in instances]
        return ids if all(value is None or is_plain_id(value) for value in ids) else None

    def read_csv(self, body: bytes, charset: str) -> Batch:
        """Read CSV with a header; one row is one student.

        Args:
            body: The table; delimited by comma, semicolon, tab or bar, as the header shows.
            charset: Its encoding; "" is found out.

        Raises:
            NotParseable: Not a table.
            TooManyInstances: More rows than may be in one request.
            InvalidInstances: Columns are missing or unknown, or cells break the contract.
        """
        table = self._open_table(body, charset, _MAX_UNKNOWN)
        refused = self._missing_columns(table.header) + [
            FieldFault(pointer("", name), "is not a feature")
            for name in table.header
            if name and name not in self._column_names
        ]
        with self.readable():
            rows = table.take().cells
            if nameless := nameless_columns(table.header, rows):
                raise InvalidTable(f"column {nameless[0]} of the header has cells, but no name")
        if refused or not rows:
            raise InvalidInstances(refused or [NO_ROWS])
        checked = check_rows(rows, table.header, self._schema, ".", MAX_FAULTS)
        ids: list[str | int | None] | None = None
        faults = Faults()
        for row, name, detail in checked.faults:
            where = row_pointer(row) if faults.has_room else ""
            faults.add(pointer(where, name) if name and where else where, detail)
        if self._schema.id in table.header:
            index = table.header.index(self._schema.id)
            ids = [row[index].strip() or None if index < len(row) else None for row in rows]
            for number, value in enumerate(ids):
                if value is not None and not is_plain_id(value):
                    faults.add(pointer(row_pointer(number), self._schema.id) if faults.has_room else "", ID_RULE)
        if faults.num:
            raise InvalidInstances(faults.first, faults.num)
        return Batch(checked.matrix, any_of(ids), row_pointer)

    def open_table(self, body: bytes, charset: str, max_further: int) -> RowReader:
        """Open CSV with a header that has every feature, and whatever else; to be read within `readable`.

        Args:
            body: The table; delimited by comma, semicolon, tab or bar, as the header shows.
            charset: Its encoding; "" is found out.
            max_further: Most columns that are neither features nor the id.

        Raises:
            NotParseable: Not a table.
            InvalidInstances: Columns are missing.
        """
        table = self._open_table(body, charset, max_further)
        if missing := self._missing_columns(table.header):
            raise InvalidInstances(missing)
        return table

    def _open_table(self, body: bytes, charset: str, max_further: int) -> RowReader:
        with self.readable():
            return RowReader(
                # Decoded as it is read: as a text at hand it would be six times as large again.
                io.TextIOWrapper(io.BytesIO(body), to_known(charset, body, self._schema.texts), newline=""),
                self._column_names,
                max_rows=self._max_instances,
                max_columns=len(self._column_names) + max_further,
            )

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Refuse what turns out to be no table while it is read.

        Raises:
            NotParseable: Not a table, or in another charset.
            TooManyInstances: More rows than may be in one request.
        """
        try:
            yield
        except TooManyRows as error:
            raise self._too_many() from error
        except InvalidTable as error:
            raise NotParseable(str(error)) from error
        except UnicodeDecodeError as error:
            raise NotParseable("the body is not in the charset that Content-Type names") from error

    def _missing_columns(self, header: Collection[str]) -> list[FieldFault]:
        """The features that a header lacks; NotParseable where it has none of them."""
        missing = [feature for feature in self._schema.features if feature.name not in header]
        if len(missing) == len(self._schema.features):
            # Most likely there is no header: what stands there is a student's, and is not repeated.
            raise NotParseable(f"the first line must be a header that names the features: {self._known}")
        return [
            FieldFault(pointer("", feature.name), f"must be a column of the header: {feature.requirement}")
            for feature in missing
        ]

    def read_columns(
        self, columns: Mapping[str, Sequence[object]], pointer_to: Callable[[str, int], str], least: int = 1
    ) -> np.ndarray:
        """Read columns of raw values, as the dialects have them.

        Args:
            columns: A feature's display name, or the safe one of the SavedModel's signature → its values.
            pointer_to: Gives the pointer to a value by the column's name, as given, and its row, from 0.
            least: Fewest instances, 0 or 1.

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
        if not faults and (len(lengths) > 1 or min(lengths) < least):
            faults.append(FieldFault("", "must have one value per student in every column, and at least one student"))
        if faults:
            raise InvalidInstances(faults)
        self.check_count(max(lengths))
        known_columns = {known: columns[name] for known, name in given.items()}
        if (matrix := self._schema.try_encode_columns(known_columns)) is not None:
            return matrix
        try:
            return self._schema.encode(
                {
                    feature.name: [feature.from_tensor(value) for value in known_columns[feature.name]]
                    for feature in self._schema.features
                }
            )
        except InvalidValues as error:
            shown = [
                FieldFault(
                    pointer_to(given[fault.column], fault.row),
                    hints.of_value(self._features[fault.column], known_columns[fault.column][fault.row]),
                )
                for fault in error.faults[:MAX_FAULTS]
            ]
            raise InvalidInstances(shown, len(error.faults)) from error

    def read_encoded(self, rows: Sequence[object], pointer_to: Callable[[int], str]) -> np.ndarray:
        """Read a matrix as the signature `encoded` takes it: numbers, codes of categories, and null.

        Args:
            rows: One list per student.
            pointer_to: Gives the pointer to a row by its number, from 0.

        Returns:
            The same, checked; float32 of shape (num_instances, num_features).

        Raises:
            TooManyInstances: More than may be in one request.
            InvalidInstances: Rows that are too long or too short, or values that break the contract.
        """
        features = self._schema.features
        self.check_count(len(rows))
        if not rows:
            raise InvalidInstances([FieldFault("", "must hold at least one student")])
        bad = [row for row, values in enumerate(rows) if not isinstance(values, list) or len(values) != len(features)]
        if bad:
            detail = f"must be a list of {len(features)} values"
            raise InvalidInstances([FieldFault(pointer_to(row), detail) for row in bad[:MAX_FAULTS]], len(bad))
        columns = [
            [feature.decode(None if value != value else value) for value in column]
            for feature, column in zip(features, zip(*rows, strict=True), strict=True)
        ]
        column_of = {feature.name: column for column, feature in enumerate(features)}
        return self.read_columns(
            dict(zip(self._schema.names, columns, strict=True)),
            lambda name, row: f"{pointer_to(row)}/{column_of[name]}",
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

    def _read_in_detail(self, instances: Sequence[object], pointer_to: Callable[[int], str]) -> Batch:
        """Check instances and encode them; `pointer_to` gives the pointer to one by its number, from 0."""
        faults = Faults()
        rows: list[dict[str, Any]] = []
        num_fields = len(self._column_names)
        for number, instance in enumerate(instances):
            where = pointer_to(number)
            if not isinstance(instance, dict):
                hint = hints.of_document(instance, self._schema) if isinstance(instance, list) or not where else ""
                faults.add(where, f"{_OBJECT}{hint}")
                continue
            if len(instance) > num_fields + _MAX_UNKNOWN:
                faults.add(where, f"must have no more than {num_fields} fields")
                continue
            rows.append(instance)
            if not faults.has_room:  # words that nobody sees would take ten times as long as a count
                faults.num += self._num_at_fault(instance)
                continue
            for name, detail in self._details(instance).items():
                faults.add(pointer(where, name), detail)
        if faults.num:
            raise InvalidInstances(faults.first, faults.num)
        columns = {name: [row[name] for row in rows] for name in self._features}
        id_name = self._schema.id
        ids: Any = None if id_name is None else [to_id(row.get(id_name)) for row in rows]  # each is plain
        return Batch(self._schema.encode(columns), any_of(ids), pointer_to)

    def _details(self, instance: Mapping[str, Any]) -> dict[str, str]:
        """Field at fault → what must hold there."""
        twice = repeated(instance)
        details = dict.fromkeys(sorted(twice), _TWICE)
        for name, (detail, *_) in self._marshmallow.validate(instance).items():
            hint = "" if name in self._column_names else hints.of_name(name, instance[name], self._schema)
            details.setdefault(name, f"{detail}{hint}")
        return details

    def _num_at_fault(self, instance: Mapping[str, Any]) -> int:
        """How many fields are at fault."""
        twice = repeated(instance)
        num = len(twice) + sum(name not in self._names and name not in twice for name in instance)
        for name, feature in self._features.items():
            num += name not in twice and not (name in instance and _is_valid(feature, instance[name]))
        given = to_id(instance.get(self._schema.id or ""))
        return num + (self._schema.id not in {*twice, None} and given is not None and not is_plain_id(given))


def _holds_many(document: Mapping[str, object], schema: FeatureSchema) -> bool:
    # A feature may be called "instances"; its value is never a list.
    return "instances" in document and ("instances" not in schema.names or isinstance(document["instances"], list))


class _FeatureField(fields.Field[object]):
    """A feature's value; the feature contract decides, so that no rule stands twice."""

    def __init__(self, feature: Feature) -> None:
        messages: dict[str, Any] = {"required": f"is missing: {feature.requirement}", "null": feature.requirement}
        super().__init__(data_key=feature.name, required=True, allow_none=feature.nullable, error_messages=messages)
        self._feature = feature

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object) -> object:
        if not _is_valid(self._feature, value):
            raise ValidationError(hints.of_value(self._feature, value))
        return value


def _is_valid(feature: Feature, value: object) -> bool:
    try:
        feature.encode(value)
    except ValueError:
        return False
    return True


def to_columns(instances: Sequence[Any], names: Iterable[str]) -> dict[str, list[Any]] | None:
    """Objects to columns, or None where one is no object or has a key too few."""
    try:
        return {name: list(map(itemgetter(name), instances)) for name in names}
    except (KeyError, TypeError):  # nothing else that JSON knows has names for keys
        return None


def _num_colons(columns: Mapping[str, Sequence[object]], ids: Sequence[object] | None) -> int:
    """The colons in the features' names and in texts of instances, where none is written with an escape."""
    num = sum(name.count(":") * len(values) for name, values in columns.items())
    texts = [*columns.values(), ids or ()]
    return num + sum(value.count(":") for values in texts for value in values if isinstance(value, str))
