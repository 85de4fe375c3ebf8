"""
What `docs/explain.md` shows is what the program writes, and what it lists is all that there is.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import (
    SMART_TRADE,
    gap_of,
    make_ledger,
    make_listing,
    make_moment,
    make_price,
    make_smart_trade,
    make_step,
    with_prices,
)
from journal_samples import make_outcome
from tradewarden.cli.explain_json import explained_to_json, failure_to_json
from tradewarden.cli.explain_text import write_explained
from tradewarden.cli.explained import Asked, Explained
from tradewarden.engine.explain import explain
from tradewarden.engine.explanation import Fate
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.verdicts import Inquiry
from tradewarden.errors import UsageError
from tradewarden.journal.rows import JournalOutcome
from tradewarden.model.memory import Hold, Memory
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.rulesfile.loader import load_rules
from unit.test_docs import ROOT, names_under

PAGE = (ROOT / "docs" / "explain.md").read_text("utf-8")
BLOCKS = re.findall(r"^```text\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
NAME = "far-target-off-on-a-red-day"
XRP, BTC = SmartTradeId(30428711), SmartTradeId(30428790)
DOGE_FALLS = make_smart_trade(price=make_price(day_change="-6.1"))
XRP_FALLS = replace(with_prices("0.4", id=XRP, pair="USDT_XRP"), price=make_price(day_change="-7.2"))
BTC_STANDS = make_smart_trade(
    id=BTC,
    pair="USDT_BTC",
    price=make_price(day_change="-3.2", bid="60990", ask="61000", last="61000"),
    steps=(make_step(1, id=TradeId(7), price="70000"), make_step(2, id=TradeId(8), price="90000")),
)


def explained(**changes: Any) -> Explained:
    """
    Explain the example's rules on three SmartTrades, of which the first has fallen for a minute, the second for ten.
    """
    rules = load_rules(Path(ROOT / "rules.example.yaml"), VOCABULARY)
    [rule] = [rule for rule in rules.ruleset.rules if rule.name == NAME]
    last, ids = make_moment(-60), changes.pop("smart_trades", None)
    inquiry = Inquiry(
        listing=make_listing(DOGE_FALLS, XRP_FALLS, BTC_STANDS),
        memory=Memory(
            holds={
                (NAME, SMART_TRADE): Hold(held=timedelta(0), last=last, fingerprint=rule.fingerprint),
                (NAME, XRP): Hold(held=timedelta(minutes=9), last=last, fingerprint=rule.fingerprint),
            }
        ),
        ledger=make_ledger(),
        settings=rules.settings,
        ruleset=rules.ruleset,
        hold_gap_of=gap_of(),
        now=make_moment(),
    )
    found = Explained(
        rules_file="rules.yaml",
        mode=rules.settings.mode,
        armed=True,
        requests=1,
        explanation=explain(inquiry, smart_trades=ids, rules=changes.pop("rules", None)),
    )
    return replace(found, **changes)


def written(found: Explained, asked: Asked) -> str:
    stream = io.StringIO()
    write_explained(found, asked, stream)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def test_the_account_at_one_glance() -> None:
    assert BLOCKS[0] == written(explained(), Asked())


def test_one_smart_trade_in_full() -> None:
    found = explained(smart_trades={BTC}, rules={NAME})

    assert BLOCKS[1] == written(found, Asked(smart_trade=BTC, rule=NAME))


def test_the_past() -> None:
    at = make_moment(13).wall
    row = JournalOutcome(
        id=1,
        at=make_moment(1).wall,
        last_at=make_moment(1).wall,
        count=1,
        mode=Mode.DRY_RUN,
        cycle_id="cycle-1",
        row=make_outcome(
            smart_trade_id=XRP, pair="USDT_XRP", detail="0 live steps left of 1, 1 to keep", reason="steps-remain"
        ),
    )
    found = explained(
        smart_trades={XRP}, rules={NAME}, at=at, rows=(row,), notes=("it is explained by the rules file as it is now.",)
    )

    assert BLOCKS[2] == written(found, Asked(rule=NAME, at="2026-01-02T12:00:13"))
    assert len(BLOCKS) == 3


def test_every_verdict_is_explained() -> None:
    assert names_under("The verdicts", page="explain.md") == [fate.value for fate in Fate]


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(json.dumps(explained_to_json(explained())))


def test_every_key_of_the_json_is_explained(document: Any) -> None:
    [smart_trade, *_] = document["smart_trades"]

    assert names_under("The JSON", page="explain.md") == list(document)
    assert names_under("A SmartTrade in it", page="explain.md") == list(smart_trade)
    assert names_under("A rule in it", page="explain.md") == list(smart_trade["rules"][0])
    assert names_under("A distance in it", page="explain.md") == list(
        document["smart_trades"][2]["rules"][0]["condition"]["miss"]["distances"][0]
    )


def test_a_failure_has_the_same_keys(document: Any) -> None:
    failure = failure_to_json(UsageError("no"))

    assert list(failure) == list(document)
    assert failure["errors"] == [{"error": "usage", "message": "no"}]
