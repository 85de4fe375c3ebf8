"""
What facts are called in a sentence, where their name alone would not read well.
"""

from __future__ import annotations

SPOKEN_NAMES = {
    "account_id": "the account",
    "ask": "the ask price",
    "bid": "the bid price",
    "filled_steps": "the number of filled steps",
    "idle_for": "the time since 3Commas last changed it",
    "last": "the last price",
    "live_steps": "the number of live steps",
    "profit_usd": "the profit in US dollars",
    "quote": "the quote currency",
    "quote_volume": "the day's volume",
    "roe": "the return on the margin",
    "stop_loss_distance": "the distance to the stop loss",
    "total": "the cost of the position",
    "units": "the size of the position",
    "step.distance": "the step's distance",
    "step.order_type": "the step's order type",
    "step.position": "the step's position",
    "step.price": "the step's price",
    "step.share": "the step's share",
    "step.status": "the step's status",
}

SPOKEN_ANSWERS = {
    "stop_loss": ("there is a live stop loss", "there is no live stop loss"),
    "breakeven": ("the stop loss moves to breakeven", "the stop loss does not move to breakeven"),
    "step.trailing": ("the step trails the price", "the step does not trail the price"),
}
