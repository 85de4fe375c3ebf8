"""
The observer that writes the log: it hears every event and decides which becomes a line, and when it is news.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from tradewarden.logs import daemon_sentences, sentences
from tradewarden.logs.cycle_line import cycle_line, more_line
from tradewarden.logs.repeats import Crowd, OpenTales, Repeats
from tradewarden.logs.troubles import OUTSIDE_OF_CYCLES, Troubles
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import structlog

    from tradewarden.logs.events import Line
    from tradewarden.model.daemon_status import Trouble
    from tradewarden.model.decision import OutcomeRow

    Hearing = Callable[[str, Mapping[str, Any]], None]

REPEATING = frozenset({Outcome.DENIED, Outcome.DEFERRED})
CHOSE_NOTHING = "chose_nothing"
OF_THE_DAEMON: dict[str, Callable[[Mapping[str, Any]], Line]] = {
    "daemon.started": daemon_sentences.started_line,
    "daemon.stopping": daemon_sentences.stopping_line,
    "daemon.stopped": daemon_sentences.stopped_line,
    "daemon.failed": daemon_sentences.failed_line,
    "rules.refused": daemon_sentences.refused_line,
    "rules.warned": daemon_sentences.warned_line,
    "credentials.warned": daemon_sentences.warned_line,
    "clock.stepped": daemon_sentences.clock_stepped_line,
    "clock.slept": daemon_sentences.clock_slept_line,
}


class LogObserver:
    """
    Turns what the daemon tells into log lines: a constant name, a sentence for people, keys for machines.

    What repeats is told once and then counted in the line of each cycle.
    """

    def __init__(self, log: structlog.typing.FilteringBoundLogger) -> None:
        self._log = log
        self._cycle_id: str | None = None  # of the running cycle
        self._last_cycle_id: str | None = None
        self._last_heard: datetime | None = None  # when the last cycle ended
        self._access_stopped: str | None = None
        self._repeats = Repeats()
        self._crowd = Crowd()
        self._tales = OpenTales()
        self._troubles = Troubles()
        self._hearings: dict[str, Hearing] = {
            "cycle.started": self._cycle_started,
            "cycle.evaluated": self._cycle_evaluated,
            "cycle.ended": self._cycle_ended,
            "proposal.outcome": self._outcome,
            "rule.chose_nothing": self._chose_nothing,
            "cancel.intended": self._intended,
            "cancel.answered": self._answered,
            "cancel.settled": self._settled,
            "cancel.breach": self._settled,
            "settling.taken_up": self._taken_up,
            "settling.read_failed": self._settling_hindered,
            "settling.stopped": self._settling_hindered,
            "settling.failed": self._settling_hindered,
            "trouble.began": self._trouble_began,
            "trouble.ended": self._trouble_ended,
            "access.stopped": self._access_lost,
            "access.regained": self._access_regained,
            "rules.reloaded": self._reloaded,
            **dict.fromkeys(OF_THE_DAEMON, self._of_the_daemon),
        }

    def tell(self, event: str, **data: object) -> None:
        """
        Log *event*, if it is one for the log. Nothing escapes: the journal is the record, and a log that cannot be
        written, or a value that it did not expect, must not come between an intent and its DELETE.
        """
        try:
            hearing = self._hearings.get(event)
            if hearing is None:
                self._log.debug(event)
            else:
                hearing(event, data)
        except Exception as error:  # noqa: BLE001 (whatever it is, the cancel matters more)
            with contextlib.suppress(Exception):
                message = f"An event could not be told ({event}): please report this."
                self._log.error("log.failed", message=message, told=event, error=type(error).__name__)

    def _write(self, event: str, line: Line, *, cycle_id: str | None = None) -> None:
        """
        Write *line*; it belongs to the cycle *cycle_id*, unless it says to which.
        """
        fields = dict(line.fields)
        if cycle_id is not None:
            fields.setdefault("cycle_id", cycle_id)
        getattr(self._log, line.level)(event, message=line.message, **fields)

    def _write_in_cycle(self, event: str, line: Line) -> None:
        self._write(event, line, cycle_id=self._cycle_id)

    def _cycle_started(self, _event: str, data: Mapping[str, Any]) -> None:
        self._tell_of_the_rest()  # of a cycle that was interrupted
        self._cycle_id = self._last_cycle_id = data["cycle_id"]

    def _cycle_evaluated(self, _event: str, data: Mapping[str, Any]) -> None:
        self._repeats.forget(data["evaluation"].resets)  # definitely false: a denial of before has ended

    def _cycle_ended(self, event: str, data: Mapping[str, Any]) -> None:
        report, took = data["report"], data["took"]
        self._tell_of_the_rest()
        kinds = dict.fromkeys(error.error for error in report.errors)
        line = cycle_line(report, took, self._troubles.count(kinds, report.cycle_id))
        self._cycle_id, self._last_cycle_id = None, report.cycle_id
        self._last_heard = report.started_at + took
        self._repeats.grow_old(report.started_at)
        self._write(event, line)

    def _tell_of_the_rest(self) -> None:
        for kind, number in self._crowd.disperse().items():
            self._write_in_cycle("cycle.more", more_line(kind, number))

    def _outcome(self, event: str, data: Mapping[str, Any]) -> None:
        row: OutcomeRow = data["row"]
        if row.outcome in REPEATING:
            state = (row.outcome, row.trade_id, row.reason)
            if not self._repeats.is_news((row.rule, row.smart_trade_id), state):
                return
            if not self._crowd.admits((row.outcome.value, row.reason)):
                return
        self._write_in_cycle(event, sentences.proposal_line(row))

    def _chose_nothing(self, event: str, data: Mapping[str, Any]) -> None:
        rule, smart_trade_id, why = data["rule"], data["smart_trade_id"], data["why"]
        if not self._repeats.is_news((rule, smart_trade_id), (CHOSE_NOTHING, 0, why)):
            return
        if self._crowd.admits((CHOSE_NOTHING, why)):
            self._write_in_cycle(event, sentences.unchosen_line(rule, smart_trade_id, why))

    def _intended(self, event: str, data: Mapping[str, Any]) -> None:
        self._write_in_cycle(event, sentences.intended_line(data["proposal"], data["intent_id"]))

    def _answered(self, event: str, data: Mapping[str, Any]) -> None:
        self._write_in_cycle(event, sentences.answered_line(data["proposal"], data["answer"]))

    def _settled(self, event: str, data: Mapping[str, Any]) -> None:
        question = data["question"]
        failed_reads = self._tales.close(question.intent_id, "settling.read_failed")
        self._write(event, sentences.settled_line(question, data["verdict"], failed_reads=failed_reads))

    def _taken_up(self, event: str, data: Mapping[str, Any]) -> None:
        question = data["question"]
        if self._tales.is_news(question.intent_id, event, ""):
            self._write(event, sentences.taken_up_line(question))

    def _settling_hindered(self, event: str, data: Mapping[str, Any]) -> None:
        question, error = data["question"], data["error"]
        if self._tales.is_news(question.intent_id, event, type(error).__name__):
            self._write(event, sentences.settling_line(event, question, error))

    def _trouble_began(self, event: str, data: Mapping[str, Any]) -> None:
        trouble: Trouble = data["trouble"]
        self._write(event, self._troubles.begin(trouble, self._cycle_id), cycle_id=self._cycle_of(trouble))

    def _trouble_ended(self, event: str, data: Mapping[str, Any]) -> None:
        trouble: Trouble = data["trouble"]
        self._write(event, self._troubles.end(trouble, self._last_heard), cycle_id=self._cycle_of(trouble))

    def _cycle_of(self, trouble: Trouble) -> str | None:
        """
        Return the cycle that runs or, when none does, the last one: troubles are told when it has ended.
        """
        return None if trouble.kind in OUTSIDE_OF_CYCLES else self._last_cycle_id

    def _access_lost(self, event: str, data: Mapping[str, Any]) -> None:
        reason = str(data["reason"])
        if reason != self._access_stopped:
            self._access_stopped = reason
            self._write_in_cycle(event, daemon_sentences.access_stopped_line(reason))

    def _access_regained(self, event: str, _data: Mapping[str, Any]) -> None:
        self._access_stopped = None
        self._write_in_cycle(event, daemon_sentences.access_regained_line())

    def _reloaded(self, event: str, data: Mapping[str, Any]) -> None:
        self._repeats.forget_all()  # the rules are others now
        self._write(event, daemon_sentences.reloaded_line(data))

    def _of_the_daemon(self, event: str, data: Mapping[str, Any]) -> None:
        self._write(event, OF_THE_DAEMON[event](data))
