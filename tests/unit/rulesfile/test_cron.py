"""
Cron expressions: strict, and unambiguous once they are read.
"""

from __future__ import annotations

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rulesfile.cron import read_cron
from tradewarden.rulesfile.values import InvalidValueError


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("* * * * *", "* * * * *"),
        ("*/5 8-20 * * mon-fri", "*/5 8-20 * * mon,tue,wed,thu,fri"),
        ("0,30  8 1,15 * *", "0,30 8 1,15 * *"),
        ("0 8 * JAN-mar,12 *", "0 8 * 1-3,12 *"),
        ("0 8-20/4 * * 1-5", "0 8-20/4 * * mon,tue,wed,thu,fri"),
        ("0 8 * * 0", "0 8 * * sun"),
        ("0 8 * * 7", "0 8 * * sun"),
        ("0 8 * * 5-7", "0 8 * * sun,fri,sat"),
        ("0 8 * * sat-mon", "0 8 * * sun,mon,sat"),
        ("0 8 * * */2", "0 8 * * sun,tue,thu,sat"),
        ("0 8 * * 0-7", "0 8 * * *"),
        ("05 08 1-31 * 3", "5 8 1-31 * wed"),
        ("0 0 29 feb *", "0 0 29 2 *"),
    ],
)
def test_a_cron_expression_is_rewritten_without_ambiguity(text: str, read: str) -> None:
    assert read_cron(text) == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "five fields, not 0"),
        ("* * * *", "five fields, not 4"),
        ("* * * * * *", "five fields, not 6"),
        ("@daily", "five fields"),
        ("60 * * * *", "60 for the minute, which is 0 to 59"),
        ("* 24 * * *", "24 for the hour"),
        ("* * 0 * *", "0 for the day of the month"),
        ("* * * 13 *", "13 for the month, which is 1 to 12 or jan to dec"),
        ("* * * * 8", "8 for the weekday"),
        ("* * * * xyz", "xyz for the weekday, which is 0 to 7 or sun to sat"),
        ("mon * * * *", "mon for the minute"),
        ("*/0 * * * *", "step 0 for the minute, which must be 1 to 59"),
        ("*/60 * * * *", "step 60"),
        ("5/10 * * * *", "a step after a single number"),
        ("30-10 * * * *", "runs backwards"),
        ("1- * * * *", '"1-" for the minute'),
        ("1,,2 * * * *", '"" for the minute'),
        ("* * L * *", '"l" for the day of the month'),
        ("* * ? * *", '"?" for the day of the month'),
        ("* * * * mon#1", '"mon#1" for the weekday'),
        ("0 8 1 * mon", "either, others as both"),
        ("0 8 31 2,4 *", "a day that never comes"),
        ("0 8 30 2 *", "a day that never comes"),
        ("1," * 200 + "1 * * * *", "five fields"),
        (5, "five fields, not 0"),
    ],
)
def test_not_a_cron_expression(text: object, says: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_cron(text)

    assert says in caught.value.predicate


_numbers = st.integers(min_value=0, max_value=62).map(str)
_ranges = st.tuples(_numbers, _numbers).map("-".join)
_items = st.one_of(st.just("*"), _numbers, _ranges, st.tuples(_ranges | st.just("*"), _numbers).map("/".join))
_fields = st.lists(_items, min_size=1, max_size=3).map(",".join)


@given(st.lists(_fields, min_size=5, max_size=5).map(" ".join))
def test_what_is_accepted_the_scheduler_accepts_too(text: str) -> None:
    try:
        read = read_cron(text)
    except InvalidValueError:
        return

    assert CronTrigger.from_crontab(read, timezone="UTC")
    assert read_cron(read) == read
