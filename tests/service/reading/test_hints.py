"""What a body that is not taken is told: bodies that newcomers try first, and bodies in which all is at fault."""

import json
import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from registry.contract.features import Category, FeatureSchema, Number
from service.errors import MAX_FAULTS, InvalidInstances, NotParseable, TooManyInstances
from service.reading.instances import InstanceReader

SCHEMA = FeatureSchema(
    (Number("study_hours", minimum=0, maximum=24), Category("Schule", vocabulary=("Yes", "No", "1"))), id="id"
)
READER = InstanceReader(SCHEMA, 10_000)
GOOD: dict[str, Any] = {"study_hours": 6, "Schule": "Yes"}


def faults_of(body: object) -> dict[str, str]:
    """Pointer → detail."""
    with pytest.raises(InvalidInstances) as caught:
        READER.read_json(json.dumps(body).encode())
    return {fault.pointer: fault.detail for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        ([[6, 5]], "", 'name the features: {"study_hours": 12, "Schule": "Yes"}'),
        ([6, "Yes"], "", "name the features"),
        (6, "", "name the features"),
        ({"instances": [[6, "Yes"]]}, "/instances/0", "must be an object"),
        ([GOOD], "", 'for several send {"instances": [{…}, {…}]}'),
        (json.dumps(GOOD), "", "send the object itself, not a text that holds it"),
        (GOOD | {"study_hours": "6"}, "/study_hours", "must be a number from 0 to 24; it is text, not a number"),
        (GOOD | {"study_hours": True}, "/study_hours", "is true or false, not a number"),
        (GOOD | {"study_hours": math.nan}, "/study_hours", "must be a number"),
        (GOOD | {"Schule": "yes"}, "/Schule", 'capitals count: "Yes"'),
        (GOOD | {"Schule": True}, "/Schule", 'must be one of "Yes", "No", "1"'),
        ({"Study Hours": 6, "Schule": "Yes"}, "/Study Hours", 'did you mean "study_hours"?'),
        ({"studyhours": 6, "schule": "Yes"}, "/schule", 'did you mean "Schule"?'),
        ({"inputs": GOOD}, "/inputs", "/v1/models/NAME:predict"),
        ({"inputs": [{"datatype": "FP32"}]}, "/inputs", "/v2/models/NAME/infer"),
        ({"data": [GOOD]}, "/data", 'several students go under "instances", one stands alone'),
        ({"features": GOOD}, "/features", "one stands alone"),
        ({"instances": GOOD}, "/instances", "must be a list of at least one object"),
    ],
)
def test_what_newcomers_send_first_is_told_what_was_meant(body: object, pointer: str, said: str) -> None:
    """In the detail of the field that shows it; without the value."""
    assert said in faults_of(body)[pointer]


def test_a_tensor_of_text_is_told_that_it_is_no_number() -> None:
    """As clients of other systems send it."""
    with pytest.raises(InvalidInstances) as caught:
        READER.read_columns({"study_hours": ["6"], "Schule": ["Yes"]}, lambda name, row: f"/{name}/{row}")

    assert caught.value.faults[0].detail == "must be a number from 0 to 24; it is text, not a number"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"{'study_hours': 6}", "texts and names have double quotes"),
        (b'{"study_hours": 6,}', "there is a comma behind the last entry"),
        (b'{"instances": [{"study_hours": 6},]}', "there is a comma behind the last entry"),
        (b'{"study_hours": None}', "JSON writes null"),
        (b'{"study_hours": True}', "JSON writes true"),
        (b"study_hours=6", "line 1, column 1"),
    ],
)
def test_what_is_almost_json_is_told_what_is_wrong(body: bytes, said: str) -> None:
    """As Python and JavaScript write it."""
    with pytest.raises(NotParseable, match=said):
        READER.read_json(body)


@dataclass(frozen=True, kw_only=True)
class Told(Category):
    """A category that counts what it tells."""

    told: ClassVar[list[str]] = []
    vocabulary: tuple[str, ...] = field(default=("a", "b"))

    def fault_of(self, cell: str, decimal: str = ".") -> str:
        """As others do."""
        self.told.append(cell)
        return super().fault_of(cell, decimal)


def test_no_more_is_told_than_is_shown() -> None:
    """Of ten thousand students with every field at fault a hundred are named, and the others counted."""
    reader = InstanceReader(FeatureSchema((Told("x"), Told("y"))), 10_000)
    num, pointed = 5_000, []

    def pointer_to(row: int) -> str:
        pointed.append(row)
        return f"/{row}"

    for read in (
        lambda: reader.read_json(json.dumps({"instances": [{"x": "c", "y": "d"}] * num}).encode()),
        lambda: reader.read_csv(b"x,y\n" + b"c,d\n" * num, "utf-8"),
        lambda: reader.read_encoded([[1]] * 2 * num, pointer_to),
    ):
        with pytest.raises(InvalidInstances) as caught:
            read()
        assert caught.value.num_faults == 2 * num
        assert [bool(fault.detail) for fault in caught.value.faults] == [True] * MAX_FAULTS

    assert len(Told.told) == 2 * MAX_FAULTS
    assert len(pointed) == MAX_FAULTS


@pytest.mark.parametrize(
    "piece", ["[" * 60 + "]" * 60 + ",", "{},", "1,", '"x",', '"a":1,', '"\\"', '"[",', "[", ",", '"', "\\"]
)
@pytest.mark.parametrize("begin", ['{"instances": [', '{"study_hours": [', '{"instances": [{"', "["])
def test_more_values_than_instances_have_are_refused_before_they_are_read(begin: str, piece: str) -> None:
    """A megabyte of them would take a second; and what stands in texts is none."""
    body = f"{begin}{piece * (2**20 // len(piece))}".encode()

    with pytest.raises((TooManyInstances, InvalidInstances, NotParseable)) as caught:
        READER.read_json(body)

    has_many = piece in ("[" * 60 + "]" * 60 + ",", "{},", "1,", "[", ",") and not begin.endswith('{"')
    assert not has_many or isinstance(caught.value, TooManyInstances)


def test_brackets_in_texts_are_no_values() -> None:
    """However many."""
    reader = InstanceReader(FeatureSchema((Number("x"),), id="id"), 10_000)
    students = [{"x": 1.0, "id": "[,{" * 80}] * 2_000

    assert len(reader.read_json(json.dumps({"instances": students}).encode()).matrix) == 2_000


@pytest.mark.parametrize(
    "instance",
    [{}, {"a": 1}, GOOD | {"id": "\x00"}, {"Schule": 3, "id": [], "": 1, "b": 2}, {"study_hours": None, "id": None}],
)
def test_what_is_not_listed_is_counted_as_what_is(instance: dict[str, object]) -> None:
    """Each field at fault once, in whichever student it is."""
    num_each = len(faults_of(instance))

    with pytest.raises(InvalidInstances) as caught:
        READER.read_json(json.dumps({"instances": [instance] * 500}).encode())

    assert caught.value.num_faults == 500 * num_each
