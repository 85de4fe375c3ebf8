"""
What of a SmartTrade does not move with the market, as a text and back: its steps, stop loss, note, statuses.
"""

from __future__ import annotations

import json
import zlib
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from tradewarden.journal.values import instant_from_text, instant_to_text, number_from_text, number_to_text
from tradewarden.model.smart_trade import (
    AccountId,
    CurrentPrice,
    Side,
    SmartTrade,
    SmartTradeId,
    StopLoss,
    TakeProfitStep,
    TradeId,
)
from tradewarden.model.status import TradeStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

_NUMBERS = ("leverage", "entry_price", "quantity", "notional")
_INSTANTS = ("created_at", "updated_at")
_WORDS = ("exchange", "pair", "kind", "status", "editable", "is_position_not_filled", "note")
_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(_WORDS, (str, NoneType)),
    **dict.fromkeys(("id", "account_id"), (int,)),
    **dict.fromkeys(("editable", "is_position_not_filled"), (bool, NoneType)),
    "pair": (str,),
}
_STOP_LOSS_TYPES: Mapping[str, tuple[type, ...]] = dict.fromkeys(("enabled", "breakeven"), (bool, NoneType))
_STEP_TYPES: Mapping[str, tuple[type, ...]] = {
    "id": (int,),
    "position": (int, NoneType),
    "order_type": (str, NoneType),
    **dict.fromkeys(("trailing", "cancelable"), (bool, NoneType)),
}
_OTHERS = ("id", "account_id", "side", "position_status", "steps", "stop_loss", "other_exits")

features_of = attrgetter(*_OTHERS, *_WORDS, *_NUMBERS, *_INSTANTS)
"""
Return all that a portrait shows, for comparison with the one before.
"""


def portrait_to_bytes(trade: SmartTrade) -> bytes:
    """
    Write a portrait, compressed.
    """
    found: dict[str, Any] = {name: getattr(trade, name) for name in ("id", "account_id", *_WORDS)}
    found |= {name: number_to_text(getattr(trade, name)) for name in _NUMBERS}
    found |= {name: None if (at := getattr(trade, name)) is None else instant_to_text(at) for name in _INSTANTS}
    found["side"] = None if trade.side is None else trade.side.value
    found["position_status"] = _word(trade.position_status)
    found["other_exits"] = [_word(status) for status in trade.other_exits]
    found["steps"] = [
        [
            step.id,
            step.position,
            _word(step.status),
            number_to_text(step.price),
            number_to_text(step.share_pct),
            number_to_text(step.quantity),
            step.order_type,
            step.trailing,
            step.cancelable,
        ]
        for step in trade.steps
    ]
    stop = trade.stop_loss
    found["stop_loss"] = [stop.enabled, _word(stop.status), number_to_text(stop.trigger_price), stop.breakeven]
    return zlib.compress(json.dumps(found, separators=(",", ":")).encode())


def smart_trade_of(data: bytes, numbers: Mapping[str, Decimal | None]) -> SmartTrade:
    """
    Return the SmartTrade of a portrait, with the *numbers* of the moment: the recorded facts by name.

    Raises ValueError, KeyError, TypeError or ArithmeticError if it is none.
    """
    try:
        found = json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(str(error)) from None
    _refuse_other_types(found, _TYPES)
    enabled, word, trigger, breakeven = found["stop_loss"]
    _refuse_other_types({"enabled": enabled, "breakeven": breakeven}, _STOP_LOSS_TYPES)
    created_at, updated_at = (None if found[name] is None else instant_from_text(found[name]) for name in _INSTANTS)
    rest: dict[str, Any] = {name: found[name] for name in _WORDS}
    rest |= {name: _number(found[name]) for name in _NUMBERS}
    return SmartTrade(
        id=SmartTradeId(found["id"]),
        account_id=AccountId(found["account_id"]),
        side=None if found["side"] is None else Side(found["side"]),
        position_status=_status(found["position_status"]),
        steps=tuple(_step(*step) for step in found["steps"]),
        stop_loss=StopLoss(enabled=enabled, status=_status(word), trigger_price=_number(trigger), breakeven=breakeven),
        other_exits=tuple(_status(one) for one in found["other_exits"]),
        price=CurrentPrice(
            bid=numbers.get("bid"),
            ask=numbers.get("ask"),
            last=numbers.get("last"),
            day_change_pct=numbers.get("day_change"),
            quote_volume=numbers.get("quote_volume"),
        ),
        profit_pct=numbers.get("profit"),
        profit_usd=numbers.get("profit_usd"),
        roe_pct=numbers.get("roe"),
        created_at=created_at,
        updated_at=updated_at,
        **rest,
    )


def _step(  # noqa: PLR0913, PLR0917 (a row of the portrait)
    id_: int,
    position: int | None,
    word: str | None,
    price: str | None,
    share: str | None,
    quantity: str | None,
    order_type: str | None,
    trailing: bool | None,  # noqa: FBT001 (a row of the portrait)
    cancelable: bool | None,  # noqa: FBT001 (a row of the portrait)
) -> TakeProfitStep:
    _refuse_other_types(
        {"id": id_, "position": position, "order_type": order_type, "trailing": trailing, "cancelable": cancelable},
        _STEP_TYPES,
    )
    return TakeProfitStep(
        id=TradeId(id_),
        position=position,
        status=_status(word),
        price=_number(price),
        share_pct=_number(share),
        quantity=_number(quantity),
        order_type=order_type,
        trailing=trailing,
        cancelable=cancelable,
    )


def _refuse_other_types(found: Mapping[str, Any], types: Mapping[str, tuple[type, ...]]) -> None:
    """
    JSON holds anything: what the daemon never wrote there must not travel on. Raises TypeError.
    """
    for name, expected in types.items():
        if type(found[name]) not in expected:
            msg = f"{name} is {found[name]!r}"
            raise TypeError(msg)


def _number(text: str | None) -> Decimal | None:
    number = number_from_text(text)
    if number is not None and not number.is_finite():
        msg = f"{text!r} is no number"
        raise ValueError(msg)
    return number


def _word(status: TradeStatus | None) -> str | None:
    return None if status is None else status.word


def _status(word: object) -> TradeStatus | None:
    if word is None:
        return None
    if not isinstance(word, str):
        msg = f"{word!r} is no status"
        raise TypeError(msg)
    return TradeStatus(word)
