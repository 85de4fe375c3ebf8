"""
The index of what was attempted gives the answers that looking through all of it would.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from factories import NOON, RULE, make_attempt, make_ledger
from tradewarden.engine.past import CONSUMING, FAILED, Past, as_of, consumes
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import SetAside
from tradewarden.model.smart_trade import SmartTradeId, TradeId

attempts = st.lists(
    st.builds(
        Attempt,
        rule=st.sampled_from([RULE, "another"]),
        smart_trade_id=st.sampled_from([SmartTradeId(1), SmartTradeId(2)]),
        trade_id=st.sampled_from([TradeId(11), TradeId(12)]),
        at=st.integers(-90, 90).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        outcome=st.none() | st.sampled_from(Outcome),
        fingerprint=st.none(),
    ),
    max_size=8,
)


@given(attempts)
def test_it_is_the_attempts_themselves(given_attempts: list[Attempt]) -> None:
    past = Past(given_attempts)

    assert past == tuple(given_attempts)
    assert Past.of(past) is past
    assert Past.of(given_attempts) == past


@given(attempts, st.integers(-90, 90))
def test_each_question_is_answered_as_by_looking_through_all(given_attempts: list[Attempt], minutes: int) -> None:
    past, moment = Past(given_attempts), NOON + timedelta(minutes=minutes)
    counted = [attempt for attempt in given_attempts if consumes(attempt)]

    for rule in (RULE, "another", "none"):
        for number in (1, 2, 3):
            expected = [a for a in counted if (a.rule, a.smart_trade_id) == (rule, number)]
            assert list(past.consumed_by((rule, SmartTradeId(number)))) == expected
            assert list(past.consumed_on(SmartTradeId(number))) == [a for a in counted if a.smart_trade_id == number]
    for number in (11, 12, 13):
        expected = [a for a in given_attempts if a.trade_id == number and a.outcome in FAILED]
        assert list(past.failures_of(TradeId(number))) == expected
    assert past.count_since(moment) == sum(attempt.at > moment for attempt in counted)


def test_no_outcome_both_consumes_and_fails() -> None:
    assert not CONSUMING & FAILED
    assert consumes(make_attempt(None))


def test_a_ledger_as_it_stood_then() -> None:
    """What came later is not known yet, and what is not kept of that time is not made up."""
    earlier, later = make_attempt(minutes_ago=10), make_attempt(minutes_ago=2, trade_id=TradeId(12))
    ledger = make_ledger(
        later,
        earlier,
        reset_since=frozenset({(RULE, SmartTradeId(1))}),
        put_off=frozenset({(RULE, SmartTradeId(1))}),
        waiting=((RULE, SmartTradeId(1)),),
        set_aside={SmartTradeId(1): SetAside(until=NOON, reason="other steps changed")},
        armed_at=NOON - timedelta(minutes=3),
        sent_steps=frozenset({earlier.trade_id, later.trade_id, TradeId(99)}),
    )

    then = as_of(ledger, NOON - timedelta(minutes=5), armed=False)
    now = as_of(ledger, NOON, armed=True)

    assert (then.armed, tuple(then.attempts), then.armed_at) == (False, (earlier,), None)
    assert then.sent_steps == {earlier.trade_id, TradeId(99)}
    assert (then.put_off, tuple(then.waiting), dict(then.set_aside)) == (frozenset(), (), {})
    assert then.reset_since == ledger.reset_since
    assert (tuple(now.attempts), now.armed_at, now.sent_steps) == (
        (later, earlier),
        ledger.armed_at,
        ledger.sent_steps,
    )
