"""
Advice about rules that would cancel the same step: twins, a rule hidden by another, and rules that meet by chance.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, islice
from typing import TYPE_CHECKING

from tradewarden.model.truth import Truth
from tradewarden.rules.literals import show
from tradewarden.rules.match_claims import claims_of, example_of, match_covers, matches_meet
from tradewarden.rules.ruleset import AtPosition, MatchKey, Where
from tradewarden.rules.satisfiability import implies, is_never_true, sample
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Or
from tradewarden.rulesfile.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.schema import FactValue
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

MOST_PAIRS = 2_000  # of rules that are looked at: a file of a thousand rules must load at once
_OF_THE_CLOCK = frozenset({"hour", "weekday"})
NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DURATION})


def about_overlaps(desk: Desk) -> Iterator[Issue]:
    """
    Warn, once for each rule, of an earlier one that would cancel the same step at the same time.
    """
    told: set[int] = set()
    enabled = [
        (index, rule)
        for index, rule in enumerate(desk.ruleset.rules)
        if rule.enabled and not is_never_true(rule.when.expression, desk.domains)
    ]
    for (first, one), (second, other) in islice(combinations(enabled, 2), MOST_PAIRS):
        if second in told or not _means_the_same_step(one, other) or not matches_meet(one, other):
            continue
        issue = _about_pair(desk, (first, one), (second, other))
        if issue is not None:
            told.add(second)
            yield issue


def _means_the_same_step(one: Rule, other: Rule) -> bool:
    if isinstance(one.cancel, AtPosition | Where):
        return one.cancel == other.cancel
    return type(one.cancel) is type(other.cancel)


def _about_pair(desk: Desk, first: tuple[int, Rule], second: tuple[int, Rule]) -> Issue | None:
    (above, one), (below, other) = first, second
    path = ("rules", below, "name")
    named = f"{one.name} on line {desk.line_of(above)}"
    hides, is_hidden = _hides(desk, one, other), _hides(desk, other, one)
    if hides and is_hidden:
        message = f"this rule asks for the same as {named}: each of them would cancel a step"
        return desk.warn(path, "rules-alike", message, "remove one, or make them differ")
    if hides or is_hidden:
        narrow, wide = ("this rule", named) if hides else (named, "this rule")
        message = f"whenever {narrow} fires, {wide} does too, and both mean the same step: {_consequence(desk)}"
        return desk.warn(path, "rule-hidden", message, *_apart(desk, one, other, is_hidden=is_hidden))
    if desk.settings.limits.cancels_per_smart_trade == 1:
        return None  # whichever fires first has the one step: so the owner wants it
    example = _example(desk, one, other)
    if example is None:
        return None
    message = f"this rule and {named} can both fire{example}, and both mean the same step: {_consequence(desk)}"
    one_each = "or let only one step of a SmartTrade go: `limits: {cancels_per_smart_trade: 1}`"
    issue = desk.warn(path, "rules-overlap", message, *_apart(desk, one, other, is_hidden=False), one_each)
    return replace(issue, severity=Severity.NOTE)


def _hides(desk: Desk, wide: Rule, narrow: Rule) -> bool:
    """
    Tell whether *wide* fires whenever *narrow* does.
    """
    return (
        match_covers(wide, narrow)
        and wide.schedule == narrow.schedule
        and wide.hold <= narrow.hold
        and (wide.when == narrow.when or implies(narrow.when.expression, wide.when.expression, desk.domains))
    )


def _example(desk: Desk, one: Rule, other: Rule) -> str | None:
    """
    Return where both rules fire, for the middle of a sentence; ``None`` if that is not certain.
    """
    texts = example_of(one, other)
    asked = {*one.when.facts, *other.when.facts}
    if texts is None or not asked <= desk.vocabulary.keys():
        return None  # of what is made of other facts nobody knows whether it can be so at the same time
    if asked & _OF_THE_CLOCK and any((rule.schedule or desk.settings.schedule).cron for rule in (one, other)):
        return None  # a cron expression leaves only some hours and weekdays, which an example would have to keep to

    def both_fire(values: Mapping[str, FactValue]) -> bool:
        match: dict[MatchKey, str | None] = {**dict.fromkeys(MatchKey), **texts}
        match |= {key: str(values[key]) for key in MatchKey if values.get(key) is not None}
        return all(rule.when.evaluate(values) is Truth.TRUE and _speaks_of(rule, match) for rule in (one, other))

    wanted = [(one.when.expression, True), (other.when.expression, True)]
    given = (*claims_of(one), *claims_of(other))
    found = sample(wanted, desk.domains, both_fire, given=given)
    if found is None:
        return None
    shown = [
        f"{name} {show(value, kind)}"
        for name, value in found.items()
        if name in asked and value is not None and (kind := _kind(desk, name)) is not None
    ]
    return f", as at {', '.join(shown)}" if shown else ""


def _speaks_of(rule: Rule, values: Mapping[MatchKey, str | None]) -> bool:
    if not rule.match.accepts(values, unknown=False):
        return False
    return rule.except_ is None or not rule.except_.accepts(values, unknown=False)


def _kind(desk: Desk, name: str) -> Kind | None:
    schema = desk.vocabulary.get(name)
    return schema.kind if schema is not None and schema.kind in NUMERIC else None


def _consequence(desk: Desk) -> str:
    if desk.settings.limits.cancels_per_smart_trade == 1:
        return "one goes, and `cancels_per_smart_trade: 1` leaves nothing for the other"
    return "two steps go, one after the other"


def _apart(desk: Desk, one: Rule, other: Rule, *, is_hidden: bool) -> tuple[str, str]:
    """
    Suggest how the two rules are kept apart, as a line to paste, and what to do if they are right as they are.
    """
    narrow, wide = (one, other) if is_hidden else (other, one)
    if narrow.when == wide.when:
        paste = "keep them apart by `match` or `except`"
    else:
        condition, excluded = (" ".join(rule.when.text.split()) for rule in (wide, narrow))
        joined = f"({condition})" if isinstance(wide.when.expression, Or) else condition
        paste = f"write in {wide.name}: `when: {joined} and not ({excluded})`"
    more = "leave them as they are"
    if desk.settings.limits.cancels_per_smart_trade == 1:
        more = "write `cancels_per_smart_trade: 2`"
    return f"for one step only, {paste}", f"if two steps are meant to go, {more}"
