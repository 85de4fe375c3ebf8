"""
Advice about whom a rule speaks of: accounts that are not allowed, conditions that `match` contradicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rules.glob import matches_glob
from tradewarden.rules.match_claims import claims_of
from tradewarden.rules.names import unknown_value
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rules.satisfiability import facts_of, is_never_true
from tradewarden.rules.tree import And, Or, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.claims import Case
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.tree import Expression
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue


def about_match(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a rule that can match nothing that it could act on.
    """
    yield from _about_kinds(desk, index, rule)
    patterns = rule.match.patterns.get(MatchKey.ACCOUNT_ID)
    allowed = desk.settings.api.accounts
    path = ("rules", index)
    if (
        patterns
        and allowed is not None
        and not any(matches_glob(str(account), pattern) for account in allowed for pattern in patterns)
    ):
        message = "no account of `api.accounts` matches, so this rule never fires"
        hint = f"allowed are {', '.join(map(str, sorted(allowed)))}: name one of them, or add this one there"
        yield desk.warn((*path, "match", "account_id"), "account-not-allowed", message, hint)
    given = claims_of(rule)
    if is_never_true(rule.when.expression, desk.domains) or not given:
        return
    if is_never_true(rule.when.expression, desk.domains, given=given):
        culprit = _smallest(rule.when.expression, desk, given)
        keys = sorted(facts_of(culprit) & {*map(str, rule.match.patterns), *map(str, _excepted(rule))})
        section = "match" if set(keys) & set(map(str, rule.match.patterns)) else "except"
        asked = " and ".join(f"`{key}`" for key in keys)
        cut = " ".join(rule.when.text[culprit.start : culprit.end].split())
        does = "takes" if section == "match" else "leaves"
        message = f"{cut} is never true for what `{section}` {does} by its {asked}, so this rule never fires"
        hint = f"make `{section}` and `when` agree, or leave one of them out"
        yield desk.warn_in((*path, "when"), culprit.start, culprit.end, "match-contradicts", message, hint)


def _about_kinds(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a `kind` that is none of those that are known. A glob may be for one that 3Commas adds.
    """
    fact = desk.vocabulary[MatchKey.KIND]
    for section, match in (("match", rule.match), ("except", rule.except_)):
        for at, pattern in enumerate(() if match is None else match.patterns.get(MatchKey.KIND, ())):
            if pattern not in fact.values and not {*pattern} & {*"*?"}:
                path = ("rules", index, section, MatchKey.KIND.value)
                own = (*path, at) if desk.place(*path, at) else path
                yield desk.warn(own, "kind-unknown", *unknown_value(fact, pattern))


def _excepted(rule: Rule) -> tuple[MatchKey, ...]:
    return () if rule.except_ is None else tuple(rule.except_.patterns)


def _smallest(node: Expression, desk: Desk, given: Case) -> Expression:
    """
    Return the smallest part of *node* that alone is never true while *given* holds.
    """
    if isinstance(node, And | Or):
        for child in children(node):
            if is_never_true(child, desk.domains, given=given):
                return _smallest(child, desk, given)
    return node
