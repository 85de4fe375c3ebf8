"""
Moments on two clocks: neither a suspend nor a step of the wall clock makes old data look fresh.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NOON, make_moment
from tradewarden.model.moment import Moment

START = make_moment()


def moment(wall: float, boot: float, boot_id: str = "boot-1") -> Moment:
    """
    Make the moment at which *wall* and *boot* seconds have passed on the two clocks.
    """
    return Moment(wall=NOON + timedelta(seconds=wall), boot=START.boot + timedelta(seconds=boot), boot_id=boot_id)


def seconds(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(seconds=number)


@pytest.mark.parametrize(
    ("now", "since", "age", "surely", "at_most"),
    [
        pytest.param(moment(0, 0), 0, 0, 0, 0, id="at once"),
        pytest.param(moment(10, 10), 10, 10, 10, 10, id="the clocks agree"),
        pytest.param(moment(11, 10), 10, 11, 10, 11, id="a second apart: the larger"),
        pytest.param(moment(10, 11), 11, 11, 11, 11, id="a second apart, the other way"),
        pytest.param(moment(11.001, 10), 10, None, 10, 11.001, id="the wall clock was set forwards"),
        pytest.param(moment(-50, 10), 10, None, 10, 10, id="the wall clock was set back"),
        pytest.param(moment(10, 3610), 3610, None, 3610, 3610, id="the wall clock was set back by less"),
        pytest.param(moment(10, 10, "boot-2"), None, None, 10, 10, id="another boot"),
        pytest.param(moment(-10, 10, "boot-2"), None, None, 0, None, id="another boot, and set back"),
        pytest.param(moment(0, -1), None, None, 0, 0, id="a boot clock that ran backwards"),
    ],
)
def test_how_much_time_has_passed(
    now: Moment, since: float | None, age: float | None, surely: float, at_most: float | None
) -> None:
    assert now.since(START) == seconds(since)
    assert now.age_of(START) == seconds(age)
    assert now.surely_since(START) == seconds(surely)
    assert now.at_most_since(START) == seconds(at_most)


offsets = st.integers(min_value=-(10**6), max_value=10**6)
boots = st.integers(min_value=0, max_value=10**6)


@given(wall=offsets, boot=boots, step=offsets)
def test_no_step_of_the_wall_clock_makes_a_reading_younger(wall: int, boot: int, step: int) -> None:
    now = moment(wall, boot)
    stepped = replace(now, wall=now.wall + timedelta(seconds=step))
    age = stepped.age_of(START)

    assert stepped.since(START) == now.since(START) == timedelta(seconds=boot)
    assert stepped.surely_since(START) == timedelta(seconds=boot)
    assert age is None or age >= timedelta(seconds=boot)


@given(wall=offsets, boot=boots, boot_id=st.sampled_from(["boot-1", "boot-2"]))
def test_the_accounts_are_ordered(wall: int, boot: int, boot_id: str) -> None:
    now = moment(wall, boot, boot_id)
    age, at_most = now.age_of(START), now.at_most_since(START)

    assert now.surely_since(START) >= timedelta(0)
    assert at_most is None or now.surely_since(START) <= at_most
    assert age is None or now.surely_since(START) <= age == at_most
