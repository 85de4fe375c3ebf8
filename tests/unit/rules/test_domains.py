"""
What a fact can be, from its declaration and from what it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.cuts import ALL, Numbers, between
from tradewarden.rules.domains import Domains
from tradewarden.rules.schema import Kind
from tradewarden.rules.texts import Texts
from tradewarden.rules.tree import Fact

DOMAINS = Domains(VOCABULARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Fact):
    """
    A fact that is made of others, as the tree has them.
    """

    origin: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    function: str = ""
    base: Fact | None = None
    fact: Fact | str | None = None
    length: timedelta = timedelta(minutes=15)


def fact(name: str) -> Fact:
    schema = VOCABULARY.get(name)
    return Fact(start=0, end=0, kind=Kind.NUMBER if schema is None else schema.kind, name=name)


def made(origin: Origin, kind: Kind = Kind.PERCENT) -> Fact:
    return cast("Fact", Made(start=0, end=0, kind=kind, name="made", origin=origin))


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


def test_only_a_complete_list_of_texts_leaves_no_other() -> None:
    assert DOMAINS.texts(fact("side")) == Texts(frozenset({"long", "short"}))
    assert DOMAINS.texts(fact("kind")) == Texts()
    assert DOMAINS.texts(fact("pair")) == Texts()


@pytest.mark.parametrize(
    ("origin", "like"),
    [
        (Origin(function="lowest", base=fact("day_change")), "day_change"),
        (Origin(function="highest", base=fact("last")), "last"),
        (Origin(function="highest", base=fact("profit")), "profit"),
        (Origin(fact="last"), "last"),
        (Origin(fact=fact("day_change")), "day_change"),
    ],
)
def test_what_is_taken_over_a_window_or_of_a_market_is_like_its_fact(origin: Origin, like: str) -> None:
    assert DOMAINS.numbers(made(origin)) == numbers(like)


def test_a_price_falls_by_a_hundred_percent_at_most() -> None:
    change = DOMAINS.numbers(made(Origin(function="change", base=fact("last"))))

    assert Decimal(-100) in change
    assert Decimal("-100.001") not in change
    assert Decimal(5000) in change


@pytest.mark.parametrize(
    "origin",
    [
        Origin(function="change", base=fact("day_change")),  # in points
        Origin(function="change", base=fact("profit_usd")),  # no price: it may be negative
        Origin(function="held"),
        Origin(base=fact("pair")),
        Origin(fact="no_such_fact"),
    ],
)
def test_of_anything_else_nothing_is_known(origin: Origin) -> None:
    assert DOMAINS.numbers(made(origin)) == ALL
