"""How the numbers of a whole column are written, found out from its cells; one cell is read by the contract."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from registry.contract.features import Number
from registry.contract.features.missing import is_missing_mark
from registry.contract.features.numerals import (
    MAX_NUMBER,
    OTHER,
    SIGNS,
    OtherMark,
    Parts,
    is_three_digits,
    is_unit_like,
    read_plain,
    to_ascii,
    to_parts,
)
from registry.contract.table import separates_thousands

_LONGEST_UNIT = 20  # characters
# A column with other cells than numbers is one of numbers where more than half are, and of many different ones or with
# nothing else that could be a text; else it takes a larger share: what stands beside some grades is one, too.
_MOST, _NEARLY_ALL, _MANY_VALUES = 0.5, 0.85, 10
_NOT_BY_CHANCE = 0.1  # of the plain numbers: of fewer cells such as 12/20, it is a question what they are out of
# A remark behind a number, which leaves it what it is: 5.5*, 4.5 (late), 2+.
_NOTE = re.compile(r"[*†‡#!?^]+|[+-]|[(\[][^0-9]+[)\]]")
_MOST_ODD = 20  # different cells that are none
# What is one in other words, a line each. Beside a number they need no blank between; "7a" is a class.
_UNITS = [
    frozenset(line.split())
    for line in """
        % percent pct prozent pourcent porcento procent procenta
        h hr hrs hour hours std std. stunde stunden heure heures hora horas ora ore uur uren \
            godz godz. godzina godziny godzin hod hod. hodin
        min min. mins minute minutes minuten minuti minutos minuto
        s sec secs second seconds sekunden
        d day days tag tage jour jours dia dias día días giorno giorni dag dagen dni dnů dny
        p p. pt pt. pts pts. point points pkt pkt. punkt punkte punto puntos punti ponto pontos punt punten marks \
            punkty punktów bod body bodů
        credit credits ects cp lp
        € eur euro euros
        $ usd
        £ gbp
        chf
        zł pln
        kč czk
        km
        kg
        cm
        yr yrs year years jahre ans años anni anos jaar lat lata let
    """.strip().splitlines()
]
_IN_FRONT = SIGNS | {"chf", "eur", "usd", "gbp"}
_KNOWN_UNITS = SIGNS.union(*_UNITS)


@dataclass(frozen=True)
class Numerals:
    """How the numbers of a column are written.

    Attributes:
        reader: Reads them: unit, suffixes, points and other mark as they were found.
        numbers: Cell → the number that it stands for.
        odd: Other cells, with how often each stands there.
    """

    reader: Number
    numbers: Mapping[str, float]
    odd: Mapping[str, int]


def find_numerals(counts: Mapping[str, int], decimal: str, known: Collection[str] = ()) -> Numerals | None:
    """Tell how the numbers of a column are written.

    Args:
        counts: Its cells, none of them blank, with how often each stands there.
        decimal: The table's decimal mark, "." or ",".
        known: Cells that are no numbers, but no sign against the others.

    Returns:
        What was found, or None where it is no column of numbers.
    """
    reader = Number("any")
    numbers, others = _read(counts, reader, decimal)
    if others:
        plain, reader = numbers, _reader_of(numbers, others, counts, decimal)
        numbers, others = _read(counts, reader, decimal)
        # .85 beside 90%, or 87 beside 9/20: whichever they mean, it is not what the others do.
        if _are_shares(plain) if reader.unit == "%" else reader.out_of and _on_another_scale(plain, reader.out_of):
            numbers = {cell: number for cell, number in numbers.items() if cell not in plain}
            others += plain
    if not numbers:
        return None
    num_numbers = sum(counts[cell] for cell in numbers)
    unknown = [cell for cell in others if cell.casefold() not in known and not is_missing_mark(cell)]
    if unknown:
        share = num_numbers / (num_numbers + sum(counts[cell] for cell in unknown))
        many = len(set(numbers.values())) > _MANY_VALUES or all(map(is_like_number, unknown))
        if share <= (_MOST if many else _NEARLY_ALL) or len(unknown) > _MOST_ODD:
            return None
    if not any(OTHER[decimal] in to_ascii(cell) for cell in numbers):
        reader = replace(reader, other_mark=None)
    return Numerals(reader, numbers, {cell: counts[cell] for cell in others})


def _read(counts: Mapping[str, int], reader: Number, decimal: str) -> tuple[dict[str, float], list[str]]:
    column = reader.try_encode_cells(list(counts), decimal) if counts else None
    if column is not None:
        return dict(zip(counts, column.tolist(), strict=True)), []
    numbers, others = {}, []
    for cell in counts:
        try:
            numbers[cell] = reader.read_cell(cell, decimal)
        except ValueError:
            others.append(cell)
    return numbers, others


def _reader_of(numbers: Mapping[str, float], others: list[str], counts: Mapping[str, int], decimal: str) -> Number:
    """What reads most of the cells that are no plain numbers."""
    parts = {cell: found for cell in others if (found := _to_parts(cell)) is not None}
    # One letter is a unit where it is everybody's, of more different numbers than there are classes: 815L.
    letters = {part.beside for part in parts.values() if len(part.beside) == 1 and part.beside.isalpha()}
    is_shared = len(letters) == 1 and len(parts) > _MANY_VALUES

    def is_unit(part: Parts) -> bool:
        return _is_unit(part) or (is_shared and not part.before and part.behind.casefold() in letters)

    written = [
        part.number
        for part in parts.values()
        if not part.beside or part.out_of or is_unit(part) or is_note(part.behind)
    ]
    reader = Number("any", other_mark=_other_mark([*numbers, *written], decimal))
    num_plain = sum(counts[cell] for cell in numbers)
    units: Counter[str] = Counter()
    points: Counter[float] = Counter()
    notes: Counter[str] = Counter()
    for cell, part in parts.items():
        if read_plain(part.number, decimal, reader.other_mark) is None:
            continue
        if part.out_of is not None:
            whole = read_plain(part.out_of, decimal, reader.other_mark)
            if whole is not None and whole > 0:
                points[whole] += counts[cell]
        elif is_unit(part):
            units[part.beside] += counts[cell]
        elif not part.before and is_note(part.behind):
            notes[part.beside] += counts[cell]
        elif not part.beside:
            num_plain += counts[cell]
    half = 0.5 * sum(counts.values())
    reader = replace(reader, suffixes=tuple(notes))
    if points:
        [(whole, num)] = points.most_common(1)
        is_most = num > max(_MOST * points.total(), _NOT_BY_CHANCE * num_plain) and num + num_plain > half
        if is_most and (num > num_plain or not _on_another_scale(numbers, whole)):
            return replace(reader, out_of=whole)
    if units:
        [(first, _)] = units.most_common(1)
        spelled = tuple(unit for unit in units if unit != first and _is_same_unit(first, unit))
        num = units[first] + sum(units[unit] for unit in spelled)
        is_most = num + num_plain > half and (first in _KNOWN_UNITS or num > _NEARLY_ALL * 2 * half)
        # 90 beside 90% is the same; 3 beside "3 days" may be weeks.
        if is_most and (num > num_plain or ("%" in (first, *spelled) and not _are_shares(numbers))):
            return replace(reader, unit=first, suffixes=(*spelled, *notes))
    return reader


def _on_another_scale(plain: Mapping[str, float], whole: float) -> bool:
    return bool(plain) and (max(plain.values()) > whole or _are_shares(plain))


def _are_shares(numbers: Mapping[str, float]) -> bool:
    """Whether numbers are parts of one, such as .85."""
    return (
        bool(numbers)
        and all(0 <= number <= 1 for number in numbers.values())
        and any(not number.is_integer() for number in numbers.values())
    )


def _to_parts(cell: str) -> Parts | None:
    return to_parts(to_ascii(cell)) if len(cell) <= MAX_NUMBER else None


def _is_unit(part: Parts) -> bool:
    text = part.beside
    if part.before:
        return text in _IN_FRONT
    is_word = 1 < len(text) <= _LONGEST_UNIT and is_unit_like(text)
    return text in _KNOWN_UNITS or is_word


def is_note(text: str) -> bool:
    """Whether what stands behind a number is a remark, no unit."""
    return _NOTE.fullmatch(text) is not None


def is_like_number(cell: str) -> bool:
    """Whether a cell is a number with a mark, such as >20, 9.5* or 12/25, rather than a text."""
    part = _to_parts(cell)
    if part is None or all(read_plain(part.number, mark) is None for mark in ".,"):
        return False
    return part.beside in _KNOWN_UNITS or not any(map(str.isalpha, part.before + part.behind))


def _is_same_unit(one: str, other: str) -> bool:
    return any(one in unit and other in unit for unit in _UNITS) or one.rstrip("s") == other.rstrip("s")


def _other_mark(texts: list[str], decimal: str) -> OtherMark | None:
    other = OTHER[decimal]
    marked = [text for text in texts if decimal not in text and other in text and read_plain(text, other) is not None]
    if not marked:
        return None
    if all(is_three_digits(text, other) or text.count(other) > 1 for text in marked):
        is_thousands = separates_thousands(texts, other) or not any(decimal in text for text in texts)
        return "thousands" if is_thousands else None
    return "decimal"
