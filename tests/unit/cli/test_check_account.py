"""
``check --account``: what the rules match now, by reading alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from factories import make_smart_trade
from simulated_market import add_market
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.advice.account import about_account
from tradewarden.rulesfile.advice.asked_pairs import Question, questions_of
from tradewarden.rulesfile.loader import examine
from tradewarden.rulesfile.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.rulesfile.advice import Desk
    from tradewarden.simulator.api import Api
    from unit.cli.conftest import Said

RULES = """\
version: 1
api: {accounts: [32402783, 5]}
rules:
  - {name: all, when: day_change < -5%, cancel: farthest}
  - {name: other, match: {pair: [USDT_BTC, "USDT_D*"], id: 7}, when: day_change < -5%, cancel: nearest}
  - {name: shorts, match: {side: short, exchange: "*"}, when: day_change < -5%, cancel: {position: 2}}
  - {name: off, enabled: false, match: {pair: USDT_XRP}, when: day_change < -5%, cancel: {position: 3}}
"""


def test_it_counts_what_matches_and_names_what_is_not_there(
    type_in: Callable[..., Said], environment: Path, exchange: Api
) -> None:
    del exchange
    (environment / "rules.yaml").write_text(RULES, encoding="utf-8")

    said = type_in("check", "--account")

    assert said.code == 0
    assert said.out == (
        "1 open SmartTrade on 1 page of the listing\n"
        "  all     matches 1 of 1\n"
        "  other   matches 0 of 1\n"
        "  shorts  matches 0 of 1\n"
        "rules.yaml: valid, 4 rules, 1 switched off, mode dry-run, 4 warnings\n"
    )
    heads = [line.split(": warning: ") for line in said.err.splitlines() if ": warning: " in line]
    assert heads == [
        ["rules.yaml:2:28", "no open SmartTrade is on the account 5 now"],
        ["rules.yaml:5:34", "3Commas does not know the pair USDT_BTC on binance_us"],
        ["rules.yaml:5:60", "no open SmartTrade has the id 7 now"],
        ["rules.yaml:6:12", "this rule matches none of the 1 open SmartTrades now"],
    ]


def test_a_pair_that_exists_is_told_apart_from_one_that_does_not(
    type_in: Callable[..., Said], environment: Path, exchange: Api
) -> None:
    """Markets in conditions are asked for too; a glob and a pair that is open are not."""
    add_market(exchange, "USDT_BTC")
    rules = RULES.replace('[USDT_BTC, "USDT_D*"]', '[USDT_BTC, USDT_BCT, USDT_DOGE, "BTC_*"]').replace(
        "day_change < -5%, cancel: farthest", "'market(\"USDT_XYZ\").last < 5', cancel: farthest"
    )
    (environment / "rules.yaml").write_text(rules, encoding="utf-8")

    said = type_in("check", "--account", "--json")

    told = [(one["line"], one["column"], one["severity"], one["code"], one["message"]) for one in json.loads(said.out)]
    assert told[1:5] == [
        (
            4,
            31,
            "warning",
            "pair-unknown",
            "3Commas does not know the pair USDT_XYZ on binance_us, so its market stays unknown",
        ),
        (
            5,
            34,
            "note",
            "pair-not-seen",
            "no open SmartTrade has the pair USDT_BTC now, but 3Commas knows it on binance_us",
        ),
        (5, 44, "warning", "pair-unknown", "3Commas does not know the pair USDT_BCT on binance_us"),
        (5, 65, "warning", "pair-not-seen", "no open SmartTrade has the pair BTC_* now"),
    ]
    asked = [one.target.partition("pair=")[2] for one in exchange.requests if "currency_rates" in one.target]
    assert asked == ["USDT_DOGE", "USDT_XYZ", "USDT_BTC", "USDT_BCT"]  # the first is the trial


def test_a_budget_that_is_used_up_leaves_no_question(
    type_in: Callable[..., Said], environment: Path, exchange: Api
) -> None:
    """Nobody waits a minute for it."""
    rules = RULES.replace("api: {", "api: {requests_per_minute: 6, ").replace("[USDT_BTC", "[USDT_BTC, USDT_A, USDT_B")
    (environment / "rules.yaml").write_text(rules, encoding="utf-8")

    said = type_in("check", "--account", "--json")

    unseen = [(one["code"], one["message"]) for one in json.loads(said.out) if one["code"].startswith("pair")]
    assert [code for code, _ in unseen] == ["pair-unknown", "pair-unknown", "pair-not-seen"]
    assert len([one for one in exchange.requests if "currency_rates" in one.target]) == 3


def test_it_makes_no_folder_and_needs_none(type_in: Callable[..., Said], environment: Path, exchange: Api) -> None:
    del exchange
    (environment / "rules.yaml").write_text(RULES, encoding="utf-8")

    type_in("check", "--account", "--state", "nowhere")

    assert [path.name for path in environment.iterdir()] == ["rules.yaml"]


def test_rejected_credentials_are_77(
    type_in: Callable[..., Said], environment: Path, exchange: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    del exchange
    (environment / "rules.yaml").write_text(RULES, encoding="utf-8")
    monkeypatch.setenv("THREECOMMAS_API_SECRET", "wrong")

    said = type_in("check", "--account")

    assert (said.code, said.out) == (77, "")
    assert "signature_invalid" in said.err


def test_an_api_that_cannot_be_reached_is_1(
    type_in: Callable[..., Said], environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment / "rules.yaml").write_text(RULES.replace("2402783", ""), encoding="utf-8")
    monkeypatch.setenv("TRADEWARDEN_API_URL", "http://127.0.0.1:1/public/api")

    said = type_in("check", "--account", "--json")

    assert said.code == 1
    assert json.loads(said.out) == []
    assert "connection" in said.err


def desk_of(*rules: str) -> Desk:
    listed = "".join(f"  - {{name: r{at}, {rule}}}\n" for at, rule in enumerate(rules))
    text = f"version: 1\napi: {{accounts: [1, 2]}}\nrules:\n{listed}"
    return examine(text.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk


BINANCE = make_smart_trade(id=1, account_id=1, exchange="binance", pair="USDT_DOGE")
KRAKEN = make_smart_trade(id=2, account_id=2, exchange="kraken", pair="USD_XRP")
ELSEWHERE = make_smart_trade(id=3, account_id=3, exchange="okex", pair="USDT_ETH")
NOWHERE = make_smart_trade(id=4, account_id=1, exchange=None, pair="USDT_TRX")
OPEN = (BINANCE, KRAKEN, ELSEWHERE, NOWHERE)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("match: {pair: USDT_BTC}, when: stop_loss", ["USDT_BTC binance", "USDT_BTC kraken"]),
        ("match: {pair: USDT_BTC, exchange: 'kra*'}, when: stop_loss", ["USDT_BTC kraken"]),
        ("match: {pair: USDT_BTC, account_id: 1}, when: stop_loss", ["USDT_BTC binance"]),
        ("match: {pair: USDT_BTC, account_id: 7}, when: stop_loss", []),
        ("match: {pair: [USDT_DOGE, USDT_ETH]}, when: stop_loss", []),
        ("match: {pair: ['USDT_*', 'BTC_?', DOGE_USDT, USDTBTC, BTC, 'USDT_A B']}, when: stop_loss", []),
        ("match: {side: long}, when: 'market(\"USDT_BTC\").last < 5'", ["USDT_BTC binance"]),
        ('when: \'change(market("USDT_BTC").last, 1h) < -5% and market("USD_XRP").last > 1\'', ["USDT_BTC binance"]),
        ("cancel: {where: 'market(\"USDT_BTC\").last < step.price'}, when: stop_loss", ["USDT_BTC binance"]),
        ("match: {pair: USDT_BTC}, when: stop_loss, enabled: false", []),
    ],
)
def test_what_3commas_is_asked(rule: str, asked: list[str]) -> None:
    desk = desk_of(rule if "cancel" in rule else f"cancel: farthest, {rule}")

    assert [f"{one.pair} {one.exchange}" for one in questions_of(desk, OPEN)] == asked


@pytest.mark.parametrize(
    ("answers", "code", "message"),
    [
        ({}, "pair-not-seen", "no open SmartTrade has the pair USDT_BTC now"),
        ({"binance": False}, "pair-not-seen", "no open SmartTrade has the pair USDT_BTC now"),
        (
            {"binance": False, "kraken": False},
            "pair-unknown",
            "3Commas does not know the pair USDT_BTC on binance and kraken",
        ),
        (
            {"binance": False, "kraken": True},
            "pair-not-seen",
            "no open SmartTrade has the pair USDT_BTC now, but 3Commas knows it on kraken",
        ),
    ],
)
def test_what_its_answers_say(answers: dict[str, bool], code: str, message: str) -> None:
    desk = desk_of("match: {pair: USDT_BTC}, when: stop_loss, cancel: farthest")
    said = {Question("USDT_BTC", exchange): known for exchange, known in answers.items()}

    [issue] = about_account(desk, (BINANCE, KRAKEN), said)

    assert (issue.code, issue.message) == (code, message)
    assert (issue.severity is Severity.NOTE) is ("knows it" in message)


def test_where_no_smart_trade_is_open_nothing_is_said_of_them() -> None:
    desk = examine(RULES.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk

    assert list(about_account(desk, ())) == []
