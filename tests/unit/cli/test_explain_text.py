"""
What people read of an explanation.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from factories import (
    make_ledger,
    make_listing,
    make_match,
    make_moment,
    make_price,
    make_rule,
    make_smart_trade,
    with_prices,
)
from journal_samples import make_outcome
from tradewarden.cli.explain_text import write_explained
from tradewarden.cli.explained import Asked, Explained
from tradewarden.engine.explain import explain
from tradewarden.journal.rows import JournalOutcome
from tradewarden.model.memory import ListingMemory, Memory
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, Unreadable
from unit.engine.test_explain import CALM, inquiry

NOW = make_moment().wall


def text_of(found: Explained, asked: Asked | None = None) -> list[str]:
    stream = io.StringIO()
    write_explained(found, Asked() if asked is None else asked, stream)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def explained(*args: object, **changes: object) -> Explained:
    """
    Explain what `inquiry` asks.
    """
    memory = {"notes": (), **changes}
    found = Explained(
        rules_file="rules.yaml",
        mode=Mode.LIVE,
        armed=True,
        requests=1,
        explanation=explain(inquiry(*args, **memory.pop("asked", {}))),  # type: ignore[arg-type]  # fields by name
    )
    return replace(found, **memory)  # type: ignore[arg-type]  # fields by name


def test_everything_behind_a_verdict_of_the_first_read() -> None:
    rule = make_rule(
        match=make_match(pair="USDT_*"), except_=make_match(note="keep*"), hold=timedelta(minutes=2), name="far-off"
    )
    found = explained(CALM, asked={"rules": (rule,), "ledger": make_ledger(armed=False)}, armed=False)

    text = text_of(found, Asked(smart_trade=30428625))

    assert text[:14] == [
        "live, disarmed: 1 SmartTrade read at 2026-01-02 12:00:00 UTC, 1 request.",
        "",
        "USDT_DOGE long, SmartTrade 30428625",
        "",
        "  far-off: not true: day_change -3.2 % < -5 %: false",
        '    match    pair "USDT_DOGE" fits "USDT_*"',
        '    except   note "" does not fit "keep*"',
        "    when     day_change -3.2 % < -5 %: false   (day_change is 1.8 points above -5 %)",
        "    for      held 0s of 2m, 2m left",
        "    cancel   step 2 is the farthest, step 2 at 0.4",
        "    repeat   `repeat: never`, nothing cancelled here so far",
        "    put off  disarmed: TradeWarden is disarmed",
        (
            "    checks   holds  smart-trade-open: status waiting_targets, editable yes, position smart_sell, "
            "not filled no"
        ),
        "             holds  same-subject: USDT_DOGE long of account 32402783",
    ]
    assert [line.split()[:3] for line in text if "not read" in line] == [["not", "read:", "still-chosen,"]]


def test_a_rule_that_does_not_speak_of_it_shows_its_match_alone() -> None:
    found = explained(asked={"rules": (make_rule(match=make_match(pair="BTC_*"), name="other"),)})

    assert text_of(found, Asked(smart_trade=30428625))[4:] == [
        '  other: does not speak of it: pair "USDT_DOGE" does not fit "BTC_*"',
        '    match  pair "USDT_DOGE" does not fit "BTC_*"',
    ]


def test_where_no_step_is_named() -> None:
    found = explained(with_prices("0.4", "0.4"), asked={"rules": (make_rule(name="far-off"),)})

    assert text_of(found, Asked(smart_trade=30428625))[6] == "    cancel  more than one step is the farthest"


def test_what_could_not_be_read_or_is_too_odd_is_told() -> None:
    listing = make_listing(
        make_smart_trade(pair="[bold]\x1b[31m"),
        make_smart_trade(id=SmartTradeId(8), side=None),
        unreadable=(Unreadable(smart_trade_id=SmartTradeId(7), reason="no pair"),),
    )
    asked = replace(inquiry(memory=Memory(listing=ListingMemory(accepted_count=9))), listing=listing)
    found = replace(explained(), explanation=explain(asked), armed=None, notes=("a note",))

    text = text_of(found)

    assert text[:4] == [
        "live, no journal: 2 SmartTrades read at 2026-01-02 12:00:00 UTC, 1 request.",
        "note a note",
        "not acted on this listing is too odd: only 2 SmartTrades are readable with a price, 9 were before",
        "unreadable SmartTrade 7: no pair",
    ]
    assert text[5] == "[bold]\N{REPLACEMENT CHARACTER}[31m long, SmartTrade 30428625"
    assert "true, but put off (suspicious_reading)" in text[6]
    assert "USDT_DOGE side unknown, SmartTrade 8" in text


def test_where_every_rule_speaks_of_others() -> None:
    rules = tuple(make_rule(match=make_match(pair="BTC_*"), name=name) for name in ("one", "two"))

    assert text_of(explained(asked={"rules": rules}))[2:] == [
        "USDT_DOGE long, SmartTrade 30428625",
        "  do not speak of it: one, two",
    ]


def test_the_ten_nearest_are_listed() -> None:
    trades = [
        make_smart_trade(id=SmartTradeId(number), price=make_price(day_change=f"-4.{number:02}"))
        for number in range(1, 13)
    ]

    text = text_of(explained(*trades, asked={"rules": (make_rule(name="far-off"),)}))
    begin = text.index("Nearest misses")

    assert text[begin + 1] == "  far-off  USDT_DOGE 12  day_change is 0.88 points above -5 %"
    assert len(text) == begin + 12
    assert text[-1] == "  and 2 more, see --json"


def test_a_moment_of_the_past() -> None:
    row = JournalOutcome(id=1, at=NOW, last_at=NOW, count=1, mode=Mode.LIVE, cycle_id="cycle-1", row=make_outcome())
    found = explained(CALM, at=NOW, rows=(row,))

    text = text_of(found)

    assert text[0] == "live, armed: 1 SmartTrade read at 2026-01-02 12:00:00 UTC, as recorded."
    assert text[-2] == "What the journal tells of the ten minutes before and after, newest first"
    assert text[-1].startswith("2026-01-02 12:00:00Z  denied  USDT_DOGE 30428625 step 2 at 0.4")


def test_a_moment_that_only_the_journal_knows() -> None:
    assert text_of(replace(explained(), explanation=None, at=NOW)) == [
        "live, armed: no readings of 2026-01-02 12:00:00 UTC."
    ]
