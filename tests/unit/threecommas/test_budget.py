"""
The budget: exact in any minute by either clock, first come first served, silent while a penalty runs.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from tradewarden.errors import BudgetExhausted, RateLimited
from tradewarden.model.memory import Penalty
from tradewarden.threecommas.budget import RequestBudget

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment

ON_THE_MINUTE = datetime(2026, 1, 2, 3, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


async def spend(budget: RequestBudget, count: int) -> None:
    for _ in range(count):
        await budget.acquire()


async def test_what_fits_goes_at_once() -> None:
    clock = FakeClock(ON_THE_MINUTE)

    await spend(RequestBudget(5, clock), 5)

    assert clock.slept == []


async def test_one_too_many_waits_for_room() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)

    await budget.acquire()

    assert clock.now().wall == ON_THE_MINUTE + MINUTE


async def test_a_new_minute_of_the_clock_is_a_new_budget() -> None:
    """
    3Commas seems to count in the minutes of the clock: whoever has spent one goes on at its turn, not a minute later.
    """
    clock = FakeClock(ON_THE_MINUTE + seconds(50))
    budget = RequestBudget(5, clock)
    await spend(budget, 5)

    await budget.acquire()

    assert clock.now().wall == ON_THE_MINUTE + MINUTE


async def test_a_forward_step_of_the_wall_clock_is_no_new_minute() -> None:
    clock = FakeClock(ON_THE_MINUTE + seconds(5))
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.step_wall(timedelta(minutes=10))
    before = clock.now()

    await budget.acquire()

    assert clock.now().since(before) == MINUTE


async def test_a_backward_step_of_the_wall_clock_frees_nothing() -> None:
    clock = FakeClock(ON_THE_MINUTE + seconds(5))
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.step_wall(timedelta(minutes=-10))
    before = clock.now()

    await budget.acquire()

    assert clock.now().since(before) == MINUTE


async def test_a_minute_that_the_wall_clock_shows_again_is_not_a_new_one() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.advance(seconds(58))
    clock.step_wall(seconds(-50))
    clock.advance(seconds(2))

    await budget.acquire()

    assert clock.now().wall >= ON_THE_MINUTE + MINUTE


async def test_a_forward_step_frees_nothing() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.step_wall(timedelta(hours=1))
    before = clock.now()

    await budget.acquire()

    assert clock.now().since(before) == MINUTE


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["acquire", "reserve", "use", "release", "advance", "step"]),
            st.floats(min_value=-90, max_value=90),
        ),
        max_size=60,
    )
)
def test_never_more_than_the_budget_in_any_minute(events: list[tuple[str, float]]) -> None:
    """
    Whatever the clocks do, no sixty seconds of the boot clock see more.
    """
    granted: list[Moment] = []

    async def play() -> None:
        clock = FakeClock(ON_THE_MINUTE)
        budget = RequestBudget(7, clock)
        reservation = await budget.reserve(3)
        for what, amount in events:
            if what == "advance":
                clock.advance(seconds(abs(amount)))
            elif what == "step":
                clock.step_wall(seconds(amount))
            elif what == "release":
                reservation.release()
            elif what == "reserve":
                reservation.release()
                reservation = await budget.reserve(3)
            else:
                await budget.acquire(reservation if what == "use" else None)
                granted.append(clock.now())

    asyncio.run(play())

    for first, last in zip(granted, granted[7:], strict=False):
        assert last.boot - first.boot >= MINUTE


async def test_a_reservation_keeps_its_slots_from_others() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(8, clock)
    reservation = await budget.reserve(6)
    await spend(budget, 2)
    waiting = asyncio.create_task(budget.acquire())

    for _ in range(6):
        await budget.acquire(reservation)

    assert clock.now().wall == ON_THE_MINUTE
    await waiting
    assert clock.now().wall >= ON_THE_MINUTE + MINUTE


async def test_a_used_up_reservation_falls_back_on_the_rest() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(8, clock)
    reservation = await budget.reserve(6)

    for _ in range(8):
        await budget.acquire(reservation)

    assert clock.slept == []


async def test_what_is_released_is_free_at_once() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    reservation = await budget.reserve(6)
    await budget.acquire(reservation)

    reservation.release()
    reservation.release()
    await spend(budget, 5)

    assert clock.slept == []


async def test_a_forgotten_reservation_vanishes_after_its_minute() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    reservation = await budget.reserve(6)

    await budget.reserve(6)

    assert clock.now().wall == ON_THE_MINUTE + MINUTE
    assert reservation.left(clock.now()) == 0


async def test_what_never_fits_is_refused_at_once() -> None:
    clock = FakeClock()

    with pytest.raises(BudgetExhausted, match="raise requests_per_minute to 6"):
        await RequestBudget(5, clock).reserve(6)

    assert clock.slept == []


async def test_first_come_first_served() -> None:
    """
    Small requests do not overtake a guarded cancel that waits for its six.
    """
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    await spend(budget, 3)
    order: list[str] = []

    async def big() -> None:
        await budget.reserve(6)
        order.append("big")

    async def small() -> None:
        await budget.acquire()
        order.append("small")

    await asyncio.gather(big(), small(), small())

    assert order == ["big", "small", "small"]


async def test_a_waiter_that_gives_up_blocks_nobody() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    waiting = asyncio.create_task(budget.acquire())
    await asyncio.sleep(0)
    waiting.cancel()

    await budget.acquire()

    assert waiting.cancelled()


async def test_a_foreign_reservation_counts_as_none() -> None:
    class Foreign:
        def release(self) -> None: ...

    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)

    for _ in range(6):
        await budget.acquire(Foreign())

    assert clock.now().wall == ON_THE_MINUTE + MINUTE


def penalty(clock: FakeClock, pause: float, *, bans: int = 0) -> Penalty:
    return Penalty(began=clock.now(), pause=seconds(pause), bans=bans, reason="HTTP 429")


async def test_a_penalty_stops_everything_at_once() -> None:
    clock = FakeClock()
    budget = RequestBudget(50, clock)
    reservation = await budget.reserve(6)
    budget.penalise(penalty(clock, 300))
    clock.advance(seconds(20))

    for attempt in (budget.acquire(), budget.acquire(reservation), budget.reserve(1)):
        with pytest.raises(RateLimited, match="no request for another 280 s") as caught:
            await attempt
        assert caught.value.pause == seconds(280)
        assert not caught.value.banned

    assert clock.slept == []


async def test_a_penalty_ends_by_itself() -> None:
    clock = FakeClock()
    budget = RequestBudget(50, clock)
    budget.penalise(penalty(clock, 300))
    clock.advance(seconds(300))

    await budget.acquire()

    assert budget.penalty is None


async def test_a_step_of_the_wall_clock_does_not_end_a_penalty() -> None:
    clock = FakeClock()
    budget = RequestBudget(50, clock)
    budget.penalise(penalty(clock, 300, bans=1))
    clock.step_wall(timedelta(hours=1))

    with pytest.raises(RateLimited) as caught:
        await budget.acquire()

    assert caught.value.banned


async def test_a_penalty_of_before_a_reboot_goes_on() -> None:
    clock = FakeClock()
    old = penalty(clock, 300)
    clock.reboot("boot-2")
    clock.step_wall(seconds(100))
    budget = RequestBudget(50, clock)
    budget.penalise(old)

    with pytest.raises(RateLimited) as caught:
        await budget.acquire()

    assert caught.value.pause == seconds(200)


async def test_the_penalty_that_ends_later_stays() -> None:
    clock = FakeClock()
    budget = RequestBudget(50, clock)
    long, short = penalty(clock, 300), penalty(clock, 120, bans=1)

    budget.penalise(long)
    budget.penalise(short)
    assert budget.penalty == long

    longer = penalty(clock, 600, bans=2)
    budget.penalise(longer)
    assert budget.penalty == longer


async def test_whoever_waits_hears_of_a_penalty_soon() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    waiting = asyncio.create_task(budget.acquire())
    await asyncio.sleep(0)
    budget.penalise(penalty(clock, 300))

    with pytest.raises(RateLimited):
        await waiting

    assert clock.now().wall <= ON_THE_MINUTE + seconds(2)


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="lets nothing through"):
        RequestBudget(0, FakeClock())
