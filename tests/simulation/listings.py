"""
The listings that the daemon was served, page by page, each apart: a reload reads one of its own beside the cycle.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.plain_reading import PlainReading

if TYPE_CHECKING:
    from tradewarden.simulator.messages import Request, Response

LIST = "/public/api/v2/smart_trades"


@dataclass(slots=True)
class Listing:
    """
    The pages of one listing, by their numbers, asked for at *asked_s*.
    """

    asked_s: float = 0.0
    pages: dict[str, bytes] = field(default_factory=dict)
    is_taken: bool = False

    @property
    def is_legible(self) -> bool:
        """
        Tell whether every page is a list.
        """
        try:
            return all(isinstance(json.loads(page), list) for page in self.pages.values())
        except ValueError:
            return False

    def readings(self) -> dict[int, PlainReading]:
        """
        Return the SmartTrades on it, by id.
        """
        found: dict[int, PlainReading] = {}
        for page in self.pages.values():
            for entity in json.loads(page):
                reading = PlainReading(entity)
                if isinstance(reading.id, int):
                    found[reading.id] = reading
        return found


class Listings:
    """
    Keeps the listing of each task that reads one.
    """

    def __init__(self) -> None:
        self._of: dict[str, Listing] = {}

    def clear(self) -> None:
        """
        Forget all: the process has died.
        """
        self._of.clear()

    def sent(self, request: Request, *, at_s: float) -> None:
        """
        Begin anew with each first page.
        """
        if request.path == LIST and request.query.get("page") == "1":
            self._of[_reader()] = Listing(asked_s=at_s)

    def served(self, request: Request, response: Response) -> None:
        """
        Keep a page; one that is asked for again replaces the one before.
        """
        if request.path == LIST:
            self._of.setdefault(_reader(), Listing()).pages[request.query.get("page", "")] = response.body

    def taken(self) -> Listing:
        """
        Return the listing of the task that speaks: it has taken it.
        """
        listing = self._of.get(_reader(), Listing())
        listing.is_taken = True
        return listing

    def perhaps_taken(self) -> list[Listing]:
        """
        Return those that a process may have taken without a word, before it died.
        """
        return [one for one in self._of.values() if not one.is_taken and one.is_legible]


def _reader() -> str:
    task = asyncio.current_task()
    return "" if task is None else task.get_name()
