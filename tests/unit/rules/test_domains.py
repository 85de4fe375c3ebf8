"""
What a fact can be, from its declaration and from what it is made of.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.cuts import ALL, Numbers, between
from tradewarden.rules.domains import Domains
from tradewarden.rules.origin import MarketFact, Window, WindowFunction
from tradewarden.rules.schema import Kind
from tradewarden.rules.texts import Texts
from tradewarden.rules.tree import Fact

if TYPE_CHECKING:
    from tradewarden.rules.origin import Origin

DOMAINS = Domains(VOCABULARY)


def fact(name: str) -> Fact:
    schema = VOCABULARY.get(name)
    return Fact(start=0, end=0, kind=Kind.NUMBER if schema is None else schema.kind, name=name)


def made(origin: Origin, kind: Kind = Kind.PERCENT) -> Fact:
    return Fact(start=0, end=0, kind=kind, name="made", origin=origin)


def window(function: WindowFunction, name: str) -> Window:
    return Window(function=function, base=fact(name), length=timedelta(minutes=15))


def numbers(name: str) -> Numbers:
    return DOMAINS.numbers(fact(name))


def test_the_bounds_of_a_declaration() -> None:
    assert numbers("day_change") == between(Decimal(-100), Decimal(1000))
    assert Decimal(0) not in numbers("last")
    assert Decimal("1e-9") in numbers("last")
    assert numbers("profit") == ALL
    assert Decimal(23) in numbers("hour")
    assert Decimal(24) not in numbers("hour")
    assert numbers("no_such_fact") == ALL
    assert Domains().numbers(fact("day_change")) == ALL


def test_counts_are_whole() -> None:
    assert DOMAINS.is_whole(fact("live_steps"))
    assert not DOMAINS.is_whole(fact("last"))
    assert not DOMAINS.is_whole(fact("no_such_fact"))
    assert DOMAINS.is_whole(made(window(WindowFunction.LOWEST, "live_steps")))
    assert not DOMAINS.is_whole(made(window(WindowFunction.HIGHEST, "last")))
    assert not DOMAINS.is_whole(made(window(WindowFunction.CHANGE, "live_steps")))


def test_a_count_is_between_whole_numbers() -> None:
    counted = replace(VOCABULARY["live_steps"], lowest=Decimal("0.5"), highest=Decimal("2.5"))

    assert Domains({"live_steps": counted}).numbers(fact("live_steps")) == between(Decimal(1), Decimal(2))


def test_only_a_complete_list_of_texts_leaves_no_other() -> None:
    assert DOMAINS.texts(fact("side")) == Texts(frozenset({"long", "short"}))
    assert DOMAINS.texts(fact("kind")) == Texts()
    assert DOMAINS.texts(fact("pair")) == Texts()
    assert DOMAINS.texts(fact("no_such_fact")) == Texts()


@pytest.mark.parametrize(
    ("origin", "like"),
    [
        (window(WindowFunction.LOWEST, "day_change"), "day_change"),
        (window(WindowFunction.HIGHEST, "last"), "last"),
        (window(WindowFunction.HIGHEST, "profit"), "profit"),
        (MarketFact(pair="USDT_BTC", fact="last"), "last"),
        (MarketFact(pair="USDT_BTC", fact="day_change"), "day_change"),
    ],
)
def test_what_is_taken_over_a_window_or_of_a_market_is_like_its_fact(origin: Origin, like: str) -> None:
    assert DOMAINS.numbers(made(origin)) == numbers(like)


@pytest.mark.parametrize("base", [fact("last"), made(MarketFact(pair="USDT_BTC", fact="last"), Kind.NUMBER)])
def test_a_price_falls_by_a_hundred_percent_at_most(base: Fact) -> None:
    origin = Window(function=WindowFunction.CHANGE, base=base, length=timedelta(hours=1))
    change = DOMAINS.numbers(made(origin))

    assert change == between(Decimal(-100), Decimal("Infinity"))


@pytest.mark.parametrize(
    "origin",
    [
        window(WindowFunction.CHANGE, "day_change"),  # in points
        window(WindowFunction.CHANGE, "spread"),  # never below zero, and in points
        window(WindowFunction.CHANGE, "profit_usd"),  # no price: it may be negative
        MarketFact(pair="USDT_BTC", fact="no_such_fact"),
        None,
    ],
)
def test_of_anything_else_nothing_is_known(origin: Origin | None) -> None:
    assert DOMAINS.numbers(Fact(start=0, end=0, kind=Kind.PERCENT, name="made", origin=origin)) == ALL
