"""Rows of a table that are no student's: totals, averages, the points that can be had."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from registry.contract.features import clean_cells

# What stands in such a row where others have a name or a number, in the languages that `init` knows.
_TERMS = frozenset(
    term.strip()
    for line in """
        total | totals | sum | subtotal | average | averages | avg | mean | median | maximum | minimum | overall
        weight | points | out of | sd | std dev | stdev | std | coefficient | test student | student, test
        student test | \u03c3 | \u2211 | count | variance | due date | group mean | pass rate
        student view | demo student | dummy student | demo schüler | lowest | highest | threshold | pass mark
        passing mark | passing score | passing rate | full marks | cutoff | cut-off | cut off | mean score | range
        25% | 50% | 75% | end of report | weighting | weightings
        summe | gesamt | gesamtsumme | insgesamt | durchschnitt | mittelwert | mittel | schnitt | notenschnitt
        standardabweichung | punkte | anzahl | h\u00f6chstpunktzahl | \u00f8 | mw | testsch\u00fcler | stabw
        musterschüler | notendurchschnitt | notenspiegel | klassenspiegel | bestehensquote | durchfallquote | varianz
        streuung | gewichtung | beste note | schlechteste note | arith. mittel | arithmetisches mittel | durchschn
        somme | moyenne | moy | m\u00e9diane | \u00e9cart type | \u00e9cart-type | bar\u00e8me | effectif | coeff
        ecart type | ecart-type | coef | plus basse | plus haute | taux de réussite | élève test
        promedio | media | mediana | desviaci\u00f3n est\u00e1ndar | desviaci\u00f3n t\u00edpica | totales
        mín | máx | media clase | valor máximo | valor mínimo | ponderación | nº alumnos
        totale | totali | somma | deviazione standard | massimo | minimo | punteggio
        dev. st | medie | media voti | voto massimo | voto minimo | conteggio | numero alunni
        m\u00e9dia | desvio padr\u00e3o | totais | m\u00e1ximo | m\u00ednimo
        desvio-padrão | soma | número de alunos | cotação
        totaal | gemiddelde | gemiddeld | standaardafwijking | maximumscore
        standaarddeviatie | mediaan | hoogste | laagste | aantal | te behalen punten | weging
        suma | razem | łącznie | ogółem | średnia | srednia | odchylenie standardowe | maksimum | maks | punkty
        najwyższa | najniższa | waga | odch. std
        celkem | součet | soucet | průměr | prumer | medián | směrodatná odchylka
        nejlepší | nejhorší | počet | rozptyl | váha
    """.strip().splitlines()
    for term in line.split("|")
)
# With more behind or before it, such as "Moyenne du groupe", "Class average"; none begins or ends a person's name.
_BEGINNINGS = (
    *("total ", "totals ", "sum of ", "average ", "avg ", "overall ", "max. ", "max points", "max score", "max mark"),
    *("max possible", "maximum ", "minimum ", "possible ", "points ", "out of ", "number of ", "grand total"),
    # Nobody's name begins with a mark; what a program wrote below the students does.
    *("# ", "% ", "n = ", "n=", "exported ", "source:", "due date ", "quartile ", "percentile ", "pass rate "),
    *("standard deviation", "std. ", "gesamt", "durchschnitt", "mittelwert", "maximale ", "max punkte", "erreichbare "),
    *("m\u00f6gliche ", "anzahl ", "klassenschnitt", "klassendurchschnitt", "klassenmittel", "moyenne ", "somme des"),
    *(
        "nombre d",
        "note max",
        "note min",
        "promedio ",
        "media de",
        "media classe",
        "media grupo",
        "nota media",
        "nota m\u00e1x",
        "nota m\u00edn",
        "puntos ",
        "puntuaci\u00f3n ",
    ),
    *("somma total", "punteggio ", "m\u00e9dia ", "pontua\u00e7\u00e3o ", "soma d", "gemiddelde ", "klassengemiddelde"),
    *("klasgemiddelde", "aantal ", "totaal "),
    *("suma punkt", "średnia klas", "średnia ocen", "średnia grup", "średnia punkt", "liczba punkt", "liczba uczni"),
    *("maksimum ", "maks. ", "maksymaln", "możliwe ", "punkty ", "odchylenie "),
    *("součet ", "průměr ", "průměrn", "počet ", "maximální ", "možné ", "celkem ", "směrodatná "),
    # Also abbreviated: without the mark some would be first names.
    *("min. ", "gem. ", "prom. ", "prům. ", "śr. ", "moy. ", "desv. ", "ø ", "prepared by", "pass %"),
    *("note la plus", "la plus ", "nb élèves", "nb d"),
    *("średnia oddz", "frekwencja ", "liczba ocen", "celkový průměr", "třídní průměr"),
)
_ENDINGS = (" average", " avg", " average score", " possible", "class mean", "class total", "course total")
# Alone, the mark tells them from first names.
_ABBREVIATIONS = frozenset({"min.", "max.", "gem.", "prom.", "prům.", "śr.", "moy."})
_MOST_OF_ALL = 10  # rows with such words, where they are more than half of all; then each is a student's number
_MOST_OF_A_KIND = 3  # rows with the same word; more are students of whom it says something
_LONGEST = 60  # characters
# A footnote begins with its mark, or says what something means: "* excused", "NT = not taken", "Printed: 9 May".
_NOTE = re.compile(r"[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3(\[].*[^\W\d_]{2}|(?=[^=:]*[^\W\d_])[^=:]*[=:]", re.DOTALL)
_DATE = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{2,4}")
_BESIDE = re.compile(r" ?(\([^()]*\)|[:=].*)?[ *:.]*\Z")


def is_no_student(cell: str) -> bool:
    """Whether a cell, where a row says who it is of, says that it is nobody's."""
    if len(cell) > _LONGEST:
        return False
    plain = " ".join(cell.casefold().split())
    text = _BESIDE.sub("", plain)
    if text in _TERMS or cell[:1].isdecimal():
        return text in _TERMS
    return plain in _ABBREVIATIONS or plain.startswith(_BEGINNINGS) or text.endswith(_ENDINGS)


def says_nobody(row: Sequence[str], columns: Sequence[int]) -> str | None:
    """The cell that says that a row is no student's, if one does.

    Args:
        row: Its cells.
        columns: Those that may say who it is of, in their order.
    """
    cells = [row[column].strip() if column < len(row) else "" for column in columns]
    first = next((index for index, cell in enumerate(cells) if cell), None)
    if first is None or not is_no_student(cells[first]):
        return None
    # A word alone may be somebody's family name: the first one stands beside it.
    is_name = " " not in cells[first] and first + 1 < len(cells) and cells[first + 1]
    return None if is_name else cells[first]


def of_nobody(said: Mapping[int, str], num_rows: int) -> dict[int, str]:
    """Of rows with a word for a total keep those that are no student's, as all of them together show.

    Args:
        said: Row → the word in it.
        num_rows: Number of all rows.

    Returns:
        Those whose word stands in few rows; none at all where most rows have one, such as "# 1", "# 2", …
    """
    if len(said) > max(_MOST_OF_ALL, num_rows / 2):
        return {}
    counts = Counter(said.values())
    return {row: cell for row, cell in said.items() if counts[cell] <= _MOST_OF_A_KIND}


def find_skipped(
    rows: Iterable[Sequence[str]], header: Sequence[str], used: Collection[str], texts: Collection[str]
) -> dict[int, str]:
    """The rows that one of some texts says to be no student's, each with that text.

    It stands in a column that says nothing of a student, or in the first one; or in the first cell in which anything
    stands, where nothing says who the row is of.

    Args:
        rows: Their cells.
        header: Name of each column, "" where it has none.
        used: Columns that say something of a student.
        texts: As `skip_rows` of a dataset file or of a schema has them.
    """
    if not texts:
        return {}
    named = next((index for index, name in enumerate(header) if name), 0)
    where = [index for index, name in enumerate(header) if name and (name not in used or index == named)]
    found = {}
    for row, cells in enumerate(rows):
        first = next((index for index, cell in enumerate(cells) if cell.strip()), 0)
        is_nameless = any(name and name not in used for name in header[:first])
        theirs = clean_cells([cells[index] for index in (*where, *[first] * is_nameless) if index < len(cells)])
        if (said := next((cell for cell in theirs if cell in texts), None)) is not None:
            found[row] = said
    return found


def find_note(row: Sequence[str]) -> tuple[int, bool] | None:
    """Tell a row in which nothing stands but a footnote, or but dates.

    Returns:
        Where the first cell is that is not blank, and whether it is a date; None for any other row.
    """
    first = next((index for index, cell in enumerate(row) if cell.strip()), None)
    if first is None:
        return None
    cell, others = row[first].strip(), filter(None, map(str.strip, row[first + 1 :]))
    if _DATE.fullmatch(cell):
        return (first, True) if all(map(_DATE.fullmatch, others)) else None
    return (first, False) if next(others, None) is None and _NOTE.match(cell) else None
