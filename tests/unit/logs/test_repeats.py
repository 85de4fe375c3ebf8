from __future__ import annotations

from datetime import timedelta

import pytest

from factories import NOON, SMART_TRADE
from tradewarden.logs import repeats
from tradewarden.logs.repeats import MOST_ALIKE, MOST_QUESTIONS, Crowd, OpenTales, Repeats
from tradewarden.model.smart_trade import SmartTradeId

KEY = ("rule", SMART_TRADE)
DENIED = ("denied", 1, "steps-remain")
DAY = timedelta(days=1)


def test_what_repeats_is_no_news() -> None:
    told = Repeats()

    assert [told.is_news(KEY, DENIED) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    "other",
    [("denied", 1, "stop-loss-present"), ("denied", 2, "steps-remain"), ("deferred", 1, "steps-remain")],
    ids=["reason", "step", "outcome"],
)
def test_a_change_is_news_and_so_is_the_way_back(other: tuple[str, int, str]) -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)

    assert told.is_news(KEY, other)
    assert told.is_news(KEY, DENIED) is (other[0] == "denied")


def test_a_deferral_between_does_not_make_a_denial_new() -> None:
    """A tight budget defers and denies in turn, for weeks."""
    told = Repeats()
    heard = [told.is_news(KEY, state) for _ in range(5) for state in (DENIED, ("deferred", 1, "budget"))]

    assert heard == [True, True, *[False] * 8]


def test_others_are_others() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)

    assert told.is_news(("another rule", SMART_TRADE), DENIED)
    assert told.is_news(("rule", SmartTradeId(1)), DENIED)


def test_what_has_ended_is_news_when_it_comes_back() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)
    told.is_news(("another rule", SMART_TRADE), DENIED)

    told.forget([KEY, ("a third", SMART_TRADE)])

    assert told.is_news(KEY, DENIED)
    assert not told.is_news(("another rule", SMART_TRADE), DENIED)


def test_a_rule_that_is_due_once_a_day_is_remembered() -> None:
    told = Repeats()
    heard = []
    for day in range(4):
        heard.append(told.is_news(KEY, DENIED))
        told.grow_old(NOON + day * DAY)

    assert heard == [True, False, False, False]


def test_what_was_not_seen_for_two_days_is_forgotten() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)
    for day in range(3):
        told.grow_old(NOON + day * DAY)

    assert len(told) == 0
    assert told.is_news(KEY, DENIED)


def test_a_day_is_not_over_before_its_end() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)
    for hour in range(48):
        told.grow_old(NOON + timedelta(hours=hour))

    assert not told.is_news(KEY, DENIED)


def test_what_has_ended_is_forgotten_of_yesterday_too() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)
    told.grow_old(NOON)
    told.grow_old(NOON + DAY)

    told.forget([KEY])

    assert told.is_news(KEY, DENIED)


def test_memory_is_bounded_and_what_stands_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the bound, what was not seen in the last cycles goes; what is there in each cycle stays known."""
    monkeypatch.setattr(repeats, "MOST_KEYS", 10)
    told = Repeats()
    standing = [("rule", SmartTradeId(number)) for number in range(20)]
    for minute in range(50):
        news = [told.is_news(key, DENIED) for key in standing]
        passing = told.is_news(("rule", SmartTradeId(1_000 + minute)), DENIED)
        told.grow_old(NOON + timedelta(minutes=minute))

        assert passing
        assert not any(news) or minute == 0

    assert len(told) < 30


def test_new_rules_begin_anew() -> None:
    told = Repeats()
    told.is_news(KEY, DENIED)

    told.forget_all()

    assert told.is_news(KEY, DENIED)


def test_a_crowd_is_counted_and_disperses() -> None:
    crowd = Crowd()
    kind, other = ("deferred", "disarmed"), ("denied", "steps-remain")

    admitted = [crowd.admits(kind) for _ in range(MOST_ALIKE + 5)]

    assert admitted == [True] * MOST_ALIKE + [False] * 5
    assert crowd.admits(other)
    assert crowd.disperse() == {kind: 5}
    assert crowd.admits(kind)
    assert crowd.disperse() == {}


def test_a_question_is_told_until_it_is_settled() -> None:
    tales = OpenTales()
    heard = [tales.is_news(1, "settling.read_failed", kind) for kind in ("A", "A", "B", "A")]

    assert heard == [True, False, True, False]
    assert tales.is_news(2, "settling.read_failed", "A")
    assert tales.is_news(1, "settling.stopped", "A")
    assert tales.close(1, "settling.read_failed") == 4
    assert tales.close(1, "settling.read_failed") == 0
    assert tales.is_news(1, "settling.read_failed", "A")


def test_questions_that_never_end_do_not_pile_up() -> None:
    tales = OpenTales()
    for intent_id in range(MOST_QUESTIONS + 1):
        tales.is_news(intent_id, "settling.taken_up", "")

    assert tales.is_news(0, "settling.taken_up", "")
    assert not tales.is_news(MOST_QUESTIONS, "settling.taken_up", "")
