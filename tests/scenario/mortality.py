"""
A process that dies in the middle of its work.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any


class PowerCut(BaseException):
    """
    The process ends here: nothing of it goes on.
    """


class Mortal:
    """
    A port that can be used *life.left* more times, counting each call twice: when it begins and when it has ended.
    """

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._life.spend(f"before {name}")
            result = await found(*args, **kwargs)
            self._life.spend(f"after {name}")
            return result

        return call


@dataclass(slots=True)
class Life:
    """
    How many beginnings and ends of calls a process lives to see; *last* is the one it died at.
    """

    left: int
    last: str | None = None

    def spend(self, moment: str) -> None:
        """
        Live through *moment*, or not.
        """
        if self.left <= 0:
            self.last = self.last or moment
            raise PowerCut
        self.left -= 1


def is_power_cut(error: BaseException) -> bool:
    """
    Tell whether *error* is one, alone or in groups.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_power_cut(inner) for inner in error.exceptions)
    return isinstance(error, PowerCut)
