"""
The server of the tests leaves no connection behind: a later test would fail for it.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import suppress

import pytest

from loopback import answering, loopback


@pytest.mark.parametrize("turns", range(8))
def test_a_connection_that_comes_just_before_the_end_is_closed(turns: int) -> None:
    """
    Whatever is left is told as a warning, which is an error here, when it is collected.
    """

    async def connect_and_leave() -> None:
        async with loopback(answering(b"x")) as server:
            with suppress(BlockingIOError):
                client.connect(("127.0.0.1", server.port))
            for _ in range(turns):
                await asyncio.sleep(0)

    with socket.socket() as client:
        client.setblocking(False)
        asyncio.run(connect_and_leave())
    gc.collect()
