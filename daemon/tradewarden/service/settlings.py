"""
What looks after the DELETEs that are out: one task for each open question, beside the cycles.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine


class Settlings:
    """
    Holds at most one task for each intent, whichever cycle began it. They block nothing but their SmartTrade.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._after_a_delete: set[int] = set()
        self.failure: BaseException | None = None  # what no task of ours should ever raise

    def begin(self, intent_id: int, work: Coroutine[None, None, None], *, after_a_delete: bool) -> None:
        """
        Run *work*, which settles *intent_id*. *after_a_delete*: its DELETE has just gone out, so an orderly end waits.
        """
        task = asyncio.ensure_future(work)
        self._tasks[intent_id] = task
        if after_a_delete:
            self._after_a_delete.add(intent_id)
        task.add_done_callback(lambda done: self._end(intent_id, done))

    def __contains__(self, intent_id: int) -> bool:
        """
        Tell whether a task looks after *intent_id*.
        """
        return intent_id in self._tasks

    @property
    def is_idle(self) -> bool:
        """
        Tell whether there is nothing to look after.
        """
        return not self._tasks

    async def wait(self, intent_ids: Collection[int]) -> None:
        """
        Wait until those of *intent_ids* are done. An interruption, and what went wrong in one of them, ends them all.
        """
        tasks = [task for intent_id, task in self._tasks.items() if intent_id in intent_ids]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            await _cancelled(tasks)
            raise

    async def wait_a_little(self, intent_ids: Collection[int], *, within_s: float) -> None:
        """
        Wait until those of *intent_ids* are done, for at most *within_s*; they go on, whatever happens here.
        """
        tasks = [task for intent_id, task in self._tasks.items() if intent_id in intent_ids]
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)

    async def finish(self, within_s: float) -> None:
        """
        Let those whose DELETE has just gone out come to their end, for at most *within_s*, and stop the others.
        """
        waited_for = [task for intent_id, task in self._tasks.items() if intent_id in self._after_a_delete]
        await _cancelled([task for task in self._tasks.values() if task not in waited_for])
        if waited_for:
            await asyncio.wait(waited_for, timeout=within_s)
        await self.stop()

    async def stop(self, intent_ids: Collection[int] | None = None) -> None:
        """
        Stop all, or those of *intent_ids*, at once: their questions stay open, on disk.
        """
        await _cancelled([t for key, t in self._tasks.items() if intent_ids is None or key in intent_ids])

    def _end(self, intent_id: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(intent_id) is task:
            del self._tasks[intent_id]
            self._after_a_delete.discard(intent_id)
        if not task.cancelled():
            self.failure = self.failure or task.exception()


async def _cancelled(tasks: Collection[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
