"""
The budget: exact in any minute by either clock, first come first served, silent while a penalty runs. Its laws over
arbitrary histories are in test_budget_laws.py.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from fakes import FakeClock
from tradewarden.errors import BudgetExhausted, RateLimited
from tradewarden.model.memory import Penalty
from tradewarden.threecommas.budget import RequestBudget

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
    before = clock.now()
    clock.advance(seconds(58))
    clock.step_wall(seconds(-50))

    await budget.acquire()

    assert clock.now().since(before) == MINUTE


async def test_a_step_back_over_the_turn_of_the_minute_brings_back_what_went_out_in_it() -> None:
    clock = FakeClock(ON_THE_MINUTE - seconds(1))
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.advance(seconds(1))
    await spend(budget, 1)
    before = clock.now()
    clock.step_wall(seconds(-0.5))

    assert budget.left() == 0
    clock.advance(seconds(1))
    assert budget.left() == 4
    assert clock.now().since(before) == seconds(1)


async def test_a_wall_clock_that_stands_still_silences_nobody() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.advance(MINUTE)
    clock.step_wall(-MINUTE)

    await spend(budget, 5)

    assert clock.slept == []


async def test_a_forward_step_frees_nothing() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)
    clock.step_wall(timedelta(hours=1))
    before = clock.now()

    await budget.acquire()

    assert clock.now().since(before) == MINUTE


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
    with pytest.raises(ValueError, match="lets nothing through"):
        RequestBudget(1, FakeClock()).change(0)


# What is left


async def test_what_is_left_goes_out_at_once_and_no_more() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(10, clock)
    await spend(budget, 1)
    reservation = await budget.reserve(6)

    assert budget.left() == 3
    await spend(budget, 3)
    assert budget.left() == 0
    assert clock.slept == []
    reservation.release()
    assert budget.left() == 6


async def test_a_slot_that_is_used_was_set_apart_already() -> None:
    budget = RequestBudget(10, FakeClock(ON_THE_MINUTE))
    reservation = await budget.reserve(6)

    await budget.acquire(reservation)

    assert budget.left() == 4


async def test_nothing_is_left_in_a_penalty() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(10, clock)
    budget.penalise(penalty(clock, 300))

    assert budget.left() == 0
    clock.advance(seconds(300))
    assert budget.left() == 10


# A reload changes the budget


async def test_a_larger_budget_counts_what_went_out() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(5, clock)
    await spend(budget, 5)

    budget.change(8)

    assert budget.left() == 3


async def test_a_smaller_budget_waits_until_it_is_kept() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(10, clock)
    await spend(budget, 7)

    budget.change(5)

    assert budget.left() == 0
    await budget.acquire()
    assert clock.now().wall == ON_THE_MINUTE + MINUTE
    assert budget.left() == 4


async def test_a_change_does_not_cut_a_cancel_in_half() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    reservation = await budget.reserve(6)

    budget.change(1)

    for _ in range(6):
        await budget.acquire(reservation)
    assert clock.slept == []


async def test_a_change_does_not_end_a_penalty() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    budget.penalise(penalty(clock, 300))

    budget.change(100)

    with pytest.raises(RateLimited):
        await budget.acquire()


async def test_whoever_waits_hears_of_a_change_soon() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    await spend(budget, 6)
    waiting = asyncio.create_task(budget.reserve(6))
    await asyncio.sleep(0)

    budget.change(5)

    with pytest.raises(BudgetExhausted, match="raise requests_per_minute to 6"):
        await waiting
    assert clock.now().wall <= ON_THE_MINUTE + seconds(2)


async def test_a_larger_budget_is_used_by_whoever_waits() -> None:
    clock = FakeClock(ON_THE_MINUTE)
    budget = RequestBudget(6, clock)
    await spend(budget, 6)
    waiting = asyncio.create_task(budget.reserve(6))
    await asyncio.sleep(0)

    budget.change(12)

    await waiting
    assert clock.now().wall <= ON_THE_MINUTE + seconds(2)


class Tally:
    """
    Knows that so many requests went out in the minute of the clock, and keeps what it is told.
    """

    def __init__(self, before: int) -> None:
        self.before = before
        self.noted: list[int] = []

    def sent_in(self, minute: int) -> int:
        assert minute > 0
        return self.before

    def note(self, minute: int, count: int) -> None:
        assert minute > 0
        self.noted.append(count)


async def test_what_an_earlier_process_sent_in_this_minute_counts() -> None:
    tally = Tally(before=3)
    budget = RequestBudget(10, FakeClock(), tally)
    assert budget.left() == 7

    await budget.acquire()
    await budget.acquire(await budget.reserve(2))

    assert tally.noted == [4, 5]
    assert budget.left() == 4


async def test_an_earlier_process_that_claims_too_much_costs_a_minute_at_most() -> None:
    clock = FakeClock()
    budget = RequestBudget(10, clock, Tally(before=10**18))
    assert budget.left() == 0

    clock.advance(timedelta(seconds=60))

    assert budget.left() == 10
