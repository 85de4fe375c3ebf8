"""
The words that lines are made of: numbers, durations, steps, and texts of others at a bearable length.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.report import plain_number

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from tradewarden.model.decision import StepSummary

LONGEST_TEXT = 400  # characters of a text that is not ours
SECOND = timedelta(seconds=1)
UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def count(number: int, noun: str) -> str:
    """
    Write ``1 SmartTrade`` or ``2 SmartTrades``.
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def number_text(number: Decimal | None) -> str | None:
    """
    Write a number in plain digits without zeros at its end: 35.0 is 35.
    """
    text = plain_number(number)
    return text.rstrip("0").rstrip(".") if text is not None and "." in text else text


def duration_text(duration: timedelta) -> str:
    """
    Write a duration in its two largest units: ``14 min``, ``2 h 5 min``, ``0.25 s``; the sign is left out.
    """
    duration = abs(duration)
    if duration < SECOND:
        return f"{duration.total_seconds():.2f}".rstrip("0").rstrip(".") + " s"
    seconds = round(duration.total_seconds())
    parts = []
    for size, unit in UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}")
        elif parts:
            break  # the next smaller unit says nothing
    return " ".join(parts[:2])


def instant_text(instant: datetime) -> str:
    """
    Write an instant as the report of a cycle does.
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clipped(text: str, length: int = LONGEST_TEXT) -> str:
    """
    Shorten *text* to *length*.
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def sentence(text: str) -> str:
    """
    Make *text* one line that ends as a sentence does.
    """
    text = clipped(" ".join(text.split()))
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def listed(names: tuple[str, ...], *, most: int = 5) -> str:
    """
    Write ``a, b and 3 more``.
    """
    shown = ", ".join(clipped(name, 80) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def step_text(step: StepSummary, *, trade_id: int, pair: str, smart_trade_id: int) -> str:
    """
    Name a step: ``step 2 at 0.4 (35 % of the position) of USDT_DOGE, SmartTrade 30428625``.
    """
    text = f"step {trade_id if step.position is None else step.position}"
    if step.price is not None:
        text += f" at {number_text(step.price)}"
    if step.share_pct is not None:
        text += f" ({number_text(step.share_pct)} % of the position)"
    return f"{text} of {clipped(pair, 40)}, SmartTrade {smart_trade_id}"
