"""A name or a value of a table as people review it, in the dataset file and on the terminal."""

import json


def quoted(text: str) -> str:
    """A TOML string; what does not show in print is escaped, so that a review shows it and a comment can hold it."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(ord(letter)) for letter in written)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
