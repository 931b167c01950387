"""A name or a value of a table as people review it, in the dataset file and on the terminal."""

import json

from registry.command_line import printable


def quoted(text: str) -> str:
    """A TOML string; what does not show in print is escaped, so that a review shows it and a comment can hold it."""
    return printable(json.dumps(text, ensure_ascii=False))
