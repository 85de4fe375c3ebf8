"""
Play a test: the daemon's own cycle at each reading, with gateway, journal and clock in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.bootstrap import pace_of
from tradewarden.bootstrap.pace import GAPS_IN_CYCLES
from tradewarden.model.settings import Schedule
from tradewarden.ruletests.account import PlayedAccount
from tradewarden.ruletests.clock import StillClock
from tradewarden.ruletests.due import DueRules
from tradewarden.ruletests.ledger import MemoryJournal
from tradewarden.service.access import Access
from tradewarden.service.cycle import Cycle
from tradewarden.service.settlings import Settlings

if TYPE_CHECKING:
    from datetime import timedelta

    from tradewarden.bootstrap import Pace
    from tradewarden.engine.decide import Evaluation
    from tradewarden.model.decision import CycleReport, OutcomeRow
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.ruletests.case import RuleTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    One reading: what was asked, read and concluded. *new* are the rows that the journal would not merely count.

    *listing* and *evaluation* are ``None`` where no rule was due: then nothing was read.
    """

    index: int
    due: tuple[Rule, ...]
    report: CycleReport | None
    listing: Listing | None
    evaluation: Evaluation | None
    new: tuple[OutcomeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """
    A test that was played, with the settings and rules that it was played with.
    """

    test: RuleTest
    settings: Settings
    ruleset: RuleSet
    frames: tuple[Frame, ...]

    def at(self, index: int) -> timedelta:
        """
        Return when the reading *index* was, since the start of the test.
        """
        return index * self.test.every


class _Watcher:
    """
    Hears what the cycle saw and evaluated.
    """

    def __init__(self) -> None:
        self.listing: Listing | None = None
        self.evaluation: Evaluation | None = None

    def tell(self, event: str, **data: object) -> None:
        """
        Keep the evaluation.
        """
        if event == "cycle.evaluated":
            self.listing = data["listing"]  # type: ignore[assignment]  # events carry plain objects
            self.evaluation = data["evaluation"]  # type: ignore[assignment]  # as above


async def play(test: RuleTest, rules: RulesFile) -> Played:
    """
    Play *test* from its first reading to its last.
    """
    settings, ruleset = settings_of(test, rules.settings), ruleset_of(test, rules.ruleset)
    clock, watcher = StillClock(test.start), _Watcher()
    account, journal, due = PlayedAccount(test, clock), MemoryJournal(clock), DueRules(test, ruleset, settings)
    pace = _pace(test, replace(rules, settings=settings, ruleset=ruleset))
    least = test.every * GAPS_IN_CYCLES
    await journal.begin(mode=settings.mode, generation=ruleset.generation)
    cycle = Cycle(
        gateway=account,
        journal=journal,
        clock=clock,
        observer=watcher,
        settings=settings,
        ruleset=ruleset,
        settlings=Settlings(),
        access=Access(journal=journal, clock=clock, observer=watcher),
        hold_gap_of=lambda rule: max(pace.hold_gap_of(rule), least),
        new_cycle_id=lambda: f"cycle-{clock.now().boot}",
        plan=pace.plan,
    )
    frames = []
    for index in range(test.readings):
        clock.move_to(index * test.every)
        account.move_to(index)
        asked, told = due.at(index), len(journal.entries)
        watcher.listing = watcher.evaluation = None
        report = await cycle.run(asked) if asked else None
        frames.append(
            Frame(
                index=index,
                due=asked,
                report=report,
                listing=watcher.listing,
                evaluation=watcher.evaluation,
                new=tuple(entry.row for entry in journal.entries[told:]),
            )
        )
    return Played(test=test, settings=settings, ruleset=ruleset, frames=tuple(frames))


def _pace(test: RuleTest, rules: RulesFile) -> Pace:
    """
    Work out the pace of the rules that are asked: the daemon's, but that a reading of the test is a cycle of each.
    """
    asked = [rule for rule in rules.ruleset.enabled if test.only is None or rule.name in test.only]
    paced = tuple(replace(rule, schedule=None) if _is_slower(test, rule) else rule for rule in asked)
    return pace_of(replace(rules, ruleset=replace(rules.ruleset, rules=paced)), now=test.start)


def _is_slower(test: RuleTest, rule: Rule) -> bool:
    """
    Tell whether the readings of the test are farther apart than the rule's own interval.
    """
    return rule.schedule is not None and rule.schedule.every is not None and rule.schedule.every < test.every


def settings_of(test: RuleTest, settings: Settings) -> Settings:
    """
    Return the settings of the rules file as the test plays them: its own mode and cycle.

    A price of which the series does not speak is one that nobody wrote down, not one that stands still.
    """
    safety = settings.safety if test.has_moving_price else replace(settings.safety, frozen_after=None)
    return replace(settings, mode=test.mode, schedule=Schedule(every=test.every), safety=safety)


def ruleset_of(test: RuleTest, ruleset: RuleSet) -> RuleSet:
    """
    Return the rules with those switched on that the test wants to have on.
    """
    rules = (replace(rule, enabled=True) if rule.name in test.enabled else rule for rule in ruleset.rules)
    return replace(ruleset, rules=tuple(rules))
