"""
Bodies of the API to the model: strict about identity and structure, lenient about single values.

An id, the account, the pair and the list of steps must be right, else the SmartTrade is set aside. Any other value
that is missing, null or odd becomes ``None``, which is *unknown* and never fires a rule. Keys may be missing where one
would expect null: ``stop_loss`` is only ``{"enabled": false}`` when off (api-facts 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tradewarden.model.smart_trade import (
    AccountId,
    CurrentPrice,
    SmartTrade,
    SmartTradeId,
    StopLoss,
    TakeProfitStep,
    Trade,
    TradeId,
    Unreadable,
)
from tradewarden.model.status import TradeStatus
from tradewarden.threecommas.quick_page import read_ordinary, read_ordinary_page
from tradewarden.threecommas.scalars import (
    MOST_IN_A_LIST,
    MOST_STEPS,
    NO_LEVERAGE,
    SIDES,
    Malformed,
    NotOrdinary,
    boolean,
    not_json,
    number,
    parse,
    position,
    text,
    utc,
    whole_id,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    JsonObject = Mapping[str, object]

_page = msgspec.json.Decoder(list[msgspec.Raw])


def read_page(body: bytes) -> tuple[SmartTrade | Unreadable, ...]:
    """
    Read a page of the listing: all at once, or each SmartTrade on its own, so that an odd one is set aside alone.

    Raises Malformed if the body is no JSON list.
    """
    try:
        return read_ordinary_page(body)
    except NotOrdinary:
        return _one_by_one(body)


def _one_by_one(body: bytes) -> tuple[SmartTrade | Unreadable, ...]:
    try:
        entities = _page.decode(body)
    except msgspec.ValidationError:
        msg = "it is not a list"
        raise Malformed(msg) from None
    except (ValueError, RecursionError) as error:
        raise not_json(error) from None
    _refuse_if_endless(entities, "the page", most=MOST_IN_A_LIST)
    return tuple(_listed(entity) for entity in entities)


def read_smart_trade(body: bytes) -> SmartTrade:
    """
    Read one SmartTrade. Raises Malformed if its identity or structure is not right.
    """
    return _smart_trade(_object(parse(body), "the SmartTrade"))


def read_trades(body: bytes) -> tuple[Trade, ...]:
    """
    Read a SmartTrade's list of trades. Raises Malformed if one row has no id: then no row can be trusted.
    """
    rows = parse(body)
    if not isinstance(rows, list):
        msg = "the list of trades is not a list"
        raise Malformed(msg)
    _refuse_if_endless(rows, "the list of trades", most=MOST_IN_A_LIST)
    return tuple(_trade(_object(row, f"trade {index}"), index) for index, row in enumerate(rows, start=1))


def read_rates(body: bytes) -> CurrentPrice:
    """
    Read the answer of ``/ver1/accounts/currency_rates``. It knows no day change. Raises Malformed if it is no object.
    """
    return _current_price(_object(parse(body), "the price of a market"))


def read_validity(body: bytes) -> bool:
    """
    Read the answer of ``/ver1/validate``. Raises Malformed if it is neither yes nor no.
    """
    valid = boolean(_object(parse(body), "the answer").get("valid"))
    if valid is None:
        msg = "`valid` is neither true nor false"
        raise Malformed(msg)
    return valid


def _refuse_if_endless(found: Sequence[object], what: str, *, most: int) -> None:
    if len(found) > most:
        msg = f"{what} has {len(found)} entries: 3Commas never sends more than {most}"
        raise Malformed(msg)


def _listed(raw: msgspec.Raw) -> SmartTrade | Unreadable:
    try:
        return read_ordinary(bytes(raw))
    except NotOrdinary:
        return _looked_at(raw)


def _looked_at(raw: msgspec.Raw) -> SmartTrade | Unreadable:
    found_id = None
    try:
        entity = _object(parse(raw), "the SmartTrade")
        found_id = whole_id(entity.get("id"))
        return _smart_trade(entity)
    except Malformed as error:
        smart_trade_id = None if found_id is None else SmartTradeId(found_id)
        return Unreadable(smart_trade_id=smart_trade_id, reason=str(error))


def _smart_trade(entity: JsonObject) -> SmartTrade:
    account = _section(entity, "account")
    place = _section(entity, "position")
    data = _section(entity, "data")
    profit = _section(entity, "profit")
    pair = word(entity.get("pair"))
    if pair is None:
        msg = "`pair` is not a short text"
        raise Malformed(msg)
    return SmartTrade(
        id=SmartTradeId(_required_id(entity, "id")),
        account_id=AccountId(_required_id(account, "account.id")),
        exchange=word(account.get("type")),
        pair=pair,
        side=SIDES.get(word(place.get("type")) or ""),
        kind=word(data.get("type")),
        status=_status_word(entity),
        position_status=_status(place),
        editable=boolean(data.get("editable")),
        is_position_not_filled=boolean(entity.get("is_position_not_filled")),
        steps=_steps(entity),
        stop_loss=_stop_loss(_section(entity, "stop_loss")),
        other_exits=_other_exits(entity),
        price=_current_price(_section(data, "current_price")),
        leverage=_leverage(_section(entity, "leverage")),
        entry_price=_entry_price(data, place),
        quantity=number(_section(place, "units").get("value")),
        notional=number(_section(place, "total").get("value")),
        profit_pct=number(profit.get("percent")),
        profit_usd=number(profit.get("usd")),
        roe_pct=number(profit.get("roe")),
        note=text(entity.get("note")),
        created_at=utc(data.get("created_at")),
        updated_at=utc(data.get("updated_at")),
    )


def _steps(entity: JsonObject) -> tuple[TakeProfitStep, ...]:
    """
    Read the steps; ids that occur twice stay, for the invariants to see.
    """
    steps = _section(entity, "take_profit").get("steps")
    if not isinstance(steps, list):
        msg = "`take_profit.steps` is not a list"
        raise Malformed(msg)
    _refuse_if_endless(steps, "`take_profit.steps`", most=MOST_STEPS)
    return tuple(_step(_object(step, f"step {index}"), index) for index, step in enumerate(steps, start=1))


def _step(step: JsonObject, index: int) -> TakeProfitStep:
    return TakeProfitStep(
        id=TradeId(_required_id(step, f"step {index}: id")),
        position=position(step.get("position")),
        status=_status(step),
        price=number(_section(step, "price").get("value")),
        share_pct=number(step.get("volume")),
        quantity=number(_section(step, "units").get("value")),
        order_type=word(step.get("order_type")),
        trailing=boolean(_section(step, "trailing").get("enabled")),
        cancelable=boolean(_section(step, "data").get("cancelable")),
    )


def _trade(row: JsonObject, index: int) -> Trade:
    status = word(row.get("status"))  # a plain text here, not an object
    return Trade(
        id=TradeId(_required_id(row, f"trade {index}: id")),
        purpose=word(row.get("trade_purpose")),
        status=None if status is None else TradeStatus(status),
        cancelable=boolean(row.get("cancelable")),
        realised_quantity=number(row.get("realised_amount")),
        realised_pct=number(row.get("realised_percentage")),
    )


def _stop_loss(stop_loss: JsonObject) -> StopLoss:
    trigger = _section(_section(stop_loss, "conditional"), "price")
    return StopLoss(
        enabled=boolean(stop_loss.get("enabled")),
        status=_status(stop_loss),
        trigger_price=number(trigger.get("value")),
        breakeven=boolean(stop_loss.get("breakeven")),
    )


def _other_exits(entity: JsonObject) -> tuple[TradeStatus | None, ...]:
    """
    Read the statuses of what else may sell; one that cannot be read is ``None`` and blocks.
    """
    reductions = _section(entity, "reduce_funds").get("steps")
    if reductions is not None and not isinstance(reductions, list):
        msg = "`reduce_funds.steps` is not a list"
        raise Malformed(msg)
    _refuse_if_endless(reductions or (), "`reduce_funds.steps`", most=MOST_IN_A_LIST)
    exits = [_status(_object(step, "a step of reduce_funds")) for step in reductions or ()]
    market_close = _section(entity, "market_close")
    if market_close:
        exits.append(_status(market_close))
    return tuple(exits)


def _current_price(price: JsonObject) -> CurrentPrice:
    return CurrentPrice(
        bid=number(price.get("bid")),
        ask=number(price.get("ask")),
        last=number(price.get("last")),
        day_change_pct=number(price.get("day_change_percent")),
        quote_volume=number(price.get("quote_volume")),
    )


def _leverage(leverage: JsonObject) -> Decimal | None:
    enabled = boolean(leverage.get("enabled"))
    if enabled is False:
        return NO_LEVERAGE
    return number(leverage.get("value")) if enabled else None


def _entry_price(data: JsonObject, place: JsonObject) -> Decimal | None:
    average = data.get("average_enter_price")
    return number(_section(place, "price").get("value") if average is None else average)


def _status_word(parent: JsonObject) -> str | None:
    """
    Read ``status``: its `basic_type`, else its `type` (older answers). Two that differ are unknown.
    """
    status = _section(parent, "status")
    given: Sequence[object] = [status.get("basic_type"), status.get("type")]
    words = {word(value) for value in given if value is not None}
    return words.pop() if len(words) == 1 else None


def _status(parent: JsonObject) -> TradeStatus | None:
    found = _status_word(parent)
    return None if found is None else TradeStatus(found)


def _section(parent: JsonObject, key: str) -> JsonObject:
    """
    Return the object under *key*; missing and null are empty, anything else is not what the API sends.
    """
    value = parent.get(key)
    return {} if value is None else _object(value, f"`{key}`")


def _object(value: object, what: str) -> JsonObject:
    if not isinstance(value, dict):
        msg = f"{what} is not an object"
        raise Malformed(msg)
    return value


def _required_id(parent: JsonObject, name: str) -> int:
    found = whole_id(parent.get("id"))
    if found is None:
        msg = f"`{name}` is not a positive integer"
        raise Malformed(msg)
    return found
