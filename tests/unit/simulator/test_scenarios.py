from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.scenarios import SHIPPED, load_scenario, parse_scenario, shipped_scenario
from unit.simulator.setting import FAR, ID, NEAR, START, Caller, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.simulator.world import World

SHORT_FORM = {
    "id": 5,
    "pair": "USDT_ETH",
    "units": "2",
    "entry_price": "2000",
    "last": "2100",
    "steps": [{"price": "2500"}, {"price": "3000", "order_type": "market", "trailing_pct": "2"}],
}


def scenario(**changes: Any) -> str:
    return json.dumps({"smart_trades": [SHORT_FORM], **changes})


def smart_trade(**changes: Any) -> str:
    return scenario(smart_trades=[{key: value for key, value in {**SHORT_FORM, **changes}.items() if value != ""}])


def day_changes(world: World, clock: Clock, pair: str, *, until: int) -> list[Decimal]:
    found = next(smart_trade for smart_trade in world.smart_trades() if smart_trade.pair == pair)
    changes = []
    for _ in range(until):
        quote = world.quote(found)
        assert quote.day_change is not None
        assert None not in (quote.bid, quote.ask, quote.last)
        changes.append(quote.day_change)
        clock.pass_(1)
        world.advance()
    return changes


class TestShipped:
    @pytest.mark.parametrize("name", SHIPPED)
    def test_nothing_but_the_market_happens_in_half_an_hour(self, name: str, clock: Clock) -> None:
        world = shipped_scenario(name).world(now=clock)
        clock.pass_(1800)
        world.advance()

        assert world.events == []
        assert {smart_trade.status for smart_trade in world.smart_trades()} == {"waiting_targets"}

    @pytest.mark.parametrize("name", SHIPPED)
    def test_the_market_of_doge_falls_below_minus_six_in_two_minutes_and_stays_below_minus_five(
        self, name: str, clock: Clock
    ) -> None:
        changes = day_changes(shipped_scenario(name).world(now=clock), clock, "USDT_DOGE", until=600)

        assert changes[0] == Decimal("-2.728")
        assert changes[60] > -5
        assert changes[125] < -6
        assert max(changes[100:]) < -5

    def test_every_second_looks_different(self, clock: Clock) -> None:
        """
        A market whose prices and volume stand still is frozen, and a careful reader does not believe it.
        """
        world = shipped_scenario("default").world(now=clock)
        quotes = []
        for _ in range(100):
            clock.pass_(60)
            world.advance()
            quotes.append(world.quote(world.smart_trade(ID)))

        assert len(set(quotes)) == len(quotes)

    def test_the_default_is_the_documented_smart_trade(self, clock: Clock) -> None:
        call = Caller(shipped_scenario("default").api(now=clock))
        shown = call.json("GET", f"/v2/smart_trades/{ID}")

        assert (shown["pair"], shown["data"]["type"], shown["account"]["id"]) == ("USDT_DOGE", "smart_sell", 32402783)
        assert [(step["id"], step["price"]["value"]) for step in shown["take_profit"]["steps"]] == [
            (NEAR, "0.3"),
            (FAR, "0.4"),
        ]
        assert shown["stop_loss"]["conditional"]["price"]["value"] == "0.09754"
        assert shown["data"]["current_price"]["day_change_percent"] == "-2.728"

    def test_the_falling_market_has_one_of_each(self, clock: Clock) -> None:
        """
        One with two live steps, one with its last, and one whose market does not fall.
        """
        world = shipped_scenario("falling-market").world(now=clock)
        live = {
            smart_trade.pair: sum(step.is_live for step in smart_trade.steps) for smart_trade in world.smart_trades()
        }

        assert live == {"USDT_DOGE": 2, "USDT_XRP": 1, "USDT_BTC": 2}
        assert max(day_changes(world, clock, "USDT_XRP", until=600)[100:]) < -5
        assert min(day_changes(world, clock, "USDT_BTC", until=600)) > 0

    def test_a_filled_step_is_booked(self, clock: Clock) -> None:
        world = shipped_scenario("falling-market").world(now=clock)
        data = world.body(world.smart_trades()[1])["data"]

        assert (data["entered_amount"], data["closed_amount"], data["closed_total"]) == ("40.0", "20.0", "12.2")


class TestTheShortForm:
    def read(self, text: str, clock: Clock) -> dict[str, Any]:
        world = parse_scenario(text, name="x").world(now=clock)
        return world.body(world.smart_trades()[0])

    def test_is_spelled_out_to_a_whole_entity(self, clock: Clock, entity: dict[str, Any]) -> None:
        shown = self.read(scenario(), clock)

        assert shown.keys() == entity.keys()
        assert shown["data"].keys() - {"closed_at"} == entity["data"].keys()
        assert shown["stop_loss"] == {"enabled": False}
        assert shown["status"]["basic_type"] == "waiting_targets"
        assert shown["profit"]["percent"] == "4.84"
        assert shown["data"]["current_price"] == {
            "day_change_percent": "0.0",
            "bid": "2098.95",
            "ask": "2101.05",
            "last": "2100.0",
            "quote_volume": "100000.0",
        }

    def test_shares_are_even_when_they_are_not_said(self, clock: Clock) -> None:
        near, far = self.read(scenario(), clock)["take_profit"]["steps"]

        assert (near["volume"], near["units"]["value"], near["total"]) == ("50.0", "1.0", "2500.0")
        assert (near["status"]["type"], near["trailing"]["enabled"]) == ("order_placed", False)
        assert (far["status"]["type"], far["trailing"]["percent"], far["position"]) == ("to_process", "2.0", 2)
        assert far["id"] == near["id"] + 1

    def test_a_short_with_a_stop_loss(self, clock: Clock) -> None:
        text = smart_trade(side="short", stop_loss="2500", breakeven=True, steps=[{"price": "1800", "share": "40"}])
        shown = self.read(text, clock)

        assert (shown["position"]["type"], shown["data"]["type"]) == ("sell", "smart_cover")
        assert shown["stop_loss"]["breakeven"] is True
        assert shown["stop_loss"]["conditional"]["price"]["value"] == "2500.0"
        assert shown["stop_loss"]["status"]["type"] == "to_process"
        assert shown["take_profit"]["steps"][0]["volume"] == "40.0"

    def test_before_the_entry(self, clock: Clock) -> None:
        shown = self.read(smart_trade(status="waiting_position", stop_loss="1500"), clock)

        assert shown["is_position_not_filled"] is True
        assert shown["position"]["status"]["type"] == "order_placed"
        assert {step["status"]["type"] for step in shown["take_profit"]["steps"]} == {"idle"}
        assert shown["stop_loss"]["status"]["type"] == "idle"
        assert shown["data"]["entered_amount"] == "0.0"


def test_everything_that_a_scenario_can_say(clock: Clock) -> None:
    text = scenario(
        description="A test.",
        credentials={"key": "k", "secret": "s", "can_write": False},
        requests_per_minute=7,
        cancel_lag_s=2,
        volume_per_minute="60",
        interpolation="steps",
        smart_trades=[{"entity": SHORT_FORM, "mode": "paper"}],
        moves=[{"at_s": 10, "last": "2200"}, {"at_s": 20, "smart_trade": 5, "change_pct": "-10"}],
    )
    read = parse_scenario(text, name="x")
    api = read.api(now=clock)

    assert (read.description, read.key.key, read.key.secret, read.key.can_write) == ("A test.", "k", "s", False)
    assert api.rate_limit.requests_per_minute == 7
    assert api.world.habits.cancel_lag_s == 2
    assert [found.id for found in api.world.smart_trades("paper")] == [5]
    quotes = []
    for _ in range(3):
        quotes.append(api.world.quote(api.world.smart_trade(5)))
        clock.pass_(10)
        api.world.advance()
    assert [quote.last for quote in quotes] == [Decimal(2100), Decimal(2200), Decimal(1890)]
    assert [quote.volume for quote in quotes] == [Decimal(100000), Decimal(100010), Decimal(100020)]


def test_worlds_of_one_scenario_are_apart(clock: Clock) -> None:
    read = shipped_scenario("default")
    first, second = read.world(now=clock), read.world(now=clock)
    first.cancel_trade(ID, FAR)

    assert second.events == []
    assert first.smart_trade(ID).body is not second.smart_trade(ID).body


def test_trades_may_be_given(entity: dict[str, Any], clock: Clock) -> None:
    trades = [{"id": 99, "trade_purpose": "stop_loss"}]
    read = parse_scenario(scenario(smart_trades=[{"entity": entity, "trades": trades}]), name="x")

    assert read.world(now=clock).rows(read.world(now=clock).smart_trade(ID))[3]["id"] == 99


class TestFiles:
    def test_are_read(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.json"
        file.write_text(scenario(), "utf-8")

        assert len(load_scenario(file).smart_trades) == 1

    def test_that_are_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(
            ScenarioError, match=r"mine\.json: the scenario cannot be read: No such file or directory\."
        ):
            load_scenario(tmp_path / "mine.json")

    def test_that_are_not_text(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.json"
        file.write_bytes(b"\xff\xfe")

        with pytest.raises(ScenarioError, match=r"mine\.json: the scenario is not UTF-8 text\."):
            load_scenario(file)

    def test_that_are_pipes(self, tmp_path: Path) -> None:
        pipe = tmp_path / "mine.json"
        os.mkfifo(pipe)

        with pytest.raises(ScenarioError, match=r"mine\.json: the scenario is not a file"):
            load_scenario(pipe)


def entity_without(key: str) -> Callable[[dict[str, Any]], str]:
    def change(entity: dict[str, Any]) -> str:
        del entity[key]
        return scenario(smart_trades=[{"entity": entity}])

    return change


def text(value: str) -> Callable[[dict[str, Any]], str]:
    return lambda _entity: value


@pytest.mark.parametrize(
    ("write", "complaint"),
    [
        (text('{"smart_trades": [,]}'), "mine.json:1:19: this is not JSON: Expecting value."),
        (text("[" * 100_000), "mine.json: this is nested too deeply."),
        (text("[]"), "mine.json: scenario: an object in braces is needed here, not []."),
        (text(scenario(move=[])), "mine.json: scenario.move: this key is not known; did you mean 'moves'?"),
        (text(scenario(credentials={"secrt": "x"})), "scenario.credentials.secrt: this key is not known; did you mean"),
        (text(scenario(interpolation="curve")), "scenario.interpolation: 'curve' is not one of linear, steps."),
        (text(scenario(smart_trades=[{"entity": SHORT_FORM, "mode": "demo"}])), "smart_trades[0].mode: 'demo' is not"),
        (
            text(scenario(smart_trades=[{"entity": SHORT_FORM, "rows": []}])),
            "smart_trades[0].rows: this key is not known",
        ),
        (
            text(scenario(smart_trades=[SHORT_FORM, SHORT_FORM])),
            "mine.json: SmartTrade 5: there is one of that id already.",
        ),
        (
            text(smart_trade(steps=[])),
            "scenario.smart_trades[0].steps: a SmartTrade needs at least one take-profit step.",
        ),
        (
            text(smart_trade(steps=[{"prise": 1}])),
            "smart_trades[0].steps[0].prise: this key is not known; did you mean 'price'?",
        ),
        (text(smart_trade(units="")), "scenario.smart_trades[0]: the key 'units' is missing."),
        (text(smart_trade(sid="x")), "scenario.smart_trades[0].sid: this key is not known; did you mean 'side'?"),
        (text(scenario(moves=[{"at_s": 1}])), "moves[0]: a move needs one of 'last', 'change_pct' and 'day_change'."),
        (text(scenario(moves=[{"pair": "X", "last": 1}])), "moves[0]: no SmartTrade of the scenario is moved by this"),
        (text(scenario(moves=[{"day_change": -100}])), "moves[0].day_change: -100 % is no price at all"),
        (text(scenario(moves=[{"last": "abc"}])), "scenario.moves[0].last: 'abc' is not a number"),
        (entity_without("pair"), "mine.json: scenario.smart_trades[0].entity: the key 'pair' is missing."),
        (entity_without("account"), "scenario.smart_trades[0].entity: the key 'account' is missing."),
    ],
)
def test_every_complaint_names_the_file_and_the_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entity: dict[str, Any],
    write: Callable[[dict[str, Any]], str],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.json").write_text(write(entity), "utf-8")

    with pytest.raises(ScenarioError) as caught:
        load_scenario(Path("mine.json"))

    assert str(caught.value).startswith("mine.json:")
    assert complaint in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_a_move_that_counts_from_a_price_that_is_not_there(entity: dict[str, Any]) -> None:
    entity["data"]["current_price"] = None
    read = scenario(smart_trades=[{"entity": entity}], moves=[{"day_change": "-5"}])

    with pytest.raises(ScenarioError, match=r"moves\[0\]: this move counts from a price, but a SmartTrade"):
        parse_scenario(read, name="x")


def test_time_begins_when_the_world_is_built(clock: Clock) -> None:
    clock.pass_(1000)

    assert shipped_scenario("default").world(now=clock).now == START + 1000
