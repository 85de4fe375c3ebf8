"""
The hands of others: what the owner and other tools do to the SmartTrades, and the market at the worst moment.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from simulation.market import RememberedPath
from tradewarden.simulator.smart_trade import LIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.portfolio import Portfolio
    from simulation.scene import Scene
    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import World

MOST_OPEN = 20


class Hands:
    """
    Acts now and then. *eagerness* is how many acts there are in an hour.
    """

    def __init__(
        self, world: World, portfolio: Portfolio, scene: Scene, *, is_asked_about: Callable[[int], bool]
    ) -> None:
        self._is_asked_about = is_asked_about  # whether a question about that SmartTrade may be open
        self._world = world
        self._portfolio = portfolio
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._figures = scene.figures
        self._chance = chance = scene.chance("hands")
        self._fewest = chance.choice((1, 2, 3, 4, 6, 14))
        self._most = min(self._fewest + chance.choice((1, 3, 6)), MOST_OPEN)
        self._eagerness = chance.choice((0.5, 1.0, 2.0, 5.0))
        self._meddles = chance.choice((0.0, 0.05, 0.3))  # how often at the worst moment: around the two reads
        self.touched_s: dict[int, float] = {}  # when a SmartTrade was last acted on
        self._acts: tuple[tuple[str, int, Callable[[SmartTrade], bool]], ...] = (
            ("edits", 6, self._edit),
            ("cancels a step", 6, self._cancel_step),
            ("cancels the SmartTrade", 1, lambda trade: world.owner.cancel_smart_trade(trade.id)),
            ("closes at market", 2, lambda trade: world.owner.close_at_market(trade.id)),
            ("closes a step at market", 3, self._close_step),
            ("reduces funds", 2, lambda trade: world.owner.reduce_funds(trade.id, (trade.units or Decimal(10)) / 10)),
            ("adds funds", 2, self._add_funds),
            ("removes the stop loss", 1, lambda trade: world.owner.remove_stop_loss(trade.id)),
            ("fills a part", 3, self._fill_a_part),
            ("fills a step", 2, self._fill_a_step),
        )

    def begin(self) -> None:
        """
        Open the first SmartTrades and act from now on.
        """
        for _ in range(self._chance.randint(self._fewest, self._most)):
            self._portfolio.open_one(self._timeline.true_s)
        self._plan()

    def may_act_on_what_is_wanted(self, smart_trade_ids: Sequence[int]) -> None:
        """
        Act, perhaps, on a SmartTrade of which a listing has just led to a proposal.
        """
        if not smart_trade_ids or self._chance.random() >= self._meddles:
            return
        wanted = self._chance.choice(smart_trade_ids)

        def act() -> None:
            trade = next((one for one in self._open if one.id == wanted), None)
            if trade is not None:
                self._act_on(trade)

        self._agenda.after(self._chance.choice((0.0, self._chance.uniform(0, 1))), act)

    def may_act_before_the_delete(self, smart_trade_id: int) -> None:
        """
        Act, perhaps, on the SmartTrade of a DELETE that arrives, before it is processed.
        """
        trade = next((one for one in self._open if one.id == smart_trade_id), None)
        if trade is not None and self._chance.random() < self._meddles:
            self._act_on(trade)

    def may_act_between_the_reads(self, smart_trade_id: int) -> None:
        """
        Change a SmartTrade or its price, perhaps, when its second read arrives.
        """
        trade = next((one for one in self._open if one.id == smart_trade_id), None)
        if trade is None or self._chance.random() >= self._meddles:
            return
        self.touched_s[trade.id] = self._timeline.true_s
        if self._chance.random() < 0.4 or not isinstance(trade.prices, RememberedPath):
            self._act_on(trade)
            return
        factor = Decimal(self._chance.choice(("0.93", "0.98", "1.02", "1.05")))
        trade.prices.leap(factor, until_s=self._world.elapsed + self._chance.uniform(1, 90))
        self._figures.acts["leaps"] += 1
        self._trace.add(f"hands: the price of {trade.id} leaps by {factor}")

    def shift_the_pages(self) -> None:
        """
        End a SmartTrade and open another between two pages of a listing.
        """
        if self._open:
            self._world.owner.close_at_market(self._open[0].id)
        if len(self._open) < self._most:
            self._portfolio.open_one(self._timeline.true_s)

    @property
    def _open(self) -> list[SmartTrade]:
        return [trade for trade in self._world.smart_trades() if trade.status == "waiting_targets"]

    def _plan(self) -> None:
        self._agenda.after(self._chance.expovariate(self._eagerness / 3600), self._act)

    def _act(self) -> None:
        self._world.advance()
        for trade in [one for one in self._world.smart_trades() if self._is_long_gone(one)]:
            self._world._smart_trades.pop(trade.id)  # the API would list it for ever; nothing asks for it any more
        while len(self._open) < self._fewest:
            self._portfolio.open_one(self._timeline.true_s)
        if len(self._open) < self._most and self._chance.random() < 0.4:
            self._portfolio.open_one(self._timeline.true_s)
        self._act_on(self._chance.choice(self._open))
        self._plan()

    def _is_long_gone(self, trade: SmartTrade) -> bool:
        is_old = trade.has_ended and self._world.now - (trade.closed_at or self._world.now) > 3600
        return is_old and not self._is_asked_about(trade.id)

    def _act_on(self, trade: SmartTrade) -> None:
        self.touched_s[trade.id] = self._timeline.true_s
        what, _, act = self._chance.choices(self._acts, [weight for _, weight, _ in self._acts])[0]
        if act(trade):
            self._figures.acts[what] += 1
            self._trace.add(f"hands: {what} of {trade.id}")

    # --- single acts

    def _live_steps(self, trade: SmartTrade) -> list[int]:
        return [leg.id for leg in trade.steps if leg.status in LIVE]

    def _edit(self, trade: SmartTrade) -> bool:
        prices = {
            leg.position: leg.price * Decimal(str(round(self._chance.uniform(0.99, 1.05), 3)))
            for leg in trade.steps
            if leg.position is not None and leg.price is not None and self._chance.random() < 0.5
        }
        return self._world.owner.edit(trade.id, prices=prices)

    def _cancel_step(self, trade: SmartTrade) -> bool:
        steps = self._live_steps(trade)
        return len(steps) > 1 and self._world.owner.cancel_step(trade.id, self._chance.choice(steps))

    def _close_step(self, trade: SmartTrade) -> bool:
        steps = self._live_steps(trade)
        return len(steps) > 1 and self._world.owner.close_step_at_market(trade.id, self._chance.choice(steps))

    def _add_funds(self, trade: SmartTrade) -> bool:
        """
        Buy more: the steps are saved anew, with larger amounts.
        """
        for leg in trade.legs:
            if leg.purpose in {"take_profit", "stop_loss"} and leg.amount is not None and leg.status in LIVE:
                leg.amount *= 2
        if trade.units is not None:
            trade.units *= 2
        return self._world.owner.edit(trade.id)

    def _fill_a_part(self, trade: SmartTrade) -> bool:
        steps = self._live_steps(trade)
        if not steps:
            return False
        self._world.fill_step(trade.id, self._chance.choice(steps), share="0.3")
        return True

    def _fill_a_step(self, trade: SmartTrade) -> bool:
        steps = self._live_steps(trade)
        if not steps:
            return False
        self._world.fill_step(trade.id, self._chance.choice(steps))
        return True
