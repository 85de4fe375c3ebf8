"""
The journal of a test is the journal of the daemon: both answer the same to whatever a cycle asks of them.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import FAR, NEAR, RULE, SMART_TRADE, make_proposal, make_question
from fakes import FakeClock
from tradewarden.errors import DuplicateIntent, JournalError, NotPermitted
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.cancel import Answer, Verdict
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Memory
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.ruletests.ledger import MemoryJournal

if TYPE_CHECKING:
    from tradewarden.model.cancel import CancelIntent
    from tradewarden.model.memory import Ledger
    from tradewarden.ports import Journal

GENERATION = "generation-1"
KEYS = [("first", SMART_TRADE), ("second", SMART_TRADE), ("first", SmartTradeId(5))]
OUTCOMES = [Outcome.CANCELLED, Outcome.REJECTED, Outcome.NOT_SENT, Outcome.NOT_APPLIED, Outcome.GONE]

key = st.sampled_from(KEYS)
mode = st.sampled_from(list(Mode))
step = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 3600, 90_000])),
    st.tuples(st.just("reset"), key, mode),
    st.tuples(st.just("would"), key),
    st.tuples(st.just("denied"), key, mode, st.sampled_from(["steps-remain", "data-plausible"])),
    st.tuples(st.just("deferred"), key, mode),
    st.tuples(st.just("cancel"), key, st.sampled_from([NEAR, FAR, TradeId(77)]), st.sampled_from(OUTCOMES)),
)


def intent_of(key: tuple[str, SmartTradeId], trade_id: TradeId, clock: FakeClock) -> CancelIntent:
    intent = make_question().intent
    steps = tuple(replace(fingerprint, id=trade_id) for fingerprint in intent.steps[:1])
    return replace(
        intent,
        rule=key[0],
        smart_trade_id=key[1],
        trade_id=trade_id,
        steps=steps,
        at=clock.now(),
        generation=GENERATION,
    )


async def do(journal: Journal, clock: FakeClock, what: tuple[object, ...]) -> str | None:
    """
    Do one thing with a journal; return how it refused.
    """
    match what:
        case ("wait", int(seconds)):
            clock.advance(timedelta(seconds=seconds))
        case ("reset", (str(), int()) as key, Mode() as mode):
            await journal.save_memory(Memory(), mode=mode, resets=[key])  # type: ignore[list-item]  # an id is an int
        case (str(word), (str(rule), int(smart_trade_id)), *rest) if word != "cancel":
            outcome = {"would": Outcome.WOULD_CANCEL, "denied": Outcome.DENIED}.get(word, Outcome.DEFERRED)
            mode = rest[0] if rest and isinstance(rest[0], Mode) else Mode.DRY_RUN
            reason = str(rest[1]) if len(rest) > 1 else None
            row = replace(make_proposal().row(outcome, reason), rule=rule, smart_trade_id=SmartTradeId(smart_trade_id))
            await journal.record_outcome(row, cycle_id="cycle-1", mode=mode, at=clock.now())
        case (_, (str(rule), int(smart_trade_id)), int(trade_id), Outcome() as outcome):
            intent = intent_of((rule, SmartTradeId(smart_trade_id)), TradeId(trade_id), clock)
            try:
                intent_id = await journal.record_intent(intent)
            except DuplicateIntent:
                return "duplicate"
            await journal.record_answer(intent_id, answer=Answer.ACCEPTED, reason=None, at=clock.now(), window=None)
            verdict = Verdict(outcome=outcome, reason=None, detail="so it was")
            await journal.settle(intent_id, verdict, at=clock.now())
    return None


def comparable(ledger: Ledger, clock: FakeClock) -> object:
    """
    Return what gates, limits and `repeat` read of a ledger: of old attempts, the newest of each key alone.
    """
    attempts = []
    kept = set()
    for attempt in ledger.attempts:
        key = (attempt.rule, attempt.smart_trade_id)
        consumes = attempt.outcome not in {Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.NOT_SENT}
        is_late = attempt.at >= clock.now().wall - timedelta(hours=25)
        if is_late or (consumes and key not in kept) or attempt.outcome in {Outcome.REJECTED, Outcome.NOT_APPLIED}:
            attempts.append((*key, attempt.trade_id, attempt.at, attempt.outcome))
        kept |= {key} if consumes else set()
    return attempts, ledger.reset_since, tuple(ledger.waiting), ledger.put_off, ledger.sent_steps, ledger.armed


async def play_both(steps: list[tuple[object, ...]]) -> None:
    clocks = FakeClock(), FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        async with await SqliteJournal.open(Path(folder), clock=clocks[0], create=True) as on_disk:
            in_memory = MemoryJournal(clocks[1])
            for journal in (on_disk, in_memory):
                await journal.begin(mode=Mode.LIVE, generation=GENERATION)
            for what in steps:
                assert await do(in_memory, clocks[1], what) == await do(on_disk, clocks[0], what), what
                for mode in Mode:
                    expected = comparable(await on_disk.ledger(mode=mode), clocks[0])
                    assert comparable(await in_memory.ledger(mode=mode), clocks[1]) == expected, (what, mode)


@settings(max_examples=40, deadline=None)
@given(st.lists(step, max_size=12))
def test_both_journals_keep_the_same_ledger(steps: list[tuple[object, ...]]) -> None:
    asyncio.run(play_both(steps))


async def test_an_intent_needs_permission() -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock)
    intent = intent_of((RULE, SMART_TRADE), FAR, clock)

    with pytest.raises(NotPermitted):
        await journal.record_intent(intent)
    await journal.begin(mode=Mode.DRY_RUN, generation=GENERATION)
    with pytest.raises(NotPermitted):
        await journal.record_intent(intent)
    await journal.begin(mode=Mode.LIVE, generation=GENERATION)
    await journal.disarm(reason="enough")
    with pytest.raises(NotPermitted):
        await journal.record_intent(intent)
    assert not (await journal.ledger(mode=Mode.LIVE)).armed


async def test_an_open_question_blocks_its_smart_trade_and_is_told() -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock)
    await journal.begin(mode=Mode.LIVE, generation=GENERATION)
    await journal.record_intent(intent_of((RULE, SMART_TRADE), FAR, clock))

    with pytest.raises(DuplicateIntent):
        await journal.record_intent(intent_of((RULE, SMART_TRADE), NEAR, clock))
    (question,) = await journal.open_questions()
    assert (question.intent.trade_id, question.answer) == (FAR, None)
    assert journal.entries == []


async def test_what_is_settled_is_not_settled_again() -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock)
    await journal.begin(mode=Mode.LIVE, generation=GENERATION)
    intent_id = await journal.record_intent(intent_of((RULE, SMART_TRADE), FAR, clock))
    verdict = Verdict(outcome=Outcome.BREACH, reason="stop_loss_missing", detail="so it was", set_aside=True)

    await journal.settle(intent_id, verdict, at=clock.now())

    for number in (intent_id, 0, 7):
        with pytest.raises(JournalError):
            await journal.settle(number, verdict, at=clock.now())
    ledger = await journal.ledger(mode=Mode.LIVE)
    assert not ledger.armed
    assert list(ledger.set_aside) == [SMART_TRADE]
    clock.advance(timedelta(hours=25))
    assert not (await journal.ledger(mode=Mode.LIVE)).set_aside


async def test_what_the_settling_has_told_is_not_told_again() -> None:
    """A row of the same cycle, step and outcome is that of the intent."""
    clock = FakeClock()
    journal = MemoryJournal(clock)
    await journal.begin(mode=Mode.LIVE, generation=GENERATION)
    intent = intent_of((RULE, SMART_TRADE), FAR, clock)
    verdict = Verdict(outcome=Outcome.NOT_SENT, reason="stale", detail="nothing was sent")
    await journal.settle(await journal.record_intent(intent), verdict, at=clock.now())
    row = intent.row(outcome=Outcome.NOT_SENT, reason="stale", detail=None, window=None)

    await journal.record_outcomes([row], cycle_id=intent.cycle_id, mode=Mode.LIVE, at=clock.now())

    assert len(journal.entries) == 1


async def test_access_and_penalties_are_kept() -> None:
    journal = MemoryJournal(FakeClock())

    await journal.stop_access("401")

    assert await journal.access_stopped() == "401"
    assert await journal.penalty() is None
    assert await journal.forbidden_in_a_row() == frozenset()
