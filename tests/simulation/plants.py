"""
Mistakes that can be planted in the daemon, each with what the judge must say of it: one that lets it pass is blind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tradewarden.engine import decide, gates, invariants, settle
from tradewarden.engine.remaining import remaining_steps
from tradewarden.journal import ledger
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.cancel import Verdict
from tradewarden.model.decision import Outcome
from tradewarden.threecommas.budget import RequestBudget
from tradewarden.threecommas.transport import BeforeFirstByte

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tradewarden.engine.invariants import Case
    from tradewarden.model.memory import Hold, Ledger

NOT_OPEN = 1_000_000_000  # an intent that is not in the journal


@dataclass(frozen=True, slots=True)
class Plant:
    """
    A mistake: *sow* puts it in the place of what is right, *complaint* is part of what the judge says then.

    *seed* is from where the search begins: the first that shows it, so that it need not be searched for each time.
    """

    sow: Callable[[pytest.MonkeyPatch], None]
    complaint: str
    seed: int = 1


def _without(*names: str) -> Callable[[pytest.MonkeyPatch], None]:
    """
    Let invariants always hold.
    """
    return _with_checks(dict.fromkeys(names, lambda _case: (True, "planted")))


def _with_checks(checks: dict[str, Callable[[Case], invariants.Verdict]]) -> Callable[[pytest.MonkeyPatch], None]:
    def sow(patch: pytest.MonkeyPatch) -> None:
        planted = tuple(replace(one, check=checks.get(one.name, one.check)) for one in invariants.INVARIANTS)
        patch.setattr(invariants, "INVARIANTS", planted)

    return sow


def _blind_to_the_past(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates, "is_spent", lambda *_: False)
    patch.setattr("tradewarden.service.acting.is_spent", lambda *_: False)


def _deaf_to_the_switch(patch: pytest.MonkeyPatch) -> None:
    async def armed(_journal: SqliteJournal) -> bool:
        return True

    read = ledger.LedgerReader.read

    def armed_ledger(*args: Any, **kwargs: Any) -> Ledger:
        return replace(read(*args, **kwargs), armed=True)

    patch.setattr("tradewarden.journal.control.require_permission", lambda *_, **__: None)
    patch.setattr(SqliteJournal, "is_armed", armed)
    patch.setattr(ledger.LedgerReader, "read", armed_ledger)


def _satisfied_with_a_stale_read(patch: pytest.MonkeyPatch) -> None:
    _without("read-is-fresh")(patch)
    patch.setattr("tradewarden.execution.guarded_cancel.READ_ATTEMPTS", 1)
    patch.setattr(
        "tradewarden.execution.guarded_cancel.GuardedCancel._freshness_left", lambda *_: timedelta(seconds=30)
    )


def _stubborn(patch: pytest.MonkeyPatch) -> None:
    """
    Send a DELETE again whose answer did not come.
    """
    send = BeforeFirstByte.handle_async_request

    async def twice(transport: BeforeFirstByte, request: httpx.Request) -> httpx.Response:
        try:
            return await send(transport, request)
        except httpx.ReadError:
            if request.method != "DELETE":
                raise
            return await send(transport, request)

    patch.setattr(BeforeFirstByte, "handle_async_request", twice)


def _hasty(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle, "NOT_APPLIED_AFTER", timedelta(0))
    patch.setattr(settle, "NOT_APPLIED_AFTER_CRASH", timedelta(0))
    patch.setattr(settle, "READS_NEEDED", 1)


def _forgetful(patch: pytest.MonkeyPatch) -> None:
    async def nothing(_journal: SqliteJournal) -> list[object]:
        return []

    patch.setattr(SqliteJournal, "open_questions", nothing)


def _without_an_intent(patch: pytest.MonkeyPatch) -> None:
    async def unwritten(*_: object) -> int:
        return NOT_OPEN

    patch.setattr(SqliteJournal, "record_intent", unwritten)


def _credulous(patch: pytest.MonkeyPatch) -> None:
    """
    Take the end of the request for the end of the step.
    """
    verdict = Verdict(outcome=Outcome.CANCELLED, reason=None, detail="planted")
    patch.setattr(
        "tradewarden.execution.settling.judge", lambda _question, _reading, progress, **_: (verdict, progress)
    )


def _impatient(patch: pytest.MonkeyPatch) -> None:
    run = decide.run_hold

    def has_held(*args: Any, **kwargs: Any) -> Hold:
        hold = run(*args, **kwargs)
        return replace(hold, held=max(hold.held, timedelta(hours=1)))

    patch.setattr(decide, "run_hold", has_held)


def _forgiving(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tradewarden.bootstrap.line.taken_up", lambda *_: None)


def _wasteful(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RequestBudget, "_in_use", lambda *_: 0)


def _unlimited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates, "_limits", lambda *_, **__: None)


def _careless_of_the_path(patch: pytest.MonkeyPatch) -> None:
    path = "tradewarden.threecommas.client.cancel_path"
    patch.setattr(path, lambda smart_trade_id, _trade_id: f"/v2/smart_trades/{smart_trade_id}")


def _counting_what_goes(patch: pytest.MonkeyPatch) -> None:
    """
    Count steps for which a DELETE was sent, and the target itself, among those that remain.
    """

    def all_of_them(*args: Any, **kwargs: Any) -> Any:
        return remaining_steps(*args, **{**kwargs, "sent_steps": frozenset(), "target": 0})

    patch.setattr(invariants, "remaining_steps", all_of_them)


PLANTS: dict[str, Plant] = {
    "one step too few remains": Plant(
        _with_checks({"steps-remain": lambda case: (len(invariants._remaining(case)) >= case.keep - 1, "planted")}),
        "steps would remain",
        seed=2,
    ),
    "what goes is counted": Plant(_counting_what_goes, "steps would remain", seed=2),
    "breakeven does not matter": Plant(_without("breakeven-steps"), "steps would remain", seed=5),
    "no stop loss is needed": Plant(_without("stop-loss-present"), "no live stop loss", seed=9),
    "the condition is not asked again": Plant(_without("condition-holds"), "the condition is not true", seed=26),
    "changed steps will do": Plant(_without("steps-unchanged", "still-chosen"), "not those of the listing", seed=3),
    "what is in flight is overlooked": Plant(_without("nothing-in-flight"), "in transition", seed=100),
    "a stale read will do": Plant(_satisfied_with_a_stale_read, "its second read is", seed=31),
    "repeat is not heeded": Plant(_blind_to_the_past, "`repeat", seed=2),
    "limits are not heeded": Plant(_unlimited, "are allowed", seed=3),
    "a hold is not waited for": Plant(_impatient, "the condition has held for"),
    "the switch is not looked at": Plant(_deaf_to_the_switch, "TradeWarden is disarmed", seed=22),
    "the intent is not written": Plant(_without_an_intent, "without exactly one committed open intent"),
    "the DELETE is sent again": Plant(_stubborn, "had its DELETE", seed=11),
    "the SmartTrade is cancelled": Plant(_careless_of_the_path, "is not the cancel of a step"),
    "the answer is believed": Plant(_credulous, "is told as 'cancelled'"),
    "an unknown is concluded too early": Plant(_hasty, "is told as 'not_applied'", seed=40),
    "open questions are forgotten": Plant(_forgetful, "is still open"),
    "a penalty ends with the process": Plant(_forgiving, "before the end of a penalty", seed=16),
    "the budget is not kept": Plant(_wasteful, "of this minute", seed=99),
    "it never acts": Plant(
        _with_checks({"data-plausible": lambda _case: (False, "planted")}), "cycles, and nothing happens"
    ),
}
