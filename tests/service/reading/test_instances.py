"""Reading at once and reading value by value: both take the same, give the same, and name the same faults."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract.features import Category, FeatureSchema, Number
from service.errors import InvalidInstances, RequestError
from service.reading import instances as reader_module
from service.reading import json_text
from service.reading.instances import Batch, InstanceReader
from service.reading.json_text import parse_json

FEATURES = (
    Number("hours", minimum=0, maximum=24),
    Number("large", maximum=2.0**63, nullable=True),
    Category("grade: now", vocabulary=("1", "2", "a:b", "007"), nullable=True),
    Category("instances", vocabulary=("good", "bad")),
)


class ByValue(FeatureSchema):
    """The same contract without its short cuts."""

    def try_encode_column(self, columns: Mapping[str, Sequence[object]]) -> np.ndarray | None:
        """Left to `encode`."""
        return None

    def try_encode_cells(self, columns: Mapping[str, Sequence[str]], decimal: str = ".") -> np.ndarray | None:
        """Left to `parse` and `encode`."""
        return None


class InDetail(InstanceReader):
    """Reads value by value alone."""

    def _read_fast(self, body: bytes) -> Batch | None:
        return None


ID = "i:d"
AT_ONCE = InstanceReader(FeatureSchema(FEATURES, id=ID), 40)
IN_DETAIL = InDetail(ByValue(FEATURES, id=ID), 40)

VALID: dict[str, st.SearchStrategy[Any]] = {
    "hours": st.integers(0, 24) | st.floats(0, 24),
    "large": st.none() | st.floats(-1e30, 2.0**63) | st.integers(-(2**70), 2**63),
    "grade: now": st.sampled_from(["1", "2", "a:b", "007", 1, 2, 2.0, None]),
    "instances": st.sampled_from(["good", "bad"]),
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53 + 1, 2**63 + 1, 2**64, -(2**64), 10**400, 7, 7.0, -0.0, 24.0000001, 3.5e38]),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["1", "good", "x:y", "\ud800", "", [], [1], {}, {"a": 1}]),
)
IDS = st.none() | st.integers(-(2**64), 2**64) | st.sampled_from(["s:1", "s2", "\x00", "x" * 300, 7.0, 7.5, True])


@st.composite
def instances(draw: st.DrawFn) -> list[Any]:
    """Students, most of them valid; few or enough for the short cuts."""
    num = draw(st.sampled_from([1, 2, 20]))
    students: list[Any] = [{name: draw(values) for name, values in VALID.items()} for _ in range(num)]
    if draw(st.booleans()):
        for student in students:
            if draw(st.booleans()):
                student[ID] = draw(IDS)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, num - 1))
        match draw(st.sampled_from(["value", "missing", "unknown", "whole"])):
            case "value" if isinstance(students[place], dict):
                students[place][draw(st.sampled_from([*VALID]))] = draw(ODD)
            case "missing" if isinstance(students[place], dict):
                students[place].pop(draw(st.sampled_from([*VALID])), None)
            case "unknown" if isinstance(students[place], dict):
                students[place][draw(st.sampled_from(["more", "hours ", "a:b"]))] = 1
            case _:
                students[place] = draw(ODD)
    return students


def outcome(read: Callable[[], Any]) -> Any:
    """What came of a reading: the matrix to the bit and the ids, or the error with all that it names."""
    try:
        batch = read()
    except InvalidInstances as error:
        return [(fault.pointer, fault.detail) for fault in error.faults], error.num_faults
    except RequestError as error:
        return type(error), str(error)
    if not isinstance(batch, Batch):
        return batch.dtype, batch.shape, batch.tobytes()
    ids = None if batch.ids is None else list(batch.ids)
    return batch.matrix.dtype, batch.matrix.shape, batch.matrix.tobytes(), ids, batch.pointer_to(0)


def in_detail(monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any]) -> Any:
    """What comes of a reading by what takes every JSON apart."""
    with monkeypatch.context() as patched:
        patched.setattr(reader_module, "parse_json", json_text._parse_any_json)
        return outcome(read)


@given(students=instances(), form=st.sampled_from(["many", "one", "twice", "beside"]), blanks=st.booleans())
def test_json_is_read_at_once_as_in_detail(students: list[Any], form: str, *, blanks: bool) -> None:
    """Whatever stands in it, and however it is written: keys twice, colons in texts, numbers of any length."""
    separators = (" , ", " : ") if blanks else (",", ":")
    texts = [json.dumps(student, separators=separators) for student in students]
    if form == "twice":
        texts[-1] = texts[-1].replace("{", '{"hours":3,', 1)
    body = f'{{"instances":[{",".join(texts)}]}}' if form != "one" else texts[0]
    if form == "beside":
        body = body.replace("{", '{"more": 1,', 1)

    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = in_detail(monkeypatch, lambda: IN_DETAIL.read_json(body.encode()))
    assert outcome(lambda: AT_ONCE.read_json(body.encode())) == expected


def test_what_most_send_is_read_at_once() -> None:
    """Else the test above would show nothing."""
    student = {"hours": 5, "large": None, "grade: now": "1", "instances": "good"}
    plain = {"hours": 5, "large": 1e9, "grade: now": "a:b", "instances": "bad", ID: "1:2"}

    for document in (student, {"instances": [student] * 40}, {"instances": [plain, student] * 20}):
        assert AT_ONCE._read_fast(json.dumps(document).encode()) is not None


CELLS = st.one_of(
    st.integers(-3, 30).map(str),
    st.floats(-1, 30).map(str),
    st.sampled_from(["", " ", "+5", ".5", "5.", "007", "1e2", "1E+1", "-", "1_0", "nan", "inf", " 7 ", "1e400", "a"]),
    st.sampled_from(["-0", "-0.0", "\u0661", "9007199254740993", "9223372036854775809", "null", "[1]", "1,2"]),
    st.sampled_from(["e\u0301", "\ud800"]),
)


@given(
    columns=st.integers(1, 20).flatmap(
        lambda num: st.fixed_dictionaries(
            {
                "hours": st.lists(st.integers(0, 24).map(str) | CELLS, min_size=num, max_size=num),
                "large": st.lists(st.just("") | st.integers(0, 9).map(str) | CELLS, min_size=num, max_size=num),
                "grade: now": st.lists(st.sampled_from(["1", "2", "", "a:b", " 1", "b"]), min_size=num, max_size=num),
                "instances": st.lists(st.sampled_from(["good", "bad"]), min_size=num, max_size=num),
            }
        )
    ),
    decimal=st.sampled_from(".,"),
)
def test_cells_are_coded_at_once_as_one_by_one(columns: dict[str, list[str]], decimal: str) -> None:
    """Where they are at all."""
    schema = FeatureSchema(FEATURES)
    at_once = schema.try_encode_cells(columns, decimal)

    values = {
        feature.name: [feature.parse(cell, decimal) for cell in columns[feature.name]] for feature in schema.features
    }
    expected = outcome(lambda: ByValue(FEATURES).encode(values)) if at_once is not None else None

    assert at_once is None or (at_once.dtype, at_once.shape, at_once.tobytes()) == expected


def test_cells_that_most_send_are_coded_at_once() -> None:
    """Numbers of any plain form, blanks where null is valid, categories."""
    schema = FeatureSchema(FEATURES)
    columns = {
        "hours": ["5", "5.5", "0"],
        "large": ["", "1", ""],
        "grade: now": ["1", "", "2"],
        "instances": ["bad"] * 3,
    }

    for cells in (columns, columns | {"hours": ["05", "5.", "+5"]}, columns | {"large": ["", "", ""]}):
        assert schema.try_encode_cells(cells) is not None
    assert schema.try_encode_cells(columns | {"hours": ["5,5", "5", ",5"]}, ",") is not None


@given(
    num=st.sampled_from([1, 20]),
    data=st.data(),
)
def test_columns_are_read_at_once_as_in_detail(num: int, data: st.DataObject) -> None:
    """As the dialects have them, with NaN and "" for null."""
    columns = {name: data.draw(st.lists(values, min_size=num, max_size=num)) for name, values in VALID.items()}
    for name in data.draw(st.lists(st.sampled_from([*VALID]), max_size=2)):
        columns[name][data.draw(st.integers(0, num - 1))] = data.draw(ODD | st.just(math.nan) | st.just(""))

    results = [
        outcome(partial(reader.read_columns, columns, lambda name, row: f"/{name}/{row}"))
        for reader in (AT_ONCE, IN_DETAIL)
    ]

    assert results[0] == results[1]


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet='a:"\\\u00e9\ud800', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(st.tuples(st.sampled_from("ab:"), inner), max_size=4).map(tuple)
    ),
    max_leaves=12,
)


def write(document: Any) -> str:
    """JSON in which an object, here a tuple of pairs, can have a key twice."""
    if isinstance(document, tuple):
        return "{" + ", ".join(f"{json.dumps(key)}: {write(value)}" for key, value in document) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(write, document)) + "]"
    return json.dumps(document)


def described(document: Any) -> Any:
    """A document with the types of its values and what is known of keys that stood twice."""
    if isinstance(document, dict):
        members = {key: described(value) for key, value in document.items()}
        return "object", members, json_text.repeated(document)
    if isinstance(document, list):
        return [described(value) for value in document]
    return type(document), repr(document)


@given(document=DOCUMENTS)
def test_json_is_parsed_fast_as_with_care(document: Any) -> None:
    """The same values of the same types, and every key that stood twice."""
    body = write(document).encode("utf-8", "surrogatepass")

    def parse(how: Callable[[bytes], object]) -> Any:
        try:
            return described(how(body))
        except RequestError as error:
            return str(error)

    assert parse(parse_json) == parse(json_text._parse_any_json)
