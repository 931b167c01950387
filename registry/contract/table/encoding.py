"""Which encoding a table is in: by its mark, else UTF-8, else what is expected in it, else a guess by its letters."""

import codecs
import io
import re
from collections.abc import Collection, Sequence
from functools import cache
from itertools import islice
from typing import BinaryIO, NamedTuple

_PIECE = 2**16  # bytes looked at at once: of a file as large as may be
_MOST_SAMPLED = 2**13  # bytes of cells that a guess is made from
_AROUND = 100  # bytes before and behind one that is not ASCII, which are looked at with it
_MOST_EXPECTED = 1000  # texts that are looked for
_ASCII = bytes(range(128))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_BETWEEN_CELLS = re.compile(rb'[;,\t|"\r\n]')
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# The guess: which tables of 10, 30 and 100 names with a mark each, and of a single name with a letter beyond ASCII, are
# read right, letter by letter. 3,205 tables, 26 languages, as Windows writes them | as DOS, ISO, KOI8 and Mac do:
#   always cp1252                   .52 | .05    western Europe 1.00
#   charset-normalizer 3.5          .65 | .45                    .62
#     of six encodings alone        .70 | .09                    .69
#   chardet 7.7                     .90 | .68                    .96
#     of six encodings alone        .91 | .13                    .97
#   this                            .96 | .85                   1.00
_VOWEL = "[aeiouyáâãäåæéèêëíîïóôöőøúûüűůýąęěăœ]"
_CONSONANT = "[bcdfghjklmnpqrstvwxzçčćđďłľňńřšśťžźż]"


class _Language(NamedTuple):
    """Letters beyond a to z, and what they are written in.

    Attributes:
        letters: A pattern for small ones; where pages have two letters at one byte, only where such a letter stands.
        encodings: What Windows writes; then what else may have been written, the likelier first.
    """

    letters: str
    encodings: Sequence[str]


_WESTERN = ("cp1252", "latin-1", "mac-roman", "cp850")
_CENTRAL = ("cp1250", "iso8859-2", "cp852")
_TURKISH = ("cp1254", "cp857")
_BALTIC = ("cp1257", "cp775")
_CYRILLIC = ("cp1251", "koi8-u", "cp866", "mac-cyrillic")
# In the order in which they are taken where as much speaks for each.
_LANGUAGES = (
    _Language(  # of western Europe, as one: in a school of several languages there are names of all
        rf"[äöüßåáéíóúâîô]|(?<!{_VOWEL})ø|(?<!{_VOWEL})æ(?=\w)|ñ(?={_VOWEL})|ã(?=[oe]|\b)|õ(?=e)|\bç|ç(?=[aouáâãóôõy])"
        rf"|è(?={_CONSONANT}{{1,2}}u?e|[ns]?\b)|ê(?={_CONSONANT})|(?<!i)ê\b|\b[òè]|[àò](?=s?\b)|[ìù]\b|û(?=t)"
        rf"|(?<={_VOWEL})[ëï]|œ(?=u)",
        _WESTERN,
    ),
    _Language(  # Polish
        rf"[ąłżźó]|ę(?={_CONSONANT}|\b)|(?<!{_CONSONANT})[ćśń]|[ćśń](?={_VOWEL})", _CENTRAL
    ),
    _Language(  # Czech and Slovak
        rf"[áéíóúýäöüôěů]|(?<!{_CONSONANT})[čřšžňďťľ]|[čřšžďťľ](?={_VOWEL})|ň(?={_VOWEL}|\b)", _CENTRAL
    ),
    _Language(r"[áéíóúöüű]|ő(?!e)", _CENTRAL),  # Hungarian
    _Language("[çğıİöşüâîû]", _TURKISH),
    _Language("[âîşţ]|ă(?![oe])", _CENTRAL),  # Romanian
    _Language(rf"đ|(?<!{_CONSONANT})[čćšž]|[čćšž](?={_VOWEL})", _CENTRAL),  # Croatian and Slovenian
    _Language("[ąčęėįšųūž]", _BALTIC),  # Lithuanian
    _Language("[āčēģīķļņšūž]", _BALTIC),  # Latvian
    _Language("[õäöüšž]", _BALTIC),  # Estonian
    _Language(r"[α-ρτ-ωάέήίόύώϊϋ]|ς\b|σ\B", ("cp1253", "iso8859-7", "cp737")),  # Greek
    _Language("[а-яё]", _CYRILLIC),  # Russian and Bulgarian
    _Language("[а-яґєії]", _CYRILLIC),  # Ukrainian
    _Language("[а-яђјљњћџ]", _CYRILLIC),  # Serbian and Macedonian
    _Language("[áðéíóúýþæö]", ("cp1252",)),  # Icelandic
)
GUESSED = tuple(dict.fromkeys(name for language in _LANGUAGES for name in language.encodings))
"""What a table that is neither marked nor UTF-8 may be found to be: one byte a character, each."""

# Marks, by where they stand: an apostrophe in a word, a quote at its end, a degree behind it, a sign of money apart.
_IN_WORDS, _AT_WORDS, _BEHIND_WORDS, _APART = "’´·", "‘“”„«»–—…•\xa0", "°ºª²³™", "€£§½±×©‰"


def _class_of(of: str) -> str:
    """A pattern for one of the letters, of those scripts that are guessed, that `str` has such a method for."""
    letters = (chr(code) for code in range(0x530))
    return f"[{''.join(letter for letter in letters if getattr(letter, of)() and letter not in 'ªºµ')}]"


@cache
def _odd_pairs() -> re.Pattern[str]:
    """Where characters side by side speak against an encoding: a capital behind a small letter, two scripts."""
    small, capital, letter = map(_class_of, ("islower", "isupper", "isalpha"))
    latin, other = "[A-Za-zÀ-ɏ]", "[Ͱ-ԯ]"
    return re.compile(
        f"(?={small}{capital}|{latin}{other}|{other}{latin}|{letter}[{_AT_WORDS}]{letter}"
        f"|[{_BEHIND_WORDS}{_APART}]{letter}|{letter}[{_APART}µ])"
    )


@cache
def _candidates() -> list[tuple[str, re.Pattern[str]]]:
    """Encoding, and what speaks for it: those that Windows writes first."""
    marks = f"[{_IN_WORDS}{_AT_WORDS}{_BEHIND_WORDS}{_APART}µ]"
    # In a word, not alone. And not ASCII, since to Python a dotless i is an i where capitals don't count.
    in_word = r"(?=(?-i:[^\0-\x7f]))(?:(?<=[^\W\d_])|(?=.[^\W\d_]))"
    return [
        (encoding, re.compile(f"{in_word}(?:{letters})|{marks}", re.IGNORECASE))
        for rank in range(max(len(language.encodings) for language in _LANGUAGES))
        for letters, encodings in _LANGUAGES
        for encoding in encodings[rank : rank + 1]
    ]


def find_encoding(content: bytes | BinaryIO, expected: Collection[str] = ()) -> str:
    """Tell what a table is written in.

    Args:
        content: The table, or a file of it that can be set back, and is, to where it stands.
        expected: Texts that it may hold: names of its columns, values of categories.

    Returns:
        Python's name: by the mark at its start; else UTF-16 where every other byte is zero; else UTF-8 where it can be
        that; else one of `GUESSED`, under which most of the expected texts are cells of it, then most of its letters
        are those of one language. Every byte of the content stands for something in it.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    start = file.tell()
    piece = file.read(_PIECE)
    try:
        return _by_mark(piece) or _by_content(piece, file, expected)
    finally:
        file.seek(start)


def _by_mark(start: bytes) -> str | None:
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    even, odd = start[::2], start[1::2]
    if odd.count(0) > len(odd) / 2 and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) / 2 and not odd.count(0) else None


def _by_content(piece: bytes, file: BinaryIO, expected: Collection[str]) -> str:
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    used: set[int] = set()  # bytes that are not ASCII
    sample: list[bytes] = []
    num_sampled = 0
    while piece:
        if decoder is not None:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                decoder = None
        used.update(piece.translate(None, _ASCII))
        if num_sampled < _MOST_SAMPLED:
            sample += _around_letters(piece, _MOST_SAMPLED - num_sampled)
            num_sampled = sum(map(len, sample))
        piece = file.read(_PIECE)
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
    possible = [encoding for encoding in GUESSED if _can_be(bytes(used), encoding)]
    # Each cell once: a word that stands in every row says no more than in one.
    cells = dict.fromkeys(cell.strip() for part in sample for cell in _BETWEEN_CELLS.split(part) if not cell.isascii())
    return _guess(b"\n".join(cells), _with_most(cells, expected, possible))


def _around_letters(piece: bytes, most: int) -> list[bytes]:
    """Parts of lines around the bytes that are not ASCII, of about so many bytes in all."""
    parts: list[bytes] = []
    end = 0
    while most > 0 and (found := _NOT_ASCII.search(piece, end)):
        start = max(piece.rfind(b"\n", end, found.start()) + 1, found.start() - _AROUND, end)
        end = piece.find(b"\n", found.end(), found.end() + _AROUND)
        end = min(found.end() + _AROUND, len(piece)) if end < 0 else end
        parts.append(piece[start:end])
        most -= end - start
    return parts


def _can_be(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _with_most(cells: Collection[bytes], expected: Collection[str], encodings: Sequence[str]) -> Sequence[str]:
    """The encodings under which most of the expected texts are cells; all of them where nothing tells."""
    texts = list(islice((text for text in expected if not text.isascii()), _MOST_EXPECTED))
    found = {
        encoding: sum(text.encode(encoding, "ignore") in cells for text in texts) if texts else 0
        for encoding in encodings
    }
    return [encoding for encoding in encodings if found[encoding] == max(found.values())]


def _guess(text: bytes, encodings: Collection[str]) -> str:
    """The first encoding in which most of what is not ASCII is a letter of one language, or a usual mark."""

    def score(candidate: tuple[str, re.Pattern[str]]) -> int:
        decoded = text.decode(candidate[0])
        return len(candidate[1].findall(decoded)) - len(_odd_pairs().findall(decoded))

    return max((candidate for candidate in _candidates() if candidate[0] in encodings), key=score)[0]
