from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories import FAR, RULE, SMART_TRADE, make_proposal, make_question
from tradewarden.errors import TransientError
from tradewarden.logs import sentences
from tradewarden.model.cancel import Answer, CancelAnswer, Verdict
from tradewarden.model.decision import Check, Outcome

STEP = "step 2 at 0.4 (35 % of the position) of USDT_DOGE, SmartTrade 30428625"
WINDOW = timedelta(milliseconds=412.4)
CHECKS = (Check(name="steps-remain", holds=True, detail="1"), Check(name="step-listed", holds=True, detail="it is"))
SUBJECT = {"rule": RULE, "account_id": 32402783, "smart_trade_id": SMART_TRADE, "trade_id": FAR, "pair": "USDT_DOGE"}
PROVES_NOTHING = "That proves nothing yet: it is read back."
UNSENT = {Outcome.WOULD_CANCEL, Outcome.DENIED, Outcome.DEFERRED}
STEP_FIELDS = {"position": 2, "price": "0.4", "share": "35.0"}


def verdict(outcome: Outcome, detail: str = "the step is gone, the rest intact", *, set_aside: bool = False) -> Verdict:
    return Verdict(outcome=outcome, reason=None, detail=detail, set_aside=set_aside)


def test_a_denial() -> None:
    line = sentences.proposal_line(make_proposal().row(Outcome.DENIED, "steps-remain", detail="no live step is left"))

    assert line.level == "info"
    assert line.message == f"Denied by steps-remain: rule {RULE} wants {STEP} cancelled, but no live step is left."
    assert line.fields == {
        **SUBJECT,
        "step": STEP_FIELDS,
        "outcome": "denied",
        "reason": "steps-remain",
        "detail": "no live step is left",
        "share_without_target": "65.0",
    }


def test_a_deferral() -> None:
    row = make_proposal().row(Outcome.DEFERRED, "cancels_per_cycle", detail="8 cancels in this cycle")

    line = sentences.proposal_line(row)

    assert (line.level, line.fields["outcome"]) == ("info", "deferred")
    assert line.message == (
        f"Deferred, cancels_per_cycle: rule {RULE} wants {STEP} cancelled. Not now: 8 cancels in this cycle."
    )


def test_a_dry_run() -> None:
    row = replace(make_proposal().row(Outcome.WOULD_CANCEL, None, invariants=CHECKS))

    line = sentences.proposal_line(row)

    assert line.level == "info"
    assert line.message.startswith(f"Dry-run: would cancel {STEP}, by rule {RULE}: all 2 checks hold.")
    assert line.message.endswith("% of the position would have no target then.")


def test_a_dry_run_of_which_little_is_known() -> None:
    row = replace(make_proposal().row(Outcome.WOULD_CANCEL, None), share_without_target_pct=None)

    assert sentences.proposal_line(row).message.endswith(": every check holds.")


@pytest.mark.parametrize(
    ("outcome", "reason", "message"),
    [
        (Outcome.NOT_SENT, "stale", f"Not sent (stale): {STEP}, by rule {RULE}: no more is known."),
        (Outcome.UNKNOWN, None, f"Not settled yet: {STEP}, by rule {RULE}: no more is known."),
    ],
    ids=["not-sent", "unknown"],
)
def test_what_was_not_settled_is_a_warning(outcome: Outcome, reason: str | None, message: str) -> None:
    line = sentences.proposal_line(make_proposal().row(outcome, reason))

    assert (line.level, line.message) == ("warning", message)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sentence(outcome: Outcome) -> None:
    assert STEP in sentences.proposal_line(make_proposal().row(outcome, "why")).message


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - UNSENT))
def test_every_outcome_of_a_question_has_a_sentence(outcome: Outcome) -> None:
    assert STEP in sentences.settled_line(make_question(), verdict(outcome), failed_reads=0).message


def test_a_rule_that_chose_nothing() -> None:
    line = sentences.unchosen_line("far-off", 5, "the price of a step is unknown")

    assert line.message == (
        "Rule far-off is true of SmartTrade 5, but names no step to cancel: the price of a step is unknown."
    )
    assert line.fields == {"rule": "far-off", "smart_trade_id": 5, "why": "the price of a step is unknown"}


def test_an_intent() -> None:
    line = sentences.intended_line(make_proposal(), 7)

    assert line.message == f"Cancelling {STEP}, by rule {RULE}: the intent is on disk, now the one DELETE."
    assert line.fields == {**SUBJECT, "step": STEP_FIELDS, "intent_id": 7}


@pytest.mark.parametrize(
    ("answer", "level", "message"),
    [
        (
            CancelAnswer(answer=Answer.ACCEPTED, window=WINDOW),
            "info",
            f"3Commas accepted the cancel of {STEP}, 412 ms after the second read was asked for. {PROVES_NOTHING}",
        ),
        (
            CancelAnswer(answer=Answer.ACCEPTED),
            "info",
            f"3Commas accepted the cancel of {STEP}. {PROVES_NOTHING}",
        ),
        (
            CancelAnswer(answer=Answer.REJECTED, reason="not_found", detail="it says no"),
            "warning",
            f"3Commas refused the cancel of {STEP}: not_found, it says no. A read tells whether it is there.",
        ),
        (
            CancelAnswer(answer=Answer.UNKNOWN, detail="no answer came back"),
            "warning",
            f"No clear answer to the cancel of {STEP}: no answer came back. Reads tell what became of it.",
        ),
        (
            CancelAnswer(answer=Answer.UNKNOWN),
            "warning",
            f"No clear answer to the cancel of {STEP}: no reason was given. Reads tell what became of it.",
        ),
        (
            CancelAnswer(answer=Answer.NOT_SENT, reason="disarmed"),
            "warning",
            f"Nothing was sent to cancel {STEP}: disarmed.",
        ),
    ],
    ids=["accepted", "accepted-without-window", "rejected", "unknown", "unknown-why", "not-sent"],
)
def test_answers(answer: CancelAnswer, level: str, message: str) -> None:
    line = sentences.answered_line(make_proposal(), answer)

    assert (line.level, line.message) == (level, message)
    assert line.fields["answer"] == answer.answer.value
    assert line.fields["window_ms"] == (412 if answer.window else None)


def test_a_cancel() -> None:
    question = make_question(window=WINDOW, intent_id=7)

    line = sentences.settled_line(question, verdict(Outcome.CANCELLED), failed_reads=1)

    assert line.level == "info"
    assert line.message == (
        f"Cancelled {STEP}, by rule {RULE}: read back, gone, the rest intact. 65 % of the position has no target now."
    )
    assert line.fields == {
        "cycle_id": "cycle-1",
        **SUBJECT,
        "step": STEP_FIELDS,
        "intent_id": 7,
        "answer": "accepted",
        "outcome": "cancelled",
        "reason": None,
        "detail": "the step is gone, the rest intact",
        "set_aside": False,
        "share_without_target": "65.0",
        "window_ms": 412,
        "failed_reads": 1,
    }


@pytest.mark.parametrize(
    ("outcome", "level"),
    [
        (Outcome.GONE, "info"),
        (Outcome.FILLED, "info"),
        (Outcome.ENDED, "info"),
        (Outcome.REJECTED, "warning"),
        (Outcome.NOT_APPLIED, "warning"),
        (Outcome.BREACH, "critical"),
    ],
)
def test_levels_of_outcomes(outcome: Outcome, level: str) -> None:
    assert sentences.settled_line(make_question(), verdict(outcome), failed_reads=0).level == level


def test_other_steps_that_changed_too_are_a_warning() -> None:
    line = sentences.settled_line(make_question(), verdict(Outcome.CANCELLED, set_aside=True), failed_reads=0)

    assert line.level == "warning"


def test_a_breach_says_what_to_do() -> None:
    detail = "SmartTrade 30428625 is cancelled after our cancel of one of its steps"

    line = sentences.settled_line(make_question(), verdict(Outcome.BREACH, detail), failed_reads=0)

    assert line.message.startswith(f"BREACH: {detail}. It was {STEP}, by rule {RULE}. Everything is disarmed.")
    assert "tradewarden arm" in line.message


def test_a_question_of_a_crash_is_taken_up() -> None:
    line = sentences.taken_up_line(make_question(None))

    assert line.message.startswith(f"The cancel of {STEP}, by rule {RULE}, is not settled since 2026-01-02T12:00:01Z:")
    assert (line.fields["answer"], line.fields["cycle_id"]) == (None, "cycle-1")


@pytest.mark.parametrize(
    ("event", "level"),
    [("settling.read_failed", "warning"), ("settling.stopped", "warning"), ("settling.failed", "error")],
)
def test_what_hinders_a_settling(event: str, level: str) -> None:
    line = sentences.settling_line(event, make_question(), TransientError("3Commas failed at GET"))

    assert line.level == level
    assert line.message.startswith(f"What became of the cancel of {STEP} is not known yet. ")
    assert line.message.endswith(": 3Commas failed at GET.")
    assert line.fields["error"] == "3Commas failed at GET"


def test_texts_of_others_are_bounded() -> None:
    """A whole page instead of an error, a pair as long as a novel."""
    proposal = make_proposal()
    proposal = replace(proposal, smart_trade=replace(proposal.smart_trade, pair="P" * 10_000))
    answer = CancelAnswer(answer=Answer.REJECTED, reason="r" * 10_000, detail="d" * 10_000)

    line = sentences.answered_line(proposal, answer)

    assert len(line.message) < 1_100
    assert all(len(str(value)) <= 400 for value in line.fields.values())
