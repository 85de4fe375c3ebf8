"""
The simulator against a client that others wrote: py3cw signs, lists and cancels in its own manner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import py3cw.request
import pytest

from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from tradewarden.simulator.api import Api

ID, NEAR, FAR = "30428625", "1008300673", "1008300674"
Ask = Callable[..., tuple[dict[str, Any], Any]]


@pytest.fixture
def api() -> Api:
    return shipped_scenario("default").api(now=time.time)


@pytest.fixture
def ask(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """
    py3cw's one method, pointed at the simulator. Its address is a constant of the module, so that is what is set.
    """
    with SimulatorServer(api) as server:
        monkeypatch.setattr(py3cw.request, "API_URL", server.url.removesuffix("/public/api"))
        client = py3cw.request.Py3CW(key="demo-key", secret="demo-secret", request_options={"request_timeout": 10})
        # The environment's proxies are none of this test's business.
        client.session.trust_env = False

        def request(action: str = "", *, mode: str = "real", **options: Any) -> tuple[dict[str, Any], Any]:
            headers = {"Forced-Mode": mode}
            error, data = client.request(entity="smart_trades_v2", action=action, additional_headers=headers, **options)
            return error, data

        yield request
        client.session.close()


def test_it_lists_smart_trades(ask: Ask) -> None:
    error, found = ask()

    assert error == {}
    assert [smart_trade["id"] for smart_trade in found] == [int(ID)]


def test_it_signs_a_query(ask: Ask) -> None:
    error, found = ask(payload={"status": "active", "per_page": 100, "from": "2024-01-01T00:00:00.000Z"})

    assert error == {}
    assert len(found) == 1


def test_it_reads_one_and_its_trades(ask: Ask) -> None:
    assert ask("get_by_id", action_id=ID)[1]["pair"] == "USDT_DOGE"
    purposes = [trade["trade_purpose"] for trade in ask("get_trades", action_id=ID)[1]]
    assert purposes == ["position", "take_profit", "take_profit", "stop_loss"]


@pytest.mark.parametrize("payload", [None, {}, {"reason": "a JSON body that py3cw signs without a question mark"}])
def test_it_cancels_a_step(ask: Ask, api: Api, payload: dict[str, str] | None) -> None:
    error, found = ask("cancel_trade", action_id=ID, action_sub_id=FAR, payload=payload)

    assert error == {}
    assert [step["id"] for step in found["take_profit"]["steps"]] == [int(NEAR), int(FAR)]
    assert [(event.what, event.by, event.trade_id) for event in api.world.events] == [
        ("cancel_accepted", "api", int(FAR))
    ]


def test_a_trade_id_that_it_leaves_out_is_refused(ask: Ask, api: Api) -> None:
    """
    py3cw then asks for a DELETE of ``/trades/``.
    """
    error, _ = ask("cancel_trade", action_id=ID)

    assert "invalid_request_method" in error["msg"]
    assert api.world.events == []


def test_a_wrong_secret_is_refused(ask: Ask, api: Api) -> None:
    client = py3cw.request.Py3CW(key="demo-key", secret="wrong")
    client.session.trust_env = False
    error, _ = client.request(entity="smart_trades_v2")
    client.session.close()

    assert "signature_invalid" in error["msg"]
    assert error["status_code"] == 401
    assert [entry.status for entry in api.requests] == [401]
    assert ask()[0] == {}


def test_the_other_mode_has_other_smart_trades(ask: Ask) -> None:
    assert ask(mode="paper") == ({}, [])
