"""
``check --account``: what the rules match now, by reading alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.advice.account import about_account
from tradewarden.rulesfile.loader import examine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

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
        ["rules.yaml:5:34", "no open SmartTrade has the pair USDT_BTC now"],
        ["rules.yaml:5:60", "no open SmartTrade has the id 7 now"],
        ["rules.yaml:6:12", "this rule matches none of the 1 open SmartTrades now"],
    ]


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


def test_where_no_smart_trade_is_open_nothing_is_said_of_them() -> None:
    desk = examine(RULES.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk

    assert list(about_account(desk, ())) == []
