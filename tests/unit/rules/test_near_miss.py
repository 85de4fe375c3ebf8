"""
How far a comparison is from its threshold: told in the fact's unit, and true when it is tried.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradewarden.model.truth import Truth
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.miss import parts_of
from tradewarden.rules.near_miss import HAIR, Gap
from tradewarden.rules.schema import Kind, Scope, Vocabulary
from unit.rules.language import VOCABULARY, compiled, condition, facts, make_fact, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.rules.schema import FactValue

NOW: dict[str, FactValue] = {
    "last": Decimal("0.25"),
    "entry_price": Decimal("0.25"),
    "live_steps": Decimal(4),
    "highest(live_steps, 1h)": Decimal(6),
    "lowest(live_steps, 1h)": Decimal(5),
    "day_change": Decimal("-3.2"),
    "profit": Decimal(-3),
    "age": Decimal(5400),
    "idle_for": None,
    "pair": "USDT_DOGE",
    "side": "long",
    "stop_loss": True,
    "breakeven": None,
}


def gap(text: str, seen: Mapping[str, FactValue] = NOW) -> Gap | None:
    [part] = parts_of(condition(text), seen)
    return part.gap


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day_change < -5%", "day_change is 1.8 points above -5 %"),
        ("-5% > day_change", "day_change is 1.8 points above -5 %"),
        ("day_change > -4.2%", "day_change is 1 point above -4.2 %"),
        ("day_change < -3.2%", "day_change is exactly -3.2 %"),
        ("last < entry_price * 0.95", "last is 0.0125 (5 % of it) above 0.2375"),
        ("entry_price * 0.95 > last", "last is 0.0125 (5 % of it) above 0.2375"),
        ("last / entry_price < 0.9", "last is 0.025 (10 % of it) above 0.225"),
        ("last < 1 / 3", "last is 0.08334 (33.34 % of it) below about 0.333333"),
        ("age < idle_for / 3", None),
        ("age > 2h", "age is 30m short of 2h"),
        ("age < 1h", "age is 30m past 1h"),
        ("live_steps == 2", "live_steps is 2 above 2"),
        ("live_steps in [1, 5, 9]", "live_steps is 1 below 5"),
        ("live_steps not in [1, 4]", "live_steps is exactly 4"),
        ("live_steps != 4", "live_steps is exactly 4"),
        ("-10% < profit < -5%", "profit is 2 points above -5 %"),
        ("0% < profit < 5%", "profit is 3 points below 0 %"),
        ("abs(day_change) > 9%", "day_change is 5.8 points above -9 %"),
        ("max(profit, day_change) > 5%", "profit is 8 points below 5 %"),
        ("min(profit, day_change) > -2%", None),  # both must move
        ("-profit > 5%", "profit is 2 points above -5 %"),
        ("5 - live_steps > 2", "live_steps is 2 above 2"),
        ("2 / live_steps > 1", "live_steps is 3 above 1"),
        ("live_steps + 2 == 3", "live_steps is 3 above 1"),
        ("live_steps > 4", "live_steps is 1 below 5"),
        ("live_steps >= 4.5", "live_steps is 1 below 5"),
        ("live_steps < 4", "live_steps is 1 above 3"),
        ("live_steps < 2.5", "live_steps is 2 above 2"),
        ("live_steps <= 4", "live_steps is 1 below 5"),
        ("live_steps == 2.5", None),  # no count is between two
        ("highest(live_steps, 1h) > live_steps + 2", "highest(live_steps, 1h) is 1 below 7"),
        ("lowest(live_steps, 1h) < live_steps", "live_steps is 2 below 6"),  # a window only follows
        ("live_steps > lowest(live_steps, 1h)", "live_steps is 2 below 6"),
        ("highest(live_steps, 1h) > 6", "highest(live_steps, 1h) is 1 below 7"),
        ("lowest(live_steps, 1h) <= 3", "lowest(live_steps, 1h) is 2 above 3"),
        ("last * 2 < last", None),  # the fact stands on both sides
        ("last - entry_price > last", "entry_price is 0.25 above 0"),
        ("last * 0 > 1", None),
        ("0 / last > 0", None),
        ("idle_for > 1h", None),
        ('pair == "USDT_BTC"', None),
        ('pair in ["USDT_BTC"]', None),
        ("1 < 0", None),
        ("stop_loss", None),
    ],
)
def test_the_distance_in_the_facts_unit(text: str, sentence: str | None) -> None:
    found = gap(text)

    assert (None if found is None else found.sentence()) == sentence


@pytest.mark.parametrize(
    ("text", "seen", "sentence"),
    [
        ("last > 0.2", {"last": Decimal(0)}, "last is 0.2 below 0.2"),  # of nothing there is no percentage
        ("0 < 1 < last", {"last": Decimal("0.5")}, "last is 0.5 below 1"),
        ("2 < 1 < last", {}, None),  # false, whatever the facts are
        ("last / entry_price > 2", {"last": Decimal("1E+999999"), "entry_price": Decimal("9E+999999")}, None),
        ("last > 0.2", {"last": Decimal("NaN")}, None),
        ("last > 0.2", {"last": Decimal("1E-999999")}, None),  # 0.2 is more percent of it than decimals can hold
        ("last > 0.20", {"last": Decimal("0.10")}, "last is 0.1 below 0.2"),
        ("last <= 1 / 3", {"last": Decimal(1) / 3}, "last is exactly at its threshold, about 0.333333"),
        ("age < idle_for / 7", {"age": Decimal(200), "idle_for": Decimal(1000)}, "age is 58s past about 2m22.857s"),
    ],
)
def test_odd_values(text: str, seen: dict[str, FactValue], sentence: str | None) -> None:
    found = gap(text, seen)

    assert (None if found is None else found.sentence()) == sentence


def test_what_is_told_is_enough() -> None:
    """A distance is rounded up: who waits for the price to move that far does not wait in vain."""
    found = gap("last < 1 / 3", {"last": Decimal("0.5")})

    assert found is not None
    assert found.sentence() == "last is 0.1667 (33.34 % of it) above about 0.333333"
    assert found.distance < Decimal("0.1667")


@pytest.mark.parametrize(
    ("text", "seen", "nearness"),
    [
        ("day_change < -5%", "-3.2", "1.8"),
        ("last < 0.2", "0.25", "20"),
        ("last > 0.2", "0", "100"),  # of the threshold: nothing is no measure
        ("last != 0", "0", "0"),
        ("age > 2h", "5400", "25"),
        ("live_steps > 2", "2", "50"),  # one more is needed
        ("live_steps != 2", "2", "50"),
        ("live_steps > 2", "0", "100"),
        ("live_steps != 0", "0", "100"),
    ],
)
def test_unlike_distances_come_into_one_order(text: str, seen: str, nearness: str) -> None:
    """Points of a percentage, percent of a number's present value, percent of a duration's threshold."""
    found = gap(text, {name: Decimal(seen) for name in ("day_change", "last", "age", "live_steps")})

    assert found is not None
    assert found.nearness == Decimal(nearness)


@given(texts(), facts)
def test_moving_the_fact_so_far_turns_the_comparison(text: str, seen: dict[str, FactValue]) -> None:
    """By the distance that is told, and at most a hair more; the compiled evaluator says so too."""
    for part in parts_of(compiled(text), seen):
        if part.gap is not None:
            found = part.gap
            alone = compiled(found.text)
            before, after = alone.evaluate(seen), alone.evaluate({**seen, found.fact: found.turned})

            assert {before, after} == {Truth.TRUE, Truth.FALSE}
            assert before is part.trace.truth
            assert found.value == seen[found.fact]
            if found.is_counted:
                assert found.turned == found.turned.to_integral_value()
            else:
                assert abs(found.turned - found.target) <= max(abs(found.value), abs(found.target), Decimal(1)) * HAIR


def test_an_id_is_neither_near_nor_far() -> None:
    """It is a number, but moves nowhere; what it is calculated with may."""
    named = Vocabulary([*VOCABULARY.values(), make_fact("account_id", Kind.NUMBER, is_whole=True, is_name=True)])
    seen = {**NOW, "account_id": Decimal(32402783)}

    def told(text: str) -> str | None:
        [part] = parts_of(compile_condition(text, named, scope=Scope.SMART_TRADE), seen)
        return None if part.gap is None else part.gap.sentence()

    assert told("account_id == 5") is None
    assert told("live_steps + account_id > 32402787") == "live_steps is 1 below 5"


def test_a_count_has_no_percentage() -> None:
    """What comes and goes one by one is told as a count, and its distance ends on a whole number."""
    found = gap("live_steps > 4")

    assert found is not None
    assert found.is_counted
    assert (found.distance, found.of_value_pct, found.target, found.beyond) == (Decimal(1), None, Decimal(5), False)


def test_a_count_that_may_go_either_way() -> None:
    """It is told where it stands; it is one away from turning all the same."""
    found = gap("live_steps != 4")

    assert found is not None
    assert found.sentence() == "live_steps is exactly 4"
    assert (found.distance, found.target, found.beyond) == (Decimal(1), Decimal(4), True)


numbers = st.decimals(min_value=-1000, max_value=1000, allow_nan=False, places=4)


@given(numbers, st.sampled_from(("<", "<=", ">", ">=")), numbers)
def test_a_shorter_move_is_not_enough(value: Decimal, comparator: str, threshold: Decimal) -> None:
    """A plain comparison always has a distance, and it is the shortest."""
    assume(value != threshold)
    asked = condition(f"day_change {comparator} {threshold:f}%")
    [part] = parts_of(asked, {"day_change": value})
    assert part.gap is not None

    nearly = value + (threshold - value) * Decimal("0.999")

    assert part.gap.distance == abs(value - threshold)
    assert asked.evaluate({"day_change": nearly}) is part.trace.truth


counts = st.integers(min_value=0, max_value=20).map(Decimal)


@given(counts, st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), st.decimals(min_value=0, max_value=20, places=1))
def test_a_count_is_told_to_the_nearest_whole_number_that_turns_it(
    count: Decimal, comparator: str, threshold: Decimal
) -> None:
    """Where there is none (`== 2.5`), no distance is told."""
    asked = condition(f"live_steps {comparator} {threshold:f}")
    before = asked.evaluate({"live_steps": count})
    wholes = [Decimal(number) for number in range(-1, 23)]
    turning = [abs(whole - count) for whole in wholes if asked.evaluate({"live_steps": whole}) is not before]

    [part] = parts_of(asked, {"live_steps": count})

    assert (None if part.gap is None else part.gap.distance) == min(turning, default=None)
