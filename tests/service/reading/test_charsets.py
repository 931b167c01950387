"""Which charsets a table may be in."""

import codecs

import pytest

from registry.contract.table import GUESSED
from service.errors import NotParseable
from service.reading.charsets import to_known


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("UTF-8", "utf-8"),
        ("Windows-1250", "cp1250"),
        ("cp1251", "cp1251"),
        ("windows_1253", "cp1253"),
        ("ISO-8859-2", "iso8859-2"),
        ("latin1", "iso8859-1"),
        ("koi8-r", "koi8-u"),
        ("macintosh", "mac-roman"),
    ],
)
def test_a_charset_is_known_by_the_names_that_people_give_it(charset: str, name: str) -> None:
    """Capitals and underscores don't matter."""
    assert codecs.lookup(to_known(charset, b"")).name == codecs.lookup(name).name


def test_what_is_guessed_can_be_named() -> None:
    """And each is of one byte a character: whatever bytes come, they are decoded in a time that grows as they do."""
    for name in GUESSED:
        assert to_known(name, b"") == name
        assert len(bytes(range(256)).decode(name, "replace")) == 256


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "rot13", "idna", "gb18030", "hz", "cp65001", "a\0b"])
def test_another_charset_is_refused(charset: str) -> None:
    """Python knows them, or would look for them and keep the name."""
    with pytest.raises(NotParseable, match="the charset must be one of utf-8, "):
        to_known(charset, b"")


def test_a_charset_that_is_not_named_is_told_by_what_is_expected() -> None:
    """Names of features and categories."""
    assert to_known("", "Absencę;ñ\n".encode("cp1250", "ignore"), ["Absencę"]) == "cp1250"
