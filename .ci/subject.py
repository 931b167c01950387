"""Refuses a commit whose subject is longer than lists of commits show; git hands over the file with the message."""

import sys
from pathlib import Path

MAX_CHARACTERS = 72


def fault(message: str) -> str | None:
    """What is wrong with the first line of a message, or None.

    Args:
        message: As git hands it over; git drops lines that begin with #, and so does this.
    """
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject, *body = [*lines, ""]
    if len(subject) > MAX_CHARACTERS:
        return f"the subject has {len(subject)} characters, and may have {MAX_CHARACTERS}; the body has room"
    if not subject.strip():
        return "the first line is the subject, and can't be blank"
    if body and body[0].strip():
        return "a blank line parts the subject from the body"
    return None


def main() -> int:
    """Check the file that is named.

    Returns:
        Exit code: 1 where the message is refused.
    """
    if found := fault(Path(sys.argv[1]).read_text(encoding="utf-8")):
        print(found, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
