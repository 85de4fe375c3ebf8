"""
Advice about what a condition comes to: never, always, beyond what its facts can be, parts that decide nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rules.faults import faults_of
from tradewarden.rules.ruleset import Where
from tradewarden.rules.satisfiability import are_never, is_never_false, is_never_true
from tradewarden.rules.turned_chains import turned_chains
from tradewarden.rulesfile.advice.desk import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.problems import Issue

_NEVER = {"when": "so this rule never fires", "where": "so no step is ever chosen"}
_ALWAYS = {
    "when": "so this rule fires whenever that is known",
    "where": "so every step is meant, and of several none is chosen",
}


def about_logic(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of conditions, and parts of them, that are always the same, and of chains that turn their direction.
    """
    for path, condition in conditions_of(index, rule):
        consequence = _consequence(desk, path, condition)
        faults = faults_of(condition, desk.vocabulary)
        agree = len({fault.verdict for fault in faults if fault.verdict is not None}) == 1
        for fault in faults:
            decides = agree and fault.verdict is not None and consequence is not None
            message = f"{fault.message}, {consequence}" if decides else fault.message
            yield desk.warn_in(path, fault.start, fault.end, fault.code, message, fault.hint)
        for fault in turned_chains(condition):
            yield desk.warn_in(path, fault.start, fault.end, fault.code, fault.message, fault.hint)
    if isinstance(rule.cancel, Where):
        yield from _about_both(desk, index, rule, rule.cancel.condition)


def _about_both(desk: Desk, index: int, rule: Rule, where: Condition) -> Iterator[Issue]:
    """
    Warn of a `when` and a `where` that are never true together, though each may be.
    """
    each, together = (rule.when.expression, where.expression), desk.domains
    if any(is_never_true(one, together) for one in each):
        return
    if are_never([(one, True) for one in each], together):
        message = "`where` is never true when `when` is, so no step is ever chosen"
        yield desk.warn(("rules", index, "cancel", "where"), "never-true", message, "make them agree")


def _consequence(desk: Desk, path: Path, condition: Condition) -> str | None:
    key = str(path[-1])
    if is_never_true(condition.expression, desk.domains):
        return _NEVER[key]
    if is_never_false(condition.expression, desk.domains):
        return _ALWAYS[key]
    return None
