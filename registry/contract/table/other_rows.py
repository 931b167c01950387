"""Rows of a table that are no student's: totals, averages, the points that can be had."""

from collections.abc import Collection, Sequence

# What stands in such a row where others have a name or a number, in the languages that `init` knows.
_TERMS = frozenset(
    term.strip()
    for line in """
        points possible | possible points | max points | maximum points | maximum score | points available | out of |
        total | totals | grand total | sum | subtotal | average | averages | mean | median | class average |
        class mean | course average | overall average | standard deviation | std dev | stdev |
        number of students
        summe | gesamt | gesamtsumme | insgesamt | durchschnitt | klassendurchschnitt | mittelwert | klassenschnitt |
        notenschnitt | notendurchschnitt | standardabweichung | maximale punktzahl | maximalpunkte | höchstpunktzahl |
        erreichbare punkte | mögliche punkte | anzahl
        total général | somme | moyenne | moyenne générale | moyenne de la classe | moyenne classe | médiane |
        écart type | écart-type | barème | points possibles | effectif
        promedio | promedio general | media | mediana | desviación estándar | puntos posibles | puntuación máxima
        totale | somma | media della classe | deviazione standard | punteggio massimo
        média | média da turma | desvio padrão | pontuação máxima | total geral
        totaal | gemiddelde | klasgemiddelde | standaardafwijking | maximumscore
    """.strip().splitlines()
    for term in line.split("|")
    if term.strip()
)
_LONGEST = max(map(len, _TERMS))


def is_no_student(cell: str) -> bool:
    """Whether a cell, in a column that says who a row is of, says that it is nobody's."""
    if len(cell) > 4 * _LONGEST:
        return False
    return cell.strip(" \t\u00a0*:.").casefold() in _TERMS


def _has_blank(row: Sequence[str], columns: Collection[int]) -> bool:
    """Whether another cell is blank, or there is none: a word alone may be somebody's name."""
    return len(columns) == 1 or any(not row[column].strip() for column in columns if column < len(row))


def rows_of_nobody(rows: Sequence[Sequence[str]], columns: Collection[int], known: Collection[str]) -> dict[int, str]:
    """The rows that are no student's, with the cell that says so.

    Args:
        rows: Cells of each.
        columns: Those that say who a row is of, or are of no use otherwise.
        known: Further cells that say so.
    """
    found: dict[int, str] = {}
    for column in columns:
        cells = [row[column].strip() if column < len(row) else "" for row in rows]
        says_so = {cell for cell in set(cells) if cell in known or is_no_student(cell)}
        if says_so:
            found |= {
                row: cell
                for row, cell in enumerate(cells)
                if cell in says_so and (cell in known or " " in cell or _has_blank(rows[row], columns))
            }
    return found
