"""Of those who fail, how many are among the N most at risk: what a school gains that can help N students."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.statistics.confusion import Confusion, confusion
from training.statistics.figure import Figure, LeftOut
from training.statistics.metrics import means_over_students, never_certain

MIN_STUDENTS_OF_HELP = 50  # of fewer, a point of the curve would show single students
COST_RATIOS = (1, 2, 5, 10)
_STEP, _MOST_POINTS = 10, 40  # rows between two points, at least; and points of the curve, at most


@dataclass(frozen=True)
class HelpPoint:
    """What comes of it to help so many.

    Attributes:
        num_helped: How many rows, those with the lowest forecast.
        found: Share of the negative rows that are among them.
        right: Share of them that are negative.
        found_by_baseline: Share of the negative rows that are among as many, by the best simple method.
        over_baseline: `found` minus that, by the same resamples.
    """

    num_helped: int
    found: Figure
    right: Figure
    found_by_baseline: Figure
    over_baseline: Figure


@dataclass(frozen=True)
class HelpCurve:
    """Share of the negative rows among the rows with the lowest forecasts; of those alike, none is at more risk.

    Chance finds `num_helped` of all rows, and a perfect list finds all once it is as long as there are negative ones.

    Attributes:
        num_rows: Of the table.
        num_negative: Of them.
        baseline: The best simple method: of the baselines other than the majority that with the lowest log loss.
        num_helped: Points of the curve.
        found: Share found at each.
        low: Lower ends of its 95 % intervals.
        high: Upper ends.
        found_by_baseline: The same by the best simple method.
        num_called: Rows whose forecast is at most the threshold that serves.
        table: Round numbers of rows, and `num_called` unless it is none or all, with all that is known of them.
        at_threshold: What the threshold comes to, each row's given by others where it is fitted.
        costs: What a student missed costs, where one helped in vain costs 1 → what the threshold comes to that is best
            then, if forecasts mean what they say.
    """

    num_rows: int
    num_negative: int
    baseline: str
    num_helped: tuple[int, ...]
    found: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    found_by_baseline: tuple[float, ...]
    num_called: int
    table: tuple[HelpPoint, ...]
    at_threshold: Confusion
    costs: Mapping[str, Confusion]


def help_curve(
    labels: np.ndarray,
    network: np.ndarray,
    baselines: Mapping[str, np.ndarray],
    threshold: float,
    helped: np.ndarray,
    seed: int,
    students: np.ndarray,
) -> HelpCurve | LeftOut:
    """Count the negative rows among those with the lowest out-of-fold forecasts.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        network: Out-of-fold P(positive) by the network, shape (num_rows,).
        baselines: Method → the same by each baseline, the best first, without the majority, which ranks nobody.
        threshold: That serves: the positive label is answered above it.
        helped: Whether a row is answered negative, by what other rows give as threshold, bool of shape (num_rows,).
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0.

    Returns:
        The curve; or why there is none.
    """
    num_students = len(np.unique(students))
    if num_students < MIN_STUDENTS_OF_HELP:
        return LeftOut(f"of {num_students} students it would show single ones; {MIN_STUDENTS_OF_HELP} are needed")
    num_rows = len(labels)
    baseline, forecasts = next(iter(baselines.items()))
    ranking, rival = _Ranking(labels, network), _Ranking(labels, forecasts)

    def point(num: int) -> HelpPoint:
        found, by_baseline = ranking.found(num), rival.found(num)
        values = {"found": found, "right": ranking.right(num), "baseline": by_baseline, "over": found - by_baseline}
        figures = means_over_students(values, students, seed)
        found_in, right, of_baseline = (_share(figures[name]) for name in ("found", "right", "baseline"))
        found_in, of_baseline = (_never_certain_of_all(each, students[labels == 0]) for each in (found_in, of_baseline))
        right = never_certain(right, students[ranking.listed(num)])
        over = _difference(figures["over"], students[labels == 0])
        return HelpPoint(num, found_in, right, of_baseline, over)

    served = confusion(labels, helped, threshold, seed, students)
    num_called = int((network <= threshold).sum())
    shown = {*round_numbers(num_rows)} | ({num_called} if 0 < num_called < num_rows else set())
    step = _STEP * -(-num_rows // (_STEP * _MOST_POINTS))
    curve = [point(num) for num in range(step, num_rows, step)]
    return HelpCurve(
        num_rows=num_rows,
        num_negative=int((labels == 0).sum()),
        baseline=baseline,
        num_helped=tuple(each.num_helped for each in curve),
        found=tuple(round(each.found.value, 4) for each in curve),
        low=tuple(round(each.found.low, 4) for each in curve),
        high=tuple(round(each.found.high, 4) for each in curve),
        found_by_baseline=tuple(round(each.found_by_baseline.value, 4) for each in curve),
        num_called=num_called,
        table=tuple(point(num) for num in sorted(shown)),
        at_threshold=served,
        costs={
            str(ratio): confusion(labels, network <= line, line, seed, students)
            for ratio, line in ((ratio, ratio / (1 + ratio)) for ratio in COST_RATIOS)
        },
    )


def round_numbers(num_rows: int) -> list[int]:
    """1, 2 and 5 times powers of ten, from 10 and a hundredth of the rows up to half of them."""
    candidates = (digit * 10**power for power in range(1, 10) for digit in (1, 2, 5))
    return [num for num in candidates if num_rows / 100 <= num <= num_rows / 2]


class _Ranking:
    """Rows from the lowest forecast up; those with the same forecast are one step, of which as many as fit are helped.

    What a share varies by from resample to resample is given to the first order, as a value of each row: a row that is
    drawn once more adds its own, and moves the end of the list past rows like those there.

    Reference:
        Efron (1982), The Jackknife, the Bootstrap and Other Resampling Plans, ch. 6, for resampling to the first order.
    """

    def __init__(self, labels: np.ndarray, probabilities: np.ndarray) -> None:
        self._negative = labels == 0
        self._step = np.unique(probabilities, return_inverse=True)[1]
        self._sizes = np.bincount(self._step)
        self._rows = np.r_[0, np.cumsum(self._sizes)]
        self._negatives = np.r_[0, np.cumsum(np.bincount(self._step, self._negative))]
        self._window = np.sqrt(len(labels))  # rows before and behind the end of a list that are taken to be like it

    def found(self, num: int) -> np.ndarray:
        """Values whose mean is the share of the negative rows among `num`; shape (num_rows,)."""
        values = self._among(num)
        share = values.mean() / self._negative.mean()
        found: np.ndarray = share + (values - share * self._negative) / self._negative.mean()
        return found

    def right(self, num: int) -> np.ndarray:
        """Values whose mean is the share of `num` that are negative; shape (num_rows,)."""
        return self._among(num) * len(self._step) / num

    def listed(self, num: int) -> np.ndarray:
        """Which rows are among `num`, or as low as the last of them; bool of shape (num_rows,)."""
        listed: np.ndarray = (self._rows[:-1] < num)[self._step]
        return listed

    def _among(self, num: int) -> np.ndarray:
        """Values whose mean is the number of negative rows among `num`, over that of all rows; shape (num_rows,)."""
        helped = np.clip((num - self._rows[:-1]) / self._sizes, 0, 1)[self._step]
        ends = np.clip([num - self._window, num + self._window], 0, len(self._step))
        at_the_end = np.diff(np.interp(ends, self._rows, self._negatives)) / np.diff(ends)
        values: np.ndarray = self._negative * helped - at_the_end * (helped - num / len(self._step))
        return values


def _never_certain_of_all(found: Figure, students: np.ndarray) -> Figure:
    """Where all or none are found; by equal forecasts a list of so many finds the same share of every resample."""
    return never_certain(found, students) if np.isclose(found.value, (0, 1)).any() else found


def _difference(over: Figure, students: np.ndarray) -> Figure:
    """Of two such shares, within -1 and 1; where one list finds all and the other none, nor is that certain."""
    middle = _share(Figure((over.value + 1) / 2, (over.low + 1) / 2, (over.high + 1) / 2))
    middle = _never_certain_of_all(middle, students)
    return Figure(2 * middle.value - 1, 2 * middle.low - 1, 2 * middle.high - 1)


def _share(figure: Figure) -> Figure:
    """Within 0 and 1, which the first order does not know of; nor does the sum of a value, which may be just below."""
    return Figure(*np.clip([figure.value, figure.low, figure.high], 0, 1).tolist())
