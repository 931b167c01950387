"""What a column's header, or a value, says in the languages of European schools."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, get_args

from training.terms import czech, dutch, english, french, german, italian, polish, portuguese, spanish
from training.terms.subject import Subject


class _Listed(NamedTuple):
    """The terms of a subject, each also with its words run together: those that count anywhere, and those alone."""

    anywhere: frozenset[str]
    alone: frozenset[str]


def _listed(subject: Subject) -> _Listed:
    languages = (english, german, french, spanish, italian, portuguese, dutch, polish, czech)
    each = [" ".join(term.split()) for language in languages for term in language.TERMS.get(subject, "").split("|")]
    anywhere = {term for term in each if term and not term.startswith("=")}
    alone = {term.removeprefix("=") for term in each if term}
    return _Listed(*(frozenset(terms | {term.replace(" ", "") for term in terms}) for terms in (anywhere, alone)))


_TERMS: dict[Subject, _Listed] = {subject: _listed(subject) for subject in get_args(Subject)}
_MAX_CHARACTERS = 1000  # of a header that are looked at
_MAX_WORDS = 6  # of a term
_MIN_JOINED = 6  # letters of several words that are read as one: "S ex" is no sex
_MIN_DENIED = 4  # letters of a term behind its denial: "notpassed"
# Beside a term they leave it the whole header: "is_female", "Black (Y/N)".
_AROUND = frozenset(
    """
    is was were has had are did does been the student students pupil pupils learner dummy flag ind indicator status y n
    yn 0 1 ist war hat schuler schulerin est a ete eleve es ha sido estudiante alumno alumna e stato studente aluno foi
    leerling czy jest byl byla ma uczen uczennica zda je zak zakyne
    """.split()
)
_DENIALS = frozenset(
    """
    not no non never without nicht kein keine keinen nie pas sans sin nunca senza mai sem nao niet geen nooit nigdy bez
    brak zaden ne nikdy zadny
    """.split()
)
_STROKES = str.maketrans("łŁđĐøØ", "lLdDoO")  # which Unicode does not take from their letters
_MAX_AWAY = 2  # words from a denial to the end of what it denies: "has not yet passed"
_NUMBER_OF = re.compile(r"\bn(o\.|[o\u00ba\u00b0]\.? (?=(of|de|di) ))", re.IGNORECASE)


@lru_cache(4096)
def words(header: str) -> str:
    """The words of a header, lower case and without accents, one blank apart: "BirthDate_2" gives "birth date 2"."""
    return _apart(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _without_accents(header[:_MAX_CHARACTERS])))


def header_mentions(header: str, subject: Subject) -> bool:
    """Whether a header holds a term of a subject as whole words, apart or run together, in any language."""
    anywhere, alone = _readings(header)
    return not (_TERMS[subject].anywhere.isdisjoint(anywhere) and _TERMS[subject].alone.isdisjoint(alone))


def ends_well(text: str) -> bool | None:
    """Whether a header or a value plainly says that something ended well, or badly.

    Returns:
        None where it says neither, or both. What is denied is the other: "not passed", "kein Abbruch".
    """
    signs = _signs(_NUMBER_OF.sub(" ", text[:_MAX_CHARACTERS]), "good_end", "bad_end", _DENIALS)
    return signs == {1} if len(signs) == 1 else None


def more_is_better(header: str) -> bool | None:
    """Whether more of an amount speaks for a student, as of "attendance", or against, as of "points lost".

    Returns:
        None where that is not known.
    """
    signs = _signs(header, "more_is_better", "less_is_better", _DENIALS - {"no"})  # "no absences": their number
    return -1 not in signs if signs else None


def _without_accents(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.translate(_STROKES)


def _apart(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+|[0-9]+", text.casefold()))


@lru_cache(4096)
def _readings(header: str) -> tuple[frozenset[str], frozenset[str]]:
    """All that could be a term: runs of words, apart and as one; and the whole header without what stands around."""
    anywhere, alone = set(), set()
    whole = _apart(_without_accents(header[:_MAX_CHARACTERS]))
    for each in (words(header).split(), whole.split()):  # apart at capitals, and not
        for start in range(len(each)):
            for end in range(start + 1, min(start + _MAX_WORDS, len(each)) + 1):
                anywhere |= _forms(each[start:end])
        alone |= _forms(each) | _forms([word for word in each if word not in _AROUND])
    return frozenset(anywhere), frozenset(alone)


def _forms(run: Sequence[str]) -> set[str]:
    """Words apart, and as one where that is no accident."""
    joined = "".join(run)
    return {" ".join(run)} | ({joined} if len(joined) >= _MIN_JOINED else set())


def _signs(text: str, good: Subject, bad: Subject, denials: frozenset[str]) -> set[int]:
    """1 for what is good and not denied, or bad and denied; -1 for the others; the longest term at a word counts."""
    each = words(text).split()
    sides = ((1, _TERMS[good]), (-1, _TERMS[bad]))
    bare = [word for word in each if word not in _AROUND]
    for denied in (False, True):
        whole = _forms(bare[1:] if denied else bare)
        for sign, listed in sides:
            if not listed.alone.isdisjoint(whole) and (not denied or bare[0] in denials):
                return {-sign if denied else sign}
    signs, start, before = set(), 0, 0
    while start < len(each):
        end, sign = _longest(each, start, sides, denials)
        if sign:
            denied = not denials.isdisjoint(each[max(before, start - _MAX_AWAY) : start])
            signs.add(-sign if denied else sign)
            before = end
        start = end
    return signs


def _longest(
    each: Sequence[str], start: int, sides: Sequence[tuple[int, _Listed]], denials: frozenset[str]
) -> tuple[int, int]:
    """Where the longest term ends that begins at a word, and its sign; the next word and 0 where none does."""
    for end in range(min(start + _MAX_WORDS, len(each)), start, -1):
        forms = _forms(each[start:end])
        for sign, listed in sides:
            if not listed.anywhere.isdisjoint(forms):
                return end, sign
    for denial in denials:
        denied = each[start].removeprefix(denial)
        for sign, listed in sides:
            if _MIN_DENIED <= len(denied) < len(each[start]) and denied in listed.anywhere:
                return start + 1, -sign
    return start + 1, 0
