"""Which charsets a table may be in, by the names that people give them."""

import codecs

from registry.contract.table import find_encoding
from service.errors import NotParseable

# What spreadsheets write, by the names that people give it → Python's name. Python knows more, some of which take very
# long on what is not theirs, and it keeps for ever every name that it was asked for.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso8859-1",
    "iso8859-1": "iso8859-1",
    "latin1": "iso8859-1",
    "latin-1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "iso8859-15": "iso8859-15",
    "latin-9": "iso8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}


def to_known(charset: str, body: bytes) -> str:
    """Python's name of a charset that is taken, found out where none is named; NotParseable for another."""
    if not charset:
        return find_encoding(body)
    name = _CHARSETS.get(charset.lower().replace("_", "-"))
    if name is None:
        raise NotParseable(f"the charset must be one of {', '.join(dict.fromkeys(_CHARSETS.values()))}")
    if name == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le"  # what spreadsheets write, and what browsers take it for
    return name
