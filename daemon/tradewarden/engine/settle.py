"""
What became of a DELETE, judged from reads alone: the answer to the request proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.remaining import fingerprint, is_same_step
from tradewarden.model.cancel import Answer, Verdict
from tradewarden.model.decision import Outcome
from tradewarden.model.status import (
    CANCELABLE,
    SMART_TRADE_ENDED,
    SMART_TRADE_OPEN,
    is_being_cancelled,
)

if TYPE_CHECKING:
    from tradewarden.model.cancel import CancelIntent, OpenQuestion
    from tradewarden.model.smart_trade import Reading

NOT_APPLIED_AFTER = timedelta(seconds=60)  # since the request ended
NOT_APPLIED_AFTER_CRASH = timedelta(seconds=120)  # since the intent: the request may have gone on without us
READS_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    What earlier reads of the same question showed.
    """

    live_reads: int = 0
    stop_loss_missing_reads: int = 0
    gone_seen: bool = False


def judge(
    question: OpenQuestion, reading: Reading, progress: Progress, *, elapsed: timedelta
) -> tuple[Verdict | None, Progress]:
    """
    Judge one reading of both bodies, *elapsed* after the request; ``None`` leaves the question open.
    """
    intent, status = question.intent, reading.smart_trade.status
    if is_being_cancelled(status):
        return _breach("smart_trade_cancelled", f"SmartTrade {intent.smart_trade_id} is {status}"), progress
    is_filled = _is_filled(intent, reading)
    is_finishing = is_filled and not _has_open_steps(reading)  # with the last target the stop loss goes too
    if status == SMART_TRADE_OPEN and intent.stop_loss_was_live and _stop_loss_is_missing(reading) and not is_finishing:
        return _stop_loss_missed(intent, progress)
    if is_filled:
        return Verdict(outcome=Outcome.FILLED, reason=None, detail="the step filled before the cancel"), progress
    if status in SMART_TRADE_ENDED:
        return Verdict(outcome=Outcome.ENDED, reason=status, detail=f"the SmartTrade ended: {status}"), progress
    if status != SMART_TRADE_OPEN:
        return None, progress
    progress = replace(progress, stop_loss_missing_reads=0)
    if _is_gone(intent, reading):
        return _concluded(Outcome.CANCELLED, "the step is gone", intent, reading), progress
    if reading.smart_trade.step(intent.trade_id) is None:  # gone from one body, not from the other
        return None, replace(progress, gone_seen=True)
    return _still_there(question, reading, progress, elapsed)


def judge_rejected(question: OpenQuestion, reading: Reading | None) -> Verdict | None:
    """
    Judge a DELETE that 3Commas refused: a reading tells whether the step is there at all. Without one the no stands.

    ``None`` leaves the question open: the step is in transition, or the two bodies do not agree about it. Somebody
    else's cancel may be taking effect, and what is gone in the end must not be counted as never touched.
    """
    rejected = Verdict(outcome=Outcome.REJECTED, reason=question.reason, detail="3Commas refused the cancel")
    if reading is None:
        return rejected
    intent, status = question.intent, reading.smart_trade.status
    if _is_filled(intent, reading):
        return Verdict(outcome=Outcome.FILLED, reason=question.reason, detail="the step has filled")
    if is_being_cancelled(status) or status in SMART_TRADE_ENDED:
        return Verdict(outcome=Outcome.ENDED, reason=status, detail=f"the SmartTrade is {status}")
    if _is_gone(intent, reading):
        return Verdict(outcome=Outcome.GONE, reason=question.reason, detail="the step is gone, not by us")
    return rejected if _is_plainly_there(intent, reading) else None


def _breach(reason: str, detail: str) -> Verdict:
    return Verdict(outcome=Outcome.BREACH, reason=reason, detail=f"{detail} after our cancel of one of its steps")


def _stop_loss_missed(intent: CancelIntent, progress: Progress) -> tuple[Verdict | None, Progress]:
    progress = replace(progress, stop_loss_missing_reads=progress.stop_loss_missing_reads + 1)
    if progress.stop_loss_missing_reads < READS_NEEDED:
        return None, progress
    return _breach("stop_loss_missing", f"SmartTrade {intent.smart_trade_id} has lost its stop loss"), progress


def _is_filled(intent: CancelIntent, reading: Reading) -> bool:
    statuses = [step.status for step in reading.smart_trade.steps if step.id == intent.trade_id]
    rows = reading.rows_of(intent.trade_id)
    statuses += [row.status for row in rows]
    if any(status is not None and status.is_sold for status in statuses):
        return True
    return any(value is not None and value > 0 for row in rows for value in (row.realised_quantity, row.realised_pct))


def _has_open_steps(reading: Reading) -> bool:
    return any(step.status is None or not step.status.is_terminal for step in reading.smart_trade.steps)


def _stop_loss_is_missing(reading: Reading) -> bool:
    """
    Tell whether the stop loss was taken away. One that has fired is not missing: the SmartTrade ends with it.
    """
    stop_loss = reading.smart_trade.stop_loss
    statuses = [row.status for row in reading.trades if row.purpose == "stop_loss"]
    if any(status is not None and status.is_sold for status in (stop_loss.status, *statuses)):
        return False
    if stop_loss.enabled is not True or (stop_loss.status is not None and stop_loss.status.is_terminal):
        return True
    return all(status is not None and status.is_terminal for status in statuses)


def _is_gone(intent: CancelIntent, reading: Reading) -> bool:
    statuses = [step.status for step in reading.smart_trade.steps if step.id == intent.trade_id]
    statuses += [row.status for row in reading.rows_of(intent.trade_id)]
    return all(status is not None and status.word in {"cancelled", "failed"} for status in statuses)


def _is_plainly_there(intent: CancelIntent, reading: Reading) -> bool:
    step, rows = reading.smart_trade.step(intent.trade_id), reading.rows_of(intent.trade_id)
    if step is None or len(rows) != 1:
        return False
    return all(status is not None and status.is_live for status in (step.status, rows[0].status))


def _concluded(outcome: Outcome, detail: str, intent: CancelIntent, reading: Reading) -> Verdict:
    problem = _other_steps_changed(intent, reading)
    detail += ", the rest intact" if problem is None else f"; {problem}: the SmartTrade is set aside"
    return Verdict(outcome=outcome, reason=None, detail=detail, set_aside=problem is not None)


def _other_steps_changed(intent: CancelIntent, reading: Reading) -> str | None:
    now = {step.id: fingerprint(step) for step in reading.smart_trade.steps if step.id != intent.trade_id}
    then = {step.id: step for step in intent.steps if step.id != intent.trade_id}
    for step_id, before in then.items():
        after = now.get(step_id)
        if after is None:
            return f"step {step_id} vanished too"
        if not is_same_step(before, after):
            return f"step {step_id} changed too"
    new = [step_id for step_id in now if step_id not in then]
    return f"step {new[0]} is new" if new else None


def _still_there(
    question: OpenQuestion, reading: Reading, progress: Progress, elapsed: timedelta
) -> tuple[Verdict | None, Progress]:
    """
    Conclude *not applied*, after an unknown answer only, from two reads that show the step live and unchanged.
    """
    needed = NOT_APPLIED_AFTER_CRASH if question.answer is None else NOT_APPLIED_AFTER
    if question.answer is Answer.ACCEPTED or progress.gone_seen or elapsed < needed:
        return None, progress
    if not _is_live_and_unchanged(question.intent, reading):
        return None, replace(progress, live_reads=0)
    progress = replace(progress, live_reads=progress.live_reads + 1)
    if progress.live_reads < READS_NEEDED:
        return None, progress
    return _concluded(Outcome.NOT_APPLIED, "the step is live and unchanged", question.intent, reading), progress


def _is_live_and_unchanged(intent: CancelIntent, reading: Reading) -> bool:
    step, rows = reading.smart_trade.step(intent.trade_id), reading.rows_of(intent.trade_id)
    before = next((f for f in intent.steps if f.id == intent.trade_id), None)
    if step is None or before is None or len(rows) != 1:
        return False
    row_live = rows[0].status is not None and rows[0].status.word in CANCELABLE
    return row_live and fingerprint(step).status in CANCELABLE and is_same_step(before, fingerprint(step))
