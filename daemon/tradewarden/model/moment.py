"""
A moment on two clocks at once, so that neither a suspend nor a step of the wall clock makes old data look fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CLOCKS_AGREE_WITHIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """
    One instant: *wall* (aware UTC) and *boot* (CLOCK_BOOTTIME, which runs through a suspend) of the boot *boot_id*.
    """

    wall: datetime
    boot: timedelta
    boot_id: str

    def since(self, earlier: Moment) -> timedelta | None:
        """
        Return the observed time since *earlier* by the boot clock; ``None`` if the machine was booted in between.

        The wall clock is not asked: no step of it makes a hold run.
        """
        if self.boot_id != earlier.boot_id or self.boot < earlier.boot:
            return None
        return self.boot - earlier.boot

    def age_of(self, earlier: Moment) -> timedelta | None:
        """
        Return the age of a reading taken at *earlier*: the larger of both clocks' accounts.

        ``None`` means that it cannot be told (another boot, or the clocks differ by more than a second): stale.
        """
        by_boot = self.since(earlier)
        if by_boot is None:
            return None
        by_wall = self.wall - earlier.wall
        if abs(by_wall - by_boot) > CLOCKS_AGREE_WITHIN:
            return None
        return max(by_wall, by_boot)

    def surely_since(self, earlier: Moment) -> timedelta:
        """
        Return the least time that can have passed since *earlier*: for penalties, which must not end early.

        Within a boot only its clock is asked: a step of the wall clock neither ends nor lengthens what it measures.
        """
        by_boot = self.since(earlier)
        return max(self.wall - earlier.wall, timedelta(0)) if by_boot is None else by_boot

    def at_most_since(self, earlier: Moment) -> timedelta | None:
        """
        Return the most time that can have passed since *earlier*: for what must not look younger than it is.

        ``None`` means that it cannot be told: another boot, and the wall clock was set back.
        """
        by_wall = self.wall - earlier.wall
        by_boot = self.since(earlier)
        if by_boot is not None:
            return max(by_wall, by_boot)
        return by_wall if by_wall >= timedelta(0) else None
