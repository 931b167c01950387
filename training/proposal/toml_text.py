"""Text, numbers and lists as TOML writes them."""

from collections.abc import Iterable

_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def toml_string(text: str) -> str:
    """A basic string; what does not show in print is escaped, so that a review shows it and a comment can hold it."""
    return '"' + "".join(map(_escaped, text)) + '"'


def toml_list(texts: Iterable[str]) -> str:
    """A list of strings on one line."""
    return f"[{', '.join(map(toml_string, texts))}]"


def toml_number(number: float) -> str:
    """An integer where it is one."""
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
