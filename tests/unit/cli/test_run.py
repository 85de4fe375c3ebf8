from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tradewarden.simulator.api import Faults
from tradewarden.simulator.messages import text_response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Request, Response
    from unit.cli.conftest import Said


class Unavailable(Faults):
    """
    An exchange that answers everything with *status*.
    """

    def __init__(self, status: int, body: str) -> None:
        self._status, self._body = status, body

    def before(self, request: Request) -> Response | None:
        del request
        return text_response(self._status, self._body)

    def after(self, request: Request, response: Response) -> Response:
        del request
        return response


def test_a_dry_run_tells_what_it_would_cancel(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api
) -> None:
    """One JSON document with the fields of the contract, the log on stderr, and no DELETE."""
    write_rules("dry-run")

    said = type_in("run", "--once", "--json")
    report = json.loads(said.out)

    assert said.code == 0
    assert list(report) == [
        *("cycle_id", "started_at", "mode", "armed", "smart_trades_read", "requests", "outcomes", "holding", "errors"),
    ]
    assert (report["mode"], report["armed"], report["smart_trades_read"], report["requests"]) == ("dry-run", True, 1, 3)
    [row] = report["outcomes"]
    assert (row["outcome"], row["reason"], row["trade_id"]) == ("would_cancel", None, 1008300674)
    assert row["step"] == {"position": 2, "price": "0.4", "share": "35.0", "order_type": "limit"}
    assert row["share_without_target"] == "65.0"
    assert len(row["invariants"]) == 15
    assert not any(entry.method == "DELETE" for entry in exchange.requests)
    assert "demo-secret" not in said.out + said.err


def test_dry_run_beats_the_file(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api
) -> None:
    write_rules("live")

    said = type_in("run", "--once", "--dry-run")

    assert said.code == 0
    assert said.out.startswith("dry-run, armed: 1 SmartTrade read, 3 requests.\n")
    assert "would cancel" in said.out
    assert not any(entry.method == "DELETE" for entry in exchange.requests)


def test_the_second_dry_run_has_nothing_more_to_tell(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api
) -> None:
    """`repeat: never` survives the restart, in the dry-run ledger too."""
    del exchange
    write_rules("dry-run")
    type_in("run", "--once")

    said = type_in("run", "--once")

    assert said.code == 0
    assert "No rule wanted anything." in said.out


def test_what_holds_is_listed(type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api) -> None:
    del exchange
    path = write_rules("dry-run")
    path.write_text(path.read_text("utf-8") + "    for: 2m\n", encoding="utf-8")

    said = type_in("run", "--once")

    assert "holding far-off on SmartTrade 30428625: true for 0s of 2m" in said.out


def test_it_says_which_files_it_used(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api, environment: Path
) -> None:
    del exchange
    write_rules("dry-run")

    said = type_in("run", "--once", "--state", "state")

    assert "rules rules.yaml (in this folder)" in said.err
    assert "state state (--state)" in said.err
    assert "credentials from the environment" in said.err
    assert (environment / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("status", "body", "code", "error"),
    [
        (500, "oops", 1, "api"),
        (429, "Retry later", 1, "penalty"),
        (401, '{"error":"signature_invalid","error_description":"no"}', 77, "access"),
    ],
    ids=["down", "penalty", "rejected-credentials"],
)
def test_a_cycle_that_failed_is_one_document_too(
    type_in: Callable[..., Said],
    write_rules: Callable[[str], Path],
    exchange: Api,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: str,
    code: int,
    error: str,
) -> None:
    write_rules("live")
    monkeypatch.setattr("random.Random.uniform", lambda *_: 0.0)  # no waiting between the tries of a read
    exchange.faults = Unavailable(status, body)

    said = type_in("run", "--once", "--json")
    report = json.loads(said.out)

    assert said.code == code
    assert [entry["error"] for entry in report["errors"]] == [error]
    assert report["outcomes"] == []


def test_a_penalty_survives_and_no_request_goes_out(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api
) -> None:
    write_rules("live")
    exchange.faults = Unavailable(429, "Retry later")
    type_in("run", "--once")
    exchange.faults = Faults()
    before = len(exchange.requests)

    said = type_in("run", "--once", "--json")

    assert said.code == 1
    assert json.loads(said.out)["errors"][0]["error"] == "penalty"
    assert len(exchange.requests) == before


def test_missing_credentials(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rules("live")
    monkeypatch.delenv("THREECOMMAS_API_KEY")

    said = type_in("run", "--once", "--json", "--api-url", "http://127.0.0.1:1/public/api")

    assert said.code == 77
    assert json.loads(said.out)["errors"][0]["error"] == "credentials"
    assert "THREECOMMAS_API_KEY" in said.err


def test_an_invalid_file(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("maybe")

    said = type_in("run", "--once", "--json")

    assert said.code == 78
    assert json.loads(said.out)["errors"][0]["error"] == "config"


def test_plain_http_is_only_for_loopback(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("live")

    said = type_in("run", "--once", "--api-url", "http://192.0.2.1/public/api")

    assert said.code == 2
    assert "https" in said.err


def test_what_is_not_there_yet(type_in: Callable[..., Said]) -> None:
    said = type_in("run", "--once", "--record", "file")

    assert said.code == 2
    assert "not available yet" in said.err


def test_the_daemon_prints_no_report_of_a_cycle(type_in: Callable[..., Said]) -> None:
    said = type_in("run", "--json")

    assert said.code == 2
    assert "--once" in said.err


@pytest.mark.parametrize("schedule", ['schedule: {cron: "0 20 * * fri"}', "every: 5m"])
def test_once_says_which_rules_would_otherwise_wait(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api, schedule: str
) -> None:
    """
    A weekend rule that acts on a Tuesday is a surprise, unless it was said.
    """
    del exchange
    path = write_rules("dry-run")
    path.write_text(path.read_text("utf-8") + f"    {schedule}\n", encoding="utf-8")

    said = type_in("run", "--once")

    told = "--once asks every rule now, also what otherwise waits for its own `schedule`: far-off.\n"
    assert "would cancel" in said.out
    assert (told in said.err) is ("cron" in schedule)
