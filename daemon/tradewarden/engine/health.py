"""
How a daemon fares, judged by what it said last and by its journal: pure, so that `status` says it beside the daemon.

In doubt it is not well: a monitor relies on the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.findings import Ill, Note, Problem, Worth, instant_text
from tradewarden.engine.liveness import judge_life
from tradewarden.engine.penalty import time_left
from tradewarden.model.settings import Mode
from tradewarden.model.standing import BREACH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.engine.findings import Finding, Known
    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.model.daemon_status import Trouble
    from tradewarden.model.moment import Moment
    from tradewarden.model.standing import Switch

SETTLES_WITHIN = timedelta(minutes=2)  # an open question; younger ones are ordinary

_ORDER = tuple(Ill)
_OF_TROUBLE = {
    "journal": Ill.JOURNAL,
    "access": Ill.ACCESS_STOPPED,
    "penalty": Ill.PENALTY,
    "api": Ill.API,
    "suspicious_reading": Ill.SUSPICIOUS_READING,
    "rules": Ill.RULES_REFUSED,
}
_WORTH_A_WORD = {"unreadable_smart_trade": Worth.UNREADABLE_SMART_TRADE, "market": Worth.MARKET}
# What the journal tells of, a trouble of the last cycle need not tell again.
_TOLD_BY_THE_JOURNAL = frozenset({Ill.ACCESS_STOPPED, Ill.PENALTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """
    The verdict: healthy if there is no problem.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]

    @property
    def is_healthy(self) -> bool:
        """
        Tell whether a monitor may be content.
        """
        return not self.problems


def judge(known: Known) -> Health:
    """
    Return what is wrong, what to look at first before the rest, and what is worth a word.
    """
    findings = [*known.obstacles, *judge_life(known), *_of_standing(known), *_of_settings(known)]
    told = {finding.problem for finding in findings if isinstance(finding, Problem)}
    troubles = () if known.current is None else map(_of_trouble, known.current.troubles)
    findings += [
        finding
        for finding in troubles
        if isinstance(finding, Note) or finding.problem not in _TOLD_BY_THE_JOURNAL & told
    ]
    if not known.obstacles and (known.is_alive is None or known.standing is None):
        findings.append(Problem(problem=Ill.STATE_UNREADABLE, message="not everything could be read"))
    problems = sorted((f for f in findings if isinstance(f, Problem)), key=lambda found: _ORDER.index(found.problem))
    return Health(problems=tuple(problems), notes=tuple(f for f in findings if isinstance(f, Note)))


def _of_standing(known: Known) -> Iterator[Finding]:
    """
    Judge what the journal holds; it counts whether or not a daemon runs.
    """
    standing = known.standing
    if standing is None:
        return
    yield from _of_switch(standing.switch)
    if standing.access is not None:
        message = f"acting for the account was stopped: {standing.access.reason}"
        yield Problem(problem=Ill.ACCESS_STOPPED, message=message, since=standing.access.since)
    left = time_left(standing.penalty, known.now)
    if standing.penalty is not None and left:
        message = f"no request goes out until {instant_text(known.now.wall + left)}: {standing.penalty.reason}"
        yield Problem(problem=Ill.PENALTY, message=message, since=standing.penalty.began.wall)
    for question in standing.questions:
        yield _of_question(question, known.now)


def _of_switch(switch: Switch) -> Iterator[Problem]:
    if switch.armed:
        return
    breaches = [turn for turn in switch.turns if turn.event == BREACH]
    for turn in breaches:
        message = f"{turn.reason}: nothing is cancelled until `tradewarden arm`, look at the position first"
        yield Problem(problem=Ill.BREACH, message=message, since=turn.at)
    disarmed = next((turn for turn in switch.turns if turn.event != BREACH), None)
    if disarmed is not None:
        message = f"disarmed ({disarmed.reason}): nothing is cancelled until `tradewarden arm`"
        yield Problem(problem=Ill.DISARMED, message=message, since=disarmed.at)
    elif not breaches:
        message = "disarmed, and the journal does not tell why: nothing is cancelled until `tradewarden arm`"
        yield Problem(problem=Ill.DISARMED, message=message)


def _of_question(question: OpenQuestion, now: Moment) -> Finding:
    intent = question.intent
    step = intent.step.position or intent.trade_id
    message = f"the cancel of step {step} of SmartTrade {intent.smart_trade_id} ({intent.pair}) is not settled"
    age = now.at_most_since(intent.at)
    if age is not None and age < SETTLES_WITHIN:
        return Note(note=Worth.OPEN_QUESTION, message=message, since=intent.at.wall)
    return Problem(problem=Ill.OPEN_QUESTION, message=f"{message}: it is left alone", since=intent.at.wall)


def _of_trouble(trouble: Trouble) -> Finding:
    message = trouble.message if trouble.times == 1 else f"{trouble.message} ({trouble.times} times)"
    if trouble.kind in _WORTH_A_WORD:
        return Note(note=_WORTH_A_WORD[trouble.kind], message=message, since=trouble.since)
    problem = _OF_TROUBLE.get(trouble.kind, Ill.TROUBLE)
    if problem is Ill.TROUBLE:
        message = f"{trouble.kind}: {message}"
    if problem is Ill.RULES_REFUSED:
        message = f"{message}; the last good rules go on"
    return Problem(problem=problem, message=message, since=trouble.since)


def _of_settings(known: Known) -> Iterator[Note]:
    record = known.current
    if record is not None and record.mode is Mode.DRY_RUN:
        yield Note(note=Worth.DRY_RUN, message="dry-run: it decides, but sends no DELETE")
    if record is not None and record.rules_enabled == 0:
        yield Note(note=Worth.NO_RULES, message="no rule is enabled: it wants nothing")
    for smart_trade_id, aside in () if known.ledger is None else known.ledger.set_aside.items():
        until = f"until {instant_text(aside.until)} or `tradewarden arm`"
        yield Note(note=Worth.SET_ASIDE, message=f"SmartTrade {smart_trade_id} is left alone {until}: {aside.reason}")
