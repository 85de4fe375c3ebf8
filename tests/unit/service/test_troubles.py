"""
Trouble is told when it begins and when it is over, and counted in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from port_fakes import Heard
from tradewarden.model.daemon_status import Trouble
from tradewarden.model.decision import CycleError
from tradewarden.service.troubles import Troubles

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DOWN = CycleError(error="api", message="out of reach")


def test_trouble_is_told_once_and_counted() -> None:
    heard = Heard()
    troubles = Troubles(heard)

    troubles.heed_cycle([DOWN], NOON)
    troubles.heed_cycle([CycleError(error="api", message="still out of reach")], NOON + MINUTE)

    assert heard.events == ["trouble.began"]
    assert troubles.current == (Trouble(kind="api", message="still out of reach", since=NOON, times=2),)


def test_a_cycle_without_it_ends_it() -> None:
    heard = Heard()
    troubles = Troubles(heard)
    troubles.heed_cycle([DOWN], NOON)

    troubles.heed_cycle([], NOON + MINUTE)

    assert heard.told[-1] == ("trouble.ended", {"trouble": Trouble(kind="api", message="out of reach", since=NOON)})
    assert troubles.current == ()


def test_many_of_a_kind_are_one() -> None:
    heard = Heard()
    troubles = Troubles(heard)

    troubles.heed_cycle([DOWN, DOWN], NOON)

    assert [trouble.times for trouble in troubles.current] == [1]


def test_a_rejected_rules_file_outlasts_good_cycles() -> None:
    heard = Heard()
    troubles = Troubles(heard)
    troubles.heed("rules", "line 3", NOON)

    troubles.heed_cycle([], NOON + MINUTE)

    assert [trouble.kind for trouble in troubles.current] == ["rules"]
    troubles.end("rules")
    assert troubles.current == ()


def test_the_oldest_comes_first() -> None:
    troubles = Troubles(Heard())
    troubles.heed("rules", "line 3", NOON + MINUTE)
    troubles.heed("api", "down", NOON)

    assert [trouble.kind for trouble in troubles.current] == ["api", "rules"]


def test_an_end_of_what_never_began_is_not_told() -> None:
    heard = Heard()

    Troubles(heard).end("api")

    assert heard.events == []


def test_an_interrupted_cycle_is_no_trouble() -> None:
    heard = Heard()

    Troubles(heard).heed_cycle([CycleError(error="interrupted", message="a stop")], NOON)

    assert heard.events == []
