"""
Real connections on this machine: the order of check and bytes, redirects, proxies, resets, bodies that break off.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api_client import Rig, json_bytes, make_rig
from loopback import Loopback, answering, loopback, response
from tradewarden.errors import NotFound, TransientError, UnreadableReply
from tradewarden.model.cancel import Answer, CancelAnswer
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.threecommas.transport import HOOK, LARGEST_BODY, BeforeFirstByte, HookSkipped, open_http_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

VALID = response(200, b'{"valid": true}')


async def cancel(
    rig: Rig,
    last_check: Callable[[], Awaitable[str | None]],
    connect_within: timedelta = timedelta(seconds=5),
) -> CancelAnswer:
    return await rig.client.cancel_step(
        SmartTradeId(1),
        TradeId(2),
        last_check=last_check,
        read_asked_at=rig.clock.now(),
        connect_within=connect_within,
        reservation=await rig.client.reserve_cancel(),
    )


async def fine() -> str | None:
    return None


def reset(writer: asyncio.StreamWriter) -> None:
    """
    Break the connection with a TCP reset.
    """
    found: socket.socket = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_a_read_over_a_real_connection() -> None:
    async with loopback(answering(VALID)) as server, make_rig(url=server.url).client as client:
        await client.validate()

        assert client.requests_sent == 1
    head = server.requests[0].lower()
    assert head.startswith("get /public/api/ver1/validate http/1.1\r\n")
    assert "forced-mode: real\r\n" in head
    assert "accept-encoding: gzip\r\n" in head
    assert "signature: 6b7be7537ea8a01b136b18360ec28dfb701d69c66fa04b2b87152c0b096ac38d\r\n" in head


async def test_one_connection_serves_many_requests() -> None:
    async with loopback(answering(VALID, VALID, response(204, b""))) as server:
        rig = make_rig(url=server.url)
        async with rig.client as client:
            await client.validate()
            await client.validate()
            answer = await cancel(rig, fine)

    assert answer.answer is Answer.ACCEPTED
    assert server.connections == 1


async def test_the_last_check_runs_when_connected_and_before_the_first_byte() -> None:
    connected = asyncio.Event()
    received: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _server: Loopback) -> None:
        connected.set()
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(response(200, b""))

    async def check() -> str | None:
        await connected.wait()
        assert received == []
        return None

    async with loopback(behave) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            answer = await cancel(rig, check)

    assert answer.answer is Answer.ACCEPTED
    assert received[0].startswith(b"DELETE /public/api/v2/smart_trades/1/trades/2 HTTP/1.1\r\n")


@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "used connection"])
async def test_a_last_check_that_says_no_leaves_the_server_without_a_byte(*, warm: bool) -> None:
    received = bytearray()
    closed = asyncio.Event()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Loopback) -> None:
        if warm:
            await server.head(reader)
            writer.write(VALID)
        received.extend(await reader.read())
        closed.set()

    async def check() -> str | None:
        return "disarmed"

    async with loopback(behave) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            if warm:
                await rig.client.validate()
            answer = await cancel(rig, check)
            await closed.wait()

    assert (answer.answer, answer.reason) == (Answer.NOT_SENT, "disarmed")
    assert received == b""
    assert rig.client.requests_sent == (1 if warm else 0)


async def test_the_client_goes_on_after_a_last_check_that_said_no() -> None:
    async def check() -> str | None:
        return "disarmed"

    async with loopback(answering(VALID)) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            await cancel(rig, check)
            await rig.client.validate()

    assert [head.split()[0] for head in server.requests] == ["GET"]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def test_no_connection_means_not_sent() -> None:
    rig = make_rig(url=f"http://127.0.0.1:{closed_port()}/public/api")
    async with rig.client:
        answer = await cancel(rig, fine)

        assert (answer.answer, answer.reason, answer.window) == (Answer.NOT_SENT, "no_connection", None)
        assert rig.client.requests_sent == 0
        with pytest.raises(TransientError, match="ConnectError"):
            await rig.client.validate()
        assert rig.client.requests_sent == 0


async def test_tls_that_does_not_come_about_means_not_sent() -> None:
    async def behave(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _server: Loopback) -> None:
        await reader.read(1)

    async with loopback(behave) as server:
        rig = make_rig(url=server.url.replace("http", "https"))
        async with rig.client:
            answer = await cancel(rig, fine)

    assert (answer.answer, answer.reason) == (Answer.NOT_SENT, "no_connection")


async def test_connecting_may_not_outlast_its_time() -> None:
    """
    The server accepts and then says nothing to the TLS greeting.
    """

    async def behave(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _server: Loopback) -> None:
        await reader.read()

    async with loopback(behave) as server:
        rig = make_rig(url=server.url.replace("http", "https"))
        async with rig.client:
            answer = await cancel(rig, fine, timedelta(milliseconds=20))

    assert (answer.answer, answer.reason) == (Answer.NOT_SENT, "no_connection")


async def test_no_time_left_to_connect() -> None:
    async with loopback(answering(response(200, b""))) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            answer = await cancel(rig, fine, timedelta(seconds=-1))

    assert answer.answer is Answer.NOT_SENT
    assert server.requests == []


async def test_a_reset_after_the_request_is_unknown_and_not_repeated() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Loopback) -> None:
        await server.head(reader)
        reset(writer)

    async with loopback(behave) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            answer = await cancel(rig, fine)

    assert (answer.answer, answer.reason) == (Answer.UNKNOWN, "connection_lost")
    assert len(server.requests) == 1


async def test_a_connection_that_closes_under_a_delete_is_unknown_and_not_repeated() -> None:
    """
    An idle connection that the server closes at the very moment of the DELETE.
    """
    gone = asyncio.Event()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Loopback) -> None:
        await server.head(reader)
        writer.write(VALID)
        await writer.drain()
        await gone.wait()
        reset(writer)

    async def check() -> str | None:
        gone.set()
        await asyncio.sleep(0)
        return None

    async with loopback(behave) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            await rig.client.validate()
            answer = await cancel(rig, check)

    assert answer.answer is Answer.UNKNOWN
    assert [head.split()[0] for head in server.requests] == ["GET"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with loopback(answering(VALID)) as elsewhere:
        moved = response(status, b"", f"Location: {elsewhere.url}/ver1/validate")
        async with loopback(answering(moved, moved)) as server:
            rig = make_rig(url=server.url)
            async with rig.client:
                with pytest.raises(UnreadableReply):
                    await rig.client.validate()
                answer = await cancel(rig, fine)

    assert (answer.answer, answer.reason) == (Answer.UNKNOWN, f"http_{status}")
    assert elsewhere.connections == 0
    assert len(server.requests) == 2


async def test_a_body_that_breaks_off_is_tried_again() -> None:
    async with loopback(answering(response(200, b'{"valid"', length=15))) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            with pytest.raises(TransientError, match="RemoteProtocolError"):
                await rig.client.validate()

    assert len(server.requests) == 3


async def test_a_delete_whose_body_breaks_off_was_accepted() -> None:
    async with loopback(answering(response(200, b'{"id"', length=500))) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            answer = await cancel(rig, fine)

    assert answer.answer is Answer.ACCEPTED
    assert len(server.requests) == 1


async def test_proxies_and_passwords_of_the_environment_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password word", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with loopback(answering(VALID)) as proxy, loopback(answering(VALID)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with make_rig(url=server.url).client as client:
            await client.validate()

    assert proxy.connections == 0
    assert server.connections == 1
    assert "authorization" not in server.requests[0].lower()


async def test_cookies_are_not_kept() -> None:
    with_cookie = response(200, b'{"valid": true}', "Set-Cookie: session=1; Path=/")
    async with loopback(answering(with_cookie, VALID)) as server, make_rig(url=server.url).client as client:
        await client.validate()
        await client.validate()

    assert "cookie" not in server.requests[1].lower()


async def test_error_object_over_a_real_connection() -> None:
    body = json_bytes({"error": "Not found", "error_description": "Smart Trade not found"})
    async with loopback(answering(response(404, body))) as server, make_rig(url=server.url).client as client:
        with pytest.raises(NotFound):
            await client.read(SmartTradeId(5))


async def test_a_connection_that_stops_announcing_is_noticed() -> None:
    """
    Should a later httpcore rename its event, the answer must not be taken for that of a checked request.
    """

    class Mute(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, request=request)

    transport = BeforeFirstByte(Mute())
    with pytest.raises(HookSkipped):
        await transport.handle_async_request(httpx.Request("GET", "http://127.0.0.1/", extensions={HOOK: fine}))
    await transport.aclose()

    rig = make_rig(transport=Mute())
    async with rig.client:
        answer = await cancel(rig, fine)

    assert answer.answer is Answer.UNKNOWN


@pytest.mark.parametrize(("url", "trusts"), [("HTTPS://api.3commas.io/x", True), ("http://127.0.0.1:1/x", False)])
async def test_authorities_are_trusted_where_tls_is_spoken(url: str, trusts: bool) -> None:
    """
    The context for plain HTTP trusts nobody: if TLS were ever spoken with it, nothing would be sent.
    """
    client = open_http_client(url=url, auth=httpx.Auth(), account_mode="real", timeout=1, transport=None)
    transport = client._transport
    assert isinstance(transport, BeforeFirstByte)
    inner = transport._inner
    assert isinstance(inner, httpx.AsyncHTTPTransport)
    context = inner._pool._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert (context.cert_store_stats()["x509_ca"] > 0) is trusts
    await client.aclose()


def packed(levels: int, size: int) -> bytes:
    """
    Pack spaces, and the package again.
    """
    content = b" " * size
    for _ in range(levels):
        content = gzip.compress(content, mtime=0)
    return content


@pytest.mark.parametrize("packing", ["gzip, gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
async def test_only_a_packing_that_was_asked_for_is_opened(packing: str) -> None:
    """Of 64 KiB packed twice, 60 GB could come at once, before anybody counts them."""
    bomb = response(200, packed(2, 50_000_000), f"Content-Encoding: {packing}")
    async with loopback(answering(bomb, bomb)) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            with pytest.raises(UnreadableReply, match="packed in a way that was not asked for"):
                await rig.client.validate()
            answer = await cancel(rig, fine)

    assert len(server.requests) == 2
    assert answer.answer is Answer.ACCEPTED  # the status counts, and the reads that follow decide


async def test_a_packed_answer_is_read_to_its_limit_only() -> None:
    fitting = gzip.compress(b'{"valid": true}' + b" " * (LARGEST_BODY - 15), mtime=0)
    too_large = gzip.compress(b'{"valid": true}' + b" " * (LARGEST_BODY - 14), mtime=0)
    answers = (response(200, body, "Content-Encoding: gzip") for body in (fitting, too_large))
    async with loopback(answering(*answers)) as server, make_rig(url=server.url).client as client:
        await client.validate()
        with pytest.raises(UnreadableReply, match="longer than"):
            await client.validate()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: x\r\n" * 10_000,
        b"HTTP/1.1 200 OK\r\nX-Header: " + b"x" * 200_000,
    ],
    ids=["endless headers", "an endless header"],
)
async def test_headers_without_an_end_are_cut_off(answer: bytes) -> None:
    async with loopback(answering(answer)) as server:
        rig = make_rig(url=server.url)
        async with rig.client:
            with pytest.raises(TransientError, match="RemoteProtocolError"):
                await rig.client.validate()


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"], ids=["head", "body"])
async def test_an_answer_that_drips_is_given_up(before: bytes) -> None:
    """Each byte comes in time; the whole does not."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Loopback) -> None:
        await server.head(reader)
        writer.write(before)
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with loopback(behave) as server:
        rig = make_rig(url=server.url, timeout=timedelta(milliseconds=200))
        async with rig.client:
            with pytest.raises(TransientError, match="did not answer GET /ver1/validate in time"):
                await rig.client.validate()
