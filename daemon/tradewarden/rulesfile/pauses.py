"""
How long it is from one cycle of a schedule to the next, as far as that is certain.

Of a cron expression the clock's change is left out: in spring it makes one pause of one day shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tradewarden.rulesfile.cron import numbers_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tradewarden.model.settings import Schedule

A_DAY = timedelta(days=1)
ALL_DAYS, ALL_MONTHS, A_WEEK = 31, 12, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """
    The pauses of a schedule: those *within* a day, in their order, and those *overnight*, of an interval the only one.

    Every other pause is *others* or longer; None: there is no other.
    """

    within: tuple[timedelta, ...] = ()
    overnight: frozenset[timedelta] = frozenset()
    others: timedelta | None = None

    @property
    def shortest(self) -> timedelta | None:
        """
        Return the shortest pause; ``None`` if it is not known for certain.
        """
        least = min((*self.within, *self.overnight), default=None)
        return least if least is not None and (self.others is None or least <= self.others) else None

    def are_all(self, pause: timedelta, *, up_to: timedelta) -> bool:
        """
        Tell whether every pause that is at most *up_to* is surely *pause*.
        """
        is_told = self.others is None or self.others > up_to
        return is_told and all(one == pause for one in (*self.within, *self.overnight) if one <= up_to)

    def longest_run(self, *, up_to: timedelta) -> timedelta | None:
        """
        Return how long it surely is at most from a time to a later one, if no pause between them is longer than
        *up_to*; ``None`` if a run may go on over night.
        """
        if any(pause <= up_to for pause in self.overnight) or (self.others is not None and self.others <= up_to):
            return None
        runs = [timedelta(0)]
        for pause in self.within:
            runs.append(runs[-1] + pause if pause <= up_to else timedelta(0))
        return max(runs)


def pauses_of(schedule: Schedule) -> Pauses:
    """
    Return the pauses of a schedule.
    """
    if schedule.cron is None:
        return Pauses(overnight=frozenset({schedule.every or timedelta(minutes=1)}))
    minutes, hours, days, months, weekdays = numbers_of(schedule.cron)
    times = sorted(timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes)
    within = tuple(after - before for before, after in pairwise(times))
    overnight = A_DAY - (times[-1] - times[0])
    if len(days) < ALL_DAYS or len(months) < ALL_MONTHS:
        return Pauses(within=within, others=overnight)  # months have no length of their own
    return Pauses(within=within, overnight=frozenset(overnight + (gap - 1) * A_DAY for gap in _gaps(weekdays)))


def _gaps(weekdays: Collection[int]) -> set[int]:
    """
    Return how many days it can be from one of *weekdays* to the next.
    """
    days = sorted(weekdays)
    return {after - before for before, after in pairwise([*days, days[0] + A_WEEK])}
