"""
From a coroutine to its result.
"""

from __future__ import annotations

import pytest

from tradewarden.cli.awaited import awaited
from tradewarden.errors import UsageError


class Unshown:
    """
    Something that is expensive to write out.
    """

    def __init__(self) -> None:
        self.shown = 0

    def __repr__(self) -> str:
        self.shown += 1
        return "a day of readings"


def test_the_result_is_returned_and_not_written_out() -> None:
    """
    A bare `asyncio.run` does write it out, in Python 3.11.
    """
    result = Unshown()

    async def work() -> list[Unshown]:
        return [result]

    assert awaited(work())[0] is result
    assert result.shown == 0


def test_an_error_is_raised() -> None:
    async def fail() -> None:
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        awaited(fail())
