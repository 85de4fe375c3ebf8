"""
From a coroutine to its result, on an event loop of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result = TypeVar("Result")


def awaited(coroutine: Coroutine[None, None, Result]) -> Result:
    """
    Run *coroutine* to its end, as `asyncio.run` does, and return what it returned.

    The task itself returns nothing: as it puts the signal handler back, Python 3.11 writes the task out in full, result
    and all, for a message that nobody sees. Of a day of readings that takes seconds.
    """
    results: list[Result] = []

    async def keep() -> None:
        results.append(await coroutine)

    asyncio.run(keep())
    return results[0]
