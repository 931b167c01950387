"""What a column's header, or a value, says in the languages of European schools."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from training.terms import czech, dutch, english, french, german, italian, polish, portuguese, spanish
from training.terms.subject import Subject


class _Listed(NamedTuple):
    """The terms of a subject, each also with its words run together: those that count anywhere, and those alone."""

    anywhere: frozenset[str]
    alone: frozenset[str]


def _terms(subject: Subject) -> list[str]:
    languages = (english, german, french, spanish, italian, portuguese, dutch, polish, czech)
    each = (" ".join(term.split()) for language in languages for term in language.TERMS.get(subject, "").split("|"))
    return [term for term in each if term]


# What is a term itself is no other one with its words run together: a "form" is a class, and not "f or m".
_APART = {term.removeprefix("=") for subject in get_args(Subject) for term in _terms(subject)}


def _listed(subject: Subject) -> _Listed:
    each = _terms(subject)
    anywhere = {term for term in each if not term.startswith("=")}
    alone = {term.removeprefix("=") for term in each}
    return _Listed(
        *(frozenset(terms | ({term.replace(" ", "") for term in terms} - _APART)) for terms in (anywhere, alone))
    )


_TERMS: dict[Subject, _Listed] = {subject: _listed(subject) for subject in get_args(Subject)}
_OF_THE_STUDENT: tuple[Subject, ...] = ("age_or_place", "demographic", "circumstances", "personal", "id", "mark")
_IMMUTABLE = _Listed(*map(frozenset[str]().union, *(_TERMS[subject] for subject in (*_OF_THE_STUDENT, "immutable"))))
_EITHER = 2  # the sign of what can be changed either way
_MAX_CHARACTERS = 1000  # of a header that are looked at
_MAX_WORDS = 6  # of a term
_MIN_JOINED = 6  # letters of several words that are read as one: "S ex" is no sex
_MIN_DENIED = 4  # letters of a term behind its denial: "notpassed"
# Beside a term they leave it the whole header: "is_female", "Black (Y/N)".
_AROUND = frozenset(
    """
    of the s a an child de l la del du des della dello do da der van het schulers etudiant alunno
    is was were has had are did does been the student students pupil pupils learner dummy flag ind indicator status y n
    yn 0 1 ist war hat schuler schulerin est a ete eleve es ha sido estudiante alumno alumna e stato studente aluno foi
    leerling czy jest byl byla ma uczen uczennica zda je zak zakyne
    """.split()
)
_DENIALS = frozenset(
    """
    not no non never without nicht kein keine keinen nie pas sans sin nunca senza mai sem nao niet geen nooit nigdy bez
    brak zaden ne nikdy zadny zero cero
    """.split()
)
_STROKES = str.maketrans("łŁđĐøØ", "lLdDoO")  # which Unicode does not take from their letters
_MAX_AWAY = 2  # words from a denial to the end of what it denies: "has not yet passed"
# A code in a header says how the outcome is written, not what it is called: "Result (0=fail)", "1: pass", "fail-0".
_KEY = re.compile(
    r"=|\u2192|->|(?<!\w)[0-9] ?[):;,.\u2013-] ?[^\W\d_]|\([0-9] [^\W\d_]{3}|[^\W\d_] ?[:;,\u2013-] ?[0-9](?!\w)"
)
_CUT_OFF = re.compile(r"\b(un|de|dis|in|im|ex)-(?=\w)", re.IGNORECASE)  # "de-enrolled"
_YES_OR_NO = re.compile(
    r"\b(yes (or )?no|no yes|oui (ou )?non|non oui|s[i\u00ed] (o )?no|no si|sim nao|tak nie|ano ne)\b"
)
# "1st sem": a semester, and in Portuguese no "without".
_SEMESTER = re.compile(
    r"\b([0-9]+( st| nd| rd| th)?|first|second|third|last|current|previous) sem\b|\bsem ([0-9]+|i{1,3}|iv|v)\b"
)
# Other subjects whose terms, beside one of the first, tell that it means something else.
_MARKED: dict[Subject, tuple[Subject, ...]] = {
    "demographic": ("other_sense", "mark"),
    "age_or_place": ("other_sense", "mark"),
    "personal": ("thing",),
    "id": ("thing",),
}
_STUDENTS = frozenset(
    """
    student students pupil pupils learner schuler schueler schulerin eleve etudiant alumno alumna estudiante studente
    alunno alunna aluno aluna leerling uczen uczennica zak zakyne
    """.split()
)
_BETWEEN = re.compile(r"(?<=[a-z])(?=[A-Z])|_")  # words of a name
# Of "promoted or retained" one word alone says nothing; in "passed (yes/no)" there is one.
_OR = re.compile(r"(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})|\b(?:or|oder|ou|lub|nebo)\b", re.IGNORECASE)
_ANSWERS = frozenset("yes no true false oui non vrai faux si sim nao ja nein nee wahr falsch tak nie ano ne".split())
_NUMBER = re.compile(r"n[ .]", re.IGNORECASE)  # of those who did, or "not", in front: "n_passed"
_AFFIX = re.compile(r"^(is|has|was|did)(?=\w{4})|(?<=\w{4})(flag|status|yn)$")  # run together: "hasfailed", "failflag"
_NUMBER_OF = re.compile(r"\bn(o\.|[o\u00ba\u00b0]\.? (?=(of|de|di) ))", re.IGNORECASE)


@lru_cache(4096)
def words(header: str) -> str:
    """The words of a header, lower case and without accents, one blank apart: "BirthDate_2" gives "birth date 2"."""
    return _apart(_BETWEEN.sub(" ", _without_accents(header[:_MAX_CHARACTERS])))


def header_mentions(header: str, subject: Subject) -> bool:
    """Whether a header holds a term of a subject as whole words, apart or run together, in any language.

    Not where what stands beside it gives it another sense: "100m race time", "Language score", "Course name".
    """
    if header_is(header, subject):
        return True
    return not _TERMS[subject].anywhere.isdisjoint(_readings(header)[0]) and not _means_else(header, subject)


def header_is(header: str, subject: Subject) -> bool:
    """Whether a whole header, without what stands around, is a term of a subject: "Student surname"."""
    return not _TERMS[subject].alone.isdisjoint(_readings(header.replace("#", " nr "))[1])


def header_names_student(header: str) -> bool:
    """Whether a header has a word for a student."""
    return not _STUDENTS.isdisjoint(words(header).split())


def ends_well(text: str) -> bool | None:
    """Whether a header or a value plainly says that something ended well, or badly.

    Returns:
        None where it says neither, or both, or leaves it in doubt ("Graduation not expected"), or gives a key
        ("Result (0=fail)"). What is denied is the other: "not passed", "kein Abbruch".
    """
    text = text[:_MAX_CHARACTERS]
    if _KEY.search(text) or _CUT_OFF.search(text):
        return None
    text = _BETWEEN.sub(" ", text)
    each = [part for part in _OR.split(text) if not _ANSWERS.issuperset(words(part).split())]
    ends = {_ends_well(part) for part in (each if len(each) > 1 else [text])}
    return ends.pop() if len(ends) == 1 else None


def _ends_well(text: str) -> bool | None:
    if _NUMBER.match(text):
        return None
    signs = _signs(_NUMBER_OF.sub(" ", text), _sides("good_end", "bad_end", "doubt"), _DENIALS)
    if not signs and (bare := _AFFIX.sub("", words(text))) != words(text):
        return _ends_well(bare)
    return signs == {1} if signs in ({1}, {-1}) else None


def more_is_better(header: str) -> bool | None:
    """Whether more of an amount speaks for a student, as of "attendance", or against, as of "points lost".

    Returns:
        None where that is not known.
    """
    signs = _signs(header, _sides("more_is_better", "less_is_better", "doubt"), _DENIALS - {"no"})  # "no absences"
    return False if -1 in signs else True if signs == {1} else None


def actionable_direction(header: str) -> Literal["increase", "decrease", "both"] | None:
    """Which way a student or the school can change what a header speaks of, and should, as far as that is known.

    Returns:
        None where nobody can, as of who a student is, of an earlier mark or of the way to school, or where nothing is
        known. What is denied goes the other way: "homework not handed in".
    """
    sides = ((0, _IMMUTABLE), *_sides("increase", "decrease"), (_EITHER, _TERMS["actionable"]))
    signs = _signs(header, sides, _DENIALS - {"no"})
    if not signs or 0 in signs:
        return None
    is_less = -1 in signs or (signs == {1} and more_is_better(header) is False)  # "unsubmitted assignments"
    return "decrease" if is_less else "increase" if signs == {1} else "both"


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


def _means_else(header: str, subject: Subject) -> bool:
    """Whether beside the longest terms of a subject stands one that tells that they mean something else."""
    each = words(header).split()
    if subject not in _MARKED or ("thing" in _MARKED[subject] and header_names_student(header)):
        return False
    sides = ((1, _TERMS[subject]), *((-1, _TERMS[other]) for other in _MARKED[subject]))
    return any(sign == -1 for _, sign in _longest_terms(each, sides, frozenset()))


def _sides(good: Subject, bad: Subject, *doubt: Subject) -> tuple[tuple[int, _Listed], ...]:
    return ((1, _TERMS[good]), (-1, _TERMS[bad]), *((0, _TERMS[subject]) for subject in doubt))


def _signs(text: str, sides: Sequence[tuple[int, _Listed]], denials: frozenset[str]) -> set[int]:
    """The signs of what is mentioned, turned round where it is denied; 0 for what leaves it in doubt."""
    each = _SEMESTER.sub("", _YES_OR_NO.sub("", words(text))).split()
    bare = [word for word in each if word not in _AROUND]
    for denied in (False, True):
        whole = _forms(bare[1:] if denied else bare)
        for sign, listed in sides:
            if not listed.alone.isdisjoint(whole) and (not denied or bare[0] in denials):
                return {-sign if denied else sign}
    signs: set[int] = set()
    denial: int | None = None  # where a word denies what has not come yet
    for start, found in _longest_terms(each, sides, denials):
        if found is None:
            if each[start] in denials:
                signs |= set() if denial is None else {0}
                denial = start
        elif denial is None or found == 0:
            signs.add(found)
        else:
            signs.add(-found if start - denial <= _MAX_AWAY else 0)
            denial = None
    return signs if denial is None else signs | {0}


def _longest_terms(
    each: Sequence[str], sides: Sequence[tuple[int, _Listed]], denials: frozenset[str]
) -> Iterator[tuple[int, int | None]]:
    """Where each of the longest terms begins, and its sign; and None for each word at which none does."""
    start = 0
    while start < len(each):
        end, sign = _longest(each, start, sides, denials)
        yield start, sign
        start = end


def _longest(
    each: Sequence[str], start: int, sides: Sequence[tuple[int, _Listed]], denials: frozenset[str]
) -> tuple[int, int | None]:
    """Where the longest term ends that begins at a word, and its sign; the next word and None where none does."""
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
    return start + 1, None
