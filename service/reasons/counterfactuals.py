"""Counterfactuals: the smallest changes of a student that reach a target; or what comes nearest to it."""

from contextlib import suppress
from typing import NamedTuple

import numpy as np

from service.engines.budget import BudgetSpent
from service.engines.engine import Engine, answer_in_parts
from service.reasons.actionable_features import ActionableFeatures, Change

# Values on the grid: of all changes together, about; and of one, at least and at most.
_NUM_VALUES, _FEWEST_VALUES, _MOST_VALUES = 512, 2, 12
_NUM_ROWS = 2**14  # Rows that the network answers for each number of changed features, about.
_FEWEST_KEPT = 12  # Changed students that the beam holds, at least.
_NUM_SHRUNK = 24  # Of what reaches the target, the smallest changes that are made smaller still.
_NUM_PROBES = 32  # Values that are tried at once between a student's own and a new one.
_LEAST_SAVED = 0.002  # The part of a change that another step must save.
_UNNOTICED = 1e-3  # A difference of probabilities that nobody would do more for.


class Target(NamedTuple):
    """The probability that is to be reached.

    Attributes:
        probability: Of the positive label.
        is_above: Whether it is to be passed, as that is above which the positive label is answered, or decided.
    """

    probability: float
    is_above: bool

    def is_reached(self, probabilities: np.ndarray) -> np.ndarray:
        """Tell which of some probabilities, shape (num,), reach it."""
        reached: np.ndarray = probabilities > self.probability if self.is_above else probabilities >= self.probability
        return reached


class Counterfactuals(NamedTuple):
    """What a search has found.

    Attributes:
        reaching: Changed students that reach the target, smallest change first, float32 of shape (num_changes,
            num_features); of each set of features the smallest that was found.
        best: Where there are none, the changed student with the highest probability that was found, but for .001 which
            a smaller change may cost; float32 of shape (num_features,). None where no change gains more than that.
    """

    reaching: np.ndarray
    best: np.ndarray | None


def find_counterfactuals(engine: Engine, features: ActionableFeatures, target: Target) -> Counterfactuals:
    """Find small changes of a student that reach a target, or else the best that can be reached.

    A beam search over ever more changed features on a grid of values; where that does not reach the target, an ascent
    from the best of them, one feature after another over all its values; then what was found shrinks greedily.
    Deterministic.

    Args:
        engine: Answers.
        features: What the student can change; the student does not reach the target.
        target: What is to be reached.

    Returns:
        Where the engine's budget is spent, what was found by then.
    """
    search = _Search(engine, features, target)
    if features.changes:
        with suppress(BudgetSpent):
            search.widen()
            if not len(search.found):
                search.climb()
        with suppress(BudgetSpent):
            search.shrink()
    if len(search.found) or search.highest - search.own <= _UNNOTICED:
        return Counterfactuals(search.found, None)
    nearest = _Search(engine, features, Target(search.highest - _UNNOTICED, is_above=False))
    nearest.found = search.best[None]
    with suppress(BudgetSpent):
        nearest.shrink()
    return Counterfactuals(search.found, nearest.found[0])


class _Search:
    """The search for one student.

    Attributes:
        found: Changed students that reach the target, as they are returned.
        best: Of all that the network was asked about, the one with the highest probability.
        highest: That probability.
        own: The student's own.
    """

    def __init__(self, engine: Engine, features: ActionableFeatures, target: Target) -> None:
        self._engine, self._features, self._target = engine, features, target
        self.found = features.row[None][:0]
        self.best, self.highest, self.own = features.row, 0.0, 0.0

    def widen(self) -> None:
        """Change one feature, then two, then more: the beam is those without the target that gain most log odds.

        Half of it gains most in all, half most for its size.
        """
        columns, values = self._grid()
        num_kept = max(_NUM_ROWS // len(columns), _FEWEST_KEPT) // 2
        answer = self._answers(self._features.row[None])
        self.own, own = float(answer[0]), _log_odds(answer)
        beam, highest = self._features.row[None], -np.inf
        for _ in self._features.columns:
            rows = self._extend(beam, columns, values)
            if len(self.found) >= _NUM_SHRUNK:
                largest = self._features.sizes(self.found[_NUM_SHRUNK - 1 :][:1])
                rows = rows[self._features.sizes(rows) < largest]
            answers = self._answers(rows)
            is_reached = self._target.is_reached(answers)
            self._keep(rows[is_reached])
            rows, gains = rows[~is_reached], _log_odds(answers[~is_reached]) - own
            if not len(rows) or gains.max() < highest:
                break
            highest = gains.max()
            sizes = self._features.sizes(rows)
            # Where the network is so sure that nothing gains, the largest changes lead to where something does.
            chosen = [np.lexsort([-sizes, -scores])[:num_kept] for scores in (gains, gains / sizes)]
            beam = rows[np.unique(np.concatenate(chosen))]

    def climb(self) -> None:
        """Change one feature after another to its best value, over and over, from the best that is known."""
        for change in self._features.changes:
            self._climb_along(change, self._features.row)
        before = -np.inf
        while self.highest > before + _UNNOTICED / 10:
            before = self.highest
            for change in self._features.changes:
                self._climb_along(change, self.best)
        if self._target.is_reached(np.array([self.highest], np.float32)).all():
            self._keep(self.best[None])

    def _climb_along(self, change: Change, row: np.ndarray) -> None:
        """Try values of one feature, then ever more closely those around the best of them."""
        first, last, is_coarse = 0, len(change.values) - 1, True
        while is_coarse:
            tried = np.unique(np.linspace(first, last, _NUM_PROBES).astype(int))
            probes = row[None].repeat(len(tried), axis=0)
            probes[:, change.column] = change.values[tried]
            hit = int(self._answers(probes).argmax())
            is_coarse = len(tried) <= last - first  # some were left out
            first, last = tried[max(hit - 1, 0)], tried[min(hit + 1, len(tried) - 1)]

    def shrink(self) -> None:
        """Take back, of each of the smallest changes, what saves most, for as long as the target stays reached."""
        rows = self.found[:_NUM_SHRUNK]
        while len(rows):
            which, index = np.nonzero(self._features.changed(rows))
            shorter = self._shorten(rows[which], self._features.columns[index])
            sizes = self._features.sizes(shorter)
            order = np.lexsort([sizes, which])
            each, first = np.unique(which[order], return_index=True)
            best = order[first]
            is_smaller = sizes[best] < (1 - _LEAST_SAVED) * self._features.sizes(rows[each])
            rows = shorter[best[is_smaller]]
            self._keep(rows)

    def _grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Values that are tried with others: each one's column, and the values, both of shape (num_values,).

        Of a number evenly up to its limit, and up to the width of its range, beyond which the limit may lie far.
        """
        changes = self._features.changes
        num = min(max(_NUM_VALUES // len(changes), _FEWEST_VALUES), _MOST_VALUES)
        parts = np.arange(1, num + 1) / num - 1e-9
        columns, values = [], []
        for change in changes:
            ends = np.minimum([[1.0], [np.inf]], change.sizes[-1])
            some = np.unique(np.searchsorted(change.sizes, ends * parts))
            columns.append(np.full(len(some), change.column))
            values.append(change.values[some])
        return np.concatenate(columns), np.concatenate(values)

    def _extend(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Every row with every value of the grid in a column that is unchanged there."""
        extended = rows.repeat(len(columns), axis=0)
        cells = np.arange(len(extended)), np.tile(columns, len(rows))
        is_unchanged = extended[cells] == self._features.row[cells[1]]
        extended[cells] = np.tile(values, len(rows))
        extended = extended[is_unchanged]
        distinct: np.ndarray = extended[_first_of_each(extended[:, self._features.columns].view(np.uint32))]
        return distinct

    def _shorten(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Change one column of each row to the value nearest to the student's own with which it reaches the target."""
        values = [self._features.nearer(row, column) for row, column in zip(rows, columns, strict=True)]
        last = np.array([len(some) - 1 for some in values])
        first = np.zeros_like(last)
        while (first < last).any():
            tried = np.linspace(first, last, _NUM_PROBES, axis=1).astype(int)
            probes = rows.repeat(_NUM_PROBES, axis=0)
            probes[np.arange(len(probes)), columns.repeat(_NUM_PROBES)] = np.concatenate(
                [some[indices] for some, indices in zip(values, tried, strict=True)]
            )
            reached = self._target.is_reached(self._answers(probes)).reshape(tried.shape)
            reached[:, -1] = True  # It was before; but engines may differ in the last digit from batch to batch.
            hit = reached.argmax(axis=1)
            each = np.arange(len(rows))
            last = tried[each, hit]
            first = np.where(hit > 0, np.minimum(tried[each, hit - 1] + 1, last), last)
        shorter = rows.copy()
        shorter[np.arange(len(rows)), columns] = [some[index] for some, index in zip(values, last, strict=True)]
        return shorter

    def _keep(self, rows: np.ndarray) -> None:
        """Add to what was found, of which the smallest of each set of features stays."""
        rows = np.concatenate([self.found, rows])
        rows = rows[np.argsort(self._features.sizes(rows), kind="stable")]
        self.found = rows[_first_of_each(self._features.changed(rows))]

    def _answers(self, rows: np.ndarray) -> np.ndarray:
        """What the network answers, float32 of shape (num_rows,); 0 where that is not finite."""
        answers = answer_in_parts(self._engine, rows)
        answers = np.where(np.isfinite(answers), answers, np.float32(0))
        if len(answers) and answers[highest := answers.argmax()] > self.highest:
            self.best, self.highest = rows[highest], float(answers[highest])
        return answers


def _first_of_each(rows: np.ndarray) -> np.ndarray:
    """Indices of the first of all rows that are the same, ascending; rows are whole numbers."""
    factors = np.random.default_rng(0).integers(2**64, size=rows.shape[1], dtype=np.uint64)
    # Sorting numbers takes a tenth of the time that sorting rows does; sums of different rows are next to never equal.
    _, first = np.unique(rows.astype(np.uint64) @ factors, return_index=True)
    return np.sort(first)


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    # What float32 tells apart: near 0 far more than near 1.
    clipped = np.clip(probabilities.astype(np.float64), np.finfo(np.float32).tiny, 1 - 1e-7)
    odds: np.ndarray = np.log(clipped / (1 - clipped))
    return odds
