"""
What any accepted condition or file must stand: every fact known, some or all unknown, and two evaluators of one mind.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from factories import NO_STOP_LOSS, NOON, make_moment, make_price, make_settings, make_smart_trade, make_step
from tradewarden.engine.decide import trade_facts
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.matching import Matcher, largest_keep, matches
from tradewarden.engine.selectors import choose
from tradewarden.engine.step_facts import derive_step_facts
from tradewarden.model.smart_trade import Side
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import Where
from tradewarden.rules.schema import FactSchema, FactValue, Kind
from tradewarden.rules.tree import Fact, Known, walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule, RuleSet

_NUMBERS = (
    "0",
    "1",
    "2",
    "5",
    "-5",
    "-6.1",
    "0.25",
    "0.0975",
    "100",
    "3600",
    "1e-8",
    "-1e-8",
    "1e40",
    "-9e40",
    "1e-40",
)
_TEXTS = ("USDT_DOGE", "USDT_BTC", "", "[x]", "*", "\n\u202e", "é時", "long")
_DRAWS = 6


def judge_condition(condition: Condition, chance: Random) -> set[str]:
    """
    Hold the two evaluators together over random facts, and return what they said.

    And what is learnt of a fact changes no verdict, unless the condition asks whether it is known.
    """
    said = set()
    asks = any(isinstance(part, Known) for part in walk(condition.expression))
    named = {part.name: part.kind for part in walk(condition.expression) if isinstance(part, Fact)}
    for _ in range(_DRAWS):
        facts = {name: _value(chance, VOCABULARY.get(name), named[name]) for name in sorted(condition.facts)}
        truth = _agreed(condition, facts)
        blind = {name: value for name, value in facts.items() if chance.random() < 0.6}
        blind_truth = _agreed(condition, {**dict.fromkeys(facts if chance.random() < 0.5 else ()), **blind})
        assert asks or blind_truth in {Truth.UNKNOWN, truth}, f"{condition.text!r}: {blind_truth} became {truth}"
        said |= {truth.value, blind_truth.value}
    return said


def judge_ruleset(ruleset: RuleSet) -> set[str]:
    """
    Ask every rule about some SmartTrades as the daemon does, and return what came of it.
    """
    said = set()
    matcher = Matcher(ruleset.enabled)
    for trade, is_frozen in _smart_trades():
        assert all(rule.when.evaluate is ask for ask, rule in matcher.questions_for(trade))
        assert 1 <= largest_keep(ruleset, trade) <= 7
        for rule in ruleset.rules:
            said |= _ask(rule, trade, is_frozen=is_frozen)
    return said


def _ask(rule: Rule, trade: SmartTrade, *, is_frozen: bool) -> set[str]:
    seen, facts = trade_facts(trade, settings=make_settings(), now=make_moment(), watch=None)
    seen = replace(seen, is_frozen=is_frozen)
    truth = _agreed(rule.when, facts)
    choice = choose(rule.cancel, seen, facts)
    if isinstance(rule.cancel, Where):
        for step in trade.steps:
            _agreed(rule.cancel.condition, {**facts, **derive_step_facts(seen, step)})
    assert choice.why
    assert choice.step is None or choice.step in trade.steps
    return {truth.value, f"matches: {matches(rule, trade)}", f"chosen: {choice.step is not None}"}


def _agreed(condition: Condition, facts: Mapping[str, FactValue]) -> Truth:
    truth, trace = condition.evaluate(facts), condition.trace(facts)
    assert truth is trace.truth, f"{condition.text!r} over {facts}: compiled {truth}, traced {trace.truth}"
    sentence = trace.sentence()
    assert sentence.isprintable(), f"{sentence!r} is not one printable line"
    return truth


def _value(chance: Random, schema: FactSchema | None, kind: Kind) -> FactValue:
    """
    Return a value of a fact of that *kind*. One without a schema looks back over time, or at a market.
    """
    match kind:
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.TEXT:
            return chance.choice((schema and schema.values) or _TEXTS)
        case _:
            return Decimal(chance.choice(_NUMBERS))


@cache
def _smart_trades() -> tuple[tuple[SmartTrade, bool], ...]:
    steps = (make_step(1, price="0.3"), make_step(2, price="0.4"))
    odd = (make_step(None, price=None), make_step(4, word=None), make_step(5, word="from_the_future"))
    nothing = make_price(bid=None, ask=None, last=None, day_change=None, quote_volume=None)
    trades = (
        make_smart_trade(),
        make_smart_trade(side=Side.SHORT, steps=(make_step(1, price="0.09"), make_step(2, price="0.05"))),
        make_smart_trade(steps=(*steps, make_step(3, price="0.5", word="finished")), profit_pct=Decimal(12)),
        make_smart_trade(steps=(*steps, *odd), stop_loss=NO_STOP_LOSS, side=None, note=None, exchange=None, kind=None),
        make_smart_trade(steps=(), price=nothing, entry_price=None, created_at=None, updated_at=NOON, leverage=None),
        make_smart_trade(pair="\U0001f600", note="\n\x00*?[", price=make_price(day_change="1e40", last="1e-40")),
    )
    return tuple((trade, index % 3 == 2) for index, trade in enumerate(trades))
