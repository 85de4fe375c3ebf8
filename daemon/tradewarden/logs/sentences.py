"""
Proposals, cancels and settlings, told so that a trader understands them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.report import plain_number
from tradewarden.logs.events import Line
from tradewarden.logs.words import clipped, instant_text, number_text, sentence, step_text
from tradewarden.model.cancel import Answer
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from decimal import Decimal

    from tradewarden.engine.proposal import Proposal
    from tradewarden.logs.events import Level
    from tradewarden.model.cancel import CancelAnswer, OpenQuestion, Verdict
    from tradewarden.model.decision import OutcomeRow, StepSummary

MILLISECOND = timedelta(milliseconds=1)
ORDINARY = frozenset(Outcome) - {
    Outcome.REJECTED,
    Outcome.NOT_APPLIED,
    Outcome.NOT_SENT,
    Outcome.UNKNOWN,
    Outcome.BREACH,
}
HEADINGS = {
    Outcome.CANCELLED: "Cancelled",
    Outcome.GONE: "Not cancelled by us",
    Outcome.FILLED: "Filled first",
    Outcome.ENDED: "Ended meanwhile",
    Outcome.REJECTED: "Refused by 3Commas",
    Outcome.NOT_APPLIED: "Not applied, it is tried again later",
    Outcome.NOT_SENT: "Not sent",
    Outcome.UNKNOWN: "Not settled yet",
    Outcome.BREACH: "BREACH",
}
OF_SETTLING: dict[str, tuple[Level, str]] = {
    "settling.read_failed": ("warning", "A read failed, it is tried again"),
    "settling.stopped": ("warning", "The reads pause, a later cycle goes on"),
    "settling.failed": ("error", "The journal failed, a later cycle goes on"),
}


def proposal_line(row: OutcomeRow) -> Line:
    """
    Tell what became of a proposal for which no DELETE went out.
    """
    step = _step_of_row(row)
    detail = row.detail or "no more is known"
    match row.outcome:
        case Outcome.WOULD_CANCEL:
            checks = f"all {len(row.invariants)} checks hold" if row.invariants else "every check holds"
            message = f"Dry-run: would cancel {step}, by rule {row.rule}: {checks}."
            message += _uncovered(row.share_without_target_pct, "would have no target then")
        case Outcome.DENIED:
            message = f"Denied by {row.reason}: rule {row.rule} wants {step} cancelled, but " + sentence(detail)
        case Outcome.DEFERRED:
            message = f"Deferred, {row.reason}: rule {row.rule} wants {step} cancelled. Not now: " + sentence(detail)
        case _:
            why = "" if row.reason is None else f" ({row.reason})"
            message = f"{HEADINGS[row.outcome]}{why}: {step}, by rule {row.rule}: " + sentence(detail)
    fields = {
        **_subject(row.rule, row.account_id, row.smart_trade_id, row.trade_id, row.pair),
        "step": _step_fields(row.step),
        "outcome": row.outcome.value,
        "reason": row.reason,
        "detail": _optional(row.detail),
        "share_without_target": plain_number(row.share_without_target_pct),
    }
    return Line(level="info" if row.outcome in ORDINARY else "warning", message=message, fields=fields)


def unchosen_line(rule: str, smart_trade_id: int, why: str) -> Line:
    """
    Tell that a rule is true while its selector names no step.
    """
    message = f"Rule {rule} is true of SmartTrade {smart_trade_id}, but names no step to cancel: " + sentence(why)
    return Line(level="info", message=message, fields={"rule": rule, "smart_trade_id": smart_trade_id, "why": why})


def intended_line(proposal: Proposal, intent_id: int) -> Line:
    """
    Tell that a cancel is about to be sent.
    """
    message = f"Cancelling {_step_of_proposal(proposal)}, by rule {proposal.rule.name}: the intent is on disk, "
    return Line(
        level="info", message=message + "now the one DELETE.", fields={**_of_proposal(proposal), "intent_id": intent_id}
    )


def answered_line(proposal: Proposal, answer: CancelAnswer) -> Line:
    """
    Tell what came back from the DELETE. Whatever it is, reads decide.
    """
    step, window = _step_of_proposal(proposal), _milliseconds(answer.window)
    said = sentence(", ".join(text for text in (answer.reason, answer.detail) if text) or "no reason was given")
    match answer.answer:
        case Answer.ACCEPTED:
            after = "" if window is None else f", {window} ms after the second read was asked for"
            message = f"3Commas accepted the cancel of {step}{after}. That proves nothing yet: it is read back."
        case Answer.REJECTED:
            message = f"3Commas refused the cancel of {step}: {said} A read tells whether it is there."
        case Answer.UNKNOWN:
            message = f"No clear answer to the cancel of {step}: {said} Reads tell what became of it."
        case _:
            message = f"Nothing was sent to cancel {step}: {said}"
    fields = {
        **_of_proposal(proposal),
        "answer": answer.answer.value,
        "reason": _optional(answer.reason),
        "detail": _optional(answer.detail),
        "window_ms": window,
    }
    return Line(level="info" if answer.answer is Answer.ACCEPTED else "warning", message=message, fields=fields)


def settled_line(question: OpenQuestion, verdict: Verdict, *, failed_reads: int) -> Line:
    """
    Tell the final outcome of a cancel that was sent; *failed_reads* before it were told once and counted.
    """
    intent = question.intent
    step, found = _step_of_question(question), sentence(verdict.detail)
    level: Level = "info" if verdict.outcome in ORDINARY and not verdict.set_aside else "warning"
    if verdict.outcome is Outcome.BREACH:
        level = "critical"
        message = f"BREACH: {found} It was {step}, by rule {intent.rule}. Everything is disarmed. Look at the position "
        message += "at once; run `tradewarden arm` only when you know what happened."
    elif verdict.outcome is Outcome.CANCELLED:
        message = f"Cancelled {step}, by rule {intent.rule}: read back, {found.removeprefix('the step is ')}"
        message += _uncovered(intent.share_without_target_pct, "has no target now")
    else:
        message = f"{HEADINGS[verdict.outcome]}: {step}, by rule {intent.rule}. Read back: {found}"
    fields = {
        **_of_question(question),
        "outcome": verdict.outcome.value,
        "reason": _optional(verdict.reason),
        "detail": clipped(verdict.detail),
        "set_aside": verdict.set_aside,
        "share_without_target": plain_number(intent.share_without_target_pct),
        "window_ms": _milliseconds(question.window),
        "failed_reads": failed_reads,
    }
    return Line(level=level, message=message, fields=fields)


def taken_up_line(question: OpenQuestion) -> Line:
    """
    Tell that the fate of an earlier cancel is looked for.
    """
    asked_at = instant_text(question.asked_at.wall)
    message = f"The cancel of {_step_of_question(question)}, by rule {question.intent.rule}, is not settled since "
    message += f"{asked_at}: reads tell what became of it. Until then that SmartTrade is left alone."
    fields = {**_of_question(question), "asked_at": asked_at}
    return Line(level="info", message=message, fields=fields)


def settling_line(event: str, question: OpenQuestion, error: object) -> Line:
    """
    Tell what keeps an open question from being settled.
    """
    level, what = OF_SETTLING[event]
    why = sentence(str(error))
    message = f"What became of the cancel of {_step_of_question(question)} is not known yet. {what}: {why}"
    return Line(level=level, message=message, fields={**_of_question(question), "error": clipped(str(error))})


def _uncovered(share_pct: Decimal | None, what: str) -> str:
    return "" if share_pct is None else f" {number_text(share_pct)} % of the position {what}."


def _step_of_row(row: OutcomeRow) -> str:
    return step_text(row.step, trade_id=row.trade_id, pair=row.pair, smart_trade_id=row.smart_trade_id)


def _step_of_proposal(proposal: Proposal) -> str:
    trade = proposal.smart_trade
    return step_text(proposal.summary, trade_id=proposal.step.id, pair=trade.pair, smart_trade_id=trade.id)


def _step_of_question(question: OpenQuestion) -> str:
    intent = question.intent
    return step_text(intent.step, trade_id=intent.trade_id, pair=intent.pair, smart_trade_id=intent.smart_trade_id)


def _of_proposal(proposal: Proposal) -> dict[str, object]:
    trade = proposal.smart_trade
    subject = _subject(proposal.rule.name, trade.account_id, trade.id, proposal.step.id, trade.pair)
    return {**subject, "step": _step_fields(proposal.summary)}


def _of_question(question: OpenQuestion) -> dict[str, object]:
    intent = question.intent
    return {
        "cycle_id": intent.cycle_id,
        **_subject(intent.rule, intent.account_id, intent.smart_trade_id, intent.trade_id, intent.pair),
        "step": _step_fields(intent.step),
        "intent_id": question.intent_id,
        "answer": None if question.answer is None else question.answer.value,
    }


def _subject(rule: str, account_id: int, smart_trade_id: int, trade_id: int, pair: str) -> dict[str, object]:
    return {
        "rule": rule,
        "account_id": account_id,
        "smart_trade_id": smart_trade_id,
        "trade_id": trade_id,
        "pair": clipped(pair, 40),
    }


def _step_fields(step: StepSummary) -> dict[str, object]:
    return {"position": step.position, "price": plain_number(step.price), "share": plain_number(step.share_pct)}


def _milliseconds(window: timedelta | None) -> int | None:
    return None if window is None else round(window / MILLISECOND)


def _optional(text: str | None) -> str | None:
    return clipped(text) if text else None
