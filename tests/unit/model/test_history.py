"""
The readings over time: packed without a loss, in blocks that answer as the samples in them would.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import make_moment, make_price
from tradewarden.model.history import (
    SAMPLES_IN_A_BLOCK,
    Block,
    Extremes,
    History,
    Sample,
    checked,
    extremes_of,
    pack,
    unpack,
)
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B, C = SmartTradeId(1), SmartTradeId(2), SmartTradeId(3)
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
few = st.none() | st.integers(-2, 2).map(Decimal)


def _sample(values: Sequence[Decimal | str | None], *, minute: float = 0, boot_id: str = "boot-1") -> Sample:
    column = [None if value is None else Decimal(value) for value in values]
    subjects = tuple(SmartTradeId(number) for number in range(1, len(column) + 1))
    return Sample(
        at=make_moment(minute * 60, boot_id=boot_id),
        subjects=subjects,
        columns={"last": pack(column), "bid": pack(column[::-1])},
        markets={'market("USDT_BTC").last': Decimal(5)},
    )


def _minutes(count: int) -> list[Sample]:
    return [_sample([Decimal(number)], minute=number) for number in range(count)]


@given(st.lists(numbers, min_size=1))
def test_what_is_packed_comes_out_as_it_was(values: list[Decimal | None]) -> None:
    """
    Exactly: with the same digits, the same exponent, and unknown as unknown.
    """
    found = [Decimal(text) if text else None for text in unpack(pack(values))]

    assert [value and value.as_tuple() for value in found] == [value and value.as_tuple() for value in values]
    assert found == values


@given(st.lists(st.none() | st.decimals(-(10**40), 10**40, allow_nan=False), max_size=30))
def test_a_column_of_facts_is_found_to_be_one(values: list[Decimal | None]) -> None:
    assert checked(pack(values)) == pack(values)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1,x", "1.5.5", "1e5", "1;2", "1E+9999", " 1", "1\n", "\u00b2"])
def test_a_column_that_holds_anything_but_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        checked(zlib.compress(text.encode()))


@pytest.mark.parametrize("read", [checked, unpack])
def test_what_is_no_column_is_refused(read: object) -> None:
    for data in (b"", b"1,2", pack([Decimal(1)])[:-3]):
        with pytest.raises(ValueError, match=r"Error|incomplete|incorrect|data"):
            read(data)  # type: ignore[operator]  # either reads bytes


def test_a_column_that_is_not_text_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        unpack(zlib.compress(b"\xff"))


def test_a_sample_tells_the_values_that_are_known() -> None:
    sample = _sample(["1", None, "3"])

    assert sample.values("last") == {A: Decimal(1), C: Decimal(3)}
    assert list(sample.known("last")) == [(A, "1"), (C, "3")]
    assert sample.values("ask") == {}


def test_a_sample_can_be_cut_down_to_some_columns() -> None:
    sample = _sample(["1", "2"]).only(["last", "spread"])

    assert list(sample.columns) == ["last"]
    assert sample.values("last") == {A: Decimal(1), B: Decimal(2)}
    assert sample.markets == {'market("USDT_BTC").last': Decimal(5)}
    assert sample.at == make_moment()


def test_no_history_has_no_newest() -> None:
    assert History().newest is None
    assert list(History().samples) == []
    assert History().extremes_since(0, "last") == Extremes()


@pytest.mark.parametrize("count", [1, SAMPLES_IN_A_BLOCK - 1, SAMPLES_IN_A_BLOCK, SAMPLES_IN_A_BLOCK + 1, 120, 130])
def test_a_history_keeps_all_samples_in_their_order(count: int) -> None:
    samples = _minutes(count)

    history = History.of(samples)

    assert list(history.samples) == samples
    assert history.newest == samples[-1]
    assert [len(block.samples) for block in history.blocks] == [SAMPLES_IN_A_BLOCK] * (count // SAMPLES_IN_A_BLOCK)


def test_samples_of_the_same_smart_trades_share_their_list() -> None:
    """
    A thousand numbers for each of a day's minutes would take more room than the prices.
    """
    history = History.of([_sample(["1", "2"], minute=0), _sample(["3", "4"], minute=1), _sample(["5"], minute=2)])

    first, second, third = history.samples
    assert second.subjects is first.subjects
    assert second.values("last") == {A: Decimal(3), B: Decimal(4)}
    assert second.at == make_moment(60)
    assert second.markets == first.markets
    assert third.subjects == (A,)


def test_whole_blocks_are_forgotten_once_their_newest_is_too_old() -> None:
    history = History.of(_minutes(130))  # blocks end at 59 and 119 minutes
    now = make_moment(130 * 60)

    assert history.within(timedelta(minutes=71), now) is history
    assert history.within(timedelta(minutes=70, seconds=59), now).samples[0].at == make_moment(3600)
    assert len(history.within(timedelta(0), now).samples) == 10


def test_a_clock_that_was_set_back_forgets_nothing_too_early() -> None:
    history = History.of(_minutes(SAMPLES_IN_A_BLOCK))
    earlier = make_moment(-9999, boot_id="boot-2")

    assert history.within(timedelta(0), earlier) is history


@given(
    st.lists(st.lists(few, min_size=1, max_size=3), min_size=1, max_size=150),
    st.integers(0, 150),
)
def test_extremes_are_those_of_the_samples(rows: list[list[Decimal | None]], start: int) -> None:
    history = History.of(_sample(row, minute=number) for number, row in enumerate(rows))

    for _ in range(2):  # from the samples, and then from what a block remembers of them
        found = history.extremes_since(start, "last")
        for place, subject in enumerate((A, B, C)):
            known = [row[place] for row in rows[start:] if place < len(row)]
            plain = [value for value in known if value is not None]
            assert found.known.get(subject, 0) == len(plain)
            assert found.lowest.get(subject) == min(plain, default=None)
            assert found.highest.get(subject) == max(plain, default=None)


@pytest.mark.parametrize("start", [0, 1, 59, 60, 61, 119, 120, 179, 180, 199])
def test_extremes_over_blocks_are_those_of_their_samples(start: int) -> None:
    """
    The lowest and the highest come in any block; one SmartTrade is known in some blocks only.
    """
    rows = [
        [Decimal(number * 7919 % 1009), Decimal(number * 7919 % 1013) if 70 < number < 190 else None]
        for number in range(200)
    ]
    history = History.of(_sample(row, minute=number) for number, row in enumerate(rows))

    for _ in range(2):
        found = history.extremes_since(start, "last")
        for place, subject in enumerate((A, B)):
            known = [value for row in rows[start:] if (value := row[place]) is not None]
            assert found.known.get(subject, 0) == len(known)
            assert found.lowest.get(subject) == min(known, default=None)
            assert found.highest.get(subject) == max(known, default=None)


def test_what_is_asked_of_a_block_is_worked_out_once() -> None:
    block = Block(tuple(_minutes(3)))

    first = block.extremes("last")
    remembered = block._summaries["last"]

    assert remembered is not None
    assert block.extremes("last") == first
    assert block._summaries == {"last": remembered}
    assert block._summaries["last"] is remembered


def test_what_is_packed_is_not_shown() -> None:
    """
    In a log or a failed test it would be noise of many lines.
    """
    sample = Sample(at=make_moment(), subjects=(A,), columns={"last": pack([Decimal(5)])})
    block, same = Block((sample,)), Block((sample,))
    block.extremes("last")

    assert "columns" not in repr(sample)
    assert "summaries" not in repr(block)
    assert block == same
    assert sample.markets == {}


def test_what_a_block_remembers_is_of_each_column_its_own() -> None:
    history = History.of(_sample([Decimal(number), Decimal(100 + number)]) for number in range(SAMPLES_IN_A_BLOCK))

    for _ in range(2):
        assert history.extremes_since(0, "last").lowest == {A: Decimal(0), B: Decimal(100)}
        assert history.extremes_since(0, "bid").lowest == {A: Decimal(100), B: Decimal(0)}
        assert history.extremes_since(0, "bid").known == {A: SAMPLES_IN_A_BLOCK, B: SAMPLES_IN_A_BLOCK}
        assert history.extremes_since(0, "ask") == Extremes()


def test_extremes_of_some_samples() -> None:
    found = extremes_of([_sample(["3"]), _sample([None]), _sample(["-1", "2"])], "last")

    assert (found.lowest, found.highest) == ({A: Decimal(-1), B: Decimal(2)}, {A: Decimal(3), B: Decimal(2)})
    assert found.known == {A: 2, B: 1}


# --- readings that come too soon to be samples


def _reading(last: Sequence[str | None], *, seconds: float, market: str | None = None) -> Sample:
    column = [None if value is None else Decimal(value) for value in last]
    return Sample(
        at=make_moment(seconds),
        subjects=tuple(SmartTradeId(number) for number in range(1, len(column) + 1)),
        columns={"last": pack(column)},
        markets={} if market is None else {"btc": Decimal(market)},
    )


BETWEEN = (_reading(["1", "9", None], seconds=10, market="7"), _reading(["3", "5", "4"], seconds=20, market="1"))


def test_a_sample_swallows_the_readings_before_it() -> None:
    sample = _reading(["2", None, None], seconds=60, market="5").swallowing(BETWEEN, ["last"])

    assert sample.values("last") == {A: Decimal(2)}
    assert sample.lowest("last") == {A: Decimal(1), B: Decimal(5), C: Decimal(4)}
    assert sample.highest("last") == {A: Decimal(3), B: Decimal(9), C: Decimal(4)}
    assert sorted(sample.market_values("btc")) == [1, 5, 7]
    assert sample.only(["last"]).lowest("last") == sample.lowest("last")
    assert sample.only(["last"]).highest("last") == sample.highest("last")
    assert (sample.at, sample.subjects) == (make_moment(60), (A, B, C))


def test_a_sample_keeps_its_prices_when_it_swallows_but_windows_do_not_need_them() -> None:
    prices = {"USDT_BTC": make_price()}
    sample = replace(_reading(["2", None, None], seconds=60, market="5"), prices=prices)

    assert sample.swallowing(BETWEEN, ["last"]).prices == prices
    assert sample.only(["last"]).prices == {}


def test_a_sample_with_nothing_before_it_stays_as_it_is() -> None:
    sample = _reading(["2"], seconds=60, market="5")

    assert sample.swallowing((), ["last"]) is sample
    assert sample.lowest("last") == sample.highest("last") == {A: Decimal(2)}
    assert sample.market_values("btc") == [5]
    assert sample.market_values("eth") == []


def test_a_sample_counts_itself_among_what_it_swallows() -> None:
    sample = _reading(["99", "1", "4"], seconds=60, market="-3").swallowing(BETWEEN, ["last"])

    assert sample.highest("last") == {A: Decimal(99), B: Decimal(9), C: Decimal(4)}
    assert sample.lowest("last") == {A: Decimal(1), B: Decimal(1), C: Decimal(4)}
    assert sorted(sample.market_values("btc")) == [-3, -3, 7]
    alone = _reading(["2"], seconds=60, market="5").swallowing([_reading(["1"], seconds=50)], ["last"])
    assert alone.market_values("btc") == [5, 5, 5]


def test_a_market_that_was_known_only_before_is_swallowed_too() -> None:
    sample = _reading(["2"], seconds=60).swallowing(BETWEEN[:1], ["last"])

    assert sample.market_values("btc") == [7, 7]


def test_what_came_too_soon_counts_until_it_is_swallowed_and_after() -> None:
    """
    It counts as part of the sample that swallows it: as one reading, known if one of them was.
    """
    first = _reading(["2", "2", "2"], seconds=0)
    history = History.of([first]).with_between(BETWEEN[0]).with_between(BETWEEN[1])
    assert (history.between, history.samples, history.newest) == (BETWEEN, [first], first)
    waiting = history.extremes_since(0, "last")
    assert waiting.lowest == {A: Decimal(1), B: Decimal(2), C: Decimal(2)}
    assert waiting.highest == {A: Decimal(3), B: Decimal(9), C: Decimal(4)}
    assert waiting.known == {A: 1, B: 1, C: 1}

    following = history.followed_by(_reading(["2", None, "2"], seconds=60).swallowing(history.between, ["last"]))
    swallowed = following.extremes_since(0, "last")
    assert following.between == ()
    assert (swallowed.lowest, swallowed.highest) == (waiting.lowest, waiting.highest)
    assert swallowed.known == {A: 2, B: 2, C: 2}


def test_what_came_before_the_first_sample_of_a_window_does_not_belong_to_it() -> None:
    samples = [
        _reading([str(minute)], seconds=60 * minute).swallowing([_reading(["-99"], seconds=60 * minute - 10)], ["last"])
        for minute in range(3 * SAMPLES_IN_A_BLOCK)
    ]
    for start in (0, 1, SAMPLES_IN_A_BLOCK - 1, SAMPLES_IN_A_BLOCK, 3 * SAMPLES_IN_A_BLOCK - 2):
        found = History.of(samples).extremes_since(start, "last")

        assert found.lowest == {A: Decimal(-99)}
        assert found.known == {A: 3 * SAMPLES_IN_A_BLOCK - start}
    last = History.of(samples).extremes_since(3 * SAMPLES_IN_A_BLOCK - 1, "last")
    assert last.lowest == last.highest == {A: Decimal(3 * SAMPLES_IN_A_BLOCK - 1)}
    few_samples = History.of(samples[:3]).extremes_since(2, "last")
    assert (few_samples.lowest, few_samples.known) == ({A: Decimal(2)}, {A: 1})


def test_a_smart_trade_that_only_came_between_is_not_known_yet() -> None:
    history = History.of([_reading(["2"], seconds=0)]).with_between(BETWEEN[1])

    found = history.extremes_since(0, "last")

    assert (found.lowest, found.highest) == ({A: Decimal(2)}, {A: Decimal(3)})


def test_what_came_too_soon_stays_when_old_blocks_are_forgotten() -> None:
    history = History.of(_minutes(SAMPLES_IN_A_BLOCK)).with_between(BETWEEN[0])

    forgotten = history.within(timedelta(0), make_moment(1e6))

    assert (forgotten.blocks, forgotten.between) == ((), BETWEEN[:1])
