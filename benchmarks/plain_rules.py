"""
The rules of the benchmark, and fifty functions written by hand that ask the same of a row of facts.

None of them fires in the market of `pages`: a cycle in which nothing is cancelled is what a daemon does all day. Each
function is a code object of its own, as if each had been written out.
"""

from __future__ import annotations

from decimal import Decimal
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.plain_page import SmartTrade

    Row = Mapping[str, Any]
    Function = Callable[[Row], Truth]

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
KINDS = 5
MINUS_40, MINUS_80, HUNDRED = Decimal(-40), Decimal(-80), Decimal(100)


def rules_file(count: int) -> str:
    """
    Return a file of *count* rules, with conditions of every kind.
    """
    lines = ["version: 1", "mode: live", "api: {requests_per_minute: 100}", "rules:"]
    for number in range(count):
        when = condition(number)
        lines.append(f"  - {{name: rule-{number}, match: {{pair: 'USDT_*'}}, when: '{when}', cancel: farthest}}")
    return "\n".join([*lines, ""])


def condition(number: int) -> str:
    """
    Return the condition of the rule of that number.
    """
    far, near = 50 + number % 40, 30 + number % 40
    return (
        f"day_change < -{far}%",
        f"day_change < -{far}% and profit < -40%",
        f"-80% < profit < -{near}%",
        'pair like "USDT_*" and side == "short"',
        f"(ask - bid) / ask * 100 > {far}",
    )[number % KINDS]


def functions(count: int) -> list[Function]:
    """
    Return as many functions by hand.
    """
    return [_written_out(_function(number), number) for number in range(count)]


def row_of(trade: SmartTrade) -> Row:
    """
    Make a flat row of what the functions ask for; what is missing is None.
    """
    data, profit, place = trade.data, trade.profit, trade.position
    price = None if data is None else data.current_price
    return {
        "pair": trade.pair,
        "side": None if place is None else {"buy": "long", "sell": "short"}.get(place.type or ""),
        "day_change": None if price is None else price.day_change_percent,
        "bid": None if price is None else price.bid,
        "ask": None if price is None else price.ask,
        "profit": None if profit is None else profit.percent,
    }


def _function(number: int) -> Function:
    make = (_single, _joined, _chained, _text, _calculated)[number % KINDS]
    return make(number)


def _single(number: int) -> Function:
    minus_far = Decimal(-50 - number % 40)

    def ask(row: Row) -> Truth:
        day_change = row["day_change"]
        if day_change is None:
            return UNKNOWN
        return TRUE if day_change < minus_far else FALSE

    return ask


def _joined(number: int) -> Function:
    minus_far = Decimal(-50 - number % 40)

    def ask(row: Row) -> Truth:
        day_change, profit = row["day_change"], row["profit"]
        if day_change is not None and not day_change < minus_far:
            return FALSE
        if profit is not None and not profit < MINUS_40:
            return FALSE
        return UNKNOWN if day_change is None or profit is None else TRUE

    return ask


def _chained(number: int) -> Function:
    minus_near = Decimal(-30 - number % 40)

    def ask(row: Row) -> Truth:
        profit = row["profit"]
        if profit is None:
            return UNKNOWN
        return TRUE if MINUS_80 < profit < minus_near else FALSE

    return ask


def _text(_: int) -> Function:
    def ask(row: Row) -> Truth:
        pair, side = row["pair"], row["side"]
        if pair is not None and not pair.startswith("USDT_"):
            return FALSE
        if side is not None and side != "short":
            return FALSE
        return UNKNOWN if pair is None or side is None else TRUE

    return ask


def _calculated(number: int) -> Function:
    far = Decimal(50 + number % 40)

    def ask(row: Row) -> Truth:
        ask_price, bid = row["ask"], row["bid"]
        if ask_price is None or bid is None or ask_price == 0:
            return UNKNOWN
        return TRUE if (ask_price - bid) / ask_price * HUNDRED > far else FALSE

    return ask


def _written_out(function: Function, number: int) -> Function:
    made = cast("FunctionType", function)
    code = made.__code__.replace(co_name=f"rule_{number}")
    return cast("Function", FunctionType(code, made.__globals__, code.co_name, None, made.__closure__))
