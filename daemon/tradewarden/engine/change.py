"""
What a reload changes, and how much of the account it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.decide import trade_facts
from tradewarden.engine.matching import matches
from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import DataclassInstance

    from tradewarden.model.settings import Mode, Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rules.ruleset import Rule, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChange:
    """
    The names of the enabled rules whose text changed, that came and that went, and of the settings that differ.
    """

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    mode: Mode | None = None  # the new one, if it is another


@dataclass(frozen=True, slots=True)
class Impact:
    """
    What a rule would find now: how many open SmartTrades it matches, and of how many of them its condition is true.
    """

    rule: str
    matching: int
    true_now: int


def compare(before: tuple[Settings, RuleSet], after: tuple[Settings, RuleSet]) -> RulesChange:
    """
    Return what changed from *before* to *after*, in the order of the new file.
    """
    old = {rule.name: rule for rule in before[1].enabled}
    new = {rule.name: rule for rule in after[1].enabled}
    return RulesChange(
        changed=tuple(name for name in new if name in old and new[name].fingerprint != old[name].fingerprint),
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        settings=tuple(_differing(before[0], after[0], "")),
        mode=after[0].mode if after[0].mode is not before[0].mode else None,
    )


def impact_of(rules: Sequence[Rule], listing: Listing, settings: Settings) -> tuple[Impact, ...]:
    """
    Return what *rules* would find in *listing*. Holds, limits and invariants are not asked.
    """
    now = listing.asked_at
    found = []
    open_trades = [one for one in listing.smart_trades if one.is_open and settings.api.allows(one.account_id)]
    facts = {trade.id: trade_facts(trade, settings=settings, now=now, watch=None)[1] for trade in open_trades}
    for rule in rules:
        matching = [trade for trade in open_trades if matches(rule, trade)]
        true_now = sum(rule.when.evaluate(facts[trade.id]) is Truth.TRUE for trade in matching)
        found.append(Impact(rule.name, len(matching), true_now))
    return tuple(found)


def _differing(before: DataclassInstance, after: object, prefix: str) -> Iterator[str]:
    """
    Name the fields in which two settings differ, down to the last: ``limits.cancels_per_hour``.
    """
    for field in fields(before):
        one, other = getattr(before, field.name), getattr(after, field.name)
        if is_dataclass(one) and not isinstance(one, type) and type(one) is type(other):
            yield from _differing(one, other, f"{prefix}{field.name}.")
        elif one != other:
            yield f"{prefix}{field.name}"
