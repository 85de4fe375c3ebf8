"""
What a market price can be, how long it has stood still, and how far it must move.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import make_moment, make_price, number
from tradewarden.engine.plausibility import (
    distance_pct,
    is_frozen,
    is_plausible_quote,
    last_fits,
    plausible_day_change,
    positive,
    price_problems,
    quote_problems,
    smallest_distance_pct,
    watch_price,
)
from tradewarden.model.memory import PriceWatch
from tradewarden.model.smart_trade import CurrentPrice, Side

PRICE = make_price()
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(("text", "known"), [("0.1", True), ("0", False), ("-0.1", False), (None, False)])
def test_only_a_price_above_zero_is_one(text: str | None, known: bool) -> None:
    assert positive(number(text)) == (number(text) if known else None)


@pytest.mark.parametrize(
    ("text", "known"),
    [("-100", True), ("-100.1", False), ("1000", True), ("1000.1", False), ("0", True), (None, False)],
)
def test_a_day_change_has_bounds(text: str | None, known: bool) -> None:
    assert plausible_day_change(number(text)) == (number(text) if known else None)


@pytest.mark.parametrize(
    ("last", "fits"), [("110", True), ("110.01", False), ("90", True), ("89.99", False), ("100", True)]
)
def test_last_is_within_ten_percent(last: str, fits: bool) -> None:
    assert last_fits(Decimal(last), Decimal(100)) is fits


@pytest.mark.parametrize(
    ("price", "problems"),
    [
        pytest.param(PRICE, [], id="plausible"),
        pytest.param(make_price(bid=None), ["bid is unknown"], id="no bid"),
        pytest.param(make_price(last="0"), ["last is 0"], id="zero"),
        pytest.param(make_price(bid="0.2"), ["bid 0.2 is above ask 0.1027"], id="crossed, but last..."),
        pytest.param(
            make_price(last="0.2"),
            ["last 0.2 is more than 10 % off the bid 0.10257", "last 0.2 is more than 10 % off the ask 0.1027"],
            id="last elsewhere",
        ),
        pytest.param(
            make_price(ask=None, day_change=None), ["ask is unknown", "day change is unknown"], id="two are missing"
        ),
        pytest.param(make_price(day_change="-101"), ["day change is -101 %"], id="absurd day change"),
    ],
)
def test_every_problem_of_a_price_is_told(price: CurrentPrice, problems: list[str]) -> None:
    found = price_problems(price)

    assert found[: len(problems)] == problems
    assert bool(found) is bool(problems)


@pytest.mark.parametrize("name", ["bid", "ask", "last", "quote_volume"])
def test_any_move_starts_the_watch_anew(name: str) -> None:
    watch = PriceWatch(price=PRICE, since=make_moment())
    after = make_price(**{name: "0.101"})

    assert watch_price(watch, after, make_moment(60)) == PriceWatch(price=after, since=make_moment(60))


def test_the_first_look_starts_the_watch() -> None:
    assert watch_price(None, PRICE, make_moment(60)) == PriceWatch(price=PRICE, since=make_moment(60))


def test_a_price_that_stands_still_keeps_its_watch_whatever_the_day_change_says() -> None:
    watch = PriceWatch(price=PRICE, since=make_moment())

    assert watch_price(watch, make_price(day_change="-7"), make_moment(60)) == watch


@pytest.mark.parametrize("name", ["bid", "ask", "last", "quote_volume"])
def test_a_value_that_is_missing_for_once_proves_no_move(name: str) -> None:
    """
    Else a frozen price would look new again whenever one field is null.
    """
    watch = PriceWatch(price=PRICE, since=make_moment())
    blinked = watch_price(watch, make_price(**{name: None}), make_moment(60))

    assert blinked == watch
    assert watch_price(blinked, PRICE, make_moment(120)) == watch


@pytest.mark.parametrize("name", ["bid", "ask", "last", "quote_volume"])
def test_a_value_that_was_missing_is_kept_once_it_is_known(name: str) -> None:
    watch = PriceWatch(price=make_price(**{name: None}), since=make_moment())

    assert watch_price(watch, PRICE, make_moment(60)) == PriceWatch(price=PRICE, since=make_moment())


@pytest.mark.parametrize(
    ("seconds", "after", "frozen"),
    [
        pytest.param(1799, HALF_AN_HOUR, False, id="not yet"),
        pytest.param(1800, HALF_AN_HOUR, True, id="now"),
        pytest.param(10**6, None, False, id="never"),
    ],
)
def test_a_price_freezes(seconds: int, after: timedelta | None, frozen: bool) -> None:
    watch = PriceWatch(price=PRICE, since=make_moment())

    assert is_frozen(watch, make_moment(seconds), after) is frozen


def test_of_two_clocks_the_one_that_says_longer_is_believed() -> None:
    """
    A wall clock that was set back must not make a frozen price look fresh.
    """
    watch = PriceWatch(price=PRICE, since=make_moment())
    set_back = make_moment(1800)
    set_back = type(set_back)(wall=set_back.wall - timedelta(hours=2), boot=set_back.boot, boot_id=set_back.boot_id)

    assert is_frozen(watch, set_back, HALF_AN_HOUR)


def test_after_a_boot_with_the_clock_set_back_an_unmoved_price_counts_as_frozen() -> None:
    watch = PriceWatch(price=PRICE, since=make_moment(60))

    assert is_frozen(watch, make_moment(0, boot_id="boot-2"), HALF_AN_HOUR)
    assert not is_frozen(watch, make_moment(120, boot_id="boot-2"), HALF_AN_HOUR)


@pytest.mark.parametrize(
    ("target", "side", "distance"),
    [("110", Side.LONG, "10"), ("90", Side.LONG, "-10"), ("90", Side.SHORT, "10"), ("110", Side.SHORT, "-10")],
)
def test_distance_is_signed_in_the_trades_favour(target: str, side: Side, distance: str) -> None:
    assert distance_pct(Decimal(target), Decimal(100), side) == Decimal(distance)


@pytest.mark.parametrize(
    ("price", "side", "nearest"),
    [
        pytest.param(make_price(bid="99", ask="101", last="100"), Side.LONG, "ask", id="long: the ask"),
        pytest.param(make_price(bid="99", ask="101", last="102"), Side.LONG, "last", id="long: the last"),
        pytest.param(make_price(bid="103", ask="101", last="102"), Side.LONG, "bid", id="long: the bid"),
        pytest.param(make_price(bid="99", ask="101", last="100"), Side.SHORT, "bid", id="short: the bid"),
        pytest.param(make_price(bid="99", ask="101", last="98"), Side.SHORT, "last", id="short: the last"),
    ],
)
def test_the_smallest_distance_counts(price: CurrentPrice, side: Side, nearest: str) -> None:
    target = Decimal(110) if side is Side.LONG else Decimal(90)

    assert smallest_distance_pct(target, price, side) == distance_pct(target, getattr(price, nearest), side)


@pytest.mark.parametrize(
    ("target", "price", "side"),
    [
        pytest.param(None, PRICE, Side.LONG, id="no target"),
        pytest.param("0", PRICE, Side.SHORT, id="target zero"),
        pytest.param("-5", PRICE, Side.SHORT, id="target negative"),
        pytest.param("1", PRICE, None, id="no side"),
        pytest.param("1", make_price(bid=None), Side.LONG, id="no bid"),
        pytest.param("1", make_price(ask="0"), Side.LONG, id="ask zero"),
        pytest.param("1", make_price(last="-1"), Side.LONG, id="last negative"),
    ],
)
def test_a_distance_can_be_unknown(target: str | None, price: CurrentPrice, side: Side | None) -> None:
    assert smallest_distance_pct(number(target), price, side) is None


quotes = st.none() | st.sampled_from(
    ["-1", "0", "0.0", "90", "99", "100", "100.5", "101", "110", "110.1", "1e-30", "1e30"]
)


@given(quotes, quotes, quotes)
def test_a_quote_is_plausible_if_nothing_is_wrong_with_it(bid: str | None, ask: str | None, last: str | None) -> None:
    price = make_price(bid=bid, ask=ask, last=last)

    assert is_plausible_quote(price) is not bool(quote_problems(price))


EDGES = (None, "-1", "0", "0.09", "0.0904", "0.1", "0.11", "0.1106", "0.12")


def test_a_quote_is_plausible_at_its_bounds_and_not_beyond() -> None:
    """
    All that stands on a bound or beside it: the quick answer is the one that is told, for each combination.
    """
    for bid, ask, last in product(EDGES, repeat=3):
        price = make_price(bid=bid, ask=ask, last=last)
        assert is_plausible_quote(price) is (quote_problems(price) == []), price


@pytest.mark.parametrize("last", ["0.0904", "0.1106"])
def test_last_is_measured_by_bid_and_ask_not_they_by_it(last: str) -> None:
    """
    0.0904 is 9.6 % below 0.1, seen from it 0.1 is 10.6 % above; the other way round with 0.1106.
    """
    price = make_price(bid="0.1", ask="0.1", last=last)

    assert len(quote_problems(price)) == (2 if last == "0.1106" else 0)


def test_a_price_that_is_none_is_not_compared() -> None:
    assert quote_problems(make_price(bid="0")) == ["bid is 0"]


def test_a_watch_without_news_is_the_very_same() -> None:
    """
    What was unknown and still is makes no new watch.
    """
    watch = PriceWatch(price=make_price(bid=None), since=make_moment())

    assert watch_price(watch, make_price(bid=None), make_moment(60)) is watch


def test_a_watch_that_nothing_changed_is_the_very_same() -> None:
    """
    What did not change need not be written again.
    """
    watch = PriceWatch(price=PRICE, since=make_moment())

    assert watch_price(watch, make_price(day_change="-7"), make_moment(60)) is watch
    assert watch_price(watch, PRICE, make_moment(60)) is watch


@pytest.mark.parametrize("seconds", [0, 1800])
def test_a_price_that_has_just_moved_is_not_frozen(seconds: float) -> None:
    now = make_moment(seconds)

    assert not is_frozen(PriceWatch(price=PRICE, since=now), now, HALF_AN_HOUR)
    assert is_frozen(PriceWatch(price=PRICE, since=now), now, timedelta(0))
