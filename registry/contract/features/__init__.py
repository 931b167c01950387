"""The feature contract: what a column may hold, a file for each kind; and the schema, the project's only encoder.

Whoever needs to know what a kind is asks the feature. The few who must tell kinds apart use `match` and
`assert_never`, so that the type checker lists what a new kind needs; it is added to `Feature` and to `KINDS`.
"""

from registry.contract.features.base import FLOAT32_MAX, to_nfc
from registry.contract.features.category import Category
from registry.contract.features.number import Number, as_number
from registry.contract.features.schema import KINDS, Fault, Feature, FeatureSchema, InvalidValues

__all__ = [
    "FLOAT32_MAX",
    "KINDS",
    "Category",
    "Fault",
    "Feature",
    "FeatureSchema",
    "InvalidValues",
    "Number",
    "as_number",
    "to_nfc",
]
