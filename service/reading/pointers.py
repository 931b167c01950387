"""JSON pointers (RFC 6901) to what is at fault in a body."""


def no_pointer(number: int) -> str:
    """Of a student that is the body itself."""
    return ""


def instance_pointer(number: int) -> str:
    """Of a student in the list `instances`."""
    return f"/instances/{number}"


def row_pointer(number: int) -> str:
    """Rows are numbered from 1, as people number them."""
    return f"/rows/{number + 1}"


def pointer(prefix: str, name: str) -> str:
    """A JSON pointer to a field; a name too long to be one is cut, since it came from outside."""
    name = name if len(name) <= 100 else name[:99] + "…"
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"{prefix}/{escaped.encode('utf-8', 'replace').decode()}"
