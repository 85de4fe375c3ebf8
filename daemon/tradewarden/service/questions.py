"""
The open questions of a cycle: those that were left open before, and those that its own DELETEs raise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.errors import JournalError
from tradewarden.execution.settling import AFTER_A_DELETE, AT_START_UP, Settling
from tradewarden.service.progress import row_of_question, row_of_sent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from tradewarden.execution.guarded_cancel import Sent
    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.ports import Journal, Observer
    from tradewarden.service.progress import Progress
    from tradewarden.service.settlings import Settlings


class Questions:
    """
    Has each question looked after beside the cycle; its row in the cycle's report becomes what is found.
    """

    def __init__(self, *, settling: Settling, settlings: Settlings, journal: Journal, observer: Observer) -> None:
        self._settling = settling
        self._settlings = settlings
        self._journal = journal
        self._observer = observer

    async def take_up(self, progress: Progress) -> None:
        """
        Part 9 of the protocol: look after every question that an earlier run or cycle left open, all at once.
        """
        for question in await self._journal.open_questions():
            if question.intent_id in self._settlings:
                continue
            self._observer.tell("settling.taken_up", question=question)
            self._look_after(progress, question, schedule=AT_START_UP)

    def look_after_sent(self, progress: Progress, sent: Sent) -> None:
        """
        Look after the fate of a DELETE that this cycle has sent.
        """
        self._look_after(progress, sent.question, schedule=AFTER_A_DELETE, sent=sent)

    async def look_after_interrupted(self, progress: Progress, *, is_settled_here: bool) -> None:
        """
        Put what an interrupted cycle has sent into its report; it *is_settled_here*, or by the next run.
        """
        for question in await self._journal.open_questions():
            if question.intent.cycle_id != progress.state.cycle_id or question.intent_id in progress.settling:
                continue
            if is_settled_here:
                self._look_after(progress, question, schedule=AFTER_A_DELETE)
            else:
                progress.rows.append(row_of_question(question, None))

    def _look_after(
        self, progress: Progress, question: OpenQuestion, *, schedule: Sequence[timedelta], sent: Sent | None = None
    ) -> None:
        index = len(progress.rows)
        progress.rows.append(row_of_question(question, None) if sent is None else row_of_sent(sent, None))

        async def settle() -> None:
            try:
                verdict = await self._settling.settle(
                    question, schedule=schedule, reservation=None if sent is None else sent.reservation
                )
            except JournalError as error:
                progress.lost = error
                self._observer.tell("settling.failed", question=question, error=error)
                return
            finally:
                if sent is not None:
                    sent.reservation.release()
            row = row_of_question(question, verdict) if sent is None else row_of_sent(sent, verdict)
            progress.rows[index] = row

        progress.settling.append(question.intent_id)
        self._settlings.begin(question.intent_id, settle(), after_a_delete=schedule is AFTER_A_DELETE)
