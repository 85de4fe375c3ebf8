"""
Advice about rules that would cancel the same step: twins, a rule hidden by another, and rules that meet by chance.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.rules.match_claims import claims_of, match_covers, matches_meet, patterns_beside
from tradewarden.rules.origin import MarketFact
from tradewarden.rules.outline import outline_of
from tradewarden.rules.ruleset import AtPosition, Where
from tradewarden.rules.satisfiability import MOST_SAMPLES, implies
from tradewarden.rules.tree import Fact, Likeness, Or, walk
from tradewarden.rulesfile.advice.meeting import meeting_of, shown_of
from tradewarden.rulesfile.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.outline import Outline
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

MOST_EFFORT = 2_000_000  # about as many microseconds: a file of a thousand rules must load at once
GLANCE, MATCH, COMPARISON, LOOK_BACK, EXAMPLE = 1, 10, 500, 1_000, 250  # what it takes to look at two rules
GLOBS = 2
PATTERNS = 5  # for each two patterns that they have to be compared by


@dataclass(frozen=True, slots=True)
class _Subject:
    """
    A rule that may fire: where it stands in the file, what it leaves to the facts, and how many globs it asks for.
    """

    index: int
    rule: Rule
    outline: Outline
    globs: int


def about_overlaps(desk: Desk, *, most_effort: int = MOST_EFFORT) -> Iterator[Issue]:
    """
    Warn, once for each rule, of an earlier one that would cancel the same step at the same time.

    What is told is the same on every machine: the effort is counted, not measured. Note where it came to its end.
    """
    effort = 0
    above: dict[object, list[_Subject]] = defaultdict(list)
    for subject in _subjects(desk):
        meant = _meant_by(subject.rule)
        for other in above[meant]:
            if effort > most_effort:
                yield _not_compared(desk, subject)
                return
            effort += GLANCE
            if other.outline.excludes(subject.outline):
                continue
            effort += MATCH + patterns_beside(other.rule, subject.rule)
            if not matches_meet(other.rule, subject.rule):
                continue
            effort += _effort_of(other, subject) + PATTERNS * patterns_beside(other.rule, subject.rule)
            issue = _about_pair(desk, (other.index, other.rule), (subject.index, subject.rule))
            if issue is not None:
                yield issue
                break
        above[meant].append(subject)


def _subjects(desk: Desk) -> Iterator[_Subject]:
    for index, rule in enumerate(desk.ruleset.rules):
        if rule.enabled:
            outline = outline_of(rule.when.expression, desk.domains, given=claims_of(rule))
            if outline is not None:
                globs = sum(isinstance(part, Likeness) for part in walk(rule.when.expression))
                yield _Subject(index, rule, outline, globs)


def _effort_of(one: _Subject, other: _Subject) -> int:
    looks_back = bool(one.rule.when.beyond or other.rule.when.beyond)
    examples = min(one.outline.ways * other.outline.ways, MOST_SAMPLES)
    globs = GLOBS * (one.globs + other.globs) ** 3  # each is compared with each, as often as there are some
    return COMPARISON + LOOK_BACK * looks_back + EXAMPLE * examples + globs


def _meant_by(rule: Rule) -> object:
    """
    Return what two rules have in common that mean the same step.
    """
    return rule.cancel if _is_one_step(rule) else type(rule.cancel)


def _not_compared(desk: Desk, last: _Subject) -> Issue:
    message = "this rule and those below it were not compared with all rules above: too many of them may meet"
    hint = "say in `match` which SmartTrades each rule is for: rules that share none need no comparison"
    issue = desk.warn(("rules", last.index, "name"), "rules-not-compared", message, hint)
    return replace(issue, severity=Severity.NOTE)


def _about_pair(desk: Desk, first: tuple[int, Rule], second: tuple[int, Rule]) -> Issue | None:
    (above, one), (below, other) = first, second
    path = ("rules", below, "name")
    named, ends = f"{one.name} on line {desk.line_of(above)}", _consequence(desk, one)
    hides, is_hidden = _hides(desk, one, other), _hides(desk, other, one)
    if hides and is_hidden:
        message = f"this rule asks for the same as {named}{_each(one)}"
        return desk.warn(path, "rules-alike", message, "remove one, or make them differ")
    if hides or is_hidden:
        narrow, wide = ("this rule", named) if hides else (named, "this rule")
        message = f"whenever {narrow} fires, {wide} does too, and both mean the same step: {ends}"
        return desk.warn(path, "rule-hidden", message, *_apart(desk, one, other, is_hidden=is_hidden))
    if desk.settings.limits.cancels_per_smart_trade == 1 or _is_one_step(one):
        return None  # whichever fires first has the one step: so the owner wants it
    values = meeting_of(desk, one, other)
    if values is None:
        return None
    doubt = "as far as can be told, " if one.when.beyond or other.when.beyond else ""
    example = f", as at {shown}" if (shown := shown_of((one, other), values)) else ""
    message = f"{doubt}this rule and {named} can both fire{example}, and both mean the same step: {ends}"
    issue = desk.warn(path, "rules-overlap", message, *_apart(desk, one, other, is_hidden=False))
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


def _is_one_step(rule: Rule) -> bool:
    """
    Tell whether *rule* means a certain step: once it is gone, there is nothing left for another rule that means it.
    """
    return isinstance(rule.cancel, AtPosition | Where)


def _each(rule: Rule) -> str:
    return "" if _is_one_step(rule) else ": each of them would cancel a step"


def _consequence(desk: Desk, rule: Rule) -> str:
    if _is_one_step(rule):
        return "it goes once, and the other rule has nothing left to do"
    if desk.settings.limits.cancels_per_smart_trade == 1:
        return "one goes, and `cancels_per_smart_trade: 1` leaves nothing for the other"
    return "two steps go, one after the other"


def _apart(desk: Desk, one: Rule, other: Rule, *, is_hidden: bool) -> tuple[str, ...]:
    """
    Suggest the limit that leaves it at one step, how the two rules are kept apart, and what to do if two are meant.

    Conditions that exclude each other are no such limit: as the market moves on, each of them has its turn.
    """
    apart = _kept_apart(*(one, other) if is_hidden else (other, one))
    if _is_one_step(one):
        return ("leave them as they are, or remove the one that adds nothing",)
    if desk.settings.limits.cancels_per_smart_trade == 1:
        two = desk.setting("limits", "cancels_per_smart_trade", 2)
        return apart, f"if two steps are meant to go, write {two}"
    limit = desk.setting("limits", "cancels_per_smart_trade", 1)
    only = f"for one step only, write {limit}: it counts the cancels of all rules on one SmartTrade in 24 hours"
    return only, apart, "if two steps are meant to go, leave them as they are"


def _kept_apart(narrow: Rule, wide: Rule) -> str:
    """
    Suggest what to write in *wide*, as a line to paste.
    """
    if narrow.when == wide.when:
        return "so that no SmartTrade is for both of them, keep them apart by `match` or `except`"
    condition, excluded = (" ".join(rule.when.text.split()) for rule in (wide, narrow))
    joined = f"({condition})" if isinstance(wide.when.expression, Or) else condition
    paste = f"write in {wide.name}: `when: {joined} and not ({excluded})`"
    return f"so that they never fire in the same cycle, {paste}{_waits(narrow)}"


def _waits(narrow: Rule) -> str:
    """
    Tell what is to be known before a rule can fire that *narrow* excludes; "" if it is in the reading itself.
    """
    origins = [part.origin for part in walk(narrow.when.expression) if isinstance(part, Fact) and part.origin]
    looks = {
        f"a market that {narrow.name} looks at"
        if isinstance(origin, MarketFact)
        else f"what {narrow.name} looks back on"
        for origin in origins
    }
    return f", which waits while {' or '.join(sorted(looks))} is unknown" if looks else ""
