"""
Finish what must not be cut in half.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


async def uninterrupted(work: Coroutine[None, None, T]) -> T:
    """
    Run *work* to its end, whatever happens to the caller; a cancellation that came meanwhile is raised afterwards.

    One that came before is raised at once, and *work* does not begin.
    """
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        work.close()
        raise
    task = asyncio.ensure_future(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            interrupted = error
    if interrupted is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen: the interruption is what the caller must hear of
    raise interrupted
