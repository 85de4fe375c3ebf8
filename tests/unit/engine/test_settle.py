"""
What became of a DELETE, judged from reads alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from factories import (
    ENTRY,
    FAR,
    NEAR,
    NO_STOP_LOSS,
    STOP_LOSS,
    make_question,
    make_reading,
    make_rows,
    make_smart_trade,
    make_step,
    make_stop_loss,
    make_trade_row,
    status,
    with_prices,
    with_row,
    with_step,
    without_step,
)
from tradewarden.engine.settle import Progress, judge, judge_rejected
from tradewarden.model.cancel import Answer, Verdict
from tradewarden.model.decision import Outcome
from tradewarden.model.smart_trade import TradeId

if TYPE_CHECKING:
    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.model.smart_trade import Reading, SmartTrade, Trade

THIRD = TradeId(ENTRY + 3)
THREE = with_prices("0.3", "0.4", "0.5")
ROWS = make_rows(THREE)
ACCEPTED = make_question(trade=THREE)
UNANSWERED = make_question(Answer.UNKNOWN, trade=THREE)
CRASHED = make_question(None, trade=THREE)
AFTER = without_step(THREE, FAR)
GONE_ROWS = with_row(ROWS, FAR, status=status("cancelled"))


def seen(trade: SmartTrade, rows: tuple[Trade, ...] | None = None) -> Reading:
    return make_reading(trade, trades=ROWS if rows is None else rows)


UNCHANGED = seen(THREE)
GONE = seen(AFTER, GONE_ROWS)


def play(question: OpenQuestion, *readings: Reading, seconds: float = 5) -> Verdict | None:
    """
    Judge one reading after the other, all of them *seconds* after the request, until there is a verdict.
    """
    progress, verdict = Progress(), None
    for reading in readings:
        assert verdict is None, "a verdict came too early"
        verdict, progress = judge(question, reading, progress, elapsed=timedelta(seconds=seconds))
    return verdict


def outcome(question: OpenQuestion, *readings: Reading, seconds: float = 5) -> Outcome | None:
    verdict = play(question, *readings, seconds=seconds)
    return None if verdict is None else verdict.outcome


@pytest.mark.parametrize("question", [ACCEPTED, UNANSWERED, CRASHED], ids=["accepted", "unknown", "crashed"])
class TestWhateverTheAnswer:
    @pytest.mark.parametrize(
        "reading",
        [
            pytest.param(GONE, id="its row is cancelled"),
            pytest.param(seen(AFTER, make_rows(AFTER)), id="no row is left"),
            pytest.param(
                seen(AFTER, with_row(GONE_ROWS, FAR, realised_quantity=None, realised_pct=None)), id="filled unknown"
            ),
            pytest.param(seen(with_step(THREE, FAR, status=status("cancelled")), GONE_ROWS), id="still listed"),
            pytest.param(seen(AFTER, with_row(ROWS, FAR, status=status("failed"))), id="its row has failed"),
        ],
    )
    def test_cancelled(self, question: OpenQuestion, reading: Reading) -> None:
        expected = Verdict(outcome=Outcome.CANCELLED, reason=None, detail="the step is gone, the rest intact")

        assert play(question, reading) == expected

    @pytest.mark.parametrize(
        "reading",
        [
            pytest.param(seen(AFTER), id="gone from the steps, its row is live"),
            pytest.param(seen(AFTER, with_row(ROWS, FAR, status=status("pending_cancellation"))), id="on its way"),
            pytest.param(seen(AFTER, with_row(ROWS, FAR, status=None)), id="its row is unreadable"),
            pytest.param(seen(THREE, GONE_ROWS), id="its row is cancelled, it is listed"),
            pytest.param(seen(with_step(THREE, FAR, status=None), GONE_ROWS), id="its status is unreadable"),
            pytest.param(seen(replace(AFTER, status="stop_loss_in_progress"), GONE_ROWS), id="the stop loss fires"),
            pytest.param(seen(replace(AFTER, status="panic_sell_pending"), GONE_ROWS), id="it is being closed"),
            pytest.param(seen(replace(AFTER, status="a_new_one"), GONE_ROWS), id="an unknown status"),
            pytest.param(seen(replace(AFTER, status=None), GONE_ROWS), id="no status"),
        ],
    )
    def test_still_open(self, question: OpenQuestion, reading: Reading) -> None:
        assert play(question, reading, reading, reading) is None

    @pytest.mark.parametrize(
        "reading",
        [
            pytest.param(seen(with_step(THREE, FAR, status=status("finished"))), id="finished"),
            pytest.param(seen(THREE, with_row(ROWS, FAR, status=status("finished"))), id="its row is finished"),
            pytest.param(seen(AFTER, with_row(ROWS, FAR, status=status("panic_sold"))), id="sold at the market"),
            pytest.param(seen(AFTER, with_row(GONE_ROWS, FAR, realised_quantity=Decimal(1))), id="realised in part"),
            pytest.param(seen(AFTER, with_row(GONE_ROWS, FAR, realised_pct=Decimal(1))), id="realised in percent"),
            pytest.param(
                seen(replace(THREE, status="finished"), with_row(ROWS, FAR, status=status("finished"))),
                id="and the SmartTrade is finished",
            ),
        ],
    )
    def test_filled(self, question: OpenQuestion, reading: Reading) -> None:
        assert outcome(question, reading) is Outcome.FILLED

    @pytest.mark.parametrize("word", ["finished", "stop_loss_finished", "panic_sold", "failed"])
    def test_ended(self, question: OpenQuestion, word: str) -> None:
        """
        No breach: on the days for which rules are written stop losses fire.
        """
        verdict = play(question, seen(replace(AFTER, status=word, stop_loss=NO_STOP_LOSS), ()))

        assert verdict == Verdict(outcome=Outcome.ENDED, reason=word, detail=f"the SmartTrade ended: {word}")

    @pytest.mark.parametrize(
        "word", ["cancelled", "cancellation_pending", "cancellation_in_progress", "cancellation_of_a_new_kind"]
    )
    @pytest.mark.parametrize("rows", [GONE_ROWS, with_row(ROWS, FAR, status=status("finished"))], ids=["gone", "sold"])
    def test_breach_the_smart_trade_is_cancelled(
        self, question: OpenQuestion, word: str, rows: tuple[Trade, ...]
    ) -> None:
        verdict = play(question, seen(replace(AFTER, status=word), rows))

        assert verdict is not None
        assert (verdict.outcome, verdict.reason) == (Outcome.BREACH, "smart_trade_cancelled")
        assert verdict.detail == f"SmartTrade {THREE.id} is {word} after our cancel of one of its steps"

    @pytest.mark.parametrize(
        "reading",
        [
            pytest.param(seen(replace(AFTER, stop_loss=NO_STOP_LOSS), GONE_ROWS), id="off"),
            pytest.param(seen(replace(AFTER, stop_loss=make_stop_loss(enabled=None)), GONE_ROWS), id="not told"),
            pytest.param(seen(replace(AFTER, stop_loss=make_stop_loss(word="cancelled")), GONE_ROWS), id="cancelled"),
            pytest.param(seen(AFTER, with_row(GONE_ROWS, TradeId(STOP_LOSS + 1), status=status("failed"))), id="row"),
            pytest.param(seen(AFTER, GONE_ROWS[:-1]), id="no row"),
            pytest.param(seen(replace(AFTER, steps=(), stop_loss=NO_STOP_LOSS), ()), id="nothing is left"),
            pytest.param(
                seen(replace(AFTER, stop_loss=NO_STOP_LOSS), with_row(GONE_ROWS, FAR, realised_quantity=Decimal(1))),
                id="and the step was sold in part",
            ),
        ],
    )
    def test_breach_the_stop_loss_is_missing_in_two_reads(self, question: OpenQuestion, reading: Reading) -> None:
        assert outcome(question, reading) is None
        verdict = play(question, reading, reading)

        assert verdict is not None
        assert (verdict.outcome, verdict.reason) == (Outcome.BREACH, "stop_loss_missing")

    def test_missing_once_is_a_stale_read(self, question: OpenQuestion) -> None:
        missing = seen(replace(THREE, stop_loss=NO_STOP_LOSS))

        assert outcome(question, missing, UNCHANGED, missing, UNCHANGED, missing) is None
        assert outcome(question, missing, GONE) is Outcome.CANCELLED

    @pytest.mark.parametrize(
        "reading",
        [
            pytest.param(
                seen(replace(AFTER, stop_loss=make_stop_loss(trigger_price=Decimal("0.1"))), GONE_ROWS), id="it moved"
            ),
            pytest.param(
                seen(replace(AFTER, stop_loss=make_stop_loss(word="trailing_activated")), GONE_ROWS), id="trail"
            ),
            pytest.param(seen(replace(AFTER, stop_loss=make_stop_loss(word=None)), GONE_ROWS), id="unreadable"),
            pytest.param(
                seen(AFTER, with_row(GONE_ROWS, TradeId(STOP_LOSS + 1), status=None)), id="its row is unreadable"
            ),
            pytest.param(
                seen(AFTER, (*GONE_ROWS, make_trade_row(7, purpose="stop_loss", word="cancelled"))), id="an old one"
            ),
            pytest.param(seen(replace(AFTER, stop_loss=make_stop_loss(word="finished")), GONE_ROWS), id="it has fired"),
            pytest.param(
                seen(AFTER, with_row(GONE_ROWS, TradeId(STOP_LOSS + 1), status=status("finished"))),
                id="by its row",
            ),
        ],
    )
    def test_a_stop_loss_that_moved_or_fired_is_ordinary(self, question: OpenQuestion, reading: Reading) -> None:
        assert outcome(question, reading) is Outcome.CANCELLED

    def test_a_stop_loss_that_was_none_is_not_missed(self, question: OpenQuestion) -> None:
        intent = replace(question.intent, stop_loss_was_live=False)

        assert outcome(replace(question, intent=intent), seen(replace(AFTER, stop_loss=NO_STOP_LOSS), GONE_ROWS)) == (
            Outcome.CANCELLED
        )

    def test_a_step_that_is_unreadable_may_still_need_the_stop_loss(self, question: OpenQuestion) -> None:
        sold = with_step(without_step(THREE, THIRD), FAR, status=status("finished"))
        reading = seen(with_step(replace(sold, stop_loss=NO_STOP_LOSS), NEAR, status=None))

        assert outcome(question, reading) is None
        assert outcome(question, reading, reading) is Outcome.BREACH

    def test_with_the_last_target_the_stop_loss_goes_too(self, question: OpenQuestion) -> None:
        done = tuple(replace(step, status=status("finished")) for step in THREE.steps)

        assert outcome(question, seen(replace(THREE, steps=done, stop_loss=NO_STOP_LOSS))) is Outcome.FILLED

    @pytest.mark.parametrize(
        ("trade", "problem"),
        [
            pytest.param(without_step(AFTER, NEAR), f"step {NEAR} vanished too", id="vanished"),
            pytest.param(with_step(AFTER, NEAR, price=Decimal(1)), f"step {NEAR} changed too", id="another price"),
            pytest.param(with_step(AFTER, NEAR, status=status("idle")), f"step {NEAR} changed too", id="idle"),
            pytest.param(with_step(AFTER, NEAR, status=None), f"step {NEAR} changed too", id="unreadable"),
            pytest.param(replace(AFTER, steps=(*AFTER.steps, make_step(9, id=TradeId(9)))), "step 9 is new", id="new"),
        ],
    )
    def test_where_other_steps_changed_the_smart_trade_is_set_aside(
        self, question: OpenQuestion, trade: SmartTrade, problem: str
    ) -> None:
        verdict = play(question, seen(trade, GONE_ROWS))

        assert verdict == Verdict(
            outcome=Outcome.CANCELLED,
            reason=None,
            detail=f"the step is gone; {problem}: the SmartTrade is set aside",
            set_aside=True,
        )

    def test_another_step_that_is_placed_anew_is_ordinary(self, question: OpenQuestion) -> None:
        verdict = play(question, seen(with_step(AFTER, NEAR, status=status("to_process")), GONE_ROWS))

        assert verdict is not None
        assert not verdict.set_aside


NOT_APPLIED = Verdict(
    outcome=Outcome.NOT_APPLIED, reason=None, detail="the step is live and unchanged, the rest intact"
)


@pytest.mark.parametrize(
    ("question", "seconds", "readings", "verdict"),
    [
        pytest.param(UNANSWERED, 60, 2, NOT_APPLIED, id="unknown: two reads after a minute"),
        pytest.param(UNANSWERED, 60, 1, None, id="unknown: one read is not enough"),
        pytest.param(UNANSWERED, 59.9, 9, None, id="unknown: too early"),
        pytest.param(CRASHED, 120, 2, NOT_APPLIED, id="crashed: two reads after two minutes"),
        pytest.param(CRASHED, 119.9, 9, None, id="crashed: too early"),
        pytest.param(ACCEPTED, 10**6, 9, None, id="accepted: never"),
    ],
)
def test_not_applied(question: OpenQuestion, seconds: float, readings: int, verdict: Verdict | None) -> None:
    assert play(question, *[UNCHANGED] * readings, seconds=seconds) == verdict


def test_not_applied_sets_aside_where_another_step_changed() -> None:
    """
    Whatever the DELETE did, it was not what we asked for.
    """
    verdict = play(UNANSWERED, *[seen(without_step(THREE, NEAR))] * 2, seconds=60)

    assert verdict is not None
    assert (verdict.outcome, verdict.set_aside) == (Outcome.NOT_APPLIED, True)


CHANGED = {
    "trailing": seen(with_step(THREE, FAR, status=status("trailing_activated"))),
    "another price": seen(with_step(THREE, FAR, price=Decimal("0.41"))),
    "being cancelled": seen(THREE, with_row(ROWS, FAR, status=status("pending_cancellation"))),
    "its row is unreadable": seen(THREE, with_row(ROWS, FAR, status=None)),
    "no row": seen(THREE, tuple(row for row in ROWS if row.id != FAR)),
    "two rows": seen(THREE, (*ROWS, make_trade_row(FAR))),
}


@pytest.mark.parametrize("reading", CHANGED.values(), ids=CHANGED.keys())
def test_a_step_that_is_not_as_it_was_is_not_not_applied(reading: Reading) -> None:
    assert play(UNANSWERED, UNCHANGED, reading, UNCHANGED, seconds=60) is None
    assert play(UNANSWERED, UNCHANGED, reading, UNCHANGED, UNCHANGED, seconds=60) == NOT_APPLIED


def test_a_step_that_filled_long_ago_says_nothing_of_the_target() -> None:
    """
    The near step was finished when the DELETE of the far one went out: that one is cancelled, not filled.
    """
    then = with_step(THREE, NEAR, status=status("finished"))
    now = without_step(then, FAR)
    verdict = play(make_question(trade=then), seen(now, with_row(make_rows(then), FAR, status=status("cancelled"))))

    assert verdict == Verdict(outcome=Outcome.CANCELLED, reason=None, detail="the step is gone, the rest intact")


def test_with_its_last_target_filled_the_others_cancelled_the_stop_loss_goes_in_order() -> None:
    """
    Nothing is left to fill: 3Commas takes the stop loss away as the SmartTrade finishes.
    """
    then = with_step(THREE, NEAR, status=status("cancelled"))
    then = with_step(then, THIRD, status=status("cancelled"))
    filled = replace(with_step(then, FAR, status=status("finished")), stop_loss=NO_STOP_LOSS)

    assert outcome(make_question(trade=then), seen(filled, make_rows(filled))) is Outcome.FILLED


def test_an_intent_without_its_target_concludes_nothing() -> None:
    intent = replace(UNANSWERED.intent, steps=UNANSWERED.intent.steps[:1])

    assert play(replace(UNANSWERED, intent=intent), *[UNCHANGED] * 3, seconds=60) is None


def test_a_step_seen_gone_that_reappears_is_a_stale_read() -> None:
    assert play(UNANSWERED, seen(AFTER), *[UNCHANGED] * 5, seconds=60) is None
    assert outcome(UNANSWERED, seen(AFTER), UNCHANGED, GONE, seconds=60) is Outcome.CANCELLED


REJECTED = make_question(Answer.REJECTED, trade=THREE, reason="Wrong param(s)")


@pytest.mark.parametrize(
    ("reading", "expected", "reason"),
    [
        pytest.param(None, Outcome.REJECTED, "Wrong param(s)", id="no reading"),
        pytest.param(UNCHANGED, Outcome.REJECTED, "Wrong param(s)", id="still there"),
        pytest.param(
            seen(
                with_step(THREE, FAR, status=status("trailing_activated")),
                with_row(ROWS, FAR, status=status("trailing_activated")),
            ),
            Outcome.REJECTED,
            "Wrong param(s)",
            id="trailing by now",
        ),
        pytest.param(GONE, Outcome.GONE, "Wrong param(s)", id="gone"),
        pytest.param(
            seen(THREE, with_row(ROWS, FAR, status=status("finished"))), Outcome.FILLED, "Wrong param(s)", id="filled"
        ),
        pytest.param(seen(replace(AFTER, status="finished"), GONE_ROWS), Outcome.ENDED, "finished", id="ended"),
        pytest.param(seen(replace(AFTER, status="cancelled"), GONE_ROWS), Outcome.ENDED, "cancelled", id="cancelled"),
        pytest.param(
            seen(replace(THREE, status="cancellation_pending")), Outcome.ENDED, "cancellation_pending", id="going"
        ),
    ],
)
def test_rejected(reading: Reading | None, expected: Outcome, reason: str) -> None:
    verdict = judge_rejected(REJECTED, reading)

    assert verdict is not None
    assert (verdict.outcome, verdict.reason, verdict.set_aside) == (expected, reason, False)


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(seen(AFTER), id="gone from one body"),
        pytest.param(seen(THREE, GONE_ROWS), id="gone from the other"),
        pytest.param(seen(THREE, with_row(ROWS, FAR, status=status("pending_cancellation"))), id="row going"),
        pytest.param(seen(with_step(THREE, FAR, status=status("pending_cancellation"))), id="step going"),
        pytest.param(seen(with_step(THREE, FAR, status=None)), id="status unknown"),
        pytest.param(seen(THREE, (*ROWS, make_trade_row(FAR))), id="two rows"),
        pytest.param(seen(THREE, tuple(row for row in ROWS if row.id != FAR)), id="no row"),
        pytest.param(seen(replace(THREE, steps=(*THREE.steps, THREE.steps[1]))), id="listed twice"),
    ],
)
def test_a_rejected_step_in_transition_stays_an_open_question(reading: Reading) -> None:
    """
    Somebody's cancel, even ours, may be taking effect: settled as rejected, it would not consume `repeat`.
    """
    assert judge_rejected(REJECTED, reading) is None


def test_progress_does_not_leak_between_questions() -> None:
    missing: Any = seen(make_smart_trade(stop_loss=NO_STOP_LOSS), make_rows())
    _, progress = judge(make_question(), missing, Progress(), elapsed=timedelta(seconds=1))

    assert progress == Progress(stop_loss_missing_reads=1)
    assert Progress() == Progress(live_reads=0, stop_loss_missing_reads=0, gone_seen=False)
