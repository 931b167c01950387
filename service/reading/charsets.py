"""Which charsets a table may be in, by the names that people give them."""

import codecs
from collections.abc import Collection

from registry.contract.table import GUESSED, find_encoding
from service.errors import NotParseable

# By the names that people give it → Python's name. Python knows more, some of which take very long on what is not
# theirs, and it keeps for ever every name that it was asked for. Of one byte a character, each of these decodes a
# megabyte of any bytes in some milliseconds.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "iso8859-15": "iso8859-15",
    "latin-9": "iso8859-15",
    "iso-8859-2": "iso8859-2",
    "iso-8859-7": "iso8859-7",
    "iso-8859-9": "cp1254",  # as browsers take it
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1257": "cp1257",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "ibm850": "cp850",
    "ibm852": "cp852",
    "ibm866": "cp866",
    "koi8-r": "koi8-u",  # as browsers take it: the letters of the one are the other's, too
    **{name: name for name in GUESSED},
}


def to_known(charset: str, body: bytes, expected: Collection[str] = ()) -> str:
    """Python's name of a charset that is taken; NotParseable for another.

    Args:
        charset: As it is named; "" is found out.
        body: The table.
        expected: Texts that it may hold.
    """
    if not charset:
        return find_encoding(body, expected)
    name = _CHARSETS.get(charset.lower().replace("_", "-"))
    if name is None:
        raise NotParseable(f"the charset must be one of {', '.join(dict.fromkeys(_CHARSETS.values()))}")
    if name == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le"  # what spreadsheets write, and what browsers take it for
    return name
