"""
The log: structlog on stderr. JSON lines under systemd or in a pipe, readable text on a terminal.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.cancel import CancelAnswer, OpenQuestion, Verdict
    from tradewarden.model.decision import CycleReport, OutcomeRow

PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}  # syslog's, as journald reads them


def goes_to_journald(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """
    Tell whether *stream* is the one that systemd connected to the journal.
    """
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def open_log(stream: TextIO, environ: Mapping[str, str]) -> structlog.typing.FilteringBoundLogger:
    """
    Make the logger that writes to *stream* in the form that its reader understands.
    """
    journald = goes_to_journald(stream, environ)
    is_terminal = not journald and stream.isatty()
    processors: list[structlog.typing.Processor] = [structlog.processors.add_log_level]
    if not journald:
        processors.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
    if is_terminal:
        processors.append(structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in environ))
    else:
        processors.append(structlog.processors.JSONRenderer(ensure_ascii=False, default=str))
        if journald:
            processors.insert(1, _keep_priority)
            processors.append(_prefix_priority)
    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=False,
    )
    return log


def _keep_priority(_logger: object, method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    event["priority"] = PRIORITIES.get(method, PRIORITIES["info"])
    return event


def _prefix_priority(_logger: object, method: str, line: Any) -> str:  # noqa: ANN401 (structlog's chain)
    return f"<{PRIORITIES.get(method, PRIORITIES['info'])}>{line}"


class LogObserver:
    """
    Turns what the core tells into log lines: the event is a constant name, the data stands in keys.
    """

    def __init__(self, log: structlog.typing.FilteringBoundLogger) -> None:
        self._log = log

    def tell(self, event: str, **data: object) -> None:
        """
        Log *event*, if it is one for the log. A log that cannot be written stops nothing: the journal is the record.
        """
        with contextlib.suppress(OSError, ValueError):
            self._tell(event, data)

    def _tell(self, event: str, data: Mapping[str, Any]) -> None:
        match data:
            case {"report": report, "took": took}:
                self._cycle(event, report, took)
            case {"row": row}:
                self._log.info(event, **_row(row))
            case {"question": question, "verdict": verdict}:
                log = self._log.critical if event == "cancel.breach" else self._log.info
                log(event, **_question(question), **_verdict(verdict))
            case {"question": question}:
                error = data.get("error")
                fields = {} if error is None else {"error": str(error)}
                self._log.info(event, **_question(question), **fields)
            case {"proposal": proposal, "answer": answer}:
                self._log.info(event, **_row_of(proposal), **_answer(answer))
            case {"proposal": proposal, "intent_id": intent_id}:
                self._log.info(event, **_row_of(proposal), intent_id=intent_id)
            case {"why": why}:
                self._log.info(event, rule=data["rule"], smart_trade_id=data["smart_trade_id"], why=why)
            case {"reason": reason}:
                self._log.error(event, reason=reason)
            case {} if event == "access.regained":
                self._log.info(event)
            case _:
                self._log.debug(event)

    def _cycle(self, event: str, report: CycleReport, took: object) -> None:
        counts: dict[str, int] = {}
        for row in report.outcomes:
            counts[row.outcome.value] = counts.get(row.outcome.value, 0) + 1
        fields = {
            "cycle_id": report.cycle_id,
            "mode": report.mode.value,
            "armed": report.armed,
            "smart_trades_read": report.smart_trades_read,
            "requests": report.requests,
            "outcomes": counts,
            "holding": len(report.holding),
            "took": str(took),
        }
        if report.errors:
            self._log.warning(event, **fields, errors=[error.message for error in report.errors])
        else:
            self._log.info(event, **fields)


def _row(row: OutcomeRow) -> dict[str, object]:
    return {
        "rule": row.rule,
        "smart_trade_id": row.smart_trade_id,
        "trade_id": row.trade_id,
        "pair": row.pair,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "detail": row.detail,
    }


def _row_of(proposal: Proposal) -> dict[str, object]:
    rule, trade, step = proposal.rule, proposal.smart_trade, proposal.step
    return {"rule": rule.name, "smart_trade_id": trade.id, "trade_id": step.id, "pair": trade.pair}


def _question(question: OpenQuestion) -> dict[str, object]:
    intent = question.intent
    return {
        "intent_id": question.intent_id,
        "rule": intent.rule,
        "smart_trade_id": intent.smart_trade_id,
        "trade_id": intent.trade_id,
        "pair": intent.pair,
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {"outcome": verdict.outcome.value, "reason": verdict.reason, "detail": verdict.detail}


def _answer(answer: CancelAnswer) -> dict[str, object]:
    window = None if answer.window is None else round(answer.window.total_seconds() * 1000)
    return {"answer": answer.answer.value, "reason": answer.reason, "window_ms": window}
