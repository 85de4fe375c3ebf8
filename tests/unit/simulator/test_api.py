from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.simulator.api import Api, Faults
from tradewarden.simulator.messages import Request, Response, dropped, text_response
from tradewarden.simulator.signatures import ApiKey
from unit.simulator.setting import FAR, ID, NEAR, START, STOP_LOSS, Caller, Clock

if TYPE_CHECKING:
    from tradewarden.simulator.world import World

ONE = f"/v2/smart_trades/{ID}"
NOT_FOUND = {"error": "Not found", "error_description": "Smart Trade not found"}


class TestReading:
    def test_one(self, call: Caller, entity: dict[str, Any]) -> None:
        assert call.json("GET", ONE) == entity

    def test_many(self, call: Caller, entity: dict[str, Any]) -> None:
        query = "page=1&per_page=100&status=active&order_by=created_at&order_direction=asc"

        assert call.json("GET", f"/v2/smart_trades?{query}") == [entity]
        assert call.json("GET", "/v2/smart_trades?page=2") == []

    def test_its_trades(self, call: Caller) -> None:
        rows = call.json("GET", f"{ONE}/trades")

        assert [row["trade_purpose"] for row in rows] == ["position", "take_profit", "take_profit", "stop_loss"]
        assert call.json("GET", f"{ONE}/trades/{FAR}") == rows[2]

    def test_a_trade_that_is_not_there(self, call: Caller) -> None:
        assert call.json("GET", f"{ONE}/trades/7", status=404)["error_description"] == "Trade not found"

    @pytest.mark.parametrize("path", ["/v2/smart_trades/7", "/v2/smart_trades/7/trades", "/v2/smart_trades/x/trades/1"])
    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_a_smart_trade_that_is_not_there(self, call: Caller, method: str, path: str) -> None:
        if method == "GET" or not path.endswith("trades"):
            assert call.json(method, path, status=404) == NOT_FOUND

    def test_a_wrong_parameter(self, call: Caller) -> None:
        assert call.json("GET", "/v2/smart_trades?per_page=101", status=400) == {
            "error": "record_invalid",
            "error_description": "Invalid parameters",
            "error_attributes": {"per_page": ["does not have a valid value"]},
        }

    def test_json_says_so(self, call: Caller) -> None:
        assert call("GET", ONE).headers["Content-Type"] == "application/json; charset=utf-8"


class TestMarkets:
    RATES = "/ver1/accounts/currency_rates"

    def test_the_price_of_a_pair_is_that_of_its_smart_trade(self, call: Caller, world: World) -> None:
        pair = world.smart_trade(ID).pair
        world.set_prices(pair=pair, last="0.2", bid="0.19", ask="0.21")

        rates = call.json("GET", f"{self.RATES}?market_code=binance_us&pair={pair}")

        assert rates == {"last": "0.2", "bid": "0.19", "ask": "0.21"}

    def test_a_price_that_is_not_known_is_null(self, call: Caller, world: World) -> None:
        pair = world.smart_trade(ID).pair
        world.set_prices(pair=pair, last=None)

        assert call.json("GET", f"{self.RATES}?market_code=binance_us&pair={pair}")["last"] is None

    @pytest.mark.parametrize("query", ["market_code=binance_us&pair=USDT_XYZ", "pair=USDT_DOGE", "market_code=x", ""])
    def test_a_pair_that_nobody_trades_is_not_found(self, call: Caller, query: str) -> None:
        assert call.json("GET", f"{self.RATES}?{query}", status=404)["error"] == "not_found"

    def test_it_needs_no_key(self, api: Api, world: World) -> None:
        target = f"/public/api{self.RATES}?market_code=binance_us&pair={world.smart_trade(ID).pair}"

        assert api.handle(Request(method="GET", target=target, headers={})).status == 200
        assert api.handle(Request(method="POST", target=target, headers={})).status != 200


class TestCancelling:
    def test_the_answer_shows_the_step_as_it_was(self, call: Caller, clock: Clock, entity: dict[str, Any]) -> None:
        assert call.json("DELETE", f"{ONE}/trades/{FAR}") == entity
        clock.pass_(0.7)
        assert [step["id"] for step in call.json("GET", ONE)["take_profit"]["steps"]] == [NEAR]

    def test_the_stop_loss_takes_the_smart_trade_with_it(self, call: Caller, clock: Clock) -> None:
        answer = call.json("DELETE", f"{ONE}/trades/{STOP_LOSS}")

        assert answer["status"]["basic_type"] == "cancellation_pending"
        clock.pass_(0.7)
        assert call.json("GET", ONE)["status"]["basic_type"] == "cancelled"
        assert call.json("GET", "/v2/smart_trades?status=active") == []

    @pytest.mark.parametrize("trade_id", ["7", "x", "-1"])
    def test_what_can_not_be_cancelled(self, call: Caller, trade_id: str) -> None:
        assert call.json("DELETE", f"{ONE}/trades/{trade_id}", status=400) == {
            "error": "Wrong param(s)",
            "error_description": f"trade {trade_id} can not be cancelled",
        }

    @pytest.mark.parametrize("path", [ONE, f"{ONE}/"])
    def test_without_a_trade_id_the_whole_smart_trade_goes(self, call: Caller, path: str) -> None:
        assert call.json("DELETE", path)["status"]["basic_type"] == "cancellation_pending"
        assert call.json("DELETE", path, status=400)["error"] == "Wrong param(s)"

    @pytest.mark.parametrize("path", [f"{ONE}/trades", f"{ONE}/trades/"])
    def test_the_list_of_trades_cannot_be_deleted(self, call: Caller, world: World, path: str) -> None:
        assert call.json("DELETE", path, status=405) == {
            "error": "invalid_request_method",
            "error_description": (
                "Your request method is not supported by this endpoint. Please use one of [OPTIONS, GET, HEAD]."
            ),
        }
        assert world.events == []


class TestAccess:
    def test_some_routes_need_no_signature(self, api: Api) -> None:
        def get(path: str) -> Any:
            return json.loads(api.handle(Request(method="GET", target=f"/public/api{path}")).body)

        assert get("/ver1/ping") == {"pong": "pong"}
        assert get("/ver1/time") == {"server_time": int(START)}

    def test_validate(self, call: Caller) -> None:
        assert call.json("GET", "/ver1/validate") == {"valid": True}

    def test_a_head_is_a_get(self, call: Caller) -> None:
        assert call("HEAD", ONE).status == 200

    @pytest.mark.parametrize("path", ["/ver1/validate", ONE, "/v2/smart_trades"])
    def test_a_wrong_signature(self, call: Caller, path: str) -> None:
        response = call("GET", path, Signature="0" * 64)

        assert response.status == 401
        assert json.loads(response.body)["error"] == "signature_invalid"

    @pytest.mark.parametrize("key", ["", "somebody"])
    def test_an_unknown_key(self, call: Caller, key: str) -> None:
        response = call("GET", "/ver1/validate", Apikey=key)

        assert response.status == 401
        assert json.loads(response.body)["error"] == "api_key_invalid_or_expired"

    @pytest.mark.parametrize(
        ("key", "statuses"),
        [
            (ApiKey(key="demo-key", secret="demo-secret", can_write=False), (200, 403, 200)),
            (ApiKey(key="demo-key", secret="demo-secret", can_read=False), (403, 200, 200)),
        ],
    )
    def test_permissions(self, world: World, key: ApiKey, statuses: tuple[int, ...]) -> None:
        call = Caller(Api(world, keys=[key]))

        assert (
            call("GET", ONE).status,
            call("DELETE", f"{ONE}/trades/{FAR}").status,
            call("GET", "/ver1/validate").status,
        ) == statuses
        assert bool(world.events) == key.can_write

    @pytest.mark.parametrize("target", ["/public/api/v1/else", "/elsewhere", "/public/api"])
    def test_no_such_route(self, api: Api, target: str) -> None:
        response = api.handle(Request(method="GET", target=target))

        assert response.status == 404
        assert json.loads(response.body)["error"] == "not_found"


class TestModes:
    @pytest.fixture(autouse=True)
    def _paper(self, world: World, entity: dict[str, Any]) -> None:
        paper = deepcopy(entity)
        paper["id"] = 2
        for number, step in enumerate(paper["take_profit"]["steps"], start=10):
            step["id"] = number
        world.add_smart_trade(paper, mode="paper")

    def test_each_sees_its_own(self, call: Caller) -> None:
        seen = {}
        for call.mode in ("real", "paper"):
            seen[call.mode] = [found["id"] for found in call.json("GET", "/v2/smart_trades")]

        assert seen == {"real": [ID], "paper": [2]}
        assert call.json("DELETE", f"{ONE}/trades/{FAR}", status=404) == NOT_FOUND

    def test_without_the_header_the_mode_of_the_web_rules(self, call: Caller, world: World) -> None:
        call.mode = None
        assert [found["id"] for found in call.json("GET", "/v2/smart_trades")] == [ID]
        world.ui_mode = "paper"
        assert [found["id"] for found in call.json("GET", "/v2/smart_trades")] == [2]

    @pytest.mark.parametrize("mode", ["", "Real", "demo"])
    def test_a_wrong_mode(self, call: Caller, mode: str) -> None:
        call.mode = mode

        assert call.json("GET", ONE, status=400)["error"] == "forced_mode_invalid"


def test_the_limit_answers_in_plain_text(world: World, clock: Clock) -> None:
    call = Caller(Api(world, requests_per_minute=1))
    call("GET", ONE)
    response = call("GET", ONE)

    assert (response.status, response.body) == (429, b"Retry later\n")
    assert response.headers["Content-Type"] == "text/plain"
    clock.pass_(10)
    assert call("DELETE", f"{ONE}/trades/{FAR}").status == 418
    assert world.events == []


def test_every_request_is_written_down(call: Caller) -> None:
    call("GET", f"{ONE}?x=1")
    call("DELETE", "/v2/smart_trades/7")

    assert [(entry.at, entry.method, entry.target, entry.status) for entry in call.api.requests] == [
        (START, "GET", f"/public/api{ONE}?x=1", 200),
        (START, "DELETE", "/public/api/v2/smart_trades/7", 404),
    ]


def test_every_answer_has_an_id_of_its_own(call: Caller) -> None:
    assert [call("GET", ONE).headers["X-Request-Id"][-2:] for _ in range(2)] == ["01", "02"]


class TestFaults:
    def test_before_processing_nothing_happens_in_the_world(self, world: World) -> None:
        class Down(Faults):
            def before(self, request: Request) -> Response | None:
                return text_response(502, f"{request.method} Bad gateway")

        call = Caller(Api(world, faults=Down()))

        assert call("DELETE", f"{ONE}/trades/{FAR}").status == 502
        assert world.events == []

    def test_after_processing_it_has_happened(self, world: World) -> None:
        class Mute(Faults):
            def after(self, request: Request, response: Response) -> Response:
                assert response.status == 200
                return dropped() if request.method == "DELETE" else response

        api = Api(world, faults=Mute())
        call = Caller(api)

        assert call("GET", ONE).status == 200
        assert call("DELETE", f"{ONE}/trades/{FAR}").dropped
        assert [event.what for event in world.events] == ["cancel_accepted"]
        assert [entry.status for entry in api.requests] == [200, 0]
