"""Lanes: where a request is answered, in the loop or in threads, and who waits for whom."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar

from service.server.content_codings import CODING
from service.settings import LARGE_BYTES

if TYPE_CHECKING:
    from service.server.clients import Application
    from service.server.connection import Request

_View = TypeVar("_View", bound=Callable[..., object])
MAX_QUEUED_S = 5.0  # that a request waits for a thread
NUM_LOADING = 2  # threads that load what a request asks for
NEWEST = 0.2  # weight of the newest request in how long one takes, by which is told what a queue gets to in that time
# What the loop answers itself, mostly in a fraction of a millisecond: to hand it to a thread and back takes as long.
# Some takes a hundred: once a round has taken this long, threads have the rest, and after a single one that did, all
# of ten times as long.
ROUND_S = 0.02


class Lane(Enum):
    """Where a route's requests are answered."""

    PROBE = auto()  # in the loop, at once, whatever else there is
    QUICK = auto()  # in the loop where its body is little work, else in threads
    THREADS = auto()  # in threads, side by side
    TURNS = auto()  # one at a time: it may take seconds for a few bytes
    REFUSED = auto()  # in the loop, without its body; no route's: what the application answers by the head alone


def lane(where: Lane) -> Callable[[_View], _View]:
    """Say beside a view where its requests are answered."""

    def mark(view: _View) -> _View:
        view.lane = where  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


class Threads:
    """Some threads and the requests that wait for one of them; the loop keeps the queue, and refuses what is late."""

    def __init__(
        self,
        num: int,
        work: "Callable[[Request], Any]" = lambda request: request.answer(),
        then: "Callable[[Request, Any], None]" = lambda request, answer: request.finish(answer),
    ) -> None:
        """Start them; in the loop.

        Args:
            num: How many.
            work: What they do for a request.
            then: What the loop does with what came of it.
        """
        self._work, self._then = work, then
        self._loop = asyncio.get_running_loop()
        self._pool = _start_threads(num)
        self._num = self._num_free = num
        self._mean_s = 0.0  # that a request took of late
        self._waiting: deque[Request] = deque()
        self.stop = partial(self._pool.shutdown, wait=False, cancel_futures=True)

    def add(self, request: "Request") -> None:
        """Answer a request as soon as there is a thread."""
        # Only of a queue that moves: how long the last took says nothing of what comes now.
        moves = self._waiting and time.monotonic() - self._waiting[0].since > self._mean_s / 2
        if moves and len(self._waiting) * self._mean_s / self._num > MAX_QUEUED_S:
            self._refuse(request)
        else:
            self._waiting.append(request)
            self._start_next()

    def refuse_late(self) -> None:
        """Refuse the first that has waited too long, and the next in the next round: others come between."""
        if self._waiting and time.monotonic() - self._waiting[0].since > MAX_QUEUED_S:
            self._refuse(self._waiting.popleft())
            self._loop.call_soon(self.refuse_late)

    def _refuse(self, request: "Request") -> None:
        if not request.has_left:
            request.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            request.finish(request.answer())

    def _start_next(self) -> None:
        while self._num_free and self._waiting:
            request = self._waiting.popleft()
            if not request.has_left:
                self._num_free -= 1
                done = partial(self._hand_back, request, time.monotonic())
                self._pool.submit(self._work, request).add_done_callback(done)

    def _hand_back(self, request: "Request", begun: float, future: "Future[Any]") -> None:
        if not (future.cancelled() or self._loop.is_closed()):
            self._loop.call_soon_threadsafe(self._finish, request, time.monotonic() - begun, future.result())

    def _finish(self, request: "Request", took_s: float, result: Any) -> None:
        self._num_free += 1
        self._mean_s += NEWEST * (took_s - self._mean_s)
        self._start_next()
        self._then(request, result)


def _start_threads(num: int) -> ThreadPoolExecutor:
    """Start all threads now: where the system has none left, it is better that no worker begins than that one waits.

    Raises:
        RuntimeError: It has none left.
    """
    pool, all_there = ThreadPoolExecutor(num), Barrier(num + 1)
    try:
        for _ in range(num):
            pool.submit(all_there.wait)
        all_there.wait()
    except RuntimeError:
        all_there.abort()
        time.sleep(1)  # the master starts another worker at once
        raise
    return pool


class Lanes:
    """Sends each request to where it is answered."""

    def __init__(self, num_threads: int, application: "Application") -> None:
        """Make the lanes of a worker; in its loop.

        Args:
            num_threads: That answer side by side.
            application: Answers.
        """
        self._loop = asyncio.get_running_loop()
        self._application = application
        self._threads, self._large, self._turns = self._all = [Threads(num_threads), Threads(1), Threads(1)]
        if application.may_load:  # apart from the others: a store may be slow
            loading = Threads(NUM_LOADING, lambda request: application.load(request.environ), self._add_again)
            self._all.append(loading)
            self._load = loading.add
        self._spent_s = self._quick_again = 0.0

    def add(self, request: "Request") -> None:
        """Answer a request, now or later."""
        if request.lane in (Lane.PROBE, Lane.REFUSED):
            request.finish(request.answer())
        elif self._application.must_load(request.environ):
            self._load(request)
        else:
            self._add_loaded(request)

    def _add_loaded(self, request: "Request") -> None:
        if len(request.body) > LARGE_BYTES or CODING in request.environ:  # which may become large
            self._large.add(request)
        elif request.lane is Lane.QUICK and self._may_answer() and self._application.is_little_work(request.body):
            begun = time.monotonic()
            answer = request.answer()
            self._spend(begun, time.monotonic() - begun)
            request.finish(answer)
        else:
            (self._turns if request.lane is Lane.TURNS else self._threads).add(request)

    def _add_again(self, request: "Request", _: None) -> None:
        if self._application.must_load(request.environ):  # let go of again, for others: the loop must not load it
            self._threads.add(request)
        else:
            self._add_loaded(request)

    def refuse_late(self) -> None:
        """Refuse what has waited too long for a thread."""
        for threads in self._all:
            threads.refuse_late()

    def stop(self) -> None:
        """Take no more."""
        for threads in self._all:
            threads.stop()

    def _may_answer(self) -> bool:
        return self._spent_s < ROUND_S and time.monotonic() >= self._quick_again

    def _spend(self, begun: float, took_s: float) -> None:
        """Take into account what the loop has answered itself, but for what took next to nothing."""
        if took_s > ROUND_S / 20:
            if not self._spent_s:
                self._loop.call_soon(self._end_round)
            self._spent_s += took_s
        if took_s > ROUND_S:
            self._quick_again = begun + 10 * took_s

    def _end_round(self) -> None:
        """The loop has come to what was called for in the round."""
        self._spent_s = 0.0
