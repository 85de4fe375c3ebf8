"""
Hears an observer and reads back the lines that it wrote.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from factories import NOON
from tradewarden.logs import LogObserver, open_log
from tradewarden.model.decision import CycleReport
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from tradewarden.model.decision import OutcomeRow


class Terminal(io.StringIO):
    """
    A stream that says it is a terminal.
    """

    def isatty(self) -> bool:
        """
        Say so.
        """
        return True


class Listener:
    """
    An observer that logs into memory.
    """

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.observer = LogObserver(open_log(self._stream, {}))

    def tell(self, event: str, **data: object) -> list[dict[str, Any]]:
        """
        Tell *event* and return the lines that it led to.
        """
        before = len(self._stream.getvalue())
        self.observer.tell(event, **data)
        return [json.loads(line) for line in self._stream.getvalue()[before:].splitlines()]

    def cycle(self, *rows: OutcomeRow, cycle_id: str = "cycle-1", **changes: Any) -> list[dict[str, Any]]:
        """
        Tell a whole cycle with *rows* and return its lines.
        """
        report = make_report(*rows, cycle_id=cycle_id, **changes)
        lines = self.tell("cycle.started", cycle_id=cycle_id)
        for row in rows:
            lines += self.tell("proposal.outcome", row=row)
        return lines + self.tell("cycle.ended", report=report, took=timedelta(seconds=1.25))


def make_report(*rows: OutcomeRow, **changes: Any) -> CycleReport:
    """
    Make the report of a live cycle at noon that read twelve SmartTrades.
    """
    report = CycleReport(
        cycle_id="cycle-1",
        started_at=NOON,
        mode=Mode.LIVE,
        armed=True,
        smart_trades_read=12,
        requests=5,
        outcomes=rows,
        holding=(),
        errors=(),
    )
    return replace(report, **changes)
