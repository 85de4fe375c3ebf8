from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tradewarden.cli.report_text import write_journal, write_report
from tradewarden.cli.story import Story
from tradewarden.cli.terminal import open_console
from tradewarden.clock import SystemClock
from tradewarden.journal.rows import JournalEvent, JournalOutcome
from tradewarden.model.decision import CycleError, CycleReport, Holding, Outcome, OutcomeRow, StepSummary
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId

AT = datetime(2027, 1, 15, 8, tzinfo=UTC)
FORGED = "[bold]a\x1b[2J\n\x9bb\u202ec\udcf6"
SHOWN = "[bold]a\ufffd[2J \ufffdb\ufffdc\ufffd"
ROW = OutcomeRow(
    rule=FORGED,
    account_id=AccountId(1),
    smart_trade_id=SmartTradeId(2),
    trade_id=TradeId(3),
    pair=FORGED,
    outcome=Outcome.DENIED,
    reason=FORGED,
    step=StepSummary(position=None, price=None, share_pct=None, order_type=None),
    share_without_target_pct=None,
    invariants=(),
    detail=FORGED,
)
REPORT = CycleReport(
    cycle_id="c",
    started_at=AT,
    mode=Mode.LIVE,
    armed=True,
    smart_trades_read=1,
    requests=1,
    outcomes=(ROW,),
    holding=(Holding(rule=FORGED, smart_trade_id=SmartTradeId(2), held=timedelta(0), needed=timedelta(minutes=2)),),
    errors=(CycleError(error=FORGED, message=FORGED),),
)


def is_plain(text: str) -> bool:
    return all(c.isprintable() for c in text if c != "\n")


def test_a_report_writes_no_text_of_others_that_a_terminal_obeys() -> None:
    stream = io.StringIO()

    write_report(REPORT, stream)

    assert is_plain(stream.getvalue())
    assert stream.getvalue().replace("\n", "").count("a\ufffd[2J") == 7
    assert f"holding {SHOWN} on SmartTrade 2" in stream.getvalue()


def test_a_journal_writes_no_text_of_others_that_a_terminal_obeys() -> None:
    stream = io.StringIO()
    outcome = JournalOutcome(id=1, at=AT, row=ROW, mode=Mode.LIVE, cycle_id="c", count=2, last_at=AT)

    write_journal([JournalEvent(id=2, at=AT, event="disarmed", reason=FORGED), outcome], stream)

    assert is_plain(stream.getvalue())
    assert SHOWN in stream.getvalue().splitlines()[0]


@pytest.mark.parametrize("times", [1, 2])
def test_a_story_tells_a_denial_once_and_plainly(times: int) -> None:
    stream = io.StringIO()
    story = Story(open_console(stream), clock=SystemClock())

    for _ in range(times):
        story.tell("proposal.outcome", row=ROW)
        story.tell("proposal.outcome", row=replace(ROW, outcome=Outcome.DEFERRED))

    assert is_plain(stream.getvalue())
    assert stream.getvalue().replace("\n", "").count("Denied by") == 1
