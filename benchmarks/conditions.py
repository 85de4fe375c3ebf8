"""
Conditions, each beside the function that somebody would write by hand to do exactly the same.

That is: over the same mapping of facts, in `Decimal`, with the same constants. A fact that is missing or None is
unknown, what compares with it is unknown, and an unknown part decides nothing that the other parts have not decided.
(Numbers are finite: that is the contract of facts.) A test holds each pair to the same answers, so that neither saves
itself a case.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Facts = Mapping[str, Any]
    Function = Callable[[Facts], Truth]

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
MINUS_5, MINUS_10, MINUS_15, MINUS_20 = Decimal(-5), Decimal(-10), Decimal(-15), Decimal(-20)
THREE, TWO_HOURS = Decimal(3), Decimal(7200)


def simple(facts: Facts) -> Truth:
    """
    Answer a single comparison.
    """
    day_change = facts.get("day_change")
    if day_change is None:
        return UNKNOWN
    return TRUE if day_change < MINUS_5 else FALSE


def chained(facts: Facts) -> Truth:
    """
    Answer a chain of two comparisons.
    """
    profit = facts.get("profit")
    if profit is None:
        return UNKNOWN
    return TRUE if MINUS_20 < profit < ZERO else FALSE


def joined(facts: Facts) -> Truth:
    """
    Answer three comparisons of which any may decide.
    """
    day_change, profit, live_steps = facts.get("day_change"), facts.get("profit"), facts.get("live_steps")
    if day_change is not None and not day_change < MINUS_15:
        return FALSE
    if profit is not None and not profit < MINUS_10:
        return FALSE
    if live_steps is not None and not live_steps >= THREE:
        return FALSE
    return UNKNOWN if day_change is None or profit is None or live_steps is None else TRUE


def nested(facts: Facts) -> Truth:
    """
    Answer `and` and `or` together.
    """
    side, age, profit, stop_loss = facts.get("side"), facts.get("age"), facts.get("profit"), facts.get("stop_loss")
    if (side is not None and side != "long") or stop_loss is False:
        return FALSE
    is_old = age is not None and age > TWO_HOURS
    if not is_old and not (profit is not None and profit < MINUS_10):
        return UNKNOWN if age is None or profit is None else FALSE
    return UNKNOWN if side is None or stop_loss is None else TRUE


def arithmetic(facts: Facts) -> Truth:
    """
    Answer a comparison of what must be calculated.
    """
    bid, ask = facts.get("bid"), facts.get("ask")
    if bid is None or ask is None or ask == ZERO:
        return UNKNOWN
    return TRUE if (ask - bid) / ask * HUNDRED < ONE else FALSE


def text(facts: Facts) -> Truth:
    """
    Answer what is asked of two texts.
    """
    pair, side = facts.get("pair"), facts.get("side")
    if pair is not None and not pair.startswith("USDT_"):
        return FALSE
    if side is not None and side != "long":
        return FALSE
    return UNKNOWN if pair is None or side is None else TRUE


def listed(facts: Facts) -> Truth:
    """
    Answer whether a text is in a list.
    """
    pair = facts.get("pair")
    if pair is None:
        return UNKNOWN
    return TRUE if pair in {"USDT_BTC", "USDT_ETH", "USDT_DOGE"} else FALSE


CONDITIONS: dict[str, Function] = {
    "day_change < -5%": simple,
    "-20% < profit < 0%": chained,
    "day_change < -15% and profit < -10% and live_steps >= 3": joined,
    'side == "long" and (age > 2h or profit < -10%) and stop_loss': nested,
    "(ask - bid) / ask * 100 < 1": arithmetic,
    'pair like "USDT_*" and side == "long"': text,
    'pair in ["USDT_BTC", "USDT_ETH", "USDT_DOGE"]': listed,
}
"""
By what the rules file says.
"""
