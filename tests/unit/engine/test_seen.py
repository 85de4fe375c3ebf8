"""
A SmartTrade as its facts see it: a price that cannot be true is no price.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from factories import NOON, make_price, make_smart_trade
from tradewarden.engine.seen import Seen, see
from tradewarden.model.smart_trade import CurrentPrice

NOTHING = CurrentPrice(bid=None, ask=None, last=None, day_change_pct=None, quote_volume=None)


def seen(price: CurrentPrice, *, is_frozen: bool = False) -> Seen:
    return see(make_smart_trade(price=price), now=NOON, timezone=ZoneInfo("UTC"), is_frozen=is_frozen)


def test_a_plausible_price_is_seen_as_it_is() -> None:
    assert seen(make_price()).price == make_price()


def test_nothing_of_a_frozen_price_is_known() -> None:
    assert seen(make_price(), is_frozen=True).price == NOTHING


@pytest.mark.parametrize(
    "price",
    [
        pytest.param(make_price(bid=None), id="no bid"),
        pytest.param(make_price(ask=None), id="no ask"),
        pytest.param(make_price(last=None), id="no last"),
        pytest.param(make_price(bid="0"), id="bid zero"),
        pytest.param(make_price(ask="-1"), id="ask negative"),
        pytest.param(make_price(bid="0.103", last="0.103"), id="crossed"),
        pytest.param(make_price(last="0.2"), id="last elsewhere"),
        pytest.param(make_price(bid="0.05"), id="bid elsewhere"),
    ],
)
def test_bid_ask_and_last_are_believed_together_or_not_at_all(price: CurrentPrice) -> None:
    """
    Else a null would make one of them known that was not believed while the other stood there.
    """
    found = seen(price).price

    assert (found.bid, found.ask, found.last) == (None, None, None)
    assert found.day_change_pct == Decimal(-6)
    assert found.quote_volume == Decimal("136509.39725")


def test_an_absurd_day_change_is_unknown() -> None:
    assert seen(make_price(day_change="-101")).price.day_change_pct is None


@pytest.mark.parametrize(("volume", "known"), [("0", Decimal(0)), ("-1", None), (None, None)])
def test_a_volume_is_not_negative(volume: str | None, known: Decimal | None) -> None:
    assert seen(make_price(quote_volume=volume)).price.quote_volume == known


def test_the_moment_is_the_owners() -> None:
    berlin = see(
        make_smart_trade(),
        now=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        timezone=ZoneInfo("Europe/Berlin"),
        is_frozen=False,
    )

    assert (berlin.now.day, berlin.now.hour) == (2, 0)
