"""
Work that must not be cut in half is finished, whatever happens to who waits for it.
"""

from __future__ import annotations

import asyncio
import gc

import pytest

from tradewarden.execution.shield import uninterrupted


class Work:
    """
    Waits for *go*, then returns or raises.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.go = asyncio.Event()
        self.finished = False
        self._error = error

    async def __call__(self) -> str:
        await self.go.wait()
        self.finished = True
        if self._error is not None:
            raise self._error
        return "done"


class Killed(BaseException):
    """
    Not an Exception.
    """


async def _begun() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_result_comes_back() -> None:
    work = Work()
    work.go.set()

    assert await uninterrupted(work()) == "done"


@pytest.mark.parametrize("error", [ValueError("no"), Killed()], ids=["error", "base"])
async def test_its_error_comes_back(error: BaseException) -> None:
    work = Work(error)
    work.go.set()

    with pytest.raises(type(error)):
        await uninterrupted(work())


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancellation_waits_for_the_end_and_is_raised_then(times: int) -> None:
    work = Work()
    waiting = asyncio.ensure_future(uninterrupted(work()))
    await _begun()
    for _ in range(times):
        waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()

    work.go.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert work.finished


async def test_a_cancellation_is_raised_and_not_the_error_of_the_work() -> None:
    """
    And asyncio complains of no exception that was never retrieved.
    """
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    work = Work(ValueError("no"))
    waiting = asyncio.ensure_future(uninterrupted(work()))
    await _begun()
    waiting.cancel()
    work.go.set()

    (raised,) = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(raised, asyncio.CancelledError)
    assert work.finished
    del waiting, raised
    await asyncio.sleep(0)  # the loop lets go of it
    gc.collect()
    assert complaints == []


async def test_work_that_was_cancelled_itself_is_a_cancellation() -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await uninterrupted(gives_up())


async def test_both_cancelled_is_one_cancellation() -> None:
    """
    That of the caller: it says why it was stopped.
    """
    go = asyncio.Event()

    async def gives_up() -> None:
        await go.wait()
        raise asyncio.CancelledError("gave up")

    waiting = asyncio.ensure_future(uninterrupted(gives_up()))
    await _begun()
    waiting.cancel("stop signal")
    go.set()

    with pytest.raises(asyncio.CancelledError, match="stop signal"):
        await waiting


async def test_a_cancellation_that_came_before_begins_nothing() -> None:
    work = Work()
    work.go.set()

    async def stopped_already() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await uninterrupted(work())

    with pytest.raises(asyncio.CancelledError):
        await asyncio.ensure_future(stopped_already())

    assert not work.finished
