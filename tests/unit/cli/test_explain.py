from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tradewarden.clock import SystemClock
from tradewarden.engine.invariants import INVARIANTS
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.memory import Penalty
from tradewarden.model.settings import Mode
from tradewarden.simulator.api import Faults
from unit.cli.test_run import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.simulator.api import Api
    from unit.cli.conftest import Said

DOGE = 30428625
EXTRA = """\
  - name: on-a-green-day
    match: {pair: "USDT_*"}
    when: day_change > 1%
    cancel: nearest
  - name: of-bitcoin
    match: {pair: "*_BTC"}
    when: stop_loss
    cancel: nearest
  - name: asleep
    enabled: false
    when: last < 0.09
    cancel: nearest
"""


@pytest.fixture
def rules(write_rules: Callable[[str], Path]) -> Path:
    """
    Write four rules, as a dry run.
    """
    path = write_rules("dry-run")
    path.write_text(path.read_text("utf-8") + EXTRA, encoding="utf-8")
    return path


def lines(said: Said) -> list[str]:
    """
    Return what was said, without the blanks that fill a table.
    """
    return [line.rstrip() for line in said.out.splitlines()]


@pytest.mark.usefixtures("rules")
def test_the_account_at_one_glance(type_in: Callable[..., Said], exchange: Api, environment: Path) -> None:
    """One verdict for each rule that speaks of a SmartTrade, and what is nearest; one request, no DELETE, no folder."""
    said = type_in("explain")

    assert said.code == 0
    first, note, *rest = lines(said)
    assert first.startswith("dry-run, no journal: 1 SmartTrade read at ")
    assert first.endswith(" UTC, 1 request.")
    assert note.startswith("note there is no state folder ")
    assert note.endswith(
        "(your own state). So holds start from nothing here, and what was cancelled before is not known."
    )
    assert rest == [
        "",
        "USDT_DOGE long, SmartTrade 30428625",
        "  far-off         would cancel step 2 at 0.4 now, if a second read agrees",
        "  on-a-green-day  not true: day_change -6 % > 1 %: false",
        "  asleep          switched off (`enabled: false`); its condition is false now",
        "  do not speak of it: of-bitcoin",
        "",
        "Nearest misses",
        "  on-a-green-day  USDT_DOGE 30428625  day_change is 7 points below 1 %",
    ]
    assert [entry.method for entry in exchange.requests] == ["GET"]
    assert [path.name for path in environment.iterdir()] == ["rules.yaml"]
    assert "demo-secret" not in said.out + said.err


@pytest.mark.usefixtures("rules")
def test_one_smart_trade_in_full(type_in: Callable[..., Said], exchange: Api) -> None:
    """All that stands behind a verdict, with the second read: three requests."""
    said = type_in("explain", "--smart-trade", str(DOGE), "--rule", "far-off")

    assert said.code == 0
    text = lines(said)
    assert text[0].endswith(" UTC, 3 requests.")
    begin = text.index("  far-off: would cancel step 2 at 0.4 now")
    assert text[begin + 1 : begin + 4] == [
        "    when    day_change -6 % < -5 %: true   (day_change is 1 point below -5 %)",
        "    cancel  step 2 is the farthest, step 2 at 0.4",
        "    repeat  `repeat: never`, nothing cancelled here so far",
    ]
    checks = text[begin + 4 : begin + 4 + len(INVARIANTS)]
    assert [line.removeprefix("    checks").split()[:2] for line in checks] == [
        ["holds", f"{invariant.name}:"] for invariant in INVARIANTS
    ]
    assert {entry.method for entry in exchange.requests} == {"GET"}


@pytest.mark.usefixtures("rules", "exchange")
def test_why_it_does_not_speak_of_it(type_in: Callable[..., Said]) -> None:
    said = type_in("explain", "--rule", "of-bitcoin")

    assert '  of-bitcoin  does not speak of it: pair "USDT_DOGE" does not fit "*_BTC"' in lines(said)
    assert "do not speak" not in said.out


@pytest.mark.usefixtures("rules")
def test_a_second_read_only_of_what_a_rule_wants(type_in: Callable[..., Said], exchange: Api) -> None:
    said = type_in("explain", "--full", "--json")

    assert json.loads(said.out)["requests"] == len(exchange.requests) == 3
    exchange.world.set_prices(smart_trade_id=DOGE, last="0.11", bid="0.11", ask="0.11", day_change="0.5")
    calm = type_in("explain", "--full", "--json")
    assert json.loads(calm.out)["requests"] == 1


@pytest.mark.usefixtures("exchange", "rules")
def test_one_json_document(type_in: Callable[..., Said]) -> None:
    said = type_in("explain", "--json")
    document = json.loads(said.out)

    assert said.code == 0
    assert (document["mode"], document["armed"], document["at"], document["errors"]) == ("dry-run", None, None, [])
    [doge] = document["smart_trades"]
    assert (doge["smart_trade_id"], doge["pair"], doge["side"], doge["read_again"]) == (
        DOGE,
        "USDT_DOGE",
        "long",
        False,
    )
    far, green, bitcoin, asleep = doge["rules"]
    assert [one["verdict"] for one in doge["rules"]] == ["would_cancel", "false", "no_match", "off"]
    assert (far["proposed"], far["step"]["trade_id"], far["step"]["price"]) == (True, 1008300674, "0.4")
    assert far["condition"]["truth"] == "true"
    assert far["condition"]["miss"] is None
    assert [one["name"] for one in far["invariants"] if one["holds"] is None] == [
        invariant.name for invariant in INVARIANTS if not invariant.on_first_read
    ]
    assert green["condition"]["miss"]["distances"] == [
        {
            "fact": "day_change",
            "unit": "percentage",
            "value": "-6.0",
            "threshold": "1",
            "distance": "7.0",
            "percent_of_value": None,
            "must_pass": True,
            "sentence": "day_change is 7 points below 1 %",
        }
    ]
    assert bitcoin["condition"] is None
    assert bitcoin["match"] == [
        {"key": "pair", "clause": "match", "patterns": ["*_BTC"], "value": "USDT_DOGE", "fits": False}
    ]
    assert asleep["enabled"] is False
    assert [near["rule"] for near in document["nearest"]] == ["on-a-green-day"]


@pytest.mark.usefixtures("exchange")
def test_a_hold_goes_on_from_what_the_daemon_saw(type_in: Callable[..., Said], rules: Path) -> None:
    """It is read, not written: however often one asks, the daemon's own readings count alone."""
    rules.write_text(rules.read_text("utf-8").replace("cancel: farthest", "cancel: farthest\n    for: 2m"), "utf-8")
    type_in("run", "--once", "--state", "state")
    before = _holds()

    said = type_in("explain", "--state", "state", "--json", "--rule", "far-off")
    document = json.loads(said.out)
    [one] = document["smart_trades"][0]["rules"]

    assert document["armed"] is True
    assert one["verdict"] == "holding"
    assert one["hold"]["needed_s"] == 120
    assert 118 <= one["hold"]["held_s"] + one["hold"]["left_s"] <= 120  # each in whole seconds
    assert document["nearest"][0]["verdict"] == "holding"
    assert _holds() == before


def _holds() -> object:
    async def read() -> object:
        async with await SqliteJournal.open(Path("state"), clock=SystemClock()) as journal:
            return await journal.load_memory(mode=Mode.DRY_RUN)

    return asyncio.run(read())


@pytest.mark.usefixtures("exchange", "rules")
def test_what_was_cancelled_before_is_known(type_in: Callable[..., Said]) -> None:
    type_in("run", "--once", "--state", "state")

    said = type_in("explain", "--state", "state")

    assert "far-off         true, but spent: `repeat: never`, last cancel here at " in said.out
    assert "no daemon runs on the state folder state: nobody asks these rules." in said.out


@pytest.mark.usefixtures("exchange", "rules")
def test_the_kill_switch_is_told(type_in: Callable[..., Said]) -> None:
    type_in("disarm", "--state", "state", "--reason", "wild")

    said = type_in("explain", "--state", "state")

    assert said.out.startswith("dry-run, disarmed: ")
    assert ": wild. Nothing is cancelled until `tradewarden arm`." in said.out
    assert "  far-off         true, but put off (disarmed): TradeWarden is disarmed" in said.out


@pytest.mark.usefixtures("rules")
def test_in_a_penalty_nothing_is_asked(type_in: Callable[..., Said], exchange: Api) -> None:
    async def penalise() -> None:
        clock = SystemClock()
        async with await SqliteJournal.open(Path("state"), clock=clock, create=True) as journal:
            await journal.record_penalty(
                Penalty(began=clock.now(), pause=timedelta(minutes=5), bans=0, reason="HTTP 429")
            )

    asyncio.run(penalise())

    said = type_in("explain", "--state", "state", "--json")

    assert said.code == 1
    assert "3Commas lets nothing through for another " in said.err
    assert json.loads(said.out)["errors"][0]["error"] == "failed"
    assert exchange.requests == []


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        (("--rule", "far-of"), 2, "there is no rule 'far-of' in rules.yaml: did you mean 'far-off'?"),
        (("--rule", "green"), 2, "there is no rule 'green' in rules.yaml: did you mean 'on-a-green-day'?"),
        (("--rule", ""), 2, "there is no rule '' in rules.yaml: it has 'far-off', 'on-a-green-day', 'of-bitcoin'"),
        (("--smart-trade", "0"), 2, "--smart-trade 0 is not a SmartTrade's id."),
        (("--smart-trade", "7"), 1, "SmartTrade 7 is not among the 1 that were read: it is not open, or of another"),
        (("--full", "--at", "-1m"), 2, "--full reads the account now, --at looks at the past"),
        (("--state", "nowhere"), 1, "there is no state folder nowhere (--state): name that of your daemon"),
    ],
)
@pytest.mark.usefixtures("exchange", "rules")
def test_what_cannot_be_is_a_sentence(
    type_in: Callable[..., Said], words: tuple[str, ...], code: int, problem: str
) -> None:
    """And with --json one document all the same."""
    said, as_json = type_in("explain", *words), type_in("explain", "--json", *words)

    assert (said.code, said.out) == (code, "")
    assert f"tradewarden: {problem}" in said.err
    assert as_json.code == code
    [error] = json.loads(as_json.out)["errors"]
    assert error["message"].startswith(problem)


@pytest.mark.parametrize(
    ("status", "body", "code", "word"),
    [
        (500, "oops", 1, "api"),
        (429, "Retry later", 1, "api"),
        (401, '{"error":"signature_invalid","error_description":"no"}', 77, "access"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_an_api_that_does_not_answer(
    type_in: Callable[..., Said],
    exchange: Api,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: str,
    code: int,
    word: str,
) -> None:
    monkeypatch.setattr("random.Random.uniform", lambda *_: 0.0)  # no waiting between the tries of a read
    exchange.faults = Unavailable(status, body)

    said = type_in("explain", "--json")

    assert said.code == code
    assert json.loads(said.out)["errors"][0]["error"] == word
    assert said.err.count("tradewarden: ") == 1
    exchange.faults = Faults()


def test_an_invalid_file(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("maybe")

    said = type_in("explain", "--json")

    assert said.code == 78
    assert json.loads(said.out)["errors"][0]["error"] == "config"


@pytest.mark.usefixtures("exchange", "rules")
def test_a_journal_that_cannot_be_read_is_told(type_in: Callable[..., Said], environment: Path) -> None:
    (environment / "state").mkdir()
    (environment / "state" / "journal.sqlite3").write_bytes(b"no journal at all")

    said = type_in("explain", "--state", "state")

    assert said.code == 0
    assert "is not a journal, or is damaged" in said.out
    assert "holds start from nothing here, and what was cancelled before is not known." in said.out


MARKETS = """\
version: 1
rules:
  - name: of-another-market
    when: market("{pair}").last > 1
    cancel: farthest
  - name: over-time
    when: change(last, 15m) < -1%
    cancel: farthest
"""


@pytest.mark.parametrize(
    ("pair", "sentence", "is_asked"),
    [
        ("USDT_DOGE", 'not true: market("USDT_DOGE").last 0.0995 > 1: false', False),
        ("USDT_NONE", 'unknown: market("USDT_NONE").last unknown > 1: unknown', True),
    ],
)
@pytest.mark.usefixtures("exchange")
def test_other_markets_are_asked_for_as_the_daemon_does(
    type_in: Callable[..., Said], environment: Path, pair: str, sentence: str, is_asked: bool
) -> None:
    (environment / "rules.yaml").write_text(MARKETS.format(pair=pair), encoding="utf-8")

    said = type_in("explain")

    assert said.code == 0
    assert f"  of-another-market  {sentence}" in lines(said)
    over_time = (
        "over-time unknown: change(last, 15m) unknown < -1 %: unknown (change(last, 15m): no reading of it so far)"
    )
    assert over_time in " ".join(said.out.split())
    assert ("note the market USDT_NONE is unknown: " in said.out) is is_asked
    assert ("2 requests." in said.out) is is_asked


def test_a_rule_with_a_schedule_of_its_own_is_explained_as_if_it_were_due(
    type_in: Callable[..., Said], rules: Path, exchange: Api
) -> None:
    """
    And that is said, of those that are explained.
    """
    del exchange
    text = rules.read_text("utf-8").replace(
        "  - name: of-bitcoin", '    schedule: {cron: "0 20 * * fri"}\n  - name: of-bitcoin'
    )
    rules.write_text(text, encoding="utf-8")
    note = "note explained as if it were due, though it waits for its own `schedule`: on-a-green-day."

    assert note in lines(type_in("explain"))
    assert note in lines(type_in("explain", "--rule", "on-a-green-day"))
    assert note not in lines(type_in("explain", "--rule", "far-off"))
