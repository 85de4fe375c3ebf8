"""
A server of nothing but listings, in a process of its own: it costs the measured one nothing but the reading.

    python -m benchmarks.server COUNT TURNS

serves a listing of COUNT SmartTrades, after each of which the market has moved, TURNS times around. It says its port in
its first line, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages import pages

LAST_HEADER = b"\r\n\r\n"


async def serve(count: int, turns: int) -> None:
    """
    Serve until standard input ends.
    """
    listings = cycle([[_answer(page) for page in pages(count, turn=turn)] for turn in range(turns)])
    current = next(listings)
    nothing = _answer(b"[]")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal current
        while True:
            try:
                head = await reader.readuntil(LAST_HEADER)
            except asyncio.IncompleteReadError:
                writer.close()
                return
            page = int(parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query).get("page", ["1"])[0])
            if page == 1:
                current = next(listings)
            writer.write(current[page - 1] if page <= len(current) else nothing)
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
