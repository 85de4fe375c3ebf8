"""
A small vocabulary, and random conditions over it, for the tests of the language.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tradewarden.rules.condition import Condition, compile_condition
from tradewarden.rules.diagnostics import ConditionError, Problem
from tradewarden.rules.schema import FactSchema, FactValue, Kind, OverTime, Scope, Vocabulary


def make_fact(name: str, kind: Kind, **changes: Any) -> FactSchema:
    return FactSchema(name=name, kind=kind, meaning="m", source="s", unknown_when="u", **changes)


VOCABULARY = Vocabulary(
    [
        make_fact("last", Kind.NUMBER, over_time=OverTime.ALL, of_market=True),
        make_fact("entry_price", Kind.NUMBER),
        make_fact("live_steps", Kind.NUMBER, over_time=OverTime.EXTREMES, is_whole=True),
        make_fact("day_change", Kind.PERCENT, over_time=OverTime.ALL, of_market=True),
        make_fact("profit", Kind.PERCENT, over_time=OverTime.ALL),
        make_fact("age", Kind.DURATION),
        make_fact("idle_for", Kind.DURATION),
        make_fact("pair", Kind.TEXT),
        make_fact("side", Kind.TEXT, values=("long", "short")),
        make_fact("stop_loss", Kind.BOOL),
        make_fact("breakeven", Kind.BOOL),
        make_fact("step.distance", Kind.PERCENT, scope=Scope.STEP),
        make_fact("step.status", Kind.TEXT, scope=Scope.STEP, values=("to_process", "finished")),
    ]
)

FACTS: dict[str, FactValue] = {
    "last": Decimal("0.21"),
    "entry_price": Decimal("0.25"),
    "day_change": Decimal("-6.1"),
    "profit": None,
    "age": Decimal(5400),
    "pair": "USDT_DOGE",
    "side": "long",
    "stop_loss": True,
    "breakeven": None,
}


def condition(text: str, *, scope: Scope = Scope.SMART_TRADE) -> Condition:
    """
    Compile *text* over the small vocabulary.
    """
    return compile_condition(text, VOCABULARY, scope=scope)


def problems(text: str, *, scope: Scope = Scope.SMART_TRADE) -> tuple[Problem, ...]:
    """
    Return what is wrong with *text*.
    """
    try:
        condition(text, scope=scope)
    except ConditionError as error:
        return error.problems
    return ()


def marked(text: str, *, scope: Scope = Scope.SMART_TRADE) -> list[tuple[str, str, str | None]]:
    """
    Return for each problem of *text* the marked part, the message and the hint.
    """
    return [(text[p.start : p.end], p.message, p.hint) for p in problems(text, scope=scope)]


# Few values, so that equal ones meet, and some that no exchange will ever send.
_NUMBERS = ("0", "1", "2", "5", "0.25", "0.0975", "100", "3600", "0.00000001", "123456789012345678901234567890")
_UNITS = {Kind.NUMBER: "", Kind.PERCENT: "%", Kind.DURATION: "s"}
_TEXTS = {"pair": ("USDT_DOGE", "USDT_BTC", "[x]"), "side": ("long", "short")}
_GLOBS = {"pair": ("USDT_*", "*D?GE", "[x]", "*"), "side": ("l*", "?????")}


# What is looked up like a fact: windows, held conditions and markets, as they are named.
BEYOND = {
    'market("USDT_BTC").last': Kind.NUMBER,
    "lowest(last, 1h)": Kind.NUMBER,
    'highest(market("USDT_BTC").last, 1d)': Kind.NUMBER,
    "lowest(live_steps, 1h30m)": Kind.NUMBER,
    'market("USDT_BTC").day_change': Kind.PERCENT,
    "change(last, 15m)": Kind.PERCENT,
    "highest(profit, 1s)": Kind.PERCENT,
    "held(stop_loss, 10m)": Kind.BOOL,
    'held(change(market("USDT_BTC").last, 5m) < -3% or known(profit), 1h)': Kind.BOOL,
}


def _facts_of(*kinds: Kind) -> st.SearchStrategy[str]:
    read = [f.name for f in VOCABULARY.in_scope(Scope.SMART_TRADE).values() if f.kind in kinds]
    beyond = [name for name, kind in BEYOND.items() if kind in kinds]
    return st.sampled_from(read) | st.sampled_from(read + beyond)


_kinds = st.sampled_from((Kind.NUMBER, Kind.PERCENT, Kind.DURATION))
_comparators = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
_maybe_not = st.sampled_from(("", "not "))


def _written(kind: Kind) -> st.SearchStrategy[str]:
    return st.builds(f"{{}}{{}}{_UNITS[kind]}".format, st.sampled_from(("", "-")), st.sampled_from(_NUMBERS))


def values(kind: Kind, depth: int = 2) -> st.SearchStrategy[str]:
    """
    Write a random expression of a numeric *kind*.
    """
    leaves = _facts_of(kind) | _facts_of(kind) | _written(kind)
    if depth == 0:
        return leaves
    smaller, factor = values(kind, depth - 1), values(Kind.NUMBER, depth - 1)
    strategies = [
        leaves,
        st.builds("({} {} {})".format, smaller, st.sampled_from("+-"), smaller),
        st.builds("({} {} {})".format, smaller, st.sampled_from("*/"), factor),
        smaller.map("-{}".format),
        smaller.map("abs({})".format),
        st.builds("{}({}, {})".format, st.sampled_from(("min", "max")), smaller, smaller),
    ]
    if kind is Kind.NUMBER:
        strategies.append(_kinds.flatmap(lambda k: st.builds("({} / {})".format, values(k, 0), values(k, 0))))
    else:
        strategies.append(st.builds("({} * {})".format, factor, smaller))
    return st.one_of(strategies)


def _listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=3).map(", ".join)


def _of_numbers(kind: Kind) -> st.SearchStrategy[str]:
    """
    Write a random condition over values of *kind*.
    """
    value, small = values(kind), values(kind, 1)
    return st.one_of(
        st.builds("{} {} {}".format, value, _comparators, value),
        st.builds("{} {} {}".format, small, _comparators, _written(kind)),
        st.builds("{} {} {} {} {}".format, small, _comparators, small, _comparators, small),
        st.builds("{} {}in [{}]".format, small, _maybe_not, _listed(_written(kind))),
    )


def _of_texts(fact: str) -> st.SearchStrategy[str]:
    """
    Write a random condition over the text *fact*.
    """
    quoted = st.sampled_from(_TEXTS[fact]).map('"{}"'.format)
    return st.one_of(
        st.builds(f"{fact} {{}} {{}}".format, st.sampled_from(("==", "!=")), quoted),
        st.builds(f"{fact} {{}}in [{{}}]".format, _maybe_not, _listed(quoted)),
        st.builds(f'{fact} {{}}like "{{}}"'.format, _maybe_not, st.sampled_from(_GLOBS[fact])),
    )


def texts(depth: int = 2, *, with_known: bool = True, with_held: bool = True) -> st.SearchStrategy[str]:
    """
    Write a random condition.
    """
    numeric, textual = _kinds.flatmap(_of_numbers), st.sampled_from(("pair", "side")).flatmap(_of_texts)
    truthful = st.one_of(
        _facts_of(Kind.BOOL),
        st.sampled_from(("true", "false")),
        st.builds("stop_loss {} {}".format, st.sampled_from(("==", "!=")), st.sampled_from(("true", "breakeven"))),
    )
    leaves = st.one_of(numeric, numeric, textual, truthful if with_held else st.just("stop_loss"))
    if with_held:  # of what nobody has recorded
        leaves |= texts(0, with_known=with_known, with_held=False).map("held({}, 5m)".format)
    if with_known:
        leaves |= st.one_of(_kinds.flatmap(values), texts(1, with_known=False, with_held=with_held)).map(
            "known({})".format
        )
    if depth == 0:
        return leaves
    smaller = texts(depth - 1, with_known=with_known, with_held=with_held)
    joined = st.builds("({} {} {})".format, smaller, st.sampled_from(("and", "or")), smaller)
    return st.one_of(leaves, joined, joined, smaller.map("not ({})".format))


def compiled(text: str) -> Condition:
    """
    Compile a random condition, which may be refused for its size alone.
    """
    found = problems(text)
    assume(not any("allowed" in problem.message or "nested" in problem.message for problem in found))
    assert found == ()
    return condition(text)


numbers = st.one_of(
    st.sampled_from(_NUMBERS).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=4),
    st.builds(lambda digits, power: Decimal(digits).scaleb(power), st.integers(-(10**9), 10**9), st.integers(-40, 40)),
)


def _value_of(fact: FactSchema) -> st.SearchStrategy[FactValue]:
    if fact.kind is Kind.TEXT:
        return st.sampled_from(_TEXTS[fact.name])
    return st.booleans() if fact.kind is Kind.BOOL else numbers


known_facts: st.SearchStrategy[dict[str, FactValue]] = st.fixed_dictionaries(
    {fact.name: _value_of(fact) for fact in VOCABULARY.in_scope(Scope.SMART_TRADE).values()}
    | {name: st.booleans() if kind is Kind.BOOL else numbers for name, kind in BEYOND.items()}
)


def blinded(known: dict[str, FactValue]) -> st.SearchStrategy[dict[str, FactValue]]:
    """
    Draw *known* with some of its facts made unknown: None, or left out.
    """
    fates = st.fixed_dictionaries({name: st.sampled_from(("kept", "kept", "none", "missing")) for name in known})

    def apply(fate: dict[str, str]) -> dict[str, FactValue]:
        return {n: v if fate[n] == "kept" else None for n, v in known.items() if fate[n] != "missing"}

    return fates.map(apply)


facts = known_facts.flatmap(blinded)
