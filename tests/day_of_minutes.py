"""
A thousand SmartTrades in a market that moves a little each minute, and rules that look back on it for a day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from factories import gap_of, make_rule, make_settings, make_smart_trade
from tradewarden.engine.decide import Evaluation, evaluate
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.smart_trade import CurrentPrice, Listing, SmartTradeId

if TYPE_CHECKING:
    from tradewarden.model.memory import Memory
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import SmartTrade

SMART_TRADES = 1_000
MINUTE = timedelta(minutes=1)
RULES = tuple(
    make_rule(text, name=text)
    for text in (
        "last < lowest(last, 1d)",
        "profit < highest(profit, 1d) - 50%",
        "change(last, 15m) < -90%",
        "held(day_change < -5%, 1h) and last < 0",
    )
)
PLAN = plan_windows(RULES, lambda _: MINUTE)


class Market:
    """
    Prices of every size with eight places at most, as exchanges have them; each has a market of its own.
    """

    def __init__(self) -> None:
        self._chance = Random(1)  # noqa: S311 (a seed, not a secret)
        self._opening = [Decimal(repr(round(10 ** self._chance.uniform(-4, 4.5), 6))) for _ in range(SMART_TRADES)]
        self._last = list(self._opening)
        self._trades = [make_smart_trade(id=SmartTradeId(30428625 + 7 * number)) for number in range(SMART_TRADES)]

    def listing(self, moment: Moment) -> Listing:
        """
        Return the listing at that moment.
        """
        trades = tuple(self._moved(number, trade) for number, trade in enumerate(self._trades))
        return Listing(smart_trades=trades, unreadable=(), asked_at=moment)

    def _moved(self, number: int, trade: SmartTrade) -> SmartTrade:
        chance, opening = self._chance, self._opening[number]
        price = self._last[number] * Decimal(repr(1 + chance.gauss(0, 0.001)))
        places = 8 - max(0, price.adjusted() + 1)
        last = self._last[number] = price.quantize(Decimal(1).scaleb(-places))
        change = ((last / opening - 1) * 100).quantize(Decimal("0.01"))
        return replace(
            trade,
            price=CurrentPrice(
                bid=(last * Decimal("0.9999")).quantize(last),
                ask=(last * Decimal("1.0001")).quantize(last),
                last=last,
                day_change_pct=change,
                quote_volume=Decimal(repr(round(chance.uniform(1e4, 1e7), 5))),
            ),
            profit_pct=change,
            profit_usd=(change * Decimal("1.37")).quantize(Decimal("0.0000001")),
            roe_pct=change * 3 if number % 3 else None,
        )


def judged(listing: Listing, memory: Memory) -> Evaluation:
    """
    Evaluate a listing.
    """
    return evaluate(listing, RULES, memory, settings=make_settings(), hold_gap_of=gap_of(), plan=PLAN)
