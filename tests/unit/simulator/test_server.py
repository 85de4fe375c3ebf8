from __future__ import annotations

import gc
import http.client
import socket
import threading
import warnings
from typing import TYPE_CHECKING

import pytest

from tradewarden.simulator.api import Api, Faults
from tradewarden.simulator.messages import Request, Response, dropped, json_response
from tradewarden.simulator.server import SimulatorServer
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unit.simulator.setting import Clock

PING = "/public/api/ver1/ping"


class Script(Faults):
    """
    Answers by path, to see what the server makes of an answer.
    """

    def __init__(self) -> None:
        self.late = threading.Event()

    def before(self, request: Request) -> Response | None:
        if request.path == "/late":
            self.late.set()
        answers = {
            "/drop": dropped(),
            "/late": Response(status=200, body=b"late", delay_s=30),
            "/empty": Response(status=204),
            "/echo": json_response(200, {"method": request.method, "body": request.body.decode()}),
            "/long": Response(status=200, body=b"x" * 1_000_000),
        }
        return answers.get(request.path)


@pytest.fixture
def server(clock: Clock) -> Iterator[SimulatorServer]:
    with SimulatorServer(Api(World(now=clock), faults=Script())) as server:
        yield server


@pytest.fixture
def connection(server: SimulatorServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    yield connection
    connection.close()


def answer(connection: http.client.HTTPConnection, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
    connection.request(method, path, body=body)
    return connection.getresponse().read()


def test_it_serves_on_loopback(server: SimulatorServer, connection: http.client.HTTPConnection) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}/public/api"
    assert answer(connection, PING) == b'{"pong": "pong"}'


def test_connections_stay_open(connection: http.client.HTTPConnection) -> None:
    answer(connection, PING)
    first = connection.sock
    answer(connection, "/empty")
    answer(connection, "/long")

    assert first is not None
    assert connection.sock is first


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_reaches_the_api(connection: http.client.HTTPConnection, method: str) -> None:
    assert answer(connection, "/echo", method, b"x") == b'{"method": "%s", "body": "x"}' % method.encode()


def test_a_head_has_no_body(connection: http.client.HTTPConnection) -> None:
    assert answer(connection, "/echo", "HEAD") == b""
    assert answer(connection, PING) == b'{"pong": "pong"}'


def test_a_method_that_is_none(connection: http.client.HTTPConnection) -> None:
    connection.request("BREW", PING)

    assert connection.getresponse().status == 501


def test_headers_cross_the_wire(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", PING)
    response = connection.getresponse()

    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["X-Request-Id"] == "00000000-0000-4000-8000-000000000001"
    assert response.headers["Server"].strip() == "tradewarden-simulator"


def test_a_dropped_answer_is_a_closed_connection(connection: http.client.HTTPConnection) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        answer(connection, "/drop")


def test_a_client_that_goes_away_is_not_an_error(
    server: SimulatorServer, connection: http.client.HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        rude.sendall(b"GET /long HTTP/1.1\r\n\r\n")

    assert answer(connection, PING) == b'{"pong": "pong"}'
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("head", ["DELETE /", "DELETE /late HTTP/1.1", "DELETE /late HTTP/1.1\r\nHost: a\r\n\r"])
def test_a_request_that_is_cut_off_is_none(server: SimulatorServer, head: str) -> None:
    """Its sender died in the middle: nobody may act on it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as dying:
        dying.sendall(head.encode())
        dying.shutdown(socket.SHUT_WR)
        while dying.recv(1000):
            pass

    assert server.api.requests == []


def test_it_stops_at_once_though_clients_are_connected_and_waiting(clock: Clock) -> None:
    script = Script()
    server = SimulatorServer(Api(World(now=clock), faults=script)).start()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    answer(idle, PING)
    waiting = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    waiting.request("GET", "/late")
    assert script.late.wait(10)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        server.stop()
        gc.collect()
    idle.close()
    waiting.close()

    assert [warning for warning in caught if warning.category is ResourceWarning] == []
    assert not any(thread.name.startswith("simulator") for thread in threading.enumerate())


def test_it_can_be_stopped_twice_and_never_started(clock: Clock) -> None:
    server = SimulatorServer(Api(World(now=clock)))
    server.stop()
    server.start()
    server.stop()
    server.stop()

    with pytest.raises(RuntimeError, match="has not been started"):
        _ = server.port


def test_a_port_that_is_taken(server: SimulatorServer) -> None:
    with pytest.raises(OSError, match="in use"):
        SimulatorServer(server.api, port=server.port).start()


def test_requests_from_many_threads_do_not_mix(server: SimulatorServer) -> None:
    server.api.rate_limit.requests_per_minute = 1000
    seen: list[bytes] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        seen.extend(answer(connection, PING) for _ in range(20))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [b'{"pong": "pong"}'] * 80
    assert len(server.api.requests) == 80
