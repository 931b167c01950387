"""Scales in words and letters: which step is less; and what a spreadsheet has made dates of."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from babel.dates import get_month_names

from registry.contract.features.missing import is_missing_mark
from training.proposal.missing_words import MISSING_WORDS
from training.terms.header import words

# Each a scale of which a column may have some steps, from less to more.
_SCALES = [
    [words(step) for step in line.split("<")]  # schools leave accents out
    for line in """
        never < rarely < seldom < sometimes < often < usually < always
        none < little < some < much < very much
        very low < low < medium < moderate < high < very high
        very poor < poor < fair < average < good < very good < excellent < outstanding
        strongly disagree < disagree < neutral < agree < strongly agree
        strongly disagree < disagree < neither agree nor disagree < agree < strongly agree
        very dissatisfied < dissatisfied < neutral < satisfied < very satisfied
        unsatisfactory < insufficient < sufficient < satisfactory < good < very good < excellent
        below basic < basic < proficient < advanced
        below < working towards < expected < exceeding < greater depth
        needs improvement < satisfactory < good < very good < excellent
        inadequate < requires improvement < good < outstanding
        not met < partially met < met < exceeded
        beginning < emerging < developing < secure < mastered
        lower < middle < upper
        none < primary < secondary < tertiary
        some high school < high school < some college < associate's degree < bachelor's degree < master's degree
        l < m < h
        s < m < l < xl
        nie < selten < manchmal < oft < häufig < immer
        sehr niedrig < niedrig < gering < mittel < hoch < sehr hoch
        trifft gar nicht zu < trifft nicht zu < trifft eher nicht zu < teils teils < trifft eher zu < trifft zu
        nicht genügend < genügend < befriedigend < gut < sehr gut
        ungenügend < mangelhaft < ausreichend < befriedigend < gut < sehr gut
        jamais < rarement < parfois < souvent < toujours
        très faible < faible < moyen < moyenne < élevé < fort < très élevé
        pas du tout < peu < assez < beaucoup
        insuffisant < passable < assez bien < bien < très bien
        nunca < rara vez < a veces < a menudo < siempre
        nunca < casi nunca < a veces < casi siempre < siempre
        nada < poco < algo < bastante < mucho
        muy bajo < bajo < medio < alto < muy alto
        insuficiente < suficiente < bien < notable < sobresaliente
        mai < raramente < a volte < spesso < sempre
        molto basso < basso < medio < alto < molto alto
        per niente < poco < abbastanza < molto
        insufficiente < sufficiente < discreto < buono < distinto < ottimo
        nunca < raramente < às vezes < frequentemente < sempre
        muito baixo < baixo < médio < alto < muito alto
        muito baixa < baixa < média < alta < muito alta
        nada < pouco < razoável < bastante < muito
        fraco < insuficiente < suficiente < bom < muito bom < excelente
        nooit < zelden < soms < vaak < altijd
        laag < midden < gemiddeld < hoog
        onvoldoende < matig < voldoende < goed < zeer goed < uitstekend
        nigdy < bardzo rzadko < rzadko < czasem < czasami < często < bardzo często < zawsze
        bardzo niski < niski < średni < wysoki < bardzo wysoki
        bardzo niska < niska < średnia < wysoka < bardzo wysoka
        bardzo niskie < niskie < średnie < wysokie < bardzo wysokie
        bardzo mały < mały < średni < duży < bardzo duży
        bardzo mała < mała < średnia < duża < bardzo duża
        bardzo małe < małe < średnie < duże < bardzo duże
        brak < bardzo mało < mało < średnio < dużo < bardzo dużo
        niedostateczny < dopuszczający < dostateczny < dobry < bardzo dobry < celujący
        niedostateczna < dopuszczająca < dostateczna < dobra < bardzo dobra < celująca
        naganne < nieodpowiednie < poprawne < dobre < bardzo dobre < wzorowe
        zdecydowanie nie < raczej nie < trudno powiedzieć < raczej tak < zdecydowanie tak
        nikdy < velmi zřídka < zřídka < občas < někdy < často < velmi často < vždy
        velmi nízký < nízký < střední < vysoký < velmi vysoký
        velmi nízká < nízká < střední < vysoká < velmi vysoká
        velmi nízké < nízké < střední < vysoké < velmi vysoké
        velmi malý < malý < střední < velký < velmi velký
        velmi malá < malá < střední < velká < velmi velká
        velmi malé < malé < střední < velké < velmi velké
        žádný < málo < středně < hodně < velmi mnoho
        nedostatečný < dostatečný < dobrý < chvalitebný < výborný
        nedostatečná < dostatečná < dobrá < chvalitebná < výborná
        neuspokojivé < uspokojivé < velmi dobré
        rozhodně ne < spíše ne < spíše ano < rozhodně ano
    """.strip().splitlines()
]
_GRADE = re.compile(r"([A-GU])([+*-]?)")
_SIGNS = {"-": 0, "": 1, "+": 2, "*": 3}
_SIGNED = re.compile(r"([1-9])([+-]?)")
_WORST, _BEST_OF_NINE = 6, 9  # of grades where 1 is the best, or 6; and of those that go on to 9
_LONGEST_DATE = 16  # characters
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs")
_DAY_AND_MONTH = re.compile(
    r"(?:[0-9]{1,2}(?:[-/]|\. ?)([^\W\d_]{3,5})\.?|([^\W\d_]{3,5})\.?[-/][0-9]{1,2})([-/. ][0-9]{2,4})?"
)


def in_rising_order(values: Sequence[str]) -> list[str] | None:
    """Values from less to more, where they are letter grades or steps of a known scale."""
    grades = [_GRADE.fullmatch(value.upper()) for value in values]
    if all(grades):
        keys = {value: (-ord(grade[1]), _SIGNS[grade[2]]) for value, grade in zip(values, grades, strict=True) if grade}
        return sorted(values, key=keys.__getitem__)
    steps = {words(value) for value in values}
    for scale in _SCALES:
        if steps <= set(scale):
            return sorted(values, key=lambda value: scale.index(words(value)))
    return None


def signed_grades(values: Iterable[str]) -> list[str]:
    """The grades among values, where all are from 1 to 9, some of them with a tendency: 2+, 2, 2-; else none.

    A 4+ alone is four or more. Words for no value may stand beside them.
    """
    grades = [value for value in values if not is_missing_mark(value) and value.casefold() not in MISSING_WORDS]
    found = [_SIGNED.fullmatch(value) for value in grades]
    signs = [grade[2] for grade in found if grade]
    return grades if all(found) and ("-" in signs or signs.count("+") > 1) else []


def all_signed_grades(values: Collection[str], one_is_best: bool) -> list[str]:
    """The whole scale of such grades from the worst to the best, also those that nobody has.

    Args:
        values: Grades with the tendencies that are in use.
        one_is_best: Whether 1 is the best, where the scale ends with 6.
    """
    signs = [sign for sign in ("-", "", "+") if not sign or any(value.endswith(sign) for value in values)]
    highest = max(int(value[0]) for value in values)
    digits = range(1, _BEST_OF_NINE + 1) if highest > _WORST else range(1, _WORST + 1)[:: -1 if one_is_best else 1]
    return [f"{digit}{sign}" for digit in digits for sign in signs]


def looks_like_dates(text: str) -> bool:
    """Whether a cell is a day and a month's short name, as spreadsheets make of 5-10."""
    found = _DAY_AND_MONTH.fullmatch(text) if len(text) <= _LONGEST_DATE else None
    return found is not None and (found[1] or found[2]).casefold() in _month_names()


@cache
def _month_names() -> frozenset[str]:
    return frozenset(
        name.casefold().rstrip(".")
        for language in _LANGUAGES
        for name in get_month_names("abbreviated", locale=language).values()
    )
