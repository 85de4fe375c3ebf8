"""
How many requests may go out in a minute, and the pauses that 3Commas imposes.

3Commas documents a number per minute and a long block for whoever exceeds it. It seems to count in minutes of the
wall clock (api-facts 4). So a request counts while the wall clock shows the minute in which it went out, and if the
wall clock was stepped since, whatever it shows: no step lets more through. After sixty seconds of the boot clock no
request counts any more: no step silences us either.

Whatever the clocks do, sixty seconds hold two budgets at most, the end of one minute and the beginning of the next.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.errors import BudgetExhausted, RateLimited
from tradewarden.model.moment import CLOCKS_AGREE_WITHIN

if TYPE_CHECKING:
    from tradewarden.model.memory import Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.ports import Clock, RequestTally, Reservation

WINDOW = timedelta(seconds=60)
MOST_REMEMBERED = 1000  # far above any budget: what an earlier process says of a minute is only a file's word
LOOK_AGAIN_AFTER = timedelta(seconds=1)  # a released reservation or a new penalty is noticed this soon


class SlotReservation:
    """
    Slots of the budget set apart for one guarded cancel. What is not used within a minute vanishes.
    """

    def __init__(self, *, slots: int, made_at: Moment) -> None:
        self._slots = slots
        self._made_at = made_at

    def left(self, now: Moment) -> int:
        """
        Return how many slots it still holds.
        """
        return self._slots if now.boot - self._made_at.boot < WINDOW else 0

    def take(self, now: Moment) -> bool:
        """
        Use one slot; tell whether there was one.
        """
        if self.left(now) == 0:
            return False
        self._slots -= 1
        return True

    def release(self) -> None:
        """
        Give back what was not used. May be called twice.
        """
        self._slots = 0


class RequestBudget:
    """
    At most *per_minute* requests in any minute, those set apart included. Whoever comes first is served first.

    What *tally* knows of this minute counts too: an earlier process sent it.
    """

    def __init__(self, per_minute: int, clock: Clock, tally: RequestTally | None = None) -> None:
        self._per_minute = _checked(per_minute)
        self._clock = clock
        self._tally = tally
        now = clock.now()
        before = 0 if tally is None else tally.sent_in(_minute(now))
        self._sent: list[Moment] = [now] * min(before, MOST_REMEMBERED)
        self._reservations: list[SlotReservation] = []
        self._penalty: Penalty | None = None
        self._queue = asyncio.Lock()

    @property
    def penalty(self) -> Penalty | None:
        """
        Return the penalty that is running; ``None`` if there is none.
        """
        return self._penalty if self._pause_left() > timedelta(0) else None

    def change(self, per_minute: int) -> None:
        """
        Let so many through from now on. What went out counts as before, a penalty goes on, and what is set apart stays.
        """
        self._per_minute = _checked(per_minute)

    def left(self) -> int:
        """
        Return how many requests may go out at once, besides those that are set apart.
        """
        if self.penalty is not None:
            return 0
        return max(self._per_minute - self._in_use(self._clock.now()), 0)

    def penalise(self, penalty: Penalty) -> None:
        """
        Refuse every request until *penalty* has surely run out. A running one that ends later stays.
        """
        running = self._pause_left()
        previous, self._penalty = self._penalty, penalty
        if self._pause_left() < running:
            self._penalty = previous

    async def acquire(self, reservation: Reservation | None = None) -> None:
        """
        Wait until one request may go out, and count it. A slot of *reservation* is used first, without waiting.

        Raises RateLimited at once while a penalty runs.
        """
        self._refuse_in_penalty()
        now = self._clock.now()
        if isinstance(reservation, SlotReservation) and reservation.take(now):
            self._count(now)
            return
        async with self._queue:
            self._count(await self._room_for(1))

    async def reserve(self, count: int) -> SlotReservation:
        """
        Set *count* requests apart, waiting until they fit.

        Raises BudgetExhausted as soon as they never will, RateLimited while a penalty runs.
        """
        self._refuse_what_never_fits(count)
        async with self._queue:
            reservation = SlotReservation(slots=count, made_at=await self._room_for(count))
            self._reservations.append(reservation)
        return reservation

    def _count(self, now: Moment) -> None:
        self._sent.append(now)
        if self._tally is not None:
            self._tally.note(_minute(now), sum(_counts(at, now) for at in self._sent))

    async def _room_for(self, count: int) -> Moment:
        while True:
            self._refuse_in_penalty()
            self._refuse_what_never_fits(count)
            now = self._clock.now()
            if self._in_use(now) + count <= self._per_minute:
                return now
            await self._clock.sleep(self._until_a_look(now))

    def _in_use(self, now: Moment) -> int:
        # A step may bring back the minute that has just ended: what went out in it is kept as long as it could count.
        self._sent = [at for at in self._sent if now.boot - at.boot < WINDOW]
        self._reservations = [one for one in self._reservations if one.left(now) > 0]
        return sum(_counts(at, now) for at in self._sent) + sum(one.left(now) for one in self._reservations)

    def _until_a_look(self, now: Moment) -> timedelta:
        to_next_minute = WINDOW - timedelta(seconds=now.wall.second, microseconds=now.wall.microsecond)
        return min(LOOK_AGAIN_AFTER, to_next_minute)

    def _pause_left(self) -> timedelta:
        if self._penalty is None:
            return timedelta(0)
        return self._penalty.pause - self._clock.now().surely_since(self._penalty.began)

    def _refuse_what_never_fits(self, count: int) -> None:
        if count > self._per_minute:
            msg = (
                f"{count} requests do not fit a budget of {self._per_minute} a minute, however long one waits: "
                f"raise requests_per_minute to {count} or more"
            )
            raise BudgetExhausted(msg)

    def _refuse_in_penalty(self) -> None:
        penalty = self.penalty
        if penalty is None:
            return
        left = self._pause_left()
        msg = (
            f"3Commas imposed a pause ({penalty.reason}): no request for another {left.total_seconds():.0f} s. "
            "It ends by itself"
        )
        raise RateLimited(msg, pause=left, banned=penalty.bans > 0)


def _checked(per_minute: int) -> int:
    if per_minute < 1:
        msg = f"a budget of {per_minute} requests a minute lets nothing through: give at least 1"
        raise ValueError(msg)
    return per_minute


def _counts(at: Moment, now: Moment) -> bool:
    """
    Tell whether a request sent *at*, less than sixty seconds ago, counts against the minute of *now*.
    """
    was_stepped = abs((now.wall - at.wall) - (now.boot - at.boot)) > CLOCKS_AGREE_WITHIN
    return was_stepped or _minute(at) == _minute(now)


def _minute(moment: Moment) -> int:
    return int(moment.wall.timestamp()) // 60
