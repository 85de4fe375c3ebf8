"""
What no history of requests, reservations, changes, penalties and clock steps gets out of the budget.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from fakes import FakeClock
from tradewarden.errors import BudgetExhausted, RateLimited
from tradewarden.model.memory import Penalty
from tradewarden.threecommas.budget import RequestBudget, SlotReservation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from tradewarden.model.moment import Moment

ON_THE_MINUTE = datetime(2026, 1, 2, 3, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PER_MINUTE = 7

Event = tuple[str, float]

# Mostly requests, and pauses that end near the turn of a minute: that is where a budget is overdrawn.
STEADY: tuple[Event, ...] = (
    ("ask", 1),
    ("ask", 4),
    ("ask", 9),
    ("reserve", 6),
    ("reserve", 3),
    ("use", 2),
    ("use", 6),
    ("release", 1),
    ("wait", 0.4),
    ("wait", 25),
    ("wait", 61),
    ("to the turn", 0),
    ("to the turn", 0.2),
    ("give others a turn", 1),
)
STEPS: tuple[Event, ...] = (("step", -0.7), ("step", -2), ("step", 2), ("step", 58), ("step", -58), ("step", -3600))
steady = st.lists(st.sampled_from(STEADY), max_size=40)
stepping = st.lists(st.sampled_from(STEADY + STEPS), max_size=40)
anything = st.lists(
    st.sampled_from((*STEADY, *STEPS, ("change", 2), ("change", 12), ("penalty", 5), ("penalty", 80))), max_size=40
)


ONE_OF_THE_NEXT_MINUTE: tuple[Event, ...] = (("give others a turn", 1), ("wait", 0.4), ("ask", 1), ("wait", 0))


@dataclass
class History:
    """
    Plays events on a budget, with many waiting at once. *granted* is when each request went out; *limits* when which
    budget came into force.
    """

    clock: FakeClock = field(default_factory=lambda: FakeClock(ON_THE_MINUTE))
    granted: list[Moment] = field(default_factory=list)
    limits: list[tuple[Moment, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.budget = RequestBudget(PER_MINUTE, self.clock)
        self.limits.append((self.clock.now(), PER_MINUTE))
        self._reservations: list[SlotReservation] = []
        self._waiting: list[asyncio.Task[None]] = []

    async def play(self, events: Sequence[Event]) -> None:
        for name, amount in events:
            await self._one(name, amount)
        for waiting in self._waiting:
            await waiting

    async def _one(self, name: str, amount: float) -> None:
        match name:
            case "ask":
                for _ in range(int(amount)):
                    self._begin(self._ask())
            case "use" if self._reservations:
                for _ in range(int(amount)):
                    self._begin(self._ask(self._reservations[-1]))
            case "reserve":
                self._begin(self._reserve(int(amount)))
                await asyncio.sleep(0)  # it is there at once, if there is room
            case "release" if self._reservations:
                self._reservations.pop().release()
            case "wait":
                await asyncio.sleep(0)
                self.clock.advance(timedelta(seconds=amount))
            case "to the turn":
                wall = self.clock.now().wall
                gone = timedelta(seconds=wall.second, microseconds=wall.microsecond)
                self.clock.advance(max(MINUTE - gone - timedelta(seconds=amount), timedelta(0)))
            case "step":
                self.clock.step_wall(timedelta(seconds=amount))
            case "change":
                self.budget.change(int(amount))
                self.limits.append((self.clock.now(), int(amount)))
            case "penalty":
                pause = timedelta(seconds=amount)
                self.budget.penalise(Penalty(began=self.clock.now(), pause=pause, bans=0, reason="429"))
            case _:
                await asyncio.sleep(0)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._waiting.append(asyncio.create_task(work))

    async def _ask(self, reservation: SlotReservation | None = None) -> None:
        with suppress(RateLimited):
            await self.budget.acquire(reservation)
            assert self.budget.penalty is None
            self.granted.append(self.clock.now())

    async def _reserve(self, count: int) -> None:
        with suppress(RateLimited, BudgetExhausted):
            self._reservations.append(await self.budget.reserve(count))

    def limit_at(self, moment: Moment) -> int:
        """
        Return the largest budget of the last minute: what was set apart under it may still go out.
        """
        changes = [(since.boot, limit) for since, limit in self.limits if since.boot <= moment.boot]
        recent = [limit for boot, limit in changes if moment.boot - boot <= MINUTE]
        before = [limit for boot, limit in changes if moment.boot - boot > MINUTE]
        return max([*recent, *before[-1:]])


def played(events: Sequence[Event]) -> History:
    async def play() -> History:
        history = History()
        await history.play(events)
        return history

    return asyncio.run(play())


def minute(moment: Moment) -> datetime:
    return moment.wall.replace(second=0, microsecond=0)


def most_within(history: History, window: timedelta, counts: Callable[[Moment, Moment], bool]) -> None:
    """
    Check each request against the budget, with those before it that are nearer than *window* and count.
    """
    for index, now in enumerate(history.granted):
        near = [at for at in history.granted[: index + 1] if now.boot - at.boot < window and counts(at, now)]
        assert len(near) <= history.limit_at(now)


@given(steady)
@example([("reserve", 6), ("ask", 9), ("use", 6)])
@example([("to the turn", 0.2), ("reserve", 6), ("wait", 0.4), ("ask", 9), ("use", 6)])
def test_no_minute_of_the_wall_clock_sees_more_than_the_budget(events: list[Event]) -> None:
    history = played(events)

    largest: dict[datetime, int] = {}
    for at in history.granted:
        largest[minute(at)] = max(largest.get(minute(at), 0), history.limit_at(at))
    for which, count in Counter(map(minute, history.granted)).items():
        assert count <= largest[which]


@given(stepping)
@example([("to the turn", 0.2), *[("ask", 1)] * 7, *ONE_OF_THE_NEXT_MINUTE, ("step", -0.7), ("ask", 4)])
def test_a_step_of_the_wall_clock_lets_no_more_through(events: list[Event]) -> None:
    """
    What went out less than a minute ago counts in its own minute, and in every minute after a step.
    """

    def counts(at: Moment, now: Moment) -> bool:
        step = (now.wall - at.wall) - (now.boot - at.boot)
        return minute(at) == minute(now) or abs(step) > timedelta(seconds=1)

    most_within(played(events), MINUTE, counts)


@given(stepping)
def test_no_sixty_seconds_see_more_than_two_budgets(events: list[Event]) -> None:
    """
    A clock that differs from that of 3Commas costs at most this. (A second less: steps below a second are not noticed.)
    """
    history = played(events)

    for index, now in enumerate(history.granted):
        near = [at for at in history.granted[: index + 1] if now.boot - at.boot < MINUTE - timedelta(seconds=1)]
        assert len(near) <= 2 * max(history.limit_at(at) for at in near)


@given(anything)
def test_a_change_counts_at_once_but_for_what_was_set_apart(events: list[Event]) -> None:
    """
    No minute sees more than the largest budget that was in force in it, or when its reservations were made.
    """
    most_within(played(events), MINUTE, lambda at, now: minute(at) == minute(now))


@given(anything)
def test_whoever_waits_is_served_within_two_minutes(events: list[Event]) -> None:
    """
    No step, change or forgotten reservation silences the budget.
    """

    async def play() -> None:
        history = History()
        await history.play(events)
        history.clock.advance(timedelta(seconds=90))  # longer than any penalty of the events
        before = history.clock.now()
        await history.budget.acquire()
        assert history.clock.now().boot - before.boot <= 2 * MINUTE

    asyncio.run(play())


@given(anything)
def test_what_is_left_is_what_goes_out_at_once(events: list[Event]) -> None:
    async def play() -> None:
        history = History()
        await history.play(events)
        left, slept = history.budget.left(), len(history.clock.slept)
        for _ in range(left):
            await history.budget.acquire()
        assert len(history.clock.slept) == slept
        assert history.budget.left() == 0

    asyncio.run(play())
