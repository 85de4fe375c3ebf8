"""
What the daemon tells: written into the trace, and the cue for whatever is to happen at just that moment.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.trace import Trace

SILENT = {"cycle.started", "cycle.evaluated", "settling.read_failed", "rule.chose_nothing"}


class Ears:
    """
    Fulfils the port `Observer`. *on* is called with each event, after it was noted; *is_dead* tells whether the
    process is.
    """

    def __init__(self, trace: Trace) -> None:
        self.on: Callable[[str, dict[str, Any]], None] = lambda _event, _data: None
        self.is_dead: Callable[[], bool] = lambda: False
        self._trace = trace
        self._is_alive = False
        self._told: dict[tuple[str, int], tuple[str, str | None]] = {}

    def begin_life(self) -> None:
        """
        Listen to a new process.
        """
        self._is_alive = True

    def end_life(self) -> None:
        """
        Hear nothing of what a dead process says while it is cleared away.
        """
        self._is_alive = False

    def tell(self, event: str, **data: Any) -> None:
        """
        Hear *event*.
        """
        if not self._is_alive or self.is_dead():
            return
        text = self._text(event, data)
        if text is not None:
            self._trace.add(text)
        try:
            self.on(event, data)
        except Exception:  # noqa: BLE001 (the daemon is not to blame, and must not swallow it)
            self._trace.break_promise(f"the simulation itself failed: {traceback.format_exc()}")

    def _text(self, event: str, data: dict[str, Any]) -> str | None:
        if event in SILENT:
            return None
        if event == "cycle.ended":
            report = data["report"]
            errors = " ".join(error.error for error in report.errors)
            rows = len(report.outcomes)
            return f"cycle: {report.smart_trades_read} read, {report.requests} requests, {rows} rows {errors}".rstrip()
        if event == "proposal.outcome":
            row = data["row"]
            key, told = (row.rule, row.smart_trade_id), (row.outcome.value, row.reason)
            if self._told.get(key) == told:
                return None
            self._told[key] = told
            return f"{event}: {row.rule} on {row.smart_trade_id}: {row.outcome.value} {row.reason or ''}".rstrip()
        if "question" in data:
            question, verdict = data["question"], data.get("verdict")
            end = "" if verdict is None else f": {verdict.outcome.value} ({verdict.detail})"
            return f"{event}: intent {question.intent_id} on {question.intent.smart_trade_id}{end}"
        if event == "cancel.answered":
            answer = data["answer"]
            return f"{event}: {answer.answer.value} {answer.reason or ''}".rstrip()
        return event
