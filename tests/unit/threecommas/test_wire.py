"""
Bodies: strict about identity and structure, lenient about single values, and never a surprise.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client import json_bytes
from tradewarden.model.smart_trade import CurrentPrice, Side, SmartTrade, StopLoss, TakeProfitStep, Unreadable
from tradewarden.model.status import TradeStatus
from tradewarden.threecommas import wire
from tradewarden.threecommas.scalars import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable

Entity = dict[str, Any]
DOCUMENTED = (Path(__file__).parent / "smart_trade.json").read_bytes()


class Missing:
    """
    Stands for a key that is not there at all.
    """

    def __repr__(self) -> str:
        return "missing"


MISSING = Missing()


def bent(entity: Entity, path: str, value: object) -> Entity:
    """
    Return *entity* with another *value* at the dotted *path*; MISSING takes the key away.
    """
    result: Any = copy.deepcopy(entity)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    parent = reduce(lambda inner, key: inner[key], way, result)
    if value is MISSING:
        del parent[last]
    else:
        parent[last] = value
    return dict(result)


def read(entity: Entity) -> SmartTrade:
    return wire.read_smart_trade(json_bytes(entity))


def test_the_documented_smart_trade() -> None:
    found = wire.read_smart_trade(DOCUMENTED)

    assert (found.id, found.account_id, found.exchange, found.pair) == (30428625, 32402783, "binance_us", "USDT_DOGE")
    assert (found.side, found.kind, found.status) == (Side.LONG, "smart_sell", "waiting_targets")
    assert (found.position_status, found.editable) == (TradeStatus("smart_sell"), True)
    assert found.is_position_not_filled is False
    assert found.steps[1] == TakeProfitStep(
        id=found.steps[1].id,
        position=2,
        status=TradeStatus("order_placed"),
        price=Decimal("0.4"),
        share_pct=Decimal("35.0"),
        quantity=Decimal("7.0"),
        order_type="limit",
        trailing=False,
        cancelable=True,
    )
    assert [step.id for step in found.steps] == [1008300673, 1008300674]
    assert found.stop_loss == StopLoss(
        enabled=True, status=TradeStatus("to_process"), trigger_price=Decimal("0.09754"), breakeven=False
    )
    assert found.other_exits == ()
    assert found.price == CurrentPrice(
        bid=Decimal("0.10257"),
        ask=Decimal("0.1027"),
        last=Decimal("0.10268"),
        day_change_pct=Decimal("-2.728"),
        quote_volume=Decimal("136509.39725"),
    )
    assert (found.leverage, found.entry_price) == (Decimal(1), Decimal("0.10268"))
    assert (found.quantity, found.notional) == (Decimal("20.0"), Decimal("2.0536"))
    assert (found.profit_pct, found.profit_usd, found.roe_pct) == (Decimal("-0.21"), Decimal("-0.0042514"), None)
    assert found.note == ""
    assert found.created_at == datetime(2024, 8, 14, 19, 51, 43, 100_000, tzinfo=UTC)
    assert found.updated_at == datetime(2024, 8, 14, 19, 51, 43, 892_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("id", MISSING, "`id` is not a positive integer"),
        ("id", "30428625", "`id`"),
        ("id", 0, "`id`"),
        ("id", True, "`id`"),
        ("id", 1.0, "`id`"),
        ("id", 2**63, "`id`"),
        ("account", MISSING, "`account.id`"),
        ("account.id", None, "`account.id`"),
        ("account.id", "32402783", "`account.id`"),
        ("pair", MISSING, "`pair`"),
        ("pair", 5, "`pair`"),
        ("pair", "USDT DOGE", "`pair`"),
        ("take_profit", MISSING, "`take_profit.steps` is not a list"),
        ("take_profit", None, "`take_profit.steps` is not a list"),
        ("take_profit.steps", None, "`take_profit.steps` is not a list"),
        ("take_profit.steps", {}, "`take_profit.steps` is not a list"),
        ("take_profit.steps.0", 5, "step 1 is not an object"),
        ("take_profit.steps.0", None, "step 1 is not an object"),
        ("take_profit.steps.1.id", None, "step 2: id"),
        ("take_profit.steps.1.id", "1008300674", "step 2: id"),
        ("take_profit.steps.1.status", 5, "`status` is not an object"),
        ("take_profit.steps.1.price", "0.4", "`price` is not an object"),
        ("take_profit.steps.1.trailing", False, "`trailing` is not an object"),
        ("status", 7, "`status` is not an object"),
        ("status", "waiting_targets", "`status` is not an object"),
        ("stop_loss", [], "`stop_loss` is not an object"),
        ("stop_loss.conditional", 1, "`conditional` is not an object"),
        ("position", [], "`position` is not an object"),
        ("data", "x", "`data` is not an object"),
        ("data.current_price", [], "`current_price` is not an object"),
        ("profit", 1, "`profit` is not an object"),
        ("leverage", True, "`leverage` is not an object"),
        ("reduce_funds", [], "`reduce_funds` is not an object"),
        ("reduce_funds.steps", {}, "`reduce_funds.steps` is not a list"),
        ("reduce_funds.steps", [1], "a step of reduce_funds is not an object"),
        ("market_close", [1], "`market_close` is not an object"),
    ],
)
def test_identity_and_structure_must_be_right(entity: Entity, path: str, value: object, why: str) -> None:
    with pytest.raises(Malformed, match=why.replace("(", r"\(")) as caught:
        read(bent(entity, path, value))

    assert not caught.value.broken


@pytest.mark.parametrize("odd", [None, MISSING, "abc", "NaN", True, [], " 1"], ids=repr)
@pytest.mark.parametrize(
    ("path", "value_of"),
    [
        ("data.current_price.day_change_percent", lambda trade: trade.price.day_change_pct),
        ("data.current_price.bid", lambda trade: trade.price.bid),
        ("data.current_price.last", lambda trade: trade.price.last),
        ("take_profit.steps.0.price.value", lambda trade: trade.steps[0].price),
        ("take_profit.steps.0.volume", lambda trade: trade.steps[0].share_pct),
        ("take_profit.steps.0.units.value", lambda trade: trade.steps[0].quantity),
        ("stop_loss.conditional.price.value", lambda trade: trade.stop_loss.trigger_price),
        ("profit.percent", lambda trade: trade.profit_pct),
        ("position.total.value", lambda trade: trade.notional),
        ("position.price.value", lambda trade: trade.entry_price),
    ],
)
def test_an_odd_number_is_unknown(
    entity: Entity, path: str, value_of: Callable[[SmartTrade], object], odd: object
) -> None:
    assert value_of(read(bent(entity, path, odd))) is None


@pytest.mark.parametrize("odd", [None, MISSING, "true", 1, 0, []], ids=repr)
@pytest.mark.parametrize(
    ("path", "value_of"),
    [
        ("data.editable", lambda trade: trade.editable),
        ("is_position_not_filled", lambda trade: trade.is_position_not_filled),
        ("take_profit.steps.0.data.cancelable", lambda trade: trade.steps[0].cancelable),
        ("take_profit.steps.0.trailing.enabled", lambda trade: trade.steps[0].trailing),
        ("stop_loss.enabled", lambda trade: trade.stop_loss.enabled),
        ("stop_loss.breakeven", lambda trade: trade.stop_loss.breakeven),
    ],
)
def test_an_odd_flag_is_unknown(
    entity: Entity, path: str, value_of: Callable[[SmartTrade], object], odd: object
) -> None:
    assert value_of(read(bent(entity, path, odd))) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"type": "a", "basic_type": "a"}, "a"),
        ({"basic_type": "a"}, "a"),
        ({"type": "a"}, "a"),
        ({"type": "a", "basic_type": None}, "a"),
        ({"type": "a", "basic_type": "b"}, None),
        ({"type": 5, "basic_type": "a"}, None),
        ({"type": "a", "basic_type": 5}, None),
        ({}, None),
        (None, None),
    ],
)
def test_statuses(entity: Entity, status: object, expected: str | None) -> None:
    found = read(bent(bent(entity, "status", status), "take_profit.steps.0.status", status))

    assert found.status == expected
    assert found.steps[0].status == (None if expected is None else TradeStatus(expected))


@pytest.mark.parametrize(("sent", "side"), [("buy", Side.LONG), ("sell", Side.SHORT), ("long", None), (None, None)])
def test_the_side_is_that_of_the_entry(entity: Entity, sent: object, side: Side | None) -> None:
    assert read(bent(entity, "position.type", sent)).side is side


@pytest.mark.parametrize(("average", "expected"), [("0.2", Decimal("0.2")), (None, Decimal("0.10268")), ("odd", None)])
def test_the_entry_price_is_the_average_if_there_is_one(
    entity: Entity, average: object, expected: Decimal | None
) -> None:
    assert read(bent(entity, "data.average_enter_price", average)).entry_price == expected


@pytest.mark.parametrize(
    ("leverage", "expected"),
    [
        ({"enabled": False}, Decimal(1)),
        ({"enabled": True, "type": "cross", "value": "5.0"}, Decimal("5.0")),
        ({"enabled": True}, None),
        ({"value": "5.0"}, None),
        ({}, None),
        (MISSING, None),
    ],
)
def test_leverage(entity: Entity, leverage: object, expected: Decimal | None) -> None:
    assert read(bent(entity, "leverage", leverage)).leverage == expected


def test_keys_are_missing_where_one_would_expect_null(entity: Entity) -> None:
    found = read(bent(bent(entity, "stop_loss", {"enabled": False}), "data.current_price", None))

    assert found.stop_loss == StopLoss(enabled=False, status=None, trigger_price=None, breakeven=None)
    assert found.stop_loss.is_live is False
    assert found.price.last is None


def test_a_missing_stop_loss_is_unknown(entity: Entity) -> None:
    assert read(bent(entity, "stop_loss", MISSING)).stop_loss.is_live is None


def test_other_exits_show_even_if_they_cannot_be_read(entity: Entity) -> None:
    entity["reduce_funds"]["steps"] = [{"status": {"type": "finished"}}, {"id": 5}]
    entity["market_close"] = {"status": {"basic_type": "panic_sell_pending"}}

    assert read(entity).other_exits == (TradeStatus("finished"), None, TradeStatus("panic_sell_pending"))


def test_a_market_close_without_a_status_shows(entity: Entity) -> None:
    assert read(bent(entity, "market_close", {"id": 5})).other_exits == (None,)


@pytest.mark.parametrize("path", ["reduce_funds", "reduce_funds.steps", "market_close"])
def test_no_other_exit(entity: Entity, path: str) -> None:
    assert read(bent(entity, path, MISSING)).other_exits == ()


def test_a_step_id_that_occurs_twice_stays(entity: Entity) -> None:
    entity["take_profit"]["steps"][1]["id"] = 1008300673

    assert [step.id for step in read(entity).steps] == [1008300673, 1008300673]


def test_no_steps_at_all(entity: Entity) -> None:
    assert read(bent(entity, "take_profit.steps", [])).steps == ()


def test_no_binary_float_comes_near_a_price(entity: Entity) -> None:
    sent = json_bytes(entity).replace(b'"0.10257"', b"0.1000000000000000055511151231257827")

    assert wire.read_smart_trade(sent).price.bid == Decimal("0.1000000000000000055511151231257827")


def test_a_page_sets_the_odd_one_aside(entity: Entity) -> None:
    odd = bent(entity, "take_profit", MISSING)
    nameless = bent(entity, "id", "30428625")

    page = wire.read_page(json_bytes([odd, entity, nameless, 5]))

    assert isinstance(page[1], SmartTrade)
    assert [one.smart_trade_id for one in page if isinstance(one, Unreadable)] == [30428625, None, None]
    assert isinstance(page[0], Unreadable)
    assert page[0].reason == "`take_profit.steps` is not a list"


def test_an_entity_that_is_not_utf8_is_set_aside_alone(entity: Entity) -> None:
    good = json_bytes(entity)

    page = wire.read_page(b"[" + good.replace(b"USDT_DOGE", b"\xff") + b"," + good + b"]")

    assert isinstance(page[0], Unreadable)
    assert page[0].reason == "it is not UTF-8"
    assert isinstance(page[1], SmartTrade)


@pytest.mark.parametrize("body", [b"{}", b"null", b'"x"', b"5"])
def test_a_page_must_be_a_list(body: bytes) -> None:
    with pytest.raises(Malformed, match="not a list") as caught:
        wire.read_page(body)

    assert not caught.value.broken


@pytest.mark.parametrize("body", [b"", b"[{}", b"<html>", b"[" * 100_000])
def test_a_page_must_be_json(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        wire.read_page(body)

    assert caught.value.broken


def test_trades(trades: list[Entity]) -> None:
    trades[1] |= {"realised_amount": "3.5", "realised_percentage": "50.0"}
    trades.append({"id": 9, "status": {"type": "x"}, "trade_purpose": None, "cancelable": "yes"})

    found = wire.read_trades(json_bytes(trades))

    assert [(row.id, row.purpose) for row in found[:3]] == [
        (1008300673, "take_profit"),
        (1008300674, "take_profit"),
        (1008300675, "stop_loss"),
    ]
    assert found[0].status == TradeStatus("order_placed")
    assert found[0].cancelable is True
    assert found[0].realised_quantity == 0
    assert (found[1].realised_quantity, found[1].realised_pct) == (Decimal("3.5"), Decimal("50.0"))
    assert (found[3].status, found[3].purpose, found[3].cancelable, found[3].realised_pct) == (None, None, None, None)


@pytest.mark.parametrize(
    ("rows", "why"), [({}, "not a list"), ([5], "trade 1 is not an object"), ([{"id": 1}, {"id": "2"}], "trade 2: id")]
)
def test_one_odd_row_spoils_the_list_of_trades(rows: object, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        wire.read_trades(json_bytes(rows))


def test_validity() -> None:
    assert wire.read_validity(b'{"valid": true}')
    assert not wire.read_validity(b'{"valid": false}')
    for body in (b"{}", b'{"valid": 1}', b"[]"):
        with pytest.raises(Malformed):
            wire.read_validity(body)


def test_the_rates_of_a_market_are_its_price() -> None:
    body = b'{"last": "67000.1", "bid": "67000", "ask": 67000.2, "minPrice": "0.01", "trading_fee_rate": "0.001"}'

    assert wire.read_rates(body) == CurrentPrice(
        bid=Decimal(67000), ask=Decimal("67000.2"), last=Decimal("67000.1"), day_change_pct=None, quote_volume=None
    )


def test_what_is_odd_about_rates_is_unknown() -> None:
    nothing = CurrentPrice(bid=None, ask=None, last=None, day_change_pct=None, quote_volume=None)

    assert wire.read_rates(b'{"last": "much", "bid": null, "ask": []}') == nothing
    assert wire.read_rates(b"{}") == nothing
    for body in (b"[]", b"5", b"null", b"{"):
        with pytest.raises(Malformed):
            wire.read_rates(body)


json_keys = st.text(st.characters(categories=["L"]), min_size=1, max_size=8)  # no dot, no digit: paths stay readable
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(json_keys, inner, max_size=4),
    max_leaves=12,
)
READERS = [wire.read_page, wire.read_smart_trade, wire.read_trades, wire.read_rates, wire.read_validity]


@given(st.binary() | json_values.map(json_bytes))
def test_any_body_is_read_or_malformed(body: bytes) -> None:
    for reader in READERS:
        with suppress(Malformed):
            reader(body)


def paths_of(value: object, prefix: str = "") -> list[str]:
    """
    Return the dotted path of everything inside *value*.
    """
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, inner in items:
        found += [f"{prefix}{key}", *paths_of(inner, f"{prefix}{key}.")]
    return found


@given(st.data())
def test_any_bend_of_a_real_smart_trade_is_read_or_set_aside(data: st.DataObject) -> None:
    entity = dict(json.loads(DOCUMENTED))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths_of(entity)))
        entity = bent(entity, path, data.draw(json_values))

    (found,) = wire.read_page(json_bytes([entity]))

    assert isinstance(found, SmartTrade | Unreadable)
    if isinstance(found, SmartTrade):
        assert found.id == entity["id"]
        assert [step.id for step in found.steps] == [step["id"] for step in entity["take_profit"]["steps"]]


# Bodies without an end


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" + b"1," * 1000 + b"1]", "the page has 1001 entries"),
        (b'[{"id":1,"account":{"id":1},"pair":"A","take_profit":{"steps":[]}}' + b',{"id":1}' * 1000 + b"]", "1001"),
    ],
    ids=["anything", "SmartTrades"],
)
def test_a_page_of_any_length_is_not_taken(body: bytes, why: str) -> None:
    """Each entry costs time and memory that a body of a few megabytes could multiply."""
    with pytest.raises(Malformed, match=why):
        wire.read_page(body)


def test_a_page_of_ordinary_smart_trades_of_any_length_is_not_taken(entity: Entity) -> None:
    with pytest.raises(Malformed, match="the page has 1001 entries"):
        wire.read_page(json_bytes([entity] * 1001))


@pytest.mark.parametrize(("section", "most"), [("take_profit", 100), ("reduce_funds", 1000)])
def test_a_smart_trade_with_endless_steps_is_set_aside_alone(entity: Entity, section: str, most: int) -> None:
    step = entity["take_profit"]["steps"][0]
    endless = entity | {section: {"steps": [step] * (most + 1)}}

    odd, good = wire.read_page(json_bytes([endless, entity | {"id": 2}]))

    assert isinstance(odd, Unreadable)
    assert f"`{section}.steps` has {most + 1} entries" in odd.reason
    assert isinstance(good, SmartTrade)


def test_an_endless_list_of_trades_is_not_taken(trades: list[Entity]) -> None:
    with pytest.raises(Malformed, match="1001 entries"):
        wire.read_trades(json_bytes(trades[:1] * 1001))
