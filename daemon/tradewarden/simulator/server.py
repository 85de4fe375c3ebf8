"""
The simulator as a server of its own, on loopback alone.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

from tradewarden.simulator.api import PREFIX
from tradewarden.simulator.messages import Request

if TYPE_CHECKING:
    from io import BufferedIOBase
    from types import TracebackType
    from typing import Self

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Response

LOOPBACK = "127.0.0.1"
POLL_S = 0.02  # how soon `stop` is noticed
JOIN_S = 1.0
BUFFER = 1 << 22  # a whole response leaves in one write


class _Lines:
    """
    Reads lines from *source*, and knows the last.
    """

    def __init__(self, source: BufferedIOBase) -> None:
        self.last = b""
        self._source = source

    def readline(self, limit: int = -1) -> bytes:
        """
        Read one.
        """
        self.last = self._source.readline(limit)
        return self.last


class Handler(BaseHTTPRequestHandler):
    """
    Carries requests to the Api and responses back, on connections that stay open.
    """

    protocol_version = "HTTP/1.1"
    server_version = "tradewarden-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = BUFFER
    server: _HttpServer

    def parse_request(self) -> bool:
        """
        Read the head of a request. One that was cut off is none: the base class would take its end for the empty line.
        """
        connection, head = self.rfile, _Lines(self.rfile)
        self.rfile = cast("BufferedIOBase", head)
        try:
            is_request = super().parse_request()
        finally:
            self.rfile = connection
        if is_request and head.last not in (b"\r\n", b"\n"):
            self.close_connection = True
            return False
        return is_request

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            target=self.path,
            headers=dict(self.headers.items()),
            body=self.rfile.read(length),
        )
        response = self.server.api.handle(request)
        if response.delay_s:
            self.server.stopping.wait(response.delay_s)
        if response.dropped:
            self.close_connection = True
            return
        self._send(response)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:  # noqa: PLR2004 - a 204 has no length
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    # The base class's names. Every method alike: the Api decides.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - see above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """
        Say nothing: the Api keeps the log.
        """


class _HttpServer(ThreadingHTTPServer):
    """
    Knows its connections, so that it can close them: clients keep theirs open for as long as they live.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, api: Api, port: int) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.api = api
        self.stopping = threading.Event()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._guard = threading.Lock()

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        """
        Serve one connection to its end.
        """
        with self._guard:
            self._connections[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._connections.pop(request, None)

    def handle_error(self, request: object, client_address: object) -> None:
        """
        Say nothing of clients that go away in the middle of an answer.
        """

    def close_connections(self) -> None:
        """
        Close what clients hold open, and wait for the threads that served it.
        """
        with self._guard:
            open_now = dict(self._connections)
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in open_now.values():
            thread.join(JOIN_S)


class SimulatorServer:
    """
    Serves an Api from `start` to `stop`, or as a context manager. *port* 0 takes any that is free.
    """

    def __init__(self, api: Api, *, port: int = 0) -> None:
        self.api = api
        self._wanted_port = port
        self._server: _HttpServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """
        Return the port that is served. Raises RuntimeError before `start`.
        """
        if self._server is None:
            msg = "The simulator has not been started."
            raise RuntimeError(msg)
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """
        Return what stands for https://api.3commas.io/public/api.
        """
        return f"http://{LOOPBACK}:{self.port}{PREFIX}"

    def start(self) -> Self:
        """
        Begin to serve, in a thread of its own. Raises OSError if the port is taken.
        """
        self._server = _HttpServer(self.api, self._wanted_port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name="simulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """
        Close every connection and the port. May be called twice.
        """
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None or thread is None:
            return
        server.stopping.set()
        server.shutdown()
        thread.join(JOIN_S)
        server.close_connections()
        server.server_close()

    def __enter__(self) -> Self:
        """
        Start.
        """
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """
        Stop.
        """
        self.stop()
