"""
The world of the simulator: SmartTrades, a market, and the rules by which 3Commas cancels. It plays what is due whenever
somebody looks, and keeps a log of what truly happened.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from tradewarden.simulator.entities import smart_trade_body
from tradewarden.simulator.habits import Habits
from tradewarden.simulator.intake import TradeIds, smart_trade_from
from tradewarden.simulator.market import Move, PricePath, Quote
from tradewarden.simulator.matching import play_market
from tradewarden.simulator.owner import Owner
from tradewarden.simulator.rows import trade_rows
from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.smart_trade import DONE, LIVE, OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradewarden.simulator.smart_trade import Json, Leg, SmartTrade

QUOTE_KEYS = frozenset({"bid", "ask", "last", "day_change", "volume"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    One thing that truly happened, at *at* seconds since the epoch, *by* the api (a request), the owner or the market.

    *what* is ``cancel_accepted``, ``step_cancelled``, ``step_filled``, ``step_partly_filled``, ``trailing_activated``,
    ``entered``, ``smart_trade_cancel_accepted``, ``stop_loss_fired``, ``stop_loss_removed``, ``edited``, ``armed``,
    ``close_requested``, ``reduce_requested``, ``funds_reduced``, or the status in which the SmartTrade ended.
    """

    at: float
    what: str
    by: str
    smart_trade_id: int
    trade_id: int | None = None


class World:
    """
    Everything that the simulated 3Commas knows. *now* returns seconds since the epoch, at any pace it likes.

    Not safe to use from several threads at once: hold the lock of the Api.
    """

    def __init__(self, *, now: Callable[[], float], habits: Habits | None = None) -> None:
        self.habits = habits if habits is not None else Habits()
        self.ui_mode = "real"  # what the owner has selected on the web: it rules requests without Forced-Mode
        self.events: list[Event] = []
        self.owner = Owner(self)
        self.ids = TradeIds()
        self._now = now
        self._started = now()
        self._elapsed = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._smart_trades: dict[int, SmartTrade] = {}

    # --- time

    @property
    def now(self) -> float:
        """
        Return the moment up to which the world has been played, in seconds since the epoch.
        """
        return self._started + self._elapsed

    @property
    def elapsed(self) -> float:
        """
        Return the seconds that the world has been played.
        """
        return self._elapsed

    def advance(self) -> None:
        """
        Play what is due by now, in its order: moves of the market, cancels that take effect, edits that settle.
        """
        target = max(round(self._now() - self._started, 6), self._elapsed)
        while self._due and self._due[0][0] <= target:
            due, _, action = heapq.heappop(self._due)
            self._elapsed = max(due, self._elapsed)
            play_market(self)
            action()
        self._elapsed = target
        play_market(self)

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """
        Have *action* happen *delay_s* from now.
        """
        heapq.heappush(self._due, (round(self._elapsed + delay_s, 6), next(self._order), action))

    def record(self, what: str, by: str, smart_trade: SmartTrade, leg: Leg | None = None) -> None:
        """
        Write down what truly happened.
        """
        trade_id = None if leg is None else leg.id
        self.events.append(Event(at=self.now, what=what, by=by, smart_trade_id=smart_trade.id, trade_id=trade_id))

    # --- the SmartTrades

    def add_smart_trade(
        self,
        entity: Json,
        *,
        trades: Sequence[Json] = (),
        mode: str = "real",
        moves: Sequence[Move] = (),
        linear: bool = True,
        volume_per_minute: Decimal = Decimal(0),
    ) -> SmartTrade:
        """
        Add a SmartTrade as the API would show it; its list of trades is derived when *trades* does not give it.

        The moments of *moves* count from now. Raises ScenarioError.
        """
        place = f"SmartTrade {entity.get('id')}"
        smart_trade = smart_trade_from(entity, trades=trades, mode=mode, ids=self.ids, place=place)
        if smart_trade.id in self._smart_trades:
            msg = f"{place}: there is one of that id already."
            raise ScenarioError(msg)
        smart_trade.prices = PricePath(
            smart_trade.prices.base,
            start_s=self._elapsed,
            moves=[_shifted(move, self._elapsed) for move in moves],
            linear=linear,
            volume_per_minute=volume_per_minute,
        )
        for turn in smart_trade.prices.times:
            self.later(turn - self._elapsed, _look)
        self._smart_trades[smart_trade.id] = smart_trade
        return smart_trade

    def smart_trade(self, smart_trade_id: int) -> SmartTrade:
        """
        Return the SmartTrade of that id. Raises KeyError.
        """
        return self._smart_trades[smart_trade_id]

    def find(self, smart_trade_id: int, mode: str) -> SmartTrade | None:
        """
        Return the SmartTrade of that id if it is of *mode*.
        """
        found = self._smart_trades.get(smart_trade_id)
        return found if found is not None and found.mode == mode else None

    def smart_trades(self, mode: str | None = None) -> list[SmartTrade]:
        """
        Return the SmartTrades of *mode*, or all, in the order in which they were added.
        """
        return [found for found in self._smart_trades.values() if mode in (None, found.mode)]

    def body(self, smart_trade: SmartTrade) -> Json:
        """
        Return the entity that the API shows now.
        """
        return smart_trade_body(smart_trade, quote=self.quote(smart_trade), habits=self.habits)

    def rows(self, smart_trade: SmartTrade) -> list[Json]:
        """
        Return the list of trades that the API shows now.
        """
        return trade_rows(smart_trade, habits=self.habits)

    # --- the market

    def quote(self, smart_trade: SmartTrade) -> Quote:
        """
        Return the prices of this moment.
        """
        return smart_trade.prices.at(self._elapsed)

    def quote_of(self, pair: str) -> Quote | None:
        """
        Return the quote of a pair that is traded here, in whichever mode; ``None`` if it is not.
        """
        found = next((one for one in self.smart_trades() if one.pair == pair), None)
        return None if found is None else self.quote(found)

    def set_prices(
        self, *, smart_trade_id: int | None = None, pair: str | None = None, **values: str | Decimal | None
    ) -> None:
        """
        Move the market, of one SmartTrade, of a pair or of all, and leave it there.

        *values* are ``last``, ``change_pct`` or ``day_change`` (the rest follows from one of them), ``bid``, ``ask``,
        ``volume``; with ``None`` the API shows null.
        """
        self.advance()
        for smart_trade in self.smart_trades():
            if smart_trade_id in (None, smart_trade.id) and pair in (None, smart_trade.pair):
                quote = _changed(smart_trade.prices, self.quote(smart_trade), values)
                smart_trade.prices = smart_trade.prices.continued(self._elapsed, quote)
        play_market(self)

    def fill_step(
        self, smart_trade_id: int, trade_id: int, *, share: str | Decimal = "1", price: str | Decimal | None = None
    ) -> None:
        """
        Fill a step, or *share* of it, at *price* (its own if that is not said). A step that is full is finished.
        """
        self.advance()
        smart_trade = self.smart_trade(smart_trade_id)
        leg = _needed(smart_trade, trade_id)
        self.fill(smart_trade, leg, share=Decimal(share), price=leg.price if price is None else Decimal(price))

    def enter_position(self, smart_trade_id: int) -> None:
        """
        Fill the entry of a SmartTrade that waits for it, and arm its targets and its stop loss.
        """
        self.advance()
        smart_trade = self.smart_trade(smart_trade_id)
        entry = smart_trade.position
        entry.status, entry.realised_price, entry.updated_at = "finished", entry.price, self.now
        entry.realised_amount = entry.amount or Decimal(0)
        for leg in smart_trade.legs:
            if leg.status == "idle":
                leg.status, leg.updated_at = leg.armed_status, self.now
        smart_trade.status, smart_trade.updated_at = "waiting_targets", self.now
        self.record("entered", "market", smart_trade, entry)

    def fill(self, smart_trade: SmartTrade, leg: Leg, *, share: Decimal, price: Decimal | None) -> None:
        """
        Book a fill of *share* of a step's amount; the SmartTrade is finished when no step is left that could fill.
        """
        amount = leg.amount or Decimal(0)
        filled = min(amount * share, amount - leg.realised_amount)
        leg.realised_amount += filled
        leg.realised_price = price
        leg.updated_at = smart_trade.updated_at = self.now
        smart_trade.closed_amount += filled
        smart_trade.closed_total += filled * (price or Decimal(0))
        if leg.realised_amount < amount:
            self.record("step_partly_filled", "market", smart_trade, leg)
            return
        leg.status, leg.going = "finished", False
        self.record("step_filled", "market", smart_trade, leg)
        self.move_stop_loss_to_breakeven(smart_trade)
        self.finish_if_done(smart_trade)

    def move_stop_loss_to_breakeven(self, smart_trade: SmartTrade) -> None:
        """
        Move the stop loss to the entry price, as ``breakeven`` wants after the first target.
        """
        given: Json = smart_trade.body.get("stop_loss") or {}
        stop_loss = smart_trade.stop_loss
        if given.get("breakeven") and stop_loss is not None and stop_loss.status in LIVE:
            stop_loss.price, stop_loss.updated_at = smart_trade.entry_price, self.now

    def finish_if_done(self, smart_trade: SmartTrade) -> None:
        """
        End a SmartTrade none of whose steps can fill any more.
        """
        # One that is being cancelled or closed ends as just that, whatever fills meanwhile.
        if smart_trade.status in OPEN and all(leg.status in DONE for leg in smart_trade.steps):
            self.end(smart_trade, "finished", by="market")

    # --- cancelling

    def cancel_trade(self, smart_trade_id: int, trade_id: int, *, by: str = "api") -> bool:
        """
        Do what a DELETE of a trade does; ``False`` if it can not be cancelled.

        The last step that remains, the stop loss or the entry takes the whole SmartTrade with it.
        """
        self.advance()
        smart_trade = self.smart_trade(smart_trade_id)
        leg = smart_trade.leg(trade_id)
        if leg is None or not smart_trade.can_cancel(leg):
            return False
        self.record("cancel_accepted", by, smart_trade, leg)
        if smart_trade.cancel_is_fatal(leg):
            self._begin_cancellation(smart_trade, leg, by)
            return True
        leg.going = True
        self.later(self.habits.cancel_lag_s, lambda: self._complete_cancel(smart_trade, leg, by))
        return True

    def cancel_smart_trade(self, smart_trade_id: int, *, by: str = "api") -> bool:
        """
        Do what a DELETE of a SmartTrade does; ``False`` if it is ending or has ended.
        """
        self.advance()
        smart_trade = self.smart_trade(smart_trade_id)
        if smart_trade.has_ended or smart_trade.status.startswith("cancellation_"):
            return False
        self._begin_cancellation(smart_trade, None, by)
        return True

    def end(self, smart_trade: SmartTrade, status: str, *, by: str) -> None:
        """
        End a SmartTrade in *status*: whatever was open is cancelled.
        """
        for leg in smart_trade.legs:
            leg.going = False
            if leg.status not in DONE and leg.status != "smart_sell":
                leg.status, leg.updated_at = "cancelled", self.now
        smart_trade.status = status
        smart_trade.updated_at = smart_trade.closed_at = self.now
        self.record(status, by, smart_trade)

    def _begin_cancellation(self, smart_trade: SmartTrade, leg: Leg | None, by: str) -> None:
        smart_trade.status = "cancellation_pending"
        smart_trade.updated_at = self.now
        self.record("smart_trade_cancel_accepted", by, smart_trade, leg)
        self.later(self.habits.cancel_lag_s, lambda: self.end(smart_trade, "cancelled", by=by))

    def _complete_cancel(self, smart_trade: SmartTrade, leg: Leg, by: str) -> None:
        if not leg.going:
            return  # it filled first, or the SmartTrade ended
        leg.status, leg.going, leg.updated_at = "cancelled", False, self.now
        self.record("step_cancelled", by, smart_trade, leg)
        self.finish_if_done(smart_trade)


def _look() -> None:
    """
    Do nothing: the market is played before every action, and here its path turns.
    """


def _shifted(move: Move, by_s: float) -> Move:
    return replace(move, at_s=move.at_s + by_s)


def _needed(smart_trade: SmartTrade, trade_id: int) -> Leg:
    leg = smart_trade.leg(trade_id)
    if leg is None:
        msg = f"SmartTrade {smart_trade.id} has no trade {trade_id}."
        raise KeyError(msg)
    return leg


def _changed(path: PricePath, quote: Quote, values: dict[str, str | Decimal | None]) -> Quote:
    unknown = set(values) - QUOTE_KEYS - {"change_pct"}
    if unknown:
        msg = f"A price has no {', '.join(sorted(unknown))}."
        raise TypeError(msg)
    numbers = {key: Decimal(value) for key, value in values.items() if value is not None}
    moves: dict[str, Any] = {key: number for key, number in numbers.items() if key != "volume"}
    if moves.keys() & {"last", "change_pct", "day_change"}:
        moved = path.moved(Move(**moves))
        quote = Quote(bid=moved.bid, ask=moved.ask, last=moved.last, day_change=moved.day_change, volume=quote.volume)
    changes: dict[str, Any] = {key: numbers.get(key) for key in values if key in QUOTE_KEYS}
    return replace(quote, **changes)
