"""
Where two rules fire for the same SmartTrade at the same time: values of the facts for which both of them are true.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.model.truth import Truth
from tradewarden.rules.claims import Compared
from tradewarden.rules.literals import show
from tradewarden.rules.match_claims import claims_of, example_of
from tradewarden.rules.origin import Held
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rules.satisfiability import samples
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparator, Fact, Literal, walk
from tradewarden.rulesfile.advice.pasts import OF_THE_CLOCK, Pasts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradewarden.rules.claims import Case
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression
    from tradewarden.rulesfile.advice.desk import Desk

NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DURATION})
LONGEST_SHOWN = 12  # characters of a value: one that is worked out backwards may have thirty digits
_TOGETHER = (
    frozenset({"pair", "quote"}),
    frozenset({"bid", "ask", "last", "spread"}),
    frozenset({"bid", "ask", "last", "stop_loss_distance"}),
    frozenset({"stop_loss_price", "stop_loss_distance"}),
    frozenset({"age", "idle_for"}),
)
_AGE = Fact(start=0, end=0, kind=Kind.DURATION, name="age")


def meeting_of(desk: Desk, one: Rule, other: Rule) -> Mapping[str, FactValue] | None:
    """
    Return values of the facts for which both rules fire; ``None`` if none are found that surely can be so.
    """
    rules = (one, other)
    if _follow_from_one_another(rules):
        return None
    texts = example_of(one, other)
    cycles = [(rule.schedule or desk.settings.schedule).every for rule in rules]
    if texts is None or (None in cycles and any(map(_depends_on_the_time, rules))):
        return None  # a cron expression leaves only some hours and readings, which an example would have to keep to
    pasts = Pasts(rules, max((cycle for cycle in cycles if cycle is not None), default=timedelta(0)), desk.domains)
    if not pasts.can_be_told:
        return None
    wanted = [(rule.when.expression, True) for rule in rules]
    given = (*claims_of(one), *claims_of(other), *_old_enough(rules, pasts.reach))
    for sample in samples(wanted, desk.domains, given=given):
        for values in pasts.leading_to(sample, texts.get(MatchKey.PAIR)):
            if _both_fire(rules, values, texts):
                return values
    return None


def _follow_from_one_another(rules: tuple[Rule, Rule]) -> bool:
    """
    Tell whether the rules ask for facts of which one follows from others: a sample knows nothing of that.
    """
    asked = {name for rule in rules for name in rule.when.facts}
    for match in (match for rule in rules for match in (rule.match, rule.except_) if match is not None):
        asked |= {key.value for key in match.patterns}
    return any(len(asked & together) > 1 for together in _TOGETHER)


def shown_of(rules: tuple[Rule, Rule], values: Mapping[str, FactValue]) -> str:
    """
    Name those of *values* that the rules compare, as in ``day_change -6 %, profit -1 %``; "" if none can be shown.
    """
    kinds = {fact.name: fact.kind for rule in rules for fact in _asked_by(rule.when.expression)}
    shown = ((name, _shown(values.get(name), kind)) for name, kind in kinds.items() if kind in NUMERIC)
    return ", ".join(f"{name} {text}" for name, text in shown if text is not None)


def _shown(value: FactValue, kind: Kind) -> str | None:
    text = show(value.normalize(), kind) if isinstance(value, Decimal) else ""
    return text if 0 < len(text) <= LONGEST_SHOWN else None


def _depends_on_the_time(rule: Rule) -> bool:
    return bool(rule.when.beyond or {*OF_THE_CLOCK} & rule.when.facts)


def _old_enough(rules: tuple[Rule, Rule], reach: timedelta) -> Case:
    """
    Return the claim that a SmartTrade whose age is asked for was there for as long as the rules look back.
    """
    if not reach or not any(_AGE.name in rule.when.facts for rule in rules):
        return ()
    seconds = Decimal(reach // timedelta(seconds=1) + 1)
    return (Compared(_AGE, Comparator.AT_LEAST, Literal(start=0, end=0, kind=Kind.DURATION, value=seconds)),)


def _both_fire(rules: tuple[Rule, Rule], values: Mapping[str, FactValue], texts: Mapping[MatchKey, str]) -> bool:
    match: dict[MatchKey, str | None] = {**dict.fromkeys(MatchKey), **texts}
    match |= {key: str(values[key]) for key in MatchKey if values.get(key) is not None}
    return all(rule.when.evaluate(values) is Truth.TRUE and _speaks_of(rule, match) for rule in rules)


def _speaks_of(rule: Rule, values: Mapping[MatchKey, str | None]) -> bool:
    if not rule.match.accepts(values, unknown=False):
        return False
    return rule.except_ is None or not rule.except_.accepts(values, unknown=False)


def _asked_by(expression: Expression) -> Iterator[Fact]:
    """
    Yield the facts that *expression* compares, also within held conditions.
    """
    for part in walk(expression):
        if isinstance(part, Fact):
            if isinstance(part.origin, Held):
                yield from _asked_by(part.origin.condition)
            else:
                yield part
