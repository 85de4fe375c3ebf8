"""
The statuses of SmartTrades and of their trades, and the only place where one is judged live, cancelable or terminal.

3Commas publishes no closed list (api-facts 1). Whatever is not named here, known or not, is *in transition*: it is
not cancelled, not counted, and it blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

CANCELABLE = frozenset({"to_process", "order_placed"})
LIVE = CANCELABLE | {"trailing_activated"}
FILLED = frozenset({"finished"})
SOLD = FILLED | {"panic_sold"}  # at its price, or at the market
TERMINAL = SOLD | {"cancelled", "failed"}
OWN_FUNDS = "smart_sell"  # only a position's: the owner held the coins already, so the entry counts as done

KNOWN_TRADE_STATUSES = (
    LIVE
    | TERMINAL
    | {
        OWN_FUNDS,
        "idle",
        "async_order_placement",
        "need_reset",
        "pending_cancellation",
        "panic_sell_pending",
        "panic_sell_order_placed",
        "inactive",
        "suspended",
    }
)

SMART_TRADE_OPEN = "waiting_targets"
SMART_TRADE_BEING_CANCELLED = frozenset({"cancelled", "cancellation_pending", "cancellation_in_progress"})
SMART_TRADE_ENDED = frozenset({"finished", "stop_loss_finished", "panic_sold", "failed"})
KNOWN_SMART_TRADE_STATUSES = (
    SMART_TRADE_BEING_CANCELLED
    | SMART_TRADE_ENDED
    | {
        SMART_TRADE_OPEN,
        "created",
        "waiting_position",
        "pending_reduce_funds",
        "reduce_funds_in_progress",
        "stop_loss_in_progress",
        "panic_sell_pending",
        "panic_sell_in_progress",
    }
)


def is_being_cancelled(word: str | None) -> bool:
    """
    Tell whether a SmartTrade is cancelled or on the way there, a ``cancellation_...`` that nobody knows included.
    """
    return word is not None and (word in SMART_TRADE_BEING_CANCELLED or word.startswith("cancellation_"))


@dataclass(frozen=True, slots=True)
class TradeStatus:
    """
    The status of a step, of the stop loss, of the position or of a row in the list of trades, in the API's own *word*.
    """

    word: str

    @property
    def is_live(self) -> bool:
        """
        Tell whether it can fill by itself now.
        """
        return self.word in LIVE

    @property
    def is_cancelable(self) -> bool:
        """
        Tell whether a step in this status may be cancelled: live, but not trailing.
        """
        return self.word in CANCELABLE

    @property
    def is_filled(self) -> bool:
        """
        Tell whether it was executed.
        """
        return self.word in FILLED

    @property
    def is_sold(self) -> bool:
        """
        Tell whether its share of the position is sold: executed, or closed at the market.
        """
        return self.word in SOLD

    @property
    def is_terminal(self) -> bool:
        """
        Tell whether it will not change again.
        """
        return self.word in TERMINAL

    @property
    def is_done_as_position(self) -> bool:
        """
        Tell whether, of a position, the entry is complete: bought, or own funds.
        """
        return self.is_filled or self.word == OWN_FUNDS

    @property
    def is_in_transition(self) -> bool:
        """
        Tell whether 3Commas may be changing it at this moment, or nobody knows.
        """
        return not (self.is_live or self.is_terminal)

    @property
    def is_known(self) -> bool:
        """
        Tell whether the word was ever seen or documented.
        """
        return self.word in KNOWN_TRADE_STATUSES

    def __str__(self) -> str:
        """
        Return the API's word.
        """
        return self.word
