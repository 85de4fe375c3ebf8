"""
What the tests of a rules file have tried: each comparison true, false, unknown and at its edge, each `and` and `or`
decided by each of its parts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tradewarden.engine.matching import matches
from tradewarden.engine.step_facts import derive_step_facts
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import Where
from tradewarden.ruletests.parts import Junction, Leaf, Seen, parts_of, seen_in
from tradewarden.ruletests.seen_by_rule import facts_at
from tradewarden.ruletests.words import CANCELLING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.rules.schema import FactValue
    from tradewarden.ruletests.parts import Place
    from tradewarden.ruletests.play import Frame, Played
    from tradewarden.ruletests.run import Result


@dataclass(slots=True, kw_only=True)
class LeafCoverage:
    """
    What a comparison was seen to be.
    """

    leaf: Leaf
    truths: set[Truth] = field(default_factory=set)
    was_exact: bool = False
    was_beyond: bool = False

    def add(self, seen: Seen) -> None:
        """
        Count what it was.
        """
        self.truths.add(seen.truth)
        edge = self.leaf.edge
        if edge is not None and seen.value is not None:
            self.was_exact |= seen.value == edge.threshold
            self.was_beyond |= edge.is_just_beyond(seen.value)

    @property
    def items(self) -> tuple[tuple[str, bool], ...]:
        """
        Return what can be tried, in words, and whether it was.
        """
        wanted = [Truth.TRUE, Truth.FALSE, *([Truth.UNKNOWN] if self.leaf.can_be_unknown else [])]
        items = [(truth.value, truth in self.truths) for truth in wanted]
        edge = self.leaf.edge
        if edge is not None:
            items.append((f"exactly {edge.exactly}", self.was_exact))
            items.append((f"just beyond it, such as {edge.beyond}", self.was_beyond))
        return tuple(items)


@dataclass(slots=True, kw_only=True)
class JunctionCoverage:
    """
    Which parts of an `and` or `or` have alone decided it.
    """

    junction: Junction
    decided: set[int] = field(default_factory=set)

    @property
    def items(self) -> tuple[tuple[str, bool], ...]:
        """
        Return what can be tried, in words, and whether it was.
        """
        what = "alone false" if self.junction.is_and else "alone true"
        return tuple(
            (f"{what}: {operand}", index in self.decided) for index, operand in enumerate(self.junction.operands)
        )


@dataclass(slots=True, kw_only=True)
class ConditionCoverage:
    """
    What was tried of a condition; *name* is ``when`` or ``where``.
    """

    name: str
    condition: Condition
    leaves: dict[Place, LeafCoverage]
    junctions: dict[Place, JunctionCoverage]

    @classmethod
    def of(cls, name: str, condition: Condition) -> ConditionCoverage:
        """
        Begin with nothing tried.
        """
        parts = list(parts_of(condition.expression, condition.text))
        return cls(
            name=name,
            condition=condition,
            leaves={part.place: LeafCoverage(leaf=part) for part in parts if isinstance(part, Leaf)},
            junctions={part.place: JunctionCoverage(junction=part) for part in parts if isinstance(part, Junction)},
        )

    def add(self, condition: Condition, facts: Mapping[str, FactValue]) -> Truth:
        """
        Count what the parts of *condition*, which has the same text, come to; return what it comes to itself.
        """
        trace = condition.trace(facts)
        for place, seen in seen_in(condition.expression, trace):
            if isinstance(seen, Seen):
                self.leaves[place].add(seen)
            else:
                self.junctions[place].decided.add(seen)
        return Truth.UNKNOWN if trace.truth is None else trace.truth

    @property
    def items(self) -> tuple[tuple[str, bool], ...]:
        """
        Return everything that can be tried.
        """
        of_leaves = [item for leaf in self.leaves.values() for item in leaf.items]
        return (*of_leaves, *(item for junction in self.junctions.values() for item in junction.items))


@dataclass(slots=True, kw_only=True)
class RuleCoverage:
    """
    What was tried of a rule.
    """

    name: str
    conditions: tuple[ConditionCoverage, ...]
    has_cancelled: bool = False

    @classmethod
    def of(cls, rule: Rule) -> RuleCoverage:
        """
        Begin with nothing tried.
        """
        conditions = [ConditionCoverage.of("when", rule.when)]
        if isinstance(rule.cancel, Where):
            conditions.append(ConditionCoverage.of("where", rule.cancel.condition))
        return cls(name=rule.name, conditions=tuple(conditions))

    @property
    def items(self) -> tuple[tuple[str, bool], ...]:
        """
        Return everything that can be tried.
        """
        return (*(item for one in self.conditions for item in one.items), ("a cancel", self.has_cancelled))


class Coverage:
    """
    What was tried of a rules file: of its enabled rules, and of those that a test switches on.
    """

    def __init__(self) -> None:
        self.rules: dict[str, RuleCoverage] = {}

    def begin(self, ruleset: RuleSet) -> None:
        """
        Know of the rules that are to be tried.
        """
        for rule in ruleset.enabled:
            self.rules.setdefault(rule.name, RuleCoverage.of(rule))

    def add(self, played: Played) -> None:
        """
        Count what a test has tried.
        """
        self.begin(played.ruleset)
        for frame in played.frames:
            for rule in frame.due:
                self._add(played, frame, rule)
            for row in frame.new:
                if row.outcome in CANCELLING and row.rule in self.rules:
                    self.rules[row.rule].has_cancelled = True

    @property
    def score(self) -> tuple[int, int]:
        """
        Return how much was tried, and how much there is to try.
        """
        items = [was for rule in self.rules.values() for _, was in rule.items]
        return sum(items), len(items)

    def _add(self, played: Played, frame: Frame, rule: Rule) -> None:
        when, *wheres = self.rules[rule.name].conditions
        for trade in () if frame.listing is None else frame.listing.smart_trades:
            if not (trade.is_open and played.settings.api.allows(trade.account_id) and matches(rule, trade)):
                continue
            seen, facts = facts_at(played, frame, trade)
            if when.add(rule.when, facts) is not Truth.TRUE or not isinstance(rule.cancel, Where):
                continue  # no step is looked at
            for step in trade.steps:
                if step.status is not None and not step.status.is_terminal:
                    wheres[0].add(rule.cancel.condition, {**facts, **derive_step_facts(seen, step)})


def coverage_of(results: Sequence[Result]) -> dict[Path, Coverage]:
    """
    Return the coverage of each rules file, by all the tests of it together.
    """
    found: dict[Path, Coverage] = {}
    for file, verdicts in results:
        coverage = found.setdefault(file.rules.path.resolve(), Coverage())
        coverage.begin(file.rules.ruleset)
        for verdict in verdicts:
            coverage.add(verdict.played)
    names = {file.rules.path.resolve(): Path(os.path.normpath(file.rules.path)) for file, _ in results}
    return {names[path]: coverage for path, coverage in found.items()}


def missing(items: tuple[tuple[str, bool], ...]) -> Iterator[str]:
    """
    Yield what was not tried.
    """
    return (text for text, was in items if not was)
