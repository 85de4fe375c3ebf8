"""
The judge of liveness: when all is calm and a rule is true, the cancel happens within two cycles.

Its judgement of what is due is kept simple and strict: where it could be argued, nothing is due.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from simulation.plain_reading import PlainReading, number
from simulation.rulebook import NEVER, ON_RESET
from tradewarden.journal.values import instant_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.journal_view import JournalView
    from simulation.judge import Judge, Key
    from simulation.rulebook import Book, RuleSpec
    from simulation.scene import Scene
    from tradewarden.model.decision import CycleReport
    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import World

CYCLES = 2  # in the calm: the one that sees it first, and one more
UNTOUCHED_S = 300.0  # nobody else has acted on it for so long
CLEARLY = Decimal("0.1")  # percent beyond a threshold, so that the second read sees it too
SETTLED = {"to_process", "order_placed", "trailing_activated", "finished", "cancelled", "failed", "panic_sold"}


class Liveness:
    """
    Counts in how many cycles each cancel was due, and complains about one that does not come.
    """

    def __init__(
        self, world: World, journal: JournalView, judge: Judge, scene: Scene, *, touched_s: Mapping[int, float]
    ) -> None:
        self._touched_s = touched_s
        self._world = world
        self._journal = journal
        self._judge = judge
        self._timeline, self._trace, self._figures = scene.timeline, scene.trace, scene.figures
        self._due_for: dict[Key, int] = defaultdict(int)

    def forget(self) -> None:
        """
        Begin anew: something has happened.
        """
        self._due_for.clear()

    def check(self, book: Book, report: CycleReport) -> None:
        """
        Look at a cycle that has ended in calm.
        """
        if report.errors or not book.is_live or book.abort_above != "never" or not self._journal.is_armed:
            self.forget()
            return
        sent = {(one.rule, one.trade.id) for one in self._judge.deletes.values() if one.cycle_id == report.cycle_id}
        due = self._due(book)
        self._figures.cancels_in_calm += len(sent)
        for key in list(self._due_for):
            if key not in due:
                del self._due_for[key]
        for key in due - sent:
            self._due_for[key] += 1
            if self._due_for[key] > CYCLES and len(sent) < book.per_cycle:
                self._trace.break_promise(
                    f"rule {key[0]} is due on SmartTrade {key[1]} for {self._due_for[key]} cycles, and nothing happens "
                    f"(the cycle tells: {_told(report, *key) or 'nothing'}; {book.rule(key[0])})"
                )

    def _due(self, book: Book) -> set[Key]:
        in_hour = self._journal.consumed_since(self._ago(hours=1, minutes=1))
        if in_hour >= book.per_hour or self._journal.is_access_stopped:
            return set()
        found = set()
        for reading in self._judge.listed:
            for rule in book.rules:
                if isinstance(reading.id, int) and self._is_due(reading.id, reading, book, rule):
                    found.add((rule.name, reading.id))
        return found

    def _is_due(self, smart_trade_id: int, reading: PlainReading, book: Book, rule: RuleSpec) -> bool:
        if rule.window:
            return False  # whether it is due over time he does not know
        target = reading.chosen(rule)
        since_s = self._judge.true_since.get((rule.name, smart_trade_id))
        value = reading.fact(rule.fact)
        if target is None or since_s is None or value is None or value > rule.below - CLEARLY:
            return False
        if self._timeline.true_s - self._touched_s.get(smart_trade_id, -UNTOUCHED_S) < UNTOUCHED_S:
            return False
        if rule.schedule is not None or rule.cancel.startswith("{where"):
            return False
        if self._judge.listed_s - since_s < rule.hold_s:
            return False
        trade = self._world.smart_trade(smart_trade_id)
        if not _is_settled(trade):
            return False
        full = PlainReading(self._world.body(trade), self._world.rows(trade))
        sent = {one.trade_id for one in self._judge.deletes.values()}
        return not full.objections(book, rule, target, sent=sent, needs_rows=True) and self._may(
            book, rule, smart_trade_id, full
        )

    def _may(self, book: Book, rule: RuleSpec, smart_trade_id: int, reading: PlainReading) -> bool:
        """
        Tell whether the past lets it happen, and no price is near a bound.
        """
        past = self._journal.of_smart_trade(smart_trade_id)
        if self._journal.is_set_aside(smart_trade_id) or any(row["outcome"] is None for row in past):
            return False
        failed = {"rejected", "not_applied", "not_sent"}
        if any(row["outcome"] in failed for row in past):
            return False  # some back-off may run
        day, hours = self._ago(hours=25), rule.repeat_hours
        if sum(row["at_wall"] > day for row in past) >= book.per_smart_trade:
            return False
        mine = [row for row in past if row["rule"] == rule.name]
        if mine and (
            rule.repeat in {NEVER, ON_RESET} or (hours and max(row["at_wall"] for row in mine) > self._ago(hours=hours))
        ):
            return False
        if any(row["at_wall"] > self._ago(minutes=5) for row in past):
            return False
        return all(not self._is_near(reading, number(step["price"]["value"])) for step in reading.steps)

    def _is_near(self, reading: PlainReading, price: Decimal | None) -> bool:
        last = reading.price("last")
        return price is None or last is None or abs(price - last) < last * Decimal("0.02")

    def _ago(self, **duration: int) -> str:
        return instant_to_text(self._timeline.now().wall - timedelta(**duration))


def _is_settled(trade: SmartTrade) -> bool:
    """
    Tell whether 3Commas is changing nothing of it.
    """
    if trade.status != "waiting_targets":
        return False
    return all(not leg.going and (leg.status in SETTLED or leg.purpose == "position") for leg in trade.legs)


def _told(report: CycleReport, rule: str, smart_trade_id: int) -> str:
    """
    Return what a cycle's report says of a rule and a SmartTrade.
    """
    key = (rule, smart_trade_id)
    told = [f"{row.outcome.value} {row.reason}" for row in report.outcomes if (row.rule, row.smart_trade_id) == key]
    told += [f"held for {one.held}" for one in report.holding if (one.rule, one.smart_trade_id) == key]
    return ", ".join(told)
