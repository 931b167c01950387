"""The search for the smallest changes that reach a target; the network is a black box that answers large batches."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import combinations
from typing import NamedTuple

import numpy as np

from service.engines.budget import BudgetSpent
from service.engines.engine import Engine, answer_in_parts
from service.reasons.actionable_features import Levers, Move

# Parts of the way that a move is tried at, 0 and 1 among them: evenly, since networks need not rise or fall steadily,
# and denser near the student, where small changes are.
_DENSE = np.union1d(np.linspace(0, 1, 257), np.geomspace(1e-4, 1, 64))
_PARTS = np.union1d(np.linspace(0, 1, 33), np.geomspace(1e-4, 1, 12))
_FEW_PARTS = np.linspace(0, 1, 17)
_BETWEEN = np.arange(1, 17) / 16
_PRECISION = 1e-3  # of a found part of the way
_MAX_ROUNDS = 12  # of refining, each 16 times as fine: below what float32 tells apart
_MAX_PAIRED = 6  # moves, the most promising, of which all pairs are tried: each pair takes some 5,000 answers
_OUTER = np.arange(1, 33) / 33
_NUM_RANDOM = 3  # starts of the ascent, of each kind
_MAX_STEPS = 50  # of the ascent
_SHORTEST = 1e-12  # size of a change
_NUM_ORDERS = 3  # random ones in which a change is walked back
_NUM_ROUNDS_TO_EDGE = 4  # each 16 times as fine
_BACK = 0.05  # part of a lever's way back from the edge


class _Lines(NamedTuple):
    """Ways on which one column changes and the others stay.

    Attributes:
        rows: What the others are, float32 of shape (num_lines, num_features).
        places: The column, of shape (num_lines,).
        ends: Its value at the end of the way, float64 of shape (num_lines,).
    """

    rows: np.ndarray
    places: np.ndarray
    ends: np.ndarray

    def of(self, which: np.ndarray) -> "_Lines":
        return _Lines(self.rows[which], self.places[which], self.ends[which])


def find_changes(engine: Engine, levers: Levers, is_reached: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Find small changes of a student that reach a target: of each set of features the smallest that was found.

    Every move alone, pairs of the most promising, and all together: these climb to the highest probability from several
    starts and are walked back. Deterministic.

    Args:
        engine: Answers.
        levers: What the student can change; the student does not reach the target.
        is_reached: Tells of probabilities, shape (num_rows,), whether they reach it.

    Returns:
        Changed students that reach it, smallest change first, float32 of shape (num_changes, num_features); none where
        nothing that was tried reaches it. Where the engine's budget is spent, what was found by then.
    """
    if not levers.moves:
        return np.empty((0, len(levers.row)), dtype=np.float32)
    found = [levers.row[None][:0]]
    with suppress(BudgetSpent):
        search = _Search(engine, levers, is_reached)
        singles, parts = search.singles()
        found.append(singles)
        if len(levers.places) > 1:
            found.append(search.pairs(parts))
            found.append(search.together())
    return _smallest_of_each_set(levers, np.concatenate(found))


def _smallest_of_each_set(levers: Levers, rows: np.ndarray) -> np.ndarray:
    in_order = rows[np.argsort(levers.sizes(rows), kind="stable")]
    _, first = np.unique(levers.changed(in_order), axis=0, return_index=True)
    return in_order[np.sort(first)]


class _Search:
    """The search for one student."""

    def __init__(self, engine: Engine, levers: Levers, is_reached: Callable[[np.ndarray], np.ndarray]) -> None:
        self._engine, self._levers, self._is_reached = engine, levers, is_reached
        self._row, self._moves = levers.row, levers.moves
        self._gains = self._measure_gains()
        gains = [max(self._gains[i] for i, move in enumerate(self._moves) if move.place == p) for p in levers.places]
        self._places_by_gain = levers.places[np.argsort(gains, kind="stable")]  # what gains least first
        self._random = np.random.default_rng(0)

    def singles(self) -> tuple[np.ndarray, np.ndarray]:
        """The nearest change by each move alone, best first; and the parts of the way, infinite where none reaches."""
        lines = self._lines_from(self._row[None].repeat(len(self._moves), axis=0), self._moves)
        parts = self._nearest(lines, _DENSE)
        rows = self._walk(lines, np.where(np.isfinite(parts), parts, 0)[:, None])
        # Of categories, which all count the same, the one that gives most.
        order = [move for move in np.argsort(-self._probabilities(rows), kind="stable") if np.isfinite(parts[move])]
        return rows[order], parts

    def pairs(self, single_parts: np.ndarray) -> np.ndarray:
        """The smallest change by each pair of promising moves: how far one must go, for each part of the other's way.

        Args:
            single_parts: How far each move alone must go, infinite where it does not reach.
        """
        pairs = self._promising_pairs()
        if not pairs:
            return self._row[None][:0]
        first, second = zip(*pairs, strict=True)
        # Beyond what one of them alone takes, a pair is no smaller.
        bounds = np.array([self._bound(a, b, single_parts) for a, b in pairs])
        rows, totals, best = self._try_pairs(first, second, bounds[:, None] * _OUTER)
        gap = bounds / (len(_OUTER) + 1)
        around = best[:, None] + gap[:, None] * (2 * _OUTER - 1)
        finer, finer_totals, _ = self._try_pairs(first, second, np.clip(around, 0, bounds[:, None]))
        chosen = np.where((finer_totals < totals)[:, None], finer, rows)
        reached = np.isfinite(np.minimum(totals, finer_totals))
        orders = np.array([self._places_by_gain, self._places_by_gain[::-1]])
        return self._walk_back(chosen[reached], orders[:, None])

    def together(self) -> np.ndarray:
        """What is left of the ascents that reach the target, walked back."""
        tops = self._ascend(self._starts())
        tops = np.unique(tops[self._is_reached(self._probabilities(tops))], axis=0)
        drawn = [self._random.permutation(self._levers.places) for _ in range(_NUM_ORDERS)]
        for_all = np.array([self._places_by_gain, *drawn])[:, None].repeat(len(tops), axis=1)
        return self._walk_back(tops, np.concatenate([for_all, self._orders_at_edge(tops)[None]]))

    def _measure_gains(self) -> np.ndarray:
        """How much the log odds gain by each move, at best, for what it counts; of shape (num_moves,)."""
        parts = np.array([0.1, 0.5, 1.0])
        lines = self._lines_from(self._row[None].repeat(len(self._moves), axis=0), self._moves)
        rows = self._walk(lines, parts)
        own = _log_odds(self._probabilities(self._row[None]))
        # A way may be too short for float32 to tell its parts from the student's own.
        gains = (_log_odds(self._probabilities(rows)) - own) / np.maximum(self._levers.sizes(rows), _SHORTEST)
        best: np.ndarray = gains.reshape(len(self._moves), -1).max(axis=1)
        return best

    def _promising_pairs(self) -> list[tuple[int, int]]:
        """Pairs of moves of different features, a category first; of one feature at most two moves."""
        chosen: list[int] = []
        for move in np.argsort(-self._gains, kind="stable").tolist():
            place = self._moves[move].place
            if sum(self._moves[other].place == place for other in chosen) < 2:
                chosen.append(move)
        chosen = sorted(chosen[:_MAX_PAIRED], key=lambda move: not self._levers.is_category[self._moves[move].place])
        return [(a, b) for a, b in combinations(chosen, 2) if self._moves[a].place != self._moves[b].place]

    def _bound(self, first: int, second: int, single_parts: np.ndarray) -> float:
        if self._levers.is_category[self._moves[first].place]:
            return 1.0
        by_second = single_parts[second] * self._moves[second].size / self._moves[first].size
        return float(min(1.0, single_parts[first], by_second))

    def _try_pairs(
        self, first: tuple[int, ...], second: tuple[int, ...], parts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For parts of the first moves' ways, shape (num_pairs, num_parts), how far the second must go.

        Returns:
            Of each pair the smallest change, its size (infinite where none reaches), and the part of the first move.
        """
        num_pairs, num_parts = parts.shape
        starts = self._row[None].repeat(num_pairs, axis=0)
        firsts = self._lines_from(starts, [self._moves[move] for move in first])
        bases, places = self._walk(firsts, parts), firsts.places.repeat(num_parts)
        lines = self._lines_from(bases, [self._moves[move] for move in second for _ in range(num_parts)])
        # Of categories and whole numbers many parts come to the same.
        same = np.column_stack([np.arange(num_pairs).repeat(num_parts), bases[np.arange(len(bases)), places]])
        _, different, back = np.unique(same, axis=0, return_index=True, return_inverse=True)
        needed = self._nearest(lines.of(different), _PARTS)[back.ravel()]
        rows = self._walk(lines, np.where(np.isfinite(needed), needed, 0)[:, None])
        totals = np.where(np.isfinite(needed), self._levers.sizes(rows), np.inf).reshape(num_pairs, num_parts)
        best = totals.argmin(axis=1)
        each = np.arange(num_pairs)
        return rows.reshape(num_pairs, num_parts, -1)[each, best], totals[each, best], parts[each, best]

    def _starts(self) -> np.ndarray:
        """Where the ascent begins: the student, the best move of every lever at its end, and random ones."""
        by_gain = [self._moves[move] for move in np.argsort(self._gains, kind="stable")]  # the best is set last
        starts = [self._row, self._set((move, 1.0) for move in by_gain)]
        for is_corner in (True, False):
            for _ in range(_NUM_RANDOM):
                moves = [self._moves[move] for move in self._random.permutation(len(self._moves))]
                starts.append(self._set((move, 1.0 if is_corner else self._random.random()) for move in moves))
        return np.array(starts)

    def _set(self, moves: Iterable[tuple[Move, float]]) -> np.ndarray:
        places, ends, parts = zip(*[(move.place, move.end, part) for move, part in moves], strict=True)
        values = self._levers.partway(np.array(places), np.array(ends), np.array(parts)[:, None])
        row = self._row.copy()
        row[list(places)] = values[:, 0]  # of several moves of one feature the last
        return row

    def _ascend(self, rows: np.ndarray) -> np.ndarray:
        """Change one feature at a time, the one that gains most, for as long as there is one."""
        reached = self._probabilities(rows)
        climbing = np.arange(len(rows))
        for _ in range(_MAX_STEPS):
            if not len(climbing):
                break
            starts = rows[climbing].repeat(len(self._moves), axis=0)
            tried = self._walk(self._lines_from(starts, self._moves * len(climbing)), _FEW_PARTS)
            answers = self._probabilities(tried).reshape(len(climbing), -1)
            best = answers.argmax(axis=1)
            each = np.arange(len(climbing))
            better = answers[each, best] > reached[climbing]
            each, best, climbing = each[better], best[better], climbing[better]
            rows[climbing] = tried.reshape(len(answers), -1, rows.shape[1])[each, best]
            reached[climbing] = answers[each, best]
        return rows

    def _orders_at_edge(self, rows: np.ndarray) -> np.ndarray:
        """Columns in the order of what they give for their size where the target is just reached.

        Farther away the network may be so sure that its answers are all the same in float32.

        Args:
            rows: Changed students that reach the target, of shape (num_rows, num_features).

        Returns:
            What gives least first, of shape (num_rows, num_levers).
        """
        levers, num_levers = self._levers, len(self._levers.places)
        edges = self._edges(rows).repeat(num_levers, axis=0)
        back = np.diag(np.where(levers.is_category[levers.places], 1, _BACK))
        lower = self._shorten(edges, np.tile(1 - back, (len(rows), 1)))
        lost = _log_odds(self._probabilities(edges)) - _log_odds(self._probabilities(lower))
        saved = np.maximum(levers.sizes(edges) - levers.sizes(lower), _SHORTEST)
        ordered: np.ndarray = levers.places[np.argsort((lost / saved).reshape(-1, num_levers), axis=1, kind="stable")]
        return ordered

    def _edges(self, rows: np.ndarray) -> np.ndarray:
        """Where changes first reach the target as all their numbers grow alike; of the shape of the changes."""
        is_category = self._levers.is_category[self._levers.places]
        each, before, parts = np.arange(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
        for _ in range(_NUM_ROUNDS_TO_EDGE):
            tried = before[:, None] + (parts - before)[:, None] * _BETWEEN
            shorter = self._shorten(rows.repeat(len(_BETWEEN), axis=0), np.where(is_category, 1, tried.reshape(-1, 1)))
            reached = self._is_reached(self._probabilities(shorter)).reshape(tried.shape)
            reached[:, -1] = True  # by what was found before
            first = reached.argmax(axis=1)
            before, parts = np.where(first > 0, tried[each, first - 1], before), tried[each, first]
        return self._shorten(rows, np.where(is_category, 1, parts[:, None]))

    def _shorten(self, rows: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """Changes of which a part is made, shape (num_rows, num_levers); whole numbers are not kept."""
        places = self._levers.places
        shorter = rows.copy()
        shorter[:, places] = self._row[places] + parts * (rows[:, places].astype(np.float64) - self._row[places])
        return shorter

    def _walk_back(self, rows: np.ndarray, orders: np.ndarray) -> np.ndarray:
        """Shrink changes that reach the target, feature by feature.

        Args:
            rows: The changed students, of shape (num_rows, num_features).
            orders: Columns in the orders in which it is tried, of shape (num_orders, 1 or num_rows, num_levers).

        Returns:
            float32 of shape (num_orders * num_rows, num_features).
        """
        num_orders, _, num_levers = orders.shape
        walked = np.concatenate([rows] * num_orders)
        which = np.broadcast_to(orders, (num_orders, len(rows), num_levers)).reshape(-1, num_levers)
        is_changed = np.take_along_axis(walked != self._row, which, axis=1)
        which = np.take_along_axis(which, np.argsort(~is_changed, axis=1, kind="stable"), axis=1)
        num_changed = is_changed.sum(axis=1)
        for step in range(num_changed.max(initial=0)):
            each = np.flatnonzero(step < num_changed)
            column = which[each, step]
            lines = _Lines(walked[each], column, walked[each, column].astype(np.float64))
            lines.rows[np.arange(len(each)), column] = self._row[column]
            # All the way it was reached before; but engines may differ in the last digit from batch to batch.
            walked[each] = self._walk(lines, np.minimum(self._nearest(lines, _PARTS), 1.0)[:, None])
        return walked

    def _nearest(self, lines: _Lines, grid: np.ndarray) -> np.ndarray:
        """The part of each way after which the target is first reached.

        Args:
            lines: The ways.
            grid: Parts of the way that are tried, ascending from 0 to 1; then it is refined.

        Returns:
            Of shape (num_lines,); infinite where none reaches.
        """
        reached = self._reach(lines, grid)
        first = reached.argmax(axis=1)
        is_found = reached.any(axis=1)
        parts, before = grid[first], grid[np.maximum(first - 1, 0)]
        open_ = np.flatnonzero(is_found)
        for _ in range(_MAX_ROUNDS):
            open_ = open_[self._is_wide(lines.of(open_), before[open_], parts[open_])]
            if not len(open_):
                break
            tried = before[open_, None] + (parts[open_] - before[open_])[:, None] * _BETWEEN
            reached = self._reach(lines.of(open_), tried)
            reached[:, -1] = True  # by what was found before
            first = reached.argmax(axis=1)
            each = np.arange(len(open_))
            before[open_] = np.where(first > 0, tried[each, first - 1], before[open_])
            parts[open_] = np.where(first < len(_BETWEEN) - 1, tried[each, first], parts[open_])
        # Of categories and whole numbers more parts than one lead to a value: the one at which it stands.
        stepped = np.flatnonzero((parts > 0) & (self._levers.steps[lines.places] > 0))
        some = lines.of(stepped)
        values = self._levers.partway(some.places, some.ends, parts[stepped, None])[:, 0]
        parts[stepped] = (values - self._own(some)) / (some.ends - self._own(some))
        return np.where(is_found, parts, np.inf)

    def _is_wide(self, lines: _Lines, before: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """Whether there may be something nearer between parts of the ways, bool of shape (num_lines,)."""
        values = self._levers.partway(lines.places, lines.ends, np.stack([before, parts], axis=1))
        far = np.abs(values - self._own(lines)[:, None])
        wide: np.ndarray = far[:, 1] - far[:, 0] > np.maximum(self._levers.steps[lines.places], _PRECISION * far[:, 1])
        return wide

    def _own(self, lines: _Lines) -> np.ndarray:
        own: np.ndarray = self._row[lines.places].astype(np.float64)
        return own

    def _reach(self, lines: _Lines, parts: np.ndarray) -> np.ndarray:
        """Whether the target is reached at parts of the ways, bool of shape (num_lines, num_parts)."""
        return self._is_reached(self._probabilities(self._walk(lines, parts))).reshape(len(lines.places), -1)

    def _lines_from(self, rows: np.ndarray, moves: list[Move]) -> _Lines:
        return _Lines(rows, np.array([move.place for move in moves]), np.array([move.end for move in moves]))

    def _walk(self, lines: _Lines, parts: np.ndarray) -> np.ndarray:
        """Rows at parts of the ways, each from the student's own value to the end.

        Args:
            lines: The ways.
            parts: As `Levers.partway` takes them, of shape (num_parts,) or (num_lines, num_parts).

        Returns:
            float32 of shape (num_lines * num_parts, num_features).
        """
        num_parts = parts.shape[-1]
        values = self._levers.partway(lines.places, lines.ends, np.broadcast_to(parts, (len(lines.places), num_parts)))
        rows = lines.rows.repeat(num_parts, axis=0)
        rows[np.arange(len(rows)), lines.places.repeat(num_parts)] = values.ravel()
        return rows

    def _probabilities(self, rows: np.ndarray) -> np.ndarray:
        """What the network answers, float32 of shape (num_rows,); 0 where that is not finite."""
        answers = answer_in_parts(self._engine, rows)
        return np.where(np.isfinite(answers), answers, np.float32(0))


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    # What float32 tells apart: near 0 far more than near 1.
    clipped = np.clip(probabilities.astype(np.float64), np.finfo(np.float32).tiny, 1 - 1e-7)
    odds: np.ndarray = np.log(clipped / (1 - clipped))
    return odds
