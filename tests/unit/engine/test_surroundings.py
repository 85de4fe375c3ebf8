"""
Windows over the daemon's own readings, and markets: unknown until the window is filled, and where readings are missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plain_windows as plain
from factories import NOON, make_moment, make_price, make_rule
from plain_windows import PlainReading
from tradewarden.engine.surroundings import NO_SURROUNDINGS, NO_WINDOWS, Surroundings, change_of, is_due, survey
from tradewarden.engine.window_plan import WindowPlan, plan_windows
from tradewarden.model.history import History, Sample, pack
from tradewarden.model.moment import Moment
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.rules.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tradewarden.rules.schema import FactValue

A, B = SmartTradeId(1), SmartTradeId(2)
MINUTE = timedelta(minutes=1)
BTC = 'market("USDT_BTC")'
Column = str | Decimal | None


def _plan(*conditions: str, cycle: timedelta = MINUTE) -> WindowPlan:
    return plan_windows([make_rule(text) for text in conditions], lambda _: cycle)


def _sample(at: Moment, values: Mapping[str, Sequence[Column]], **markets: str) -> Sample:
    columns = {
        name: pack([None if value is None else Decimal(value) for value in column]) for name, column in values.items()
    }
    return Sample(
        at=at, subjects=(A, B), columns=columns, markets={f"{BTC}.{name}": Decimal(v) for name, v in markets.items()}
    )


def _minutes_ago(minutes: float, column: str, *values: Column) -> Sample:
    return _sample(make_moment(-60 * minutes), {column: values})


def _every_minute(values: Iterable[Column], column: str = "last") -> History:
    """
    Remember readings of one SmartTrade, the last of them a minute ago.
    """
    listed = list(values)
    return History.of(_minutes_ago(len(listed) - place, column, value) for place, value in enumerate(listed))


def _asked(condition: str, history: History, present: Mapping[str, FactValue], *, now: Moment | None = None) -> object:
    """
    Return what the one window of *condition* comes to for the first SmartTrade.
    """
    now, plan = now or make_moment(), _plan(condition)
    facts = dict(present)
    survey(plan, history, {}, now).extend(facts, A, now)
    return facts.get(plan.windows[-1].name)


def _last(value: str | None) -> dict[str, FactValue]:
    return {"last": None if value is None else Decimal(value)}


def _change(history: History, present: str | None = "97") -> object:
    return _asked("change(last, 15m) < -3%", history, _last(present))


FIFTEEN = ["100", *["50"] * 14]  # the price stood at 100 a quarter of an hour ago, and at 50 since


def test_the_change_of_a_price_is_in_percent_of_the_old_one() -> None:
    assert _change(_every_minute(FIFTEEN)) == Decimal(-3)
    assert _change(_every_minute(FIFTEEN), "250") == Decimal(150)


def test_the_change_of_a_percentage_is_in_points() -> None:
    history = _every_minute(FIFTEEN, "day_change")

    assert _asked("change(day_change, 15m) < -3%", history, {"day_change": Decimal(97)}) == Decimal(-3)


@pytest.mark.parametrize(
    ("start", "present", "kind", "change"),
    [
        ("8", "6", Kind.NUMBER, "-25"),
        ("0.00000008", "0.00000006", Kind.NUMBER, "-25"),
        ("8", "6", Kind.PERCENT, "-2"),
        ("-8", "6", Kind.PERCENT, "14"),
        ("0", "6", Kind.PERCENT, "6"),
        ("0", "6", Kind.NUMBER, None),
        ("-8", "6", Kind.NUMBER, None),
    ],
)
def test_a_change_from_nothing_is_unknown(start: str, present: str, kind: Kind, change: str | None) -> None:
    expected = None if change is None else Decimal(change)

    assert change_of(Decimal(start), Decimal(present), kind) == expected


def test_the_extremes_are_those_of_all_readings_and_the_present_one() -> None:
    history = _every_minute(["7", "3", "9", "5", "5"])

    assert _asked("lowest(last, 5m) < 1", history, _last("5")) == Decimal(3)
    assert _asked("highest(last, 5m) < 1", history, _last("5")) == Decimal(9)
    assert _asked("lowest(last, 5m) < 1", history, _last("1")) == Decimal(1)
    assert _asked("highest(last, 5m) < 1", history, _last("10")) == Decimal(10)


def test_what_was_before_the_window_does_not_count() -> None:
    history = _every_minute(["1", "99", "7", "5", "6"])

    assert _asked("lowest(last, 3m) < 1", history, _last("6")) == Decimal(5)
    assert _asked("highest(last, 3m) < 1", history, _last("6")) == Decimal(7)


@pytest.mark.parametrize(
    ("readings", "day_change", "held"),
    [
        ("11111", "-6", True),
        ("11011", "-6", False),
        ("01111", "-6", False),
        ("011111", "-6", True),  # that was before
        ("11111", "-5", False),
        ("11111", None, None),
        ("11?11", "-6", None),
        ("1111", "-6", None),  # it begins a cycle before
        ("111", "-6", None),
        ("111", "-5", None),
        ("?????", "-6", None),
        ("", "-6", None),
    ],
)
def test_held_is_true_all_the_time(readings: str, day_change: str | None, held: bool | None) -> None:
    history = _every_minute([None if one == "?" else one for one in readings], "held(day_change < -5%)")
    present = {"day_change": None if day_change is None else Decimal(day_change)}

    assert _asked("held(day_change < -5%, 5m)", history, present) is held


def test_held_conditions_may_look_back_themselves() -> None:
    column = "held(change(last, 2m) < -3%)"
    history = History.of(
        _sample(make_moment(-60 * minutes), {"last": [last], column: [held]})
        for minutes, last, held in ((4, "100", None), (3, "99", "1"), (2, "90", "1"), (1, "89", "1"))
    )
    plan, facts = _plan("held(change(last, 2m) < -3%, 3m)"), _last("80")

    came_to = survey(plan, history, {}, make_moment()).extend(facts, A, make_moment())

    assert facts["change(last, 2m)"] == change_of(Decimal(90), Decimal(80), Kind.NUMBER)
    assert facts["held(change(last, 2m) < -3%, 3m)"] is True
    assert came_to == {column: Decimal(1)}


@pytest.mark.parametrize(("day_change", "recorded"), [("-6", Decimal(1)), ("-5", Decimal(0)), (None, None)])
def test_what_a_held_condition_comes_to_is_told_for_the_record(day_change: str | None, recorded: object) -> None:
    plan = _plan("held(day_change < -5%, 5m)")
    facts: dict[str, FactValue] = {"day_change": None if day_change is None else Decimal(day_change)}

    held = survey(plan, History(), {}, make_moment()).extend(facts, A, make_moment())

    assert held == {"held(day_change < -5%)": recorded}
    assert facts["held(day_change < -5%, 5m)"] is None


def test_nothing_is_known_until_the_window_is_filled() -> None:
    readings = [_minutes_ago(16 - number, "last", "100") for number in range(1, 16)]
    early = [_change(History.of(readings[:count])) for count in range(16)]
    late = [_change(History.of(readings[-count:])) for count in range(1, 16)]

    assert early == [None] * 14 + [Decimal(-3)] * 2
    assert late == [None] * 14 + [Decimal(-3)]


def test_a_window_is_unknown_if_its_present_reading_is() -> None:
    assert _change(_every_minute(FIFTEEN), None) is None
    assert _asked("lowest(last, 15m) < 1", _every_minute(FIFTEEN), {}) is None
    assert _asked("highest(last, 15m) < 1", _every_minute(FIFTEEN), {"last": "5"}) is None


def test_a_change_is_unknown_if_its_first_reading_is() -> None:
    history = _every_minute([None, *FIFTEEN[1:]])

    assert _change(history) is None
    assert _asked("lowest(last, 15m) < 1", history, _last("97")) == Decimal(50)


@pytest.mark.parametrize("missing", range(5))
def test_nine_tenths_of_the_readings_must_be_there(missing: int) -> None:
    """
    Of twenty two may be missing: those that the daemon never made, and those in which the SmartTrade knew nothing.
    """
    there = [_minutes_ago(20 - number, "last", "7") for number in range(20) if not 5 <= number < 5 + missing]
    blind = _every_minute([None if 5 <= number < 5 + missing else "7" for number in range(20)])
    expected = Decimal(7) if missing <= 2 else None

    assert _asked("lowest(last, 20m) < 1", History.of(there), _last("8")) == expected
    assert _asked("lowest(last, 20m) < 1", blind, _last("8")) == expected


def test_both_kinds_of_missing_readings_add_up() -> None:
    readings = [_minutes_ago(20 - number, "last", None if number == 9 else "7") for number in range(20)]
    without = [sample for number, sample in enumerate(readings) if number not in {4, 15}]

    assert _asked("lowest(last, 20m) < 1", History.of(readings[:4] + readings[5:]), _last("8")) == Decimal(7)
    assert _asked("lowest(last, 20m) < 1", History.of(without), _last("8")) is None


def test_a_gap_up_to_now_counts_too() -> None:
    readings = [_minutes_ago(10 - number, "last", "7") for number in range(8)]

    assert _asked("lowest(last, 10m) < 1", History.of([*readings, _minutes_ago(2, "last", "7")]), _last("8")) == 7
    assert _asked("lowest(last, 10m) < 1", History.of(readings), _last("8")) is None


def test_jitter_misses_nothing() -> None:
    """
    Readings that come up to almost two cycles apart are followed, or led, by some that are closer.
    """
    late = [0, 50, 3, 48, 0, 50, 9, 55, 0, 50]
    history = History.of(
        _sample(make_moment(-600 + 60 * number + seconds), {"last": ["7"]}) for number, seconds in enumerate(late)
    )

    assert _asked("lowest(last, 10m) < 1", history, _last("8")) == Decimal(7)


def test_each_smart_trade_has_its_own_past() -> None:
    plan = _plan("change(last, 2m) < -3%")
    history = History.of([_minutes_ago(2, "last", "100", "200"), _minutes_ago(1, "last", "50", None)])
    found = survey(plan, history, {}, make_moment())

    changes = []
    for subject in (A, B, SmartTradeId(3)):
        facts = _last("90")
        found.extend(facts, subject, make_moment())
        changes.append(facts["change(last, 2m)"])

    assert changes == [Decimal(-10), None, None]


def test_the_nearest_reading_begins_a_window_and_of_two_the_older() -> None:
    uneven, even = (
        History.of(_sample(make_moment(-age), {"last": [Decimal(age)]}) for age in ages)
        for ages in ((90, 70, 62, 30), (90, 65, 55))
    )

    assert _asked("highest(last, 1m) < 1", uneven, _last("1")) == Decimal(62)
    assert _asked("highest(last, 1m) < 1", even, _last("1")) == Decimal(65)


def test_time_goes_by_the_boot_clock_whatever_the_wall_clock_does() -> None:
    def at(minutes: float, wall_minutes: float) -> Moment:
        return Moment(wall=NOON + wall_minutes * MINUTE, boot=minutes * MINUTE, boot_id="boot-1")

    history = History.of(_sample(at(number, 60 * (number % 3)), {"last": ["100"]}) for number in range(15))

    assert _asked("change(last, 15m) < -3%", history, _last("97"), now=at(15, -600)) == Decimal(-3)


def test_over_a_reboot_time_goes_by_the_wall_clock() -> None:
    before = [_sample(make_moment(60 * number, boot_id="boot-0"), {"last": ["100"]}) for number in range(8)]
    after = [_sample(make_moment(60 * number), {"last": ["50"]}) for number in range(8, 15)]

    assert _asked("change(last, 15m) < -3%", History.of(before + after), _last("97"), now=make_moment(900)) == -3


@pytest.mark.parametrize(
    ("boot_id", "wall_minutes", "boot_minutes"),
    [
        ("boot-1", -1.5, 1),
        ("boot-1", 1, 1),
        ("boot-0", 1, 0),  # from the future: the wall clock was set back
        ("boot-1", 0, 1),  # from the future of this boot: no clock does that
        ("boot-0", -1.5, 0),  # younger than the reading after it
    ],
)
def test_readings_whose_order_cannot_be_told_are_dropped_with_all_before(
    boot_id: str, wall_minutes: float, boot_minutes: float
) -> None:
    odd = Moment(wall=NOON + wall_minutes * MINUTE, boot=timedelta(hours=1) + boot_minutes * MINUTE, boot_id=boot_id)
    sound = [_minutes_ago(15 - number, "last", "100") for number in range(15)]
    broken = [*sound[:13], _sample(odd, {"last": ["100"]}), *sound[13:]]

    assert _change(History.of(sound)) == Decimal(-3)
    assert _change(History.of(broken)) is None
    assert _asked("lowest(last, 2m) < 1", History.of(broken), _last("97")) == Decimal(97)
    if wall_minutes >= 0:
        assert _change(History.of([*sound, replace(broken[13], at=odd)])) is None  # nothing is newer


def test_readings_of_one_moment_have_an_order() -> None:
    twice = [_minutes_ago(minutes, "last", value) for minutes, value in ((2, "9"), (1, "7"), (1, "5"), (0, "6"))]

    assert _asked("lowest(last, 2m) < 1", History.of(twice), _last("8")) == Decimal(5)
    assert _asked("highest(last, 2m) < 1", History.of(twice), _last("8")) == Decimal(9)


def test_a_window_as_short_as_a_cycle_needs_its_one_reading() -> None:
    assert _asked("lowest(last, 1m) < 1", History.of([_minutes_ago(1, "last", "7")]), _last("8")) == Decimal(7)
    assert _asked("lowest(last, 1m) < 1", History.of([_minutes_ago(2, "last", "7")]), _last("8")) is None


def test_one_window_that_is_not_filled_keeps_no_other() -> None:
    texts = [f"lowest({BTC}.last, 9m)", f"lowest({BTC}.last, 2m)", "lowest(last, 9m)", "lowest(last, 2m)"]
    history = History.of(_sample(make_moment(-60 * minutes), {"last": ["7"]}, last="0.05") for minutes in (2, 1))
    plan, facts = _plan(*(f"{text} < 1" for text in texts)), _last("8")

    survey(plan, history, {"USDT_BTC": make_price()}, make_moment()).extend(facts, A, make_moment())

    assert [facts.get(text) for text in texts] == [None, Decimal("0.05"), None, Decimal(7)]


# --- markets


def _with_market(
    condition: str,
    history: History | None = None,
    *,
    price: dict[str, str | None] | None = None,
    facts: dict[str, FactValue] | None = None,
    asked: Moment | None = None,
) -> dict[str, FactValue]:
    """
    Return the facts of a SmartTrade where the market USDT_BTC has the *price*, surveyed at noon and *asked* later.
    """
    prices = {} if price is None else {"USDT_BTC": make_price(**price)}
    found = {} if facts is None else facts
    survey(_plan(condition), history or History(), prices, make_moment()).extend(found, A, asked or make_moment())
    return found


def _market_history(values: Sequence[str | None], name: str = "last") -> History:
    return History.of(
        _sample(make_moment(-60 * (len(values) - place)), {}, **({} if value is None else {name: value}))
        for place, value in enumerate(values)
    )


def test_facts_of_a_market_are_those_of_its_price() -> None:
    condition = f"{BTC}.day_change < {BTC}.spread and {BTC}.last < 5 and {BTC}.quote_volume > 1"

    assert _with_market(condition, price={"quote_volume": None}) == {
        f"{BTC}.spread": (Decimal("0.1027") - Decimal("0.10257")) / Decimal("0.1027") * 100,
        f"{BTC}.day_change": Decimal(-6),
        f"{BTC}.last": Decimal("0.10268"),
    }


def test_the_prices_of_markets_are_kept_for_the_record() -> None:
    prices = {"USDT_BTC": make_price()}

    assert survey(_plan(f"{BTC}.last < 5"), History(), prices, make_moment()).prices == prices
    assert NO_SURROUNDINGS.prices == {}


def test_a_market_that_is_not_to_be_had_is_unknown() -> None:
    assert _with_market(f"{BTC}.day_change < 5%") == {}


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("change({0}.last, 4m) < 5%", ["0.1", "5", "0.05", "0.2"], "2.68"),
        ("change({0}.day_change, 4m) < 5%", ["-8", "5", "0.05", "0.2"], "2"),
        ("lowest({0}.last, 4m) < 5", ["0.1", "5", "0.05", "0.2"], "0.05"),
        ("highest({0}.last, 4m) < 5", ["0.1", "5", "0.05", "0.2"], "5"),
        ("lowest({0}.last, 4m) < 5", ["1", "5", "2", "2"], "0.10268"),
        ("highest({0}.last, 4m) < 5", ["0.01", "0.01", "0.01", "0.01"], "0.10268"),
        ("highest({0}.last, 4m) < 5", ["9", "9", "0.01", "0.01", "0.01", "0.01"], "0.10268"),
        ("change({0}.last, 4m) < 5%", [None, *["5"] * 3], None),
        ("lowest({0}.last, 4m) < 5", ["1", "5", None, "2"], None),
        ("lowest({0}.last, 4m) < 5", [None] * 4, None),
        ("lowest({0}.last, 4m) < 5", ["1", "5"], None),
    ],
)
def test_windows_look_back_on_markets(condition: str, values: list[str | None], expected: str | None) -> None:
    text = condition.format(BTC)

    history = _market_history(values, "day_change" if "day_change" in text else "last")

    facts = _with_market(text, history, price={})

    assert facts.get(text.partition(" <")[0]) == (None if expected is None else Decimal(expected))


def test_a_change_of_a_market_is_unknown_if_its_first_reading_is() -> None:
    name, history = f"change({BTC}.last, 10m)", _market_history([None, *["5"] * 9])

    assert _with_market(f"{name} < 5%", history, price={})[name] is None
    assert _with_market(f"lowest({BTC}.last, 10m) < 5", history, price={})[f"lowest({BTC}.last, 10m)"] is not None


def test_a_window_of_a_market_is_unknown_if_the_market_is_now() -> None:
    name = f"lowest({BTC}.last, 4m)"

    assert _with_market(f"{name} < 5", _market_history(["1"] * 4)).get(name) is None


@pytest.mark.parametrize(("lacking", "is_known"), [(1, True), (2, False)])
def test_of_ten_readings_of_a_market_one_may_lack(lacking: int, is_known: bool) -> None:
    name = f"lowest({BTC}.last, 10m)"
    history = _market_history(["1"] * (10 - lacking) + [None] * lacking)

    assert (_with_market(f"{name} < 5", history, price={}).get(name) is not None) == is_known


@pytest.mark.parametrize(
    ("asked", "is_known"),
    [
        (make_moment(), True),
        (make_moment(60), True),
        (make_moment(60.1), False),
        (make_moment(1, boot_id="boot-2"), False),
    ],
)
def test_a_market_may_be_a_minute_old_when_a_cancel_is_judged(asked: Moment, is_known: bool) -> None:
    name = f"lowest({BTC}.last, 4m)"

    facts = _with_market(f"{name} < {BTC}.last", _market_history(["1"] * 4), price={}, asked=asked)

    assert (f"{BTC}.last" in facts, name in facts) == (is_known, is_known)


@pytest.mark.parametrize(("price", "held"), [({}, True), ({"last": "6"}, False), ({"last": None}, None)])
def test_held_conditions_may_ask_for_markets(price: dict[str, str | None], held: bool | None) -> None:
    history = History.of(_minutes_ago(minutes, f"held({BTC}.last < last)", "1") for minutes in (3, 2, 1))
    condition = f"held({BTC}.last < last, 3m)"

    assert _with_market(condition, history, price=price, facts=_last("5"))[condition] is held


def test_without_windows_nothing_is_added() -> None:
    facts = _last("5")

    assert NO_SURROUNDINGS.extend(facts, A, make_moment()) == {}
    assert Surroundings(asked_at=make_moment()).extend(facts, A, make_moment()) == {}
    assert facts == _last("5")
    assert WindowPlan() == NO_WINDOWS


def test_windows_that_were_not_surveyed_are_unknown() -> None:
    facts, found = _last("5"), Surroundings(plan=_plan("change(last, 15m) < -3%"))

    assert found.extend(facts, A, make_moment()) == {}
    assert facts == {**_last("5"), "change(last, 15m)": None}
    assert (found.starts, found.extremes) == ({}, {})


# --- when a reading is recorded


@pytest.mark.parametrize(
    ("condition", "cycle_s", "seconds", "due"),
    [
        ("lowest(last, 1d) < 1", 60, 59, True),
        ("lowest(last, 1d) < 1", 60, 25, True),  # its jitter
        ("lowest(last, 1d) < 1", 60, 13, False),
        ("lowest(last, 1d) < 1", 1, 54, True),
        ("lowest(last, 1d) < 1", 1, 53.5, False),
        ("lowest(last, 15m) < 1", 1, 1, True),
        ("last < 1", 1, 53, False),
    ],
)
def test_a_reading_is_recorded_no_more_often_than_windows_need(
    condition: str, cycle_s: float, seconds: float, due: bool
) -> None:
    plan = _plan(condition, cycle=timedelta(seconds=cycle_s))
    history = History.of([_minutes_ago(0, "last", "1")])

    assert is_due(history, plan, make_moment(seconds)) is due


def test_the_first_reading_and_the_first_of_a_boot_are_recorded() -> None:
    plan, history = _plan("lowest(last, 1d) < 1"), History.of([_minutes_ago(0, "last", "1")])

    assert is_due(History(), plan, make_moment())
    assert is_due(history, plan, make_moment(1, boot_id="boot-2"))


@pytest.mark.parametrize("jitter_s", [0, 5, 30, 45])
@pytest.mark.parametrize(("length", "minutes"), [("1h", 60), ("1d", 1440)])
def test_a_window_fills_whatever_the_jitter(length: str, minutes: int, jitter_s: int) -> None:
    """
    The daemon reads once a minute, late by a part of its jitter each time: no window stays unknown for that.
    """
    chance = Random(jitter_s)  # noqa: S311 (a seed, not a secret)
    plan, packed = _plan(f"lowest(last, {length}) < 1"), pack([Decimal(7)])
    moments = [make_moment(60 * minute + jitter_s * chance.random()) for minute in range(minutes + 32)]
    history, found = History(), []
    for number, moment in enumerate(moments):
        if number >= minutes + 2:
            facts = _last("8")
            survey(plan, history, {}, moment).extend(facts, A, moment)
            found.append(facts[f"lowest(last, {length})"])
        if is_due(history, plan, moment):
            history = history.followed_by(Sample(at=moment, subjects=(A,), columns={"last": packed}))

    assert found == [Decimal(7)] * 30


# --- the law: as plain lists would have it

LENGTHS_S = (7, 20, 60, 61, 150, 600, 1500)
CONDITIONS = (
    "change(last, {0}s) < -3%",
    "change(day_change, {0}s) < -3%",
    "lowest(last, {0}s) < 1",
    "highest(day_change, {0}s) < 1%",
    "held(last < 3, {0}s)",
)
NUMBERS = tuple(map(Decimal, ("0", "1", "2", "3", "4", "-2", "0.5")))
HELD = "held(last < 3)"


@dataclass(frozen=True, kw_only=True)
class Past:
    """
    How a daemon lived: what it read of one SmartTrade in each cycle, up to the present one.
    """

    cycle: timedelta
    now: Moment
    readings: tuple[PlainReading, ...]
    present: dict[str, Decimal | None]


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """
    Draw a past of some cycles: how well time was kept, what was missed, when the machine booted and clocks were set.
    """
    chance = Random(draw(st.integers(0, 2**32)))  # noqa: S311 (a seed, not a secret)
    cycle_s = draw(st.sampled_from((5, 10, 60)))
    jitter = draw(st.sampled_from((0, 0.1, 0.9)))
    gaps, blind = draw(st.sampled_from((0, 0, 0.05, 0.3))), draw(st.sampled_from((0, 0.05, 0.3)))
    boots, steps = draw(st.sampled_from((0, 0, 0.01, 0.05))), draw(st.sampled_from((0, 0, 0.05)))
    wall, boot, boot_number = NOON, timedelta(hours=1), 1
    readings: list[PlainReading] = []
    for _ in range(draw(st.integers(1, 180))):
        passed = timedelta(seconds=round(cycle_s * (1 + jitter * (chance.random() - 0.5)), 3))
        if chance.random() < gaps:
            passed += timedelta(seconds=cycle_s) * chance.choice((0.5, 1, 2, 5))
        wall, boot = wall + passed, boot + passed
        if chance.random() < boots:
            boot_number, boot = boot_number + 1, timedelta(seconds=chance.randint(1, 100))
        if chance.random() < steps:
            wall += timedelta(seconds=chance.randint(-300, 300))
        values = {
            name: None if chance.random() < blind else chance.choice(NUMBERS[:3] if chance.random() < 0.9 else NUMBERS)
            for name in ("last", "day_change")
        }
        at = Moment(wall=wall, boot=boot, boot_id=f"boot-{boot_number}")
        readings.append(PlainReading(at=at, values={**values, HELD: _is_low(values["last"])}))
    *past, present = readings
    cycle = timedelta(seconds=cycle_s)
    return Past(cycle=cycle, now=present.at, readings=tuple(past), present=present.values)


def _is_low(last: Decimal | None) -> Decimal | None:
    return None if last is None else Decimal(last < 3)


def _plainly(past: Past, condition: str, length: timedelta) -> Decimal | bool | None:
    """
    Ask plain lists.
    """
    function = condition.partition("(")[0]
    column = HELD if function == "held" else "day_change" if "day_change" in condition else "last"
    values = plain.inside(past.readings, past.now, column, length=length, cycle=past.cycle)
    present = past.present[column]
    match function:
        case "held":
            return plain.held(values, present=None if present is None else present == 1)
        case "change":
            return plain.change(values, present, in_points=column == "day_change")
        case "lowest":
            return plain.lowest(values, present)
        case _:
            return plain.highest(values, present)


@given(pasts(), st.sampled_from(CONDITIONS), st.sampled_from(LENGTHS_S))
@settings(max_examples=300)
def test_windows_are_as_plain_lists_would_have_them(past: Past, template: str, length_s: int) -> None:
    """
    Over any jitter, gaps, unknown values, reboots and steps of the clock.
    """
    condition = template.format(length_s)
    plan = _plan(condition, cycle=past.cycle)
    history = History.of(
        Sample(
            at=reading.at,
            subjects=(B, A),
            columns={name: pack([Decimal(1), value]) for name, value in reading.values.items()},
        )
        for reading in past.readings
    )

    for _ in range(2):  # the second time from what blocks remember
        facts: dict[str, FactValue] = dict(past.present)
        survey(plan, history, {}, past.now).extend(facts, A, past.now)
        assert facts[plan.windows[0].name] == _plainly(past, condition, timedelta(seconds=length_s))


# --- where a window begins, and what came too soon to be a sample


@pytest.mark.parametrize(
    ("age_s", "is_filled"), [(269.9, False), (270, True), (300, True), (360, True), (360.1, False), (420, False)]
)
def test_a_window_begins_half_a_cycle_late_or_a_cycle_early(age_s: float, is_filled: bool) -> None:
    history = History.of([_minutes_ago(age_s / 60, "last", "7")])
    plan = _plan("lowest(last, 5m) < 1", cycle=MINUTE)
    found = survey(plan, history, {}, make_moment())

    assert bool(found.look_backs) is is_filled


def _between(*lasts: str) -> History:
    """
    Remember a market at 5 four and two minutes ago, then readings of it that are no samples.
    """
    history = History.of(_sample(make_moment(-60 * minutes), {}, last="5") for minutes in (4, 3, 2, 1))
    for last in lasts:
        history = history.with_between(_sample(make_moment(-30), {}, last=last))
    return history


def test_a_market_misses_no_reading_between_two_samples() -> None:
    lowest, highest = f"lowest({BTC}.last, 4m)", f"highest({BTC}.last, 4m)"

    facts = _with_market(f"{lowest} < 5 and {highest} < 5", _between("0.01", "9"), price={})

    assert (facts[lowest], facts[highest]) == (Decimal("0.01"), Decimal(9))


def test_a_market_window_does_not_tell_what_came_before_its_first_sample() -> None:
    before = _sample(make_moment(-250), {}, last="0.001")
    first, *others = _between().samples
    history = History.of([first.swallowing([before], []), *others])
    name = f"lowest({BTC}.last, 4m)"

    assert _with_market(f"{name} < 5", history, price={})[name] == Decimal("0.10268")
    later = History.of([first, others[0].swallowing([before], []), *others[1:]])
    assert _with_market(f"{name} < 5", later, price={})[name] == Decimal("0.001")


def test_the_first_sample_of_a_market_window_counts() -> None:
    first = _sample(make_moment(-240), {}, last="0.001")
    name = f"lowest({BTC}.last, 4m)"

    assert _with_market(f"{name} < 5", History.of([first, *_between().samples[1:]]), price={})[name] == Decimal("0.001")
