"""The feature contract: what a column may hold, a file for each kind; and the schema, the project's only encoder.

A kind is coded as an amount or as a category. Whoever needs to know more asks the feature; only these two are told
apart elsewhere. A new kind is added here and to `KINDS`; what it is coded as says the rest.
"""

from registry.contract.features.amount import Amount
from registry.contract.features.base import FLOAT32_MAX, WORDS, clean_cells, to_nfc
from registry.contract.features.category import Category
from registry.contract.features.number import Number, as_number
from registry.contract.features.safe_names import json_choice
from registry.contract.features.schema import KINDS, Fault, Feature, FeatureSchema, InvalidValues

__all__ = [
    "FLOAT32_MAX",
    "KINDS",
    "WORDS",
    "Amount",
    "Category",
    "Fault",
    "Feature",
    "FeatureSchema",
    "InvalidValues",
    "Number",
    "as_number",
    "clean_cells",
    "json_choice",
    "to_nfc",
]
