"""
The demo's story: what the daemon sees, holds, denies and cancels, told as it happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tradewarden.cli.report_text import count, duration_text, quoted
from tradewarden.engine.report import plain_number
from tradewarden.model.cancel import Answer
from tradewarden.model.decision import Outcome
from tradewarden.rules.ruleset import AtPosition, Farthest, Nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from rich.console import Console

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.cancel import CancelAnswer, Verdict
    from tradewarden.model.decision import Check, OutcomeRow
    from tradewarden.model.smart_trade import Listing, SmartTrade
    from tradewarden.ports import Clock
    from tradewarden.rules.ruleset import Selector
    from tradewarden.rulesfile.loader import RulesFile

INDENT = "       "


class Story:
    """
    Hears the daemon (it is its observer) and tells a trader.
    """

    def __init__(self, console: Console, *, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._start = clock.now()
        self._told_denials: set[tuple[str, int]] = set()

    def begin(self, rules: RulesFile, *, faster: int, url: str) -> None:
        """
        Say what will be played, and by which rules.
        """
        say = self._console.print
        pace = f"clock and schedule {faster} times faster: a minute takes {60 // faster} seconds"
        say(f"[bold]TradeWarden demo[/], {pace}.")
        name = quoted(rules.path.name)
        say(f"The real daemon, live, against a simulated 3Commas at {url}. The rules are those of {name}:")
        say()
        for rule in rules.ruleset.enabled:
            say(f"  [bold]{quoted(rule.name)}[/]")
            hold = f" for {duration_text(rule.hold)}" if rule.hold else ""
            cancel = quoted(_selector_text(rule.cancel))
            say(f"    when {quoted(rule.when.text)}{hold}: cancel {cancel}, keep {rule.keep}")
        say()

    def tell(self, event: str, **data: object) -> None:
        """
        Hear an event of the daemon, and tell those that matter to a trader.
        """
        match event:
            case "cycle.evaluated":
                self._saw(cast("Listing", data["listing"]), cast("Evaluation", data["evaluation"]))
            case "cancel.judged":
                self._judged(cast("Proposal", data["proposal"]), cast("Sequence[Check]", data["checks"]))
            case "cancel.intended":
                self._line("The intent is on disk. Now the one DELETE.")
            case "cancel.answered":
                self._answered(cast("CancelAnswer", data["answer"]))
            case "cancel.settled":
                self._settled(cast("Verdict", data["verdict"]))
            case "proposal.outcome":
                self._outcome(cast("OutcomeRow", data["row"]))
            case _:
                pass

    def _saw(self, listing: Listing, evaluation: Evaluation) -> None:
        passed = self._clock.now().surely_since(self._start)
        minutes, seconds = divmod(int(passed.total_seconds()), 60)
        self._console.print(
            f"[bold]{minutes:2}:{seconds:02}[/]  Read {count(len(listing.smart_trades), 'SmartTrade')}."
        )
        held = {holding.smart_trade_id: holding for holding in evaluation.holding}
        for trade in listing.smart_trades:
            holding = held.get(trade.id)
            note = ""
            if holding is not None:
                held_for = f"{duration_text(holding.held)} of {duration_text(holding.needed)}"
                note = f"  [cyan]the rule is true for {held_for}: holding[/]"
            self._console.print(f"{INDENT}{quoted(_trade_text(trade))}{note}")

    def _judged(self, proposal: Proposal, checks: Sequence[Check]) -> None:
        trade, step = proposal.smart_trade, proposal.step
        self._console.print(
            f"{INDENT}[bold]{quoted(trade.pair)}[/]: {quoted(proposal.rule.name)} has held. "
            f"It wants step {step.position} at {_number(step.price)} cancelled."
        )
        holding = sum(check.holds for check in checks)
        self._line(f"Read it a second time, fresh: {holding} of {len(checks)} safety checks hold.")

    def _answered(self, answer: CancelAnswer) -> None:
        if answer.answer is Answer.ACCEPTED and answer.window is not None:
            milliseconds = round(answer.window.total_seconds() * 1000)
            self._line(f"3Commas accepts it, {milliseconds} ms (market time) after the second read.")
            self._line("Its answer still shows the step: that proves nothing, so read back.")
        else:
            self._line(f"The answer: {answer.answer.value} {quoted(answer.reason or '')}".rstrip())

    def _settled(self, verdict: Verdict) -> None:
        self._line(f"[green]Read back until it was certain: {verdict.outcome.value}, {quoted(verdict.detail)}.[/]")

    def _outcome(self, row: OutcomeRow) -> None:
        key = (row.rule, row.smart_trade_id)
        if row.outcome is not Outcome.DENIED or key in self._told_denials:
            return
        self._told_denials.add(key)
        self._console.print(
            f"{INDENT}[bold]{quoted(row.pair)}[/]: {quoted(row.rule)} wants its step {row.step.position} too. "
            f"[yellow]Denied by {quoted(row.reason or '')}[/]: {quoted(row.detail or '')}."
        )
        if row.reason == "steps-remain":
            self._line("Cancelling its last step would make 3Commas cancel the whole SmartTrade.")

    def end(self, listing: Listing) -> None:
        """
        Say what is left, and what to do next.
        """
        say = self._console.print
        say()
        say("[bold]What is left[/]")
        for trade in listing.smart_trades:
            say(f"{INDENT}{quoted(_trade_text(trade))}")
        say()
        say("No SmartTrade was cancelled, no stop loss was touched.")
        say("With `repeat: never` that rule is done with USDT_DOGE: it never takes a second step of it.")
        say("Next: edit a copy of rules.example.yaml, `tradewarden check` it, and `tradewarden run --once --dry-run`.")

    def _line(self, text: str) -> None:
        self._console.print(f"{INDENT}  {text}")


def _trade_text(trade: SmartTrade) -> str:
    live = [step for step in trade.steps if step.status is not None and step.status.is_live]
    prices = ", ".join(_number(step.price) for step in live)
    change = "unknown" if trade.price.day_change_pct is None else f"{trade.price.day_change_pct:+.1f} %"
    return (
        f"{trade.pair:<10} {change:>8}   live steps at {prices:<18} stop loss {_number(trade.stop_loss.trigger_price)}"
    )


def _number(value: Decimal | None) -> str:
    return plain_number(value) or "unknown"


def _selector_text(selector: Selector) -> str:
    match selector:
        case Farthest():
            return "the farthest step"
        case Nearest():
            return "the nearest step"
        case AtPosition(position=position):
            return f"step {position}"
        case _:
            return f"the step where {selector.condition.text}"
