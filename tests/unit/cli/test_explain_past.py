"""
`explain --at`: which moment is meant, and what is known of it.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from factories import gap_of, make_listing, make_moment, make_price, make_settings, make_smart_trade
from fakes import FakeClock
from tradewarden.bootstrap import pace_of
from tradewarden.cli.asked_moment import parse_moment
from tradewarden.cli.explain_past import looked_back, notes_on
from tradewarden.cli.explained import Asked
from tradewarden.clock import SystemClock
from tradewarden.engine.decide import evaluate
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.errors import UsageError, UserError
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.history import History
from tradewarden.model.memory import Memory
from tradewarden.model.moment import Moment
from tradewarden.model.smart_trade import SmartTradeId, Unreadable
from tradewarden.rulesfile.loader import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.simulator.api import Api
    from unit.cli.conftest import Said

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PATIENT = """\
version: 1
rules:
  - name: far-off
    when: day_change < -5%
    for: 2m
    cancel: farthest
"""
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04", datetime(2026, 1, 2, 2, 4, tzinfo=UTC)),
        ("2026-01-02 03:04", datetime(2026, 1, 2, 2, 4, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)),
        ("2025-07-02T03:04", datetime(2025, 7, 2, 1, 4, tzinfo=UTC)),
        ("2026-01-02T03:04Z", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        ("2026-01-02T03:04+05:30", datetime(2026, 1, 1, 21, 34, tzinfo=UTC)),
        ("2026-01-02", datetime(2026, 1, 1, 23, 0, tzinfo=UTC)),
        ("-10m", datetime(2026, 1, 2, 11, 50, tzinfo=UTC)),
        ("-1d2h", datetime(2026, 1, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_that_is_meant(text: str, expected: datetime) -> None:
    """In the file's time zone unless it says another."""
    assert parse_moment(text, timezone=BERLIN, now=NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "03:04", "2026-02-30T00:00", "2026-01-02T25:00", "2026-1-2", "2026-W01-1", "-", "-m"),
        *("-10", "10m", "-2m1h", "-999999w", "2026-01-02Z", "0001-01-01T00:00+14:00", "2026-01-02T03:04 Z"),
    ],
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="--at takes a moment like 2026-01-02T03:04"):
        parse_moment(text, timezone=BERLIN, now=NOW)


def test_what_the_clocks_were_put_forward_over() -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment("2025-03-30T02:30", timezone=BERLIN, now=NOW)

    assert str(caught.value) == (
        "--at 2025-03-30T02:30 never was: the clocks of Europe/Berlin were put forward over it."
    )
    assert parse_moment("2025-03-30T02:30Z", timezone=BERLIN, now=NOW) == datetime(2025, 3, 30, 2, 30, tzinfo=UTC)


def test_what_is_still_to_come() -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment("2026-01-02T13:01", timezone=BERLIN, now=NOW)

    assert str(caught.value) == (
        "--at 2026-01-02T13:01 is still to come: it is 2026-01-02 12:00:00 UTC now, and that is "
        "2026-01-02 12:01:00 UTC."
    )


def test_a_cycle_of_the_past_is_explained_offline(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    From what the daemon recorded: no key is needed and no request made. What came after that reading is not known
    yet; it stands below, in the rows of the journal.
    """
    write_rules("dry-run")
    type_in("run", "--once", "--state", "state")
    type_in("disarm", "--state", "state", "--reason", "wild")
    requests = len(exchange.requests)
    monkeypatch.delenv("THREECOMMAS_API_KEY")

    said = type_in("explain", "--at", "-0s", "--state", "state")
    document = json.loads(type_in("explain", "--at=-0s", "--state", "state", "--json").out)
    other = write_rules("dry-run")
    other.write_text(other.read_text("utf-8").replace("far-off", "another"), encoding="utf-8")
    of_another = json.loads(type_in("explain", "--at=-0s", "--state", "state", "--json", "--rule", "another").out)

    assert said.code == 0
    first, note, *rest = [line.rstrip() for line in said.out.splitlines()]
    assert first.startswith("dry-run, armed: 1 SmartTrade read at ")
    assert first.endswith(" UTC, as recorded.")
    assert note == "note it is explained by the rules file as it is now."
    assert rest[2] == "  far-off  would cancel step 2 at 0.4 now, if a second read agrees"
    assert [row.get("outcome", row.get("event")) for row in document["journal"]] == ["disarmed", "would_cancel"]
    assert (document["armed"], document["requests"], len(document["smart_trades"])) == (True, 0, 1)
    assert [row.get("outcome", row.get("event")) for row in of_another["journal"]] == ["disarmed"]
    [one] = of_another["smart_trades"][0]["rules"]
    assert (one["verdict"], one["reason"]) == ("would_cancel", None)
    assert len(exchange.requests) == requests


def test_what_held_then_is_worked_out_anew(environment: Path, type_in: Callable[..., Said]) -> None:
    """From the cycles before: at each moment the hold is as long as it was then, though no longer known since."""
    (environment / "rules.yaml").write_text(PATIENT, encoding="utf-8")
    start = SystemClock().now().wall - timedelta(minutes=30)
    asyncio.run(_record(environment / "state", start, ["-6", "-6", "-4", "-6", "-6", "-6"]))

    def told(minute: int, *words: str) -> str:
        at = (start + timedelta(minutes=minute, seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = json.loads(type_in("explain", "--state", "state", "--json", "--at", at, *words).out)
        sentence: str = document["smart_trades"][0]["rules"][0]["sentence"]
        return sentence

    assert [told(minute) for minute in range(6)] == [
        "true, held 0s of 2m, 2m left",
        "true, held 1m of 2m, 1m left",
        "not true: day_change -4 % < -5 %: false",
        "true, held 0s of 2m, 2m left",
        "true, held 1m of 2m, 1m left",
        "would cancel step 2 at 0.4 now, if a second read agrees",
    ]
    assert told(4, "--smart-trade", "30428625") == "true, held 1m of 2m, 1m left"
    later = type_in("explain", "--state", "state", "--at", "-1m")
    assert "note the last cycle before " in later.out


MARKETS = """\
version: 1
rules:
  - name: with-bitcoin
    match: {pair: USDT_DOGE}
    when: market("USDT_BTC").last < 60000 and change(market("USDT_BTC").last, 2m) < -1%
    for: 1m
    cancel: farthest
  - name: with-litecoin
    match: {pair: USDT_DOGE}
    when: market("USDT_LTC").day_change < -5%
    for: 2m
    cancel: farthest
"""


def test_markets_are_known_as_they_were(environment: Path, type_in: Callable[..., Said]) -> None:
    """
    One that was asked of 3Commas, with its windows and holds; and one in which another SmartTrade traded, also where
    only the first is shown.
    """
    (environment / "rules.yaml").write_text(MARKETS, encoding="utf-8")
    start = SystemClock().now().wall - timedelta(minutes=30)
    plan = pace_of(load_rules(environment / "rules.yaml", VOCABULARY), now=start).plan
    asyncio.run(_record(environment / "state", start, ["-6"] * 5, ["61000", "61000", "60500", "59000", "58000"], plan))

    def told(minute: int, *words: str) -> list[str]:
        at = (start + timedelta(minutes=minute, seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = json.loads(type_in("explain", "--state", "state", "--json", "--at", at, *words).out)
        return [rule["sentence"] for rule in document["smart_trades"][0]["rules"]]

    market = 'market("USDT_BTC").last'
    assert told(0)[0] == (f"not true: {market} 61000 < 60000: false; change({market}, 2m) unknown < -1 %: unknown")
    assert told(2)[0] == (
        f"not true: {market} 60500 < 60000: false; change({market}, 2m) about -0.819672 % < -1 %: false"
    )
    for words in ((), ("--smart-trade", "30428625")):
        assert told(3, *words)[0] == "true, held 0s of 1m, 1m left"
        assert told(4, *words)[0] == "would cancel step 2 at 0.4 now, if a second read agrees"
        assert told(1, *words)[1] == "true, held 1m of 2m, 1m left"


async def _record(
    folder: Path, start: datetime, changes: list[str], btc: Sequence[str] = (), plan: WindowPlan = NO_WINDOWS
) -> None:
    memory = Memory()
    other = make_smart_trade(id=SmartTradeId(7), pair="USDT_LTC")
    async with await SqliteJournal.open(folder, clock=FakeClock(start), create=True) as journal:
        for minute, day_change in enumerate(changes):
            trade = make_smart_trade(price=make_price(day_change=day_change))
            passed = timedelta(minutes=minute)
            at = Moment(wall=start + passed, boot=timedelta(hours=1) + passed, boot_id="boot-1")
            asked = {"USDT_BTC": make_price(bid=btc[minute], ask=btc[minute], last=btc[minute])} if btc else {}
            trades = (trade, other) if btc else (trade,)
            listing = make_listing(*trades, asked_at=at, markets=asked)
            found = evaluate(listing, [], memory, settings=make_settings(), hold_gap_of=gap_of(), plan=plan)
            assert found.sample is not None
            await journal.keep_sample(found.sample, listing, history=History())
            memory = found.memory


def test_where_only_the_journal_tells(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("dry-run")
    type_in("disarm", "--state", "state", "--reason", "wild")

    said = type_in("explain", "--at", "-0s", "--state", "state")

    assert said.code == 0
    assert said.out.startswith("dry-run, disarmed: no readings of ")
    assert "no readings are kept here. All that is left is what the journal tells." in said.out
    assert "wild" in said.out


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        (
            ("--at", "2020-01-02T03:04"),
            1,
            "nothing is recorded of that time (2020-01-02 03:04:00 UTC): readings are kept",
        ),
        (("--at", "2999-01-02T03:04"), 2, "--at 2999-01-02T03:04 is still to come"),
        (("--at", "never"), 2, "--at takes a moment like"),
        (("--at", "-0s", "--smart-trade", "7"), 1, "SmartTrade 7 is not among the 1 that were read"),
        (("--at", "-1m", "--rule", "x"), 2, "there is no rule 'x' in rules.yaml"),
    ],
)
def test_what_is_not_known_of_it(
    type_in: Callable[..., Said],
    write_rules: Callable[[str], Path],
    exchange: Api,
    words: tuple[str, ...],
    code: int,
    problem: str,
) -> None:
    del exchange
    write_rules("dry-run")
    type_in("run", "--once", "--state", "state")

    said = type_in("explain", "--json", "--state", "state", *words)

    assert said.code == code
    assert f"tradewarden: {problem}" in said.err
    assert json.loads(said.out)["errors"][0]["message"].startswith(problem)


def test_without_a_state_folder_there_is_no_past(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path]
) -> None:
    write_rules("dry-run")

    said = type_in("explain", "--at", "-1m", "--state", "nowhere")

    assert (said.code, said.out) == (1, "")
    assert "there is no state folder nowhere (--state), so there is no past." in said.err


@pytest.mark.parametrize(
    ("held", "back"),
    [("", timedelta(0)), ("    for: 2m\n", timedelta(minutes=7)), ("    for: 1d\n", timedelta(hours=3))],
)
def test_how_far_back_it_looks(write_rules: Callable[[str], Path], held: str, back: timedelta) -> None:
    """As far as holds reach, but not longer than anybody waits; then it says so."""
    path = write_rules("live")
    path.write_text(path.read_text("utf-8") + held, encoding="utf-8")
    rules = load_rules(path, VOCABULARY)
    at = make_moment().wall

    assert looked_back(rules) == back
    notes = notes_on(make_listing(), rules, at)
    assert any("it may have been longer" in note for note in notes) is (back == timedelta(hours=3))


def test_one_that_could_not_be_read_then_is_told_as_that() -> None:
    listing = make_listing(unreadable=(Unreadable(smart_trade_id=SmartTradeId(7), reason="no pair"),))

    with pytest.raises(UserError, match="SmartTrade 7 cannot be read, so no rule is asked about it: no pair"):
        Asked(smart_trade=7).require_in(listing)
    with pytest.raises(UserError, match="SmartTrade 8 is not among the 0 that were read"):
        Asked(smart_trade=8).require_in(listing)
