"""
What the scenarios are made of: rules, SmartTrades, and short ways to read a report.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tradewarden.simulator.messages import Response
from tradewarden.simulator.scenarios import parse_scenario

if TYPE_CHECKING:
    from tradewarden.model.decision import CycleReport, OutcomeRow
    from tradewarden.simulator.smart_trade import Json

ID = 101
NEAR, FAR = 1011, 1012

_KEYS = {"for_": "for", "except_": "except"}


def rule(name: str = "red-day", **keys: object) -> str:
    """
    Write a rule; keys of Python (``for_``, ``except_``) stand for those of the file.
    """
    wanted: dict[str, object] = {"when": "day_change < -5%", "cancel": "farthest", **keys}
    lines = [f"  - name: {name}", *(f"    {_KEYS.get(key, key)}: {value}" for key, value in wanted.items())]
    return "\n".join(lines)


def rules(*texts: str, mode: str = "live", **sections: str) -> str:
    """
    Write a rules file; one rule if none is given.
    """
    lines = ["version: 1", f"mode: {mode}", *(f"{name}: {value}" for name, value in sections.items()), "rules:"]
    return "\n".join([*lines, *(texts or (rule(),)), ""])


def smart_trade(number: int = ID, *, prices: tuple[str, ...] = ("150", "200"), **changes: Any) -> Json:
    """
    Return a SmartTrade as the API gives it: a long at 100 with a stop loss and a step at each of *prices*.

    Its steps have the ids 1011, 1012, ...
    """
    share = 100 // len(prices)
    steps = [{"id": number * 10 + place, "price": price, "share": str(share)} for place, price in enumerate(prices, 1)]
    short = {
        "id": number,
        "pair": "USDT_DOGE",
        "units": "10",
        "entry_price": "100",
        "stop_loss": "50",
        "last": "100",
        "steps": steps,
        **changes,
    }
    short = {key: value for key, value in short.items() if value is not None}
    return parse_scenario(json.dumps({"smart_trades": [short]}), name="test").smart_trades[0].entity


def short_position(number: int = ID, **changes: Any) -> Json:
    """
    Return a short at 100.
    """
    return smart_trade(number, side="short", stop_loss="190", prices=("80", "50"), **changes)


def told(report: CycleReport) -> list[tuple[int, str, str | None]]:
    """
    Return SmartTrade, outcome and reason of each row.
    """
    return [(row.smart_trade_id, row.outcome.value, row.reason) for row in report.outcomes]


def only(report: CycleReport) -> OutcomeRow:
    """
    Return the one row of a report.
    """
    assert len(report.outcomes) == 1, report
    return report.outcomes[0]


def errors(report: CycleReport) -> list[str]:
    """
    Return the stable words of what went wrong.
    """
    return [error.error for error in report.errors]


def html(status: int) -> Response:
    """
    Return what stands before the API when it is in trouble.
    """
    return Response(status=status, headers={"Content-Type": "text/html"}, body=b"<html>sorry</html>")
