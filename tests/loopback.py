"""
A server on this machine that does with a connection exactly what a test says: no HTTP library in between.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, "Loopback"], Awaitable[None]]


TURNS_TO_ACCEPT = 5  # of the loop, from a connection to its task: asyncio takes three


class Loopback:
    """
    What the server saw: *requests* are the heads of the requests, *connections* how often somebody connected.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        """
        Return the base URL, with the path that 3Commas has.
        """
        return f"http://127.0.0.1:{self.port}/public/api"

    async def head(self, reader: asyncio.StreamReader) -> str:
        """
        Read one request head (none of ours has a body) and keep it.
        """
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests.append(head)
        return head


def response(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """
    Write a response; *length* claims another Content-Length than the body has.
    """
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Behaviour:
    """
    Answer the requests of each connection in turn, then close it.
    """

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Loopback) -> None:
        for answer in answers:
            await server.head(reader)
            writer.write(answer)
            await writer.drain()

    return behave


@asynccontextmanager
async def loopback(behaviour: Behaviour) -> AsyncIterator[Loopback]:
    """
    Serve while the block runs.
    """
    seen = Loopback()
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        try:
            await behaviour(reader, writer, seen)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        tasks.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        for _ in range(TURNS_TO_ACCEPT):  # a server that is closed drops what is on its way to `accept`, and leaks it
            await asyncio.sleep(0)
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:  # one whose task was stopped before its first step is still open
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()
        await server.wait_closed()
