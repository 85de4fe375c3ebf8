"""
What was expected against what happened: each difference with its time and its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.model.decision import Outcome
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.case import Cancels, Deferred, Denied, Holds
from tradewarden.ruletests.why import why, why_nothing_was_asked
from tradewarden.ruletests.words import CANCELLING, row_text, wanted_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.smart_trade import SmartTradeId
    from tradewarden.ruletests.case import Expectation, RuleTest, Wanted
    from tradewarden.ruletests.play import Played

NO_TIME = timedelta(0)
PLAYED = frozenset({"suspicious_reading", "market"})  # an odd listing, a market that nobody knows: a test may play both


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """
    A row that is new at the reading *index*.
    """

    index: int
    row: OutcomeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    One thing that is not as expected. *expected* is ``None`` for what happened unexpectedly, *place* too.

    *rule* and *smart_trade_id* are ``None`` for a fault of the cycle itself.
    """

    at: str
    rule: str | None
    smart_trade_id: SmartTradeId | None
    expected: str | None
    happened: str
    place: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    A test that was played and judged. *took* is how long that took here, not in the test.

    *not_asked* says why no rule was asked at all, if that is so: then it proves little that nothing happened.
    """

    test: RuleTest
    played: Played
    differences: tuple[Difference, ...]
    took: timedelta
    not_asked: str | None = None

    @property
    def passed(self) -> bool:
        """
        Tell whether everything was as expected.
        """
        return not self.differences


def judge(played: Played, *, took: timedelta = NO_TIME) -> Verdict:
    """
    Hold what happened against what was expected. Holds are compared where one is expected, and are no surprise else.
    """
    happened = [Happening(index=frame.index, row=row) for frame in played.frames for row in frame.new]
    left = list(happened)
    missing: list[Expectation] = []
    for expectation in played.test.expected:
        if isinstance(expectation.wanted, Holds):
            if not _holds(played, expectation):
                missing.append(expectation)
            continue
        found = next((one for one in left if _fits(expectation, one)), None)
        if found is None:
            missing.append(expectation)
        else:
            left.remove(found)
    differences = [(one.index, _missing(played, one, left, happened)) for one in missing]
    differences += [(one.index, _surprise(played, one)) for one in left]
    differences += _faults(played)
    differences.sort(key=lambda pair: pair[0])
    ordered = tuple(difference for _, difference in differences)
    return Verdict(
        test=played.test, played=played, differences=ordered, took=took, not_asked=why_nothing_was_asked(played)
    )


def _fits(expectation: Expectation, happening: Happening) -> bool:
    row = happening.row
    same = (expectation.index, expectation.rule, expectation.smart_trade_id)
    return same == (happening.index, row.rule, row.smart_trade_id) and _is_it(expectation.wanted, row)


def _is_it(wanted: Wanted, row: OutcomeRow) -> bool:
    match wanted:
        case Cancels():
            is_step = (
                wanted.position in {None, row.step.position}
                and wanted.trade_id in {None, row.trade_id}
                and (wanted.price is None or wanted.price == row.step.price)
            )
            return row.outcome in CANCELLING and is_step
        case Denied(invariant=invariant):
            return row.outcome is Outcome.DENIED and row.reason == invariant
        case Deferred(reason=reason):
            return row.outcome is Outcome.DEFERRED and row.reason == reason
        case _:
            return False


def _holds(played: Played, expectation: Expectation) -> bool:
    evaluation = played.frames[expectation.index].evaluation
    wanted = expectation.wanted
    key = (expectation.rule, expectation.smart_trade_id)
    return any(
        (holding.rule, holding.smart_trade_id) == key
        and (not isinstance(wanted, Holds) or wanted.held in {None, holding.held})
        for holding in (() if evaluation is None else evaluation.holding)
    )


def _missing(played: Played, expectation: Expectation, left: list[Happening], happened: list[Happening]) -> Difference:
    """
    Tell of what was expected and did not happen; what the same rule did instead at that time is told with it.
    """
    key = (expectation.rule, expectation.smart_trade_id)
    instead = next(
        (one for one in left if one.index == expectation.index and (one.row.rule, one.row.smart_trade_id) == key), None
    )
    if instead is not None:
        left.remove(instead)
    elsewhere = [
        duration_text(played.at(one.index))
        for one in happened
        if (one.row.rule, one.row.smart_trade_id) == key and _is_it(expectation.wanted, one.row)
    ]
    return Difference(
        at=duration_text(played.at(expectation.index)),
        rule=expectation.rule,
        smart_trade_id=expectation.smart_trade_id,
        expected=f"it {wanted_text(expectation.wanted, expectation.smart_trade_id)}",
        happened=why(played, expectation.index, *key),
        place=expectation.place,
        note=f"it does so at {', '.join(elsewhere)}" if elsewhere else _ends_too_early(played, expectation),
    )


def _ends_too_early(played: Played, expectation: Expectation) -> str | None:
    """
    Say that a hold ends only after the last reading, where that is why nothing was cancelled.
    """
    evaluation = played.frames[expectation.index].evaluation
    for holding in () if evaluation is None else evaluation.holding:
        if (holding.rule, holding.smart_trade_id) == (expectation.rule, expectation.smart_trade_id):
            needed = played.at(expectation.index) + holding.needed - holding.held
            last = played.at(len(played.frames) - 1)
            if needed > last and isinstance(expectation.wanted, Cancels):
                return f"the readings end at {duration_text(last)}: it would have held at {duration_text(needed)}"
    return None


def _faults(played: Played) -> Iterator[tuple[int, Difference]]:
    """
    Yield what went wrong in a cycle itself: whatever was expected, a test with a fault proves nothing.
    """
    for frame in played.frames:
        for error in () if frame.report is None else frame.report.errors:
            if error.error not in PLAYED:
                at = duration_text(played.at(frame.index))
                yield (
                    frame.index,
                    Difference(at=at, rule=None, smart_trade_id=None, expected=None, happened=error.message),
                )


def _surprise(played: Played, happening: Happening) -> Difference:
    return Difference(
        at=duration_text(played.at(happening.index)),
        rule=happening.row.rule,
        smart_trade_id=happening.row.smart_trade_id,
        expected=None,
        happened=f"it {row_text(happening.row)}",
    )
