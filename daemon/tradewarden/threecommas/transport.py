"""
The HTTP connection below the client: one for the life of the process, and a stop just before a request's first byte.

`BeforeFirstByte` is what lets the last check of a cancel run when the connection stands already. httpcore announces
``http11.send_request_headers.started`` to a request's ``trace`` extension and waits for it; whatever that raises ends
the request, closes its connection and reaches the caller, and nothing is written.
"""

from __future__ import annotations

import re
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING

import certifi
import httpx
from httpcore import AsyncNetworkStream

from tradewarden import __version__
from tradewarden.errors import UnreadableReply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Hook = Callable[[], Awaitable[None]]

Transport = httpx.AsyncBaseTransport  # what carries the requests: tests give one of their own

HOOK = "tradewarden.before_first_byte"
FIRST_BYTE_EVENT = "http11.send_request_headers.started"
CONNECTED_EVENT = "connection.connect_tcp.complete"
NO_TLS_EVENT = "connection.start_tls.failed"
# As the resolver takes it; whatever is written in other letters could only be taken for another host.
_HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|[0-9A-Fa-f:.]+:[0-9A-Fa-f:.]*")
HIGHEST_PORT = 65_535
LARGEST_BODY = 8 * 1024 * 1024  # a listing page of 100 SmartTrades is 0.3 MB
PACKINGS = frozenset({"", "identity", "gzip"})


class HookSkipped(httpx.TransportError):
    """
    A request went out without its hook: httpcore no longer announces what it used to.
    """


class BeforeFirstByte(httpx.AsyncBaseTransport):
    """
    Runs a request's own hook exactly once, when the connection stands and before its first byte.

    A transport without connections (a mock, a simulator in the same process) gets the request after its hook ran.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        Send *request*. Whatever its hook raises comes out here, and nothing was sent.
        """
        hook: Hook = request.extensions[HOOK]
        if not isinstance(self._inner, httpx.AsyncHTTPTransport):
            await hook()
            return await self._inner.handle_async_request(request)
        watch = _Watch(hook)
        request.extensions = {**request.extensions, "trace": watch.on_event}
        response = await self._inner.handle_async_request(request)
        if not watch.hook_ran:
            await response.aclose()
            msg = "a request went out without its last check: this version of httpcore cannot be used"
            raise HookSkipped(msg)
        return response

    async def aclose(self) -> None:
        """
        Close all connections.
        """
        await self._inner.aclose()


class _Watch:
    """
    Hears what httpcore does for one request.
    """

    def __init__(self, hook: Hook) -> None:
        self.hook_ran = False
        self._hook = hook
        self._stream: object = None

    async def on_event(self, event: str, info: Mapping[str, object]) -> None:
        """
        Run the hook before the first byte, and close a connection whose TLS never comes about: when our own time-out
        ends it, httpcore leaves that to the garbage collector.
        """
        if event == FIRST_BYTE_EVENT:
            await self._hook()
            self.hook_ran = True
        elif event == CONNECTED_EVENT:
            self._stream = info.get("return_value")
        elif event == NO_TLS_EVENT and isinstance(self._stream, AsyncNetworkStream):
            await self._stream.aclose()


def open_http_client(
    *, url: str, auth: httpx.Auth, account_mode: str, timeout: float, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """
    Return the one HTTP client: HTTP/1.1, no proxy or certificate of the environment, no redirects, no cookies.

    *timeout* in seconds. Raises ValueError, a sentence for its owner, for a URL that would carry the key in the clear.
    """
    check_url(url)
    if account_mode not in {"real", "paper"}:
        msg = (
            f"account_mode is {account_mode!r}: it must be real or paper, else 3Commas follows a click in its web page"
        )
        raise ValueError(msg)
    return httpx.AsyncClient(
        base_url=url.rstrip("/"),
        auth=auth,
        headers={
            "User-Agent": f"tradewarden/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Forced-Mode": account_mode,
        },
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        transport=BeforeFirstByte(transport or _connections(is_plain=httpx.URL(url).scheme == "http")),
        timeout=httpx.Timeout(timeout),
        trust_env=False,
        follow_redirects=False,
    )


def _connections(*, is_plain: bool) -> httpx.AsyncHTTPTransport:
    # Reading the certificates of all authorities takes longer than a request. Plain HTTP (loopback) needs none of them:
    # its context trusts nobody, so that a TLS handshake would fail with it.
    # Not ssl.create_default_context: if $SSLKEYLOGFILE is set, that one has the keys of each connection written there.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not is_plain:
        context.load_verify_locations(certifi.where())
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, http2=False, retries=0)


def canonical_url(url: str) -> str:
    """
    Return *url* as every spelling of it comes out: host and scheme in lower case, no port that is understood.
    """
    return str(httpx.URL(url)).rstrip("/")


def check_url(url: str) -> None:
    """
    Refuse what is not https, except to this machine itself. Raises ValueError, a sentence for its owner.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        msg = f"the API URL cannot be read ({error})"
        raise ValueError(msg) from None
    if parsed.userinfo or "?" in url or "#" in url or not url.isascii() or _HOST.fullmatch(parsed.host) is None:
        msg = "the API URL must be a scheme, a host and a path, and nothing else, as https://api.3commas.io/public/api"
        raise ValueError(msg)
    if parsed.port is not None and not 0 < parsed.port <= HIGHEST_PORT:
        msg = f"the API URL names port {parsed.port}: there are ports from 1 to {HIGHEST_PORT}"
        raise ValueError(msg)
    if parsed.scheme != "https" and not (parsed.scheme == "http" and _is_loopback(parsed.host)):
        msg = f"the API URL {url!r} is not https: the API key would be readable on the way. Only 127.0.0.1 may be http"
        raise ValueError(msg)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def read_body(response: httpx.Response) -> bytes:
    """
    Read the body, and no more of it than LARGEST_BODY. Raises UnreadableReply above that, and if it is packed otherwise
    than we asked for: what is packed twice may grow a million times at a single piece.
    """
    body = bytearray()
    try:
        packing = response.headers.get("Content-Encoding", "").strip().lower()
        if packing not in PACKINGS:
            msg = "an answer of 3Commas is packed in a way that was not asked for: it was not read"
            raise UnreadableReply(msg)
        async for chunk in response.aiter_bytes():
            if len(body) + len(chunk) > LARGEST_BODY:
                msg = f"an answer of 3Commas is longer than {LARGEST_BODY} bytes: it was not read to its end"
                raise UnreadableReply(msg)
            body += chunk
    finally:
        await response.aclose()
    return bytes(body)
