"""What a newcomer most likely meant, beside what a body must be; never a student's value."""

import json
import re

from registry.contract.features import Amount, Feature, FeatureSchema

_LONGEST = 100  # characters of a name that may be one by mistake
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_PYTHON = {"T": "true", "F": "false", "N": "null"}


def of_json(text: str, position: int) -> str:
    """Why a text is not JSON, as far as the character tells at which that shows; "" where it doesn't."""
    if not text.strip():
        return ": it is empty"
    at, before = text[position : position + 1], text[max(position - 50, 0) : position].rstrip()[-1:]
    if at == "'":
        return ": texts and names have double quotes"
    if before == "," and at in ("}", "]", '"', ""):
        return ": there is a comma behind the last entry"
    return f": JSON writes {_PYTHON[at]}" if at in _PYTHON else ""


def of_document(document: object, schema: FeatureSchema) -> str:
    """What to send in place of a document that is no object."""
    one = json.dumps({feature.name: feature.example for feature in schema.features[:3]}, ensure_ascii=False)
    one = one if len(schema.features) <= 3 else f"{one[:-1]}, …}}"
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return '; for several send {"instances": [{…}, {…}]}'
    if isinstance(document, str):
        return "; send the object itself, not a text that holds it"
    return f"; name the features: {one}"


def of_name(name: str, value: object, schema: FeatureSchema) -> str:
    """What a field that is no feature may be meant for."""
    if len(name) <= _LONGEST:
        near = [known for known in schema.names if _bare(known) == _bare(name)]
        if near:
            return f'; did you mean "{near[0]}"?'
    if name == "inputs":
        of_triton = isinstance(value, list) and value and isinstance(value[0], dict) and "datatype" in value[0]
        path = "/v2/models/NAME/infer" if of_triton else "/v1/models/NAME:predict"
        return f"; what is asked with inputs goes to {path}"
    return '; several students go under "instances", one stands alone' if isinstance(value, dict | list) else ""


def of_value(feature: Feature, value: object) -> str:
    """What a value must be, and what it is instead where that is easily taken for it."""
    if isinstance(feature, Amount):
        if isinstance(value, str):
            return f"{feature.requirement}; it is text, not a number"
        if isinstance(value, bool):
            return f"{feature.requirement}; it is true or false, not a number"
        return feature.requirement
    return feature.fault_of(value) if isinstance(value, str) else feature.requirement


def _bare(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).casefold()
