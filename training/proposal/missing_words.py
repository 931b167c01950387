"""Words and codes for what was not given, beside numbers; whether they mean that there is no value is asked."""

from collections.abc import Iterable, Mapping

from training.proposal.quoted import quoted

MISSING_WORDS = frozenset(
    word.strip()
    for line in """
        absent | abs | abs. | ab | excused | exempt | exempted | ex | ex. | did not sit | dns | dnf | no show |
        missing | not submitted | ns | not taken | not marked | medical | sick | ill | incomplete | inc | late |
        pending | tbd | withdrawn | unknown | blank
        abwesend | entschuldigt | unentschuldigt | krank | befreit | fehlt | gefehlt | e | u | nb | k. a. | unbekannt
        absente | abs | dispensé | dispensée | disp | disp. | non noté | non rendu | nn | n.not | malade | inconnu
        ausente | exento | exenta | np | n.p. | no presentado | no presentada | sin nota | enfermo | enferma
        assente | esonerato | esonerata | non classificato | nc | n.c. | giustificato | malato
        faltou | isento | isenta | dispensado | dispensada | doente | sem nota
        afwezig | ziek | vrijstelling | vrst | niet ingeleverd | onbekend
        nieobecny | nieobecna | nb | nb. | zw | zw. | zwolniony | zwolniona | np | np. | nieprzygotowany |
        nieprzygotowana | nk | nkl | nkl. | nieklasyfikowany | nieklasyfikowana | usprawiedliwiony | usprawiedliwiona |
        chory | chora | bz | brak | brak oceny | brak danych | nie dotyczy | nd | nd. | nieznany
        nepřítomen | nepřítomna | omluven | omluvena | neomluven | neomluvena | uvolněn | uvolněna | nemocen |
        nemocný | nemocná | nehodnocen | nehodnocena | neklasifikován | neklasifikována | nepsal | nepsala | chybí |
        chyběl | chyběla | n | bez známky | neuvedeno | neznámé
    """.strip().splitlines()
    for word in line.split("|")
)
# Grades below all others, which stand beside numbers: ungraded, failed.
_LOWEST_GRADES = frozenset({"u", "f", "fx"})
# Surveys and registers write them, each for another reason why there is no value.
_BELOW = frozenset(-number for number in (*range(1, 10), *range(95, 100), *range(995, 1000), *range(9995, 10000)))
_ABOVE_A_SCALE = frozenset((7, 8, 9))
_ABOVE = _ABOVE_A_SCALE | {-number for number in _BELOW if number < -9}
_NOT_ACHIEVED = frozenset({"na", "n.a.", "n/a"})
_LONGEST_CODE = 4  # letters
_MOST_CODES = 4  # of more, as of points that may be lost, they are amounts
_MIN_ROWS_OF_CODE = 2  # a single student may well be far from the others
_MAX_SCALE, _MIN_GAP = 6, 3  # 1 to 4, then 7, 8 and 9


def or_the_lowest(cells: Iterable[str]) -> str:
    """What a question whether there is no value goes on with, where a cell may be the lowest grade of all."""
    lowest = [quoted(cell) for cell in cells if cell.casefold() in _LOWEST_GRADES]
    return f", or is {' or '.join(lowest)} the lowest" if lowest else ""


def not_achieved(counts: Mapping[str, int]) -> dict[str, int]:
    """Cells such as NA among codes such as A and ECA: "not achieved", or "non acquis", as well as no value.

    Args:
        counts: Cell → in how many rows it stands, of a column that is none of numbers.
    """
    found = {cell: num for cell, num in counts.items() if cell.casefold() in _NOT_ACHIEVED}
    is_coded = all(len(cell) <= _LONGEST_CODE for cell in counts)
    return found if is_coded and any("a" in cell.casefold() for cell in counts.keys() - found.keys()) else {}


def find_codes(counts: Mapping[str, int], numbers: Mapping[str, float]) -> dict[str, int]:
    """Cells that may be codes for no value: a -9 below marks from 0 up, a 99 far above a scale from 1 to 5.

    Args:
        counts: Cell → in how many rows it stands.
        numbers: Cell → the number that it stands for, of those that stand for one.

    Returns:
        Those of `counts` that may be.
    """
    values = set(numbers.values())
    others = values - _BELOW - _ABOVE
    if len(others) < 2 or len(others) == len(values):
        return {}
    low, high = min(others), max(others)
    is_scale = 0 <= low and high <= _MAX_SCALE and len(others) > high - low
    # A third value of -1, 0 and 1 is none of a code.
    codes = {each for each in values & _BELOW if (low - each > (high - low) / 2 if low < 0 else each < -1 or high > 1)}
    for each in sorted(values & _ABOVE):
        is_small = each in _ABOVE_A_SCALE
        if (is_scale and each - high >= _MIN_GAP) if is_small else each - high > high - low:
            codes.add(each)
        else:
            high = max(high, each)
    cells = sorted(cell for cell, num in counts.items() if num >= _MIN_ROWS_OF_CODE and numbers.get(cell) in codes)
    return {cell: counts[cell] for cell in cells} if len(cells) <= _MOST_CODES else {}
