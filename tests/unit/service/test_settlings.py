"""
What is looked after beside the cycles: one task for each question, and an end that waits for the right ones.
"""

from __future__ import annotations

import asyncio

import pytest

from tradewarden.service.settlings import Settlings


class Work:
    """
    Something that ends when it is told to.
    """

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.done = self.stopped = False

    async def __call__(self) -> None:
        try:
            await self.over.wait()
        except asyncio.CancelledError:
            self.stopped = True
            raise
        self.done = True


async def _begun(settlings: Settlings, intent_id: int, *, after_a_delete: bool = True) -> Work:
    work = Work()
    settlings.begin(intent_id, work(), after_a_delete=after_a_delete)
    await asyncio.sleep(0)
    return work


async def test_it_knows_what_it_looks_after() -> None:
    settlings = Settlings()
    work = await _begun(settlings, 1)

    assert 1 in settlings
    assert 2 not in settlings
    assert not settlings.is_idle

    work.over.set()
    await settlings.wait([1])

    assert work.done
    assert settlings.is_idle


async def test_waiting_is_for_those_that_were_named() -> None:
    settlings = Settlings()
    mine, other = await _begun(settlings, 1), await _begun(settlings, 2)
    mine.over.set()

    await settlings.wait([1, 7])

    assert not other.done
    await settlings.stop()


async def test_an_interrupted_wait_stops_them() -> None:
    settlings = Settlings()
    work = await _begun(settlings, 1)
    waiting = asyncio.ensure_future(settlings.wait([1]))
    await asyncio.sleep(0)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert work.stopped
    assert settlings.is_idle
    assert settlings.failure is None


async def test_waiting_a_little_leaves_what_is_not_done_alone() -> None:
    settlings = Settlings()
    mine, other = await _begun(settlings, 1), await _begun(settlings, 2)
    mine.over.set()

    await settlings.wait_a_little([1, 7], within_s=60)
    assert mine.done
    await settlings.wait_a_little([2], within_s=0)
    assert not other.stopped
    await settlings.wait_a_little([7], within_s=60)

    await settlings.stop()


async def test_an_orderly_end_waits_for_fresh_deletes_alone() -> None:
    settlings = Settlings()
    fresh, old = await _begun(settlings, 1), await _begun(settlings, 2, after_a_delete=False)
    ending = asyncio.ensure_future(settlings.finish(60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert old.stopped
    assert not ending.done()

    fresh.over.set()
    await ending

    assert fresh.done


async def test_an_orderly_end_does_not_wait_for_ever() -> None:
    settlings = Settlings()
    fresh = await _begun(settlings, 1)

    await settlings.finish(0)

    assert fresh.stopped


async def test_an_orderly_end_of_nothing_is_over_at_once() -> None:
    await Settlings().finish(60)


async def test_what_should_never_happen_is_kept_for_whoever_looks() -> None:
    settlings = Settlings()

    async def broken() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    settlings.begin(1, broken(), after_a_delete=True)
    with pytest.raises(ZeroDivisionError):
        await settlings.wait([1])

    assert isinstance(settlings.failure, ZeroDivisionError)
    assert settlings.is_idle
