from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.simulator.market import Move, PricePath, Quote, opening_price, price_unit

D = Decimal
BASE = Quote(bid=D("0.10257"), ask=D("0.1027"), last=D("0.10268"), day_change=D("-2.728"), volume=D(1000))


def path(*moves: Move, linear: bool = True, volume_per_minute: str = "0") -> PricePath:
    return PricePath(BASE, moves=moves, linear=linear, volume_per_minute=D(volume_per_minute))


def test_without_moves_it_stands_still() -> None:
    assert path().at(0) == path().at(1e6) == BASE
    assert path().times == ()


def test_straight_lines_between_moves() -> None:
    there = path(Move(at_s=20, day_change=D("-6.728")), Move(at_s=10, day_change=D("-4.728")))

    assert [there.at(at_s).day_change for at_s in (0, 5, 10, 15, 20, 99)] == [
        D("-2.728"),
        D("-3.728"),
        D("-4.728"),
        D("-5.728"),
        D("-6.728"),
        D("-6.728"),
    ]
    assert there.times == (10, 20)


def test_steps_between_moves() -> None:
    there = path(Move(at_s=10, last=D("0.2")), linear=False)

    assert [there.at(at_s).last for at_s in (0, 9.99, 10)] == [D("0.10268"), D("0.10268"), D("0.2")]


def test_a_move_may_say_bid_and_ask_itself() -> None:
    quote = path(Move(at_s=1, last=D("0.1"), bid=D("0.09"), ask=D("0.11"))).at(1)

    assert (quote.bid, quote.ask) == (D("0.09"), D("0.11"))


def test_a_move_may_say_last_and_day_change_both() -> None:
    quote = path(Move(at_s=1, last=D("0.1"), day_change=D(-50))).at(1)

    assert (quote.last, quote.day_change) == (D("0.1"), D(-50))


def test_a_move_without_a_price_moves_nothing() -> None:
    assert path(Move(at_s=1)).at(1).last == BASE.last


def test_what_is_not_known_stays_so() -> None:
    there = PricePath(Quote(last=D(1)), moves=[Move(at_s=10, last=D(2)), Move(at_s=20, change_pct=D(50))])

    assert there.at(5) == Quote(last=D("1.5"))
    assert there.at(20) == Quote(last=D("1.5"))
    assert PricePath(Quote(), moves=[Move(at_s=1, change_pct=D(1))]).at(1) == Quote()


def test_volume_is_traded_all_the_time() -> None:
    there = path(volume_per_minute="30")

    assert [there.at(at_s).volume for at_s in (-5, 0, 60, 90)] == [1000, 1000, 1030, 1045]


def test_a_path_that_is_continued_remembers_the_opening_price() -> None:
    there = path(volume_per_minute="30").continued(100, Quote(last=D("0.05"), volume=D(7)))

    assert there.opening == opening_price(BASE)
    assert there.at(160).volume == 37


def test_the_followed_price() -> None:
    assert [BASE.followed(name) for name in ("bid", "ask", "last")] == [BASE.bid, BASE.ask, BASE.last]


@pytest.mark.parametrize(
    "quote", [Quote(), Quote(last=D(1)), Quote(day_change=D(1)), Quote(last=D(1), day_change=D(-100))]
)
def test_no_opening_price(quote: Quote) -> None:
    assert opening_price(quote) is None


@pytest.mark.parametrize(
    ("quote", "unit"),
    [
        (BASE, "0.00001"),
        (Quote(last=D("64210.5")), "0.1"),
        (Quote(last=D("0.6")), "0.00001"),
        (Quote(last=D(64210)), "1"),
        (Quote(last=D("0.00001234")), "0.000000001"),
        (Quote(), "0.00001"),
    ],
)
def test_the_smallest_price_step(quote: Quote, unit: str) -> None:
    assert price_unit(quote) == D(unit)


@given(st.decimals(-90, 500, places=3), st.floats(0, 1000))
def test_a_quote_is_never_crossed(day_change: Decimal, at_s: float) -> None:
    quote = path(Move(at_s=500, day_change=day_change)).at(at_s)

    assert quote.bid is not None
    assert quote.ask is not None
    assert 0 < quote.bid <= quote.ask
