"""
How far a cycle has come: a report can be made of it at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tradewarden.model.cancel import Answer
from tradewarden.model.decision import CycleReport, Outcome, OutcomeRow

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.engine.decide import Evaluation
    from tradewarden.errors import JournalError
    from tradewarden.execution.guarded_cancel import CycleState, Sent
    from tradewarden.model.cancel import OpenQuestion, Verdict
    from tradewarden.model.settings import Mode


@dataclass(slots=True)
class Progress:
    """
    What a cycle has gathered so far. One that *is_alone* has no next cycle to leave anything to.
    """

    state: CycleState
    is_alone: bool = True
    read: int = 0
    rows: list[OutcomeRow] = field(default_factory=list)
    unrecorded: list[OutcomeRow] = field(default_factory=list)  # denials and deferrals: written together
    settling: list[int] = field(default_factory=list)  # the intents that are looked after for this cycle's report
    lost: JournalError | None = None  # what befell a settling
    evaluation: Evaluation | None = None

    def report(self, *, started_at: datetime, mode: Mode, armed: bool, requests: int) -> CycleReport:
        """
        Return the report as it stands.
        """
        evaluation = self.evaluation
        return CycleReport(
            cycle_id=self.state.cycle_id,
            started_at=started_at,
            mode=mode,
            armed=armed,
            smart_trades_read=self.read,
            requests=requests,
            outcomes=tuple(self.rows),
            holding=() if evaluation is None else evaluation.holding,
            errors=tuple(self.state.errors),
        )


def row_of_sent(sent: Sent, verdict: Verdict | None) -> OutcomeRow:
    """
    Return the row of a DELETE of this cycle, settled or not.
    """
    if verdict is None:
        outcome = Outcome.REJECTED if sent.answer.answer is Answer.REJECTED else Outcome.UNKNOWN
        return replace(sent.row, outcome=outcome)
    return replace(sent.row, outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail)


def row_of_question(question: OpenQuestion, verdict: Verdict | None) -> OutcomeRow:
    """
    Return the row of a DELETE of an earlier cycle or run, settled or not.
    """
    if verdict is None:
        return question.intent.row(
            outcome=Outcome.REJECTED if question.answer is Answer.REJECTED else Outcome.UNKNOWN,
            reason=question.reason,
            detail="its fate is not known yet: it is looked for in every cycle",
            window=question.window,
        )
    return question.intent.row(
        outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, window=question.window
    )
