"""A file of keys by name: one a line. What a key is, and who has one, is not for here."""

import re
from pathlib import Path

from registry.named_file import read_named_file


class InvalidKeys(ValueError):
    """A file of keys, or a key's name, that can't be used; the message says where and why, and holds no key."""


def read_key_file(path: Path, most: int, line: re.Pattern[str], rule: str, what: str) -> dict[str, tuple[int, str]]:
    """Read a file of keys: one a line, blank lines and those that begin with # aside.

    Args:
        path: Of the file.
        most: Bytes that it may have.
        line: What each must be, with the groups `name` and `key`.
        rule: The same in words.
        what: The keys in words, such as "API keys".

    Returns:
        Name → number of its line, and its key.

    Raises:
        InvalidKeys: It is not UTF-8, a line is none, or a name stands twice.
        OSError: It can't be read.
    """
    try:
        lines = read_named_file(path, most).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidKeys(f"the file of {what} is not UTF-8") from error
    keys: dict[str, tuple[int, str]] = {}
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        match = line.fullmatch(text.strip())
        if match is None:
            raise InvalidKeys(f"line {number} of the {what} must be {rule}")
        if match["name"] in keys:
            raise InvalidKeys(f"line {number} of the {what} repeats the name {match['name']}")
        keys[match["name"]] = number, match["key"]
    return keys
