"""The XML in a workbook's archive, element by element: unpacked within bounds, whatever the archive says of itself."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, iterparse

from registry.contract.table.reader import InvalidTable

_MOST_MEMBERS = 5000
_MOST_AT_ONCE = 85_000  # elements and attributes in the one at hand: a row of Excel's has at most 16,384 cells
_PIECE = 2**18  # bytes unpacked at once: expat looks at what it is in the middle of anew with each
_LONGEST_PART = 2**18  # bytes of a tag and the text behind it: a cell has 32,767 characters, of 8 bytes each at most
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY = b"PK\x01\x02"  # with which the archive's list has a member
_REFUSED = (b"\0", b"<!DOCTYPE", b"<!ENTITY")  # UTF-16, in which one would not find the others; what may grow
_ENCRYPTED = 1
UNREADABLE = "a workbook that can't be read; open it, save it anew as .xlsx, or save the sheet as CSV"


class Node(NamedTuple):
    """An element with all that is in it.

    Attributes:
        element: It; gone once the next is asked for.
        parent: The name of the one that it stands in, without namespace.
    """

    element: Element
    parent: str


class Archive:
    """The members of an archive, of which all that is read may be so many bytes when unpacked."""

    def __init__(self, content: bytes, most_bytes: int) -> None:
        """Read the list of its members.

        Args:
            content: The archive.
            most_bytes: That its members may be, of what is read of them.

        Raises:
            InvalidTable: It is none, or has too many members.
        """
        if content.count(_ENTRY) > _MOST_MEMBERS:
            raise InvalidTable(UNREADABLE)
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise InvalidTable(UNREADABLE) from error
        self.names = frozenset(self._archive.namelist())
        self._num_left = self._most_bytes = most_bytes

    def pieces(self, name: str) -> Iterator[bytes]:
        """Unpack a member.

        Raises:
            InvalidTable: It can't be unpacked, is encrypted, or too large.
        """
        try:
            member = self._archive.getinfo(name)
            if member.compress_type not in _METHODS or member.flag_bits & _ENCRYPTED:
                raise InvalidTable(UNREADABLE)
            with self._archive.open(member) as file:
                while piece := file.read(_PIECE):
                    self._num_left -= len(piece)
                    if self._num_left < 0:
                        raise InvalidTable(f"a workbook of more than {self._most_bytes} bytes when unpacked")
                    yield piece
        except InvalidTable:
            raise
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError, NotImplementedError) as error:
            raise InvalidTable(UNREADABLE) from error

    def elements(self, name: str, called: str, most: int, until: str | None = None) -> Iterator[Node]:
        """The elements of a member that are called so, one at a time: what was before is let go of.

        Args:
            name: The member's.
            called: The elements' names without namespace, with blanks between them.
            most: Of them.
            until: The element at whose end there are no more.

        Raises:
            InvalidTable: It can't be unpacked, is no XML, is in no known encoding, declares entities, or has more,
                more in one, or a longer tag or text, than may be.
        """
        wanted = frozenset(called.split())
        num = num_at_once = 0
        parents: list[Element] = []
        try:
            for event, element in iterparse(_Source(self.pieces(name)), ("start", "end")):
                if event == "start":
                    parents.append(element)
                    num_at_once += 1 + len(element.attrib)
                    if num_at_once > _MOST_AT_ONCE:
                        raise InvalidTable(UNREADABLE)
                    continue
                parents.pop()
                local = local_name(element)
                if local in wanted and parents:
                    num += 1
                    if num > most:
                        raise InvalidTable(f"a workbook with more than {most} elements {local!r}")
                    yield Node(element, local_name(parents[-1]))
                    parents[-1].clear()
                    num_at_once = len(parents)
                elif local == until:
                    return
        except InvalidTable:
            raise
        except (ParseError, LookupError, ValueError) as error:  # the latter of encodings
            raise InvalidTable(UNREADABLE) from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a member names others by: id → the last part of the kind, and the other member."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self.names:
            return {}
        found = {}
        for element, _ in self.elements(relations, "Relationship", _MOST_MEMBERS):
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/")
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], target)
        return found


class _Source:
    """What a parser reads from: larger pieces than it asks for, once they are looked at."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._end: bytes | None = None  # of the piece before, in which a word may begin
        # Bytes since a tag began, and since one ended: in a comment and in CDATA neither has to be one.
        self._num_since = {b"<": 0, b">": 0}

    def read(self, _: int = -1) -> bytes:
        """Read the next piece; nothing at the end."""
        piece = next(self._pieces, b"")
        if self._end is None:  # not in an encoding in which the words would look otherwise
            self._end = b"" if piece.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" else b"\0"
        seen = self._end + piece
        if any(word in seen for word in _REFUSED):
            raise InvalidTable(UNREADABLE)
        self._end = piece[-len(_REFUSED[1]) :]
        for mark, since in self._num_since.items():
            found = piece.find(mark)
            since += len(piece) if found < 0 else found
            if since > _LONGEST_PART:
                raise InvalidTable(
                    f"a workbook with a tag or a text of more than {_LONGEST_PART} bytes; save it as CSV"
                )
            self._num_since[mark] = since if found < 0 else len(piece) - piece.rfind(mark)
        return piece


def local_name(element: Element) -> str:
    """Its name without namespace."""
    return element.tag.rpartition("}")[2]
