from __future__ import annotations

from tradewarden.simulator.limits import RateLimit

MINUTE = 60 * 30_000_000.0  # a full minute of the clock


def spent(limit: int = 3) -> RateLimit:
    """
    A limit that has just been exceeded, at MINUTE.
    """
    rate_limit = RateLimit(limit)
    assert [rate_limit.status_at(MINUTE) for _ in range(limit + 1)] == [None] * limit + [429]
    return rate_limit


def test_windows_are_aligned_with_the_clock() -> None:
    rate_limit = RateLimit(2)

    assert [rate_limit.status_at(MINUTE + at) for at in (58, 59, 60, 61)] == [None] * 4
    assert rate_limit.status_at(MINUTE + 62) == 429


def test_a_block_lasts_five_minutes() -> None:
    assert spent().status_at(MINUTE + 300) is None


def test_requests_that_were_under_way_are_only_refused() -> None:
    rate_limit = spent()

    assert [rate_limit.status_at(MINUTE + at) for at in (0, 1, 2)] == [429] * 3
    assert rate_limit.status_at(MINUTE + 300) is None


def test_going_on_during_a_block_is_a_ban_of_two_minutes() -> None:
    rate_limit = spent()

    assert rate_limit.status_at(MINUTE + 250) == 418
    assert rate_limit.banned_until == MINUTE + 370
    assert rate_limit.status_at(MINUTE + 251) == 418
    assert rate_limit.status_at(MINUTE + 370) is None


def test_going_on_during_a_ban_doubles_it() -> None:
    rate_limit = spent()
    bans = []
    for at in (250, 300, 400):
        assert rate_limit.status_at(MINUTE + at) == 418
        bans.append(rate_limit.banned_until - MINUTE - at)

    assert bans == [120, 240, 480]


def test_no_ban_is_longer_than_three_days() -> None:
    rate_limit = spent()
    for tries in range(1, 30):
        rate_limit.status_at(MINUTE + 3 * tries)

    assert rate_limit.banned_until == MINUTE + 87 + 3 * 86400
