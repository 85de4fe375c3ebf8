"""
A SmartTrade as the judge reads it, from the very bytes that were served: plain, and sharing nothing with the daemon.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.rulebook import Book, RuleSpec

OVER = {"finished", "cancelled", "failed", "panic_sold"}
LIVE = {"to_process", "order_placed", "trailing_activated"}
CANCELABLE = {"to_process", "order_placed"}


def number(value: object) -> Decimal | None:
    """
    Return a number that came as text or as a number; ``None`` if it is none.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def status_of(block: Any) -> str | None:
    """
    Return the status word of a step.
    """
    word = _at(block, "status", "basic_type") or _at(block, "status", "type")
    return word if isinstance(word, str) else None


class PlainReading:
    """
    One entity, with its list of trades if that was read too.
    """

    def __init__(self, entity: Any, rows: Any = None) -> None:
        self.entity = entity if isinstance(entity, dict) else {}
        self.rows: list[Any] = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        self.id = self.entity.get("id")
        self.is_long = _at(self.entity, "position", "type") == "buy"
        self.pair = str(self.entity.get("pair"))
        self.account = _at(self.entity, "account", "id")
        steps = _at(self.entity, "take_profit", "steps")
        self.steps: list[Any] = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []

    @classmethod
    def of_bytes(cls, entity: bytes, rows: bytes) -> PlainReading:
        """
        Read both bodies. Raises ValueError.
        """
        return cls(json.loads(entity), json.loads(rows))

    def fact(self, name: str) -> Decimal | None:
        """
        Return `day_change` or `profit`, in percent.
        """
        if name == "profit":
            return number(_at(self.entity, "profit", "percent"))
        return number(_at(self.entity, "data", "current_price", "day_change_percent"))

    @property
    def is_garbled(self) -> bool:
        """
        Tell whether a block that holds facts is no block: such a SmartTrade is set aside, which is no reading of it.
        """
        blocks = [self.entity.get("data"), self.entity.get("profit"), _at(self.entity, "data", "current_price")]
        return not all(block is None or isinstance(block, dict) for block in blocks)

    def price(self, name: str) -> Decimal | None:
        """
        Return bid, ask or last.
        """
        return number(_at(self.entity, "data", "current_price", name))

    @property
    def steps_told(self) -> set[tuple[object, ...]]:
        """
        Return id, status, price and share of every step.
        """
        return {
            (step.get("id"), status_of(step), number(_at(step, "price", "value")), number(step.get("volume")))
            for step in self.steps
        }

    @property
    def live_steps(self) -> int:
        """
        Count the live steps.
        """
        return sum(status_of(step) in LIVE for step in self.steps)

    def is_true(self, rule: RuleSpec) -> bool | None:
        """
        Tell whether a rule's condition is true; ``None`` if its fact is not known.
        """
        value = self.fact(rule.fact)
        if rule.steps and self.live_steps < rule.steps:
            return False
        return None if value is None else value < rule.below

    def matches(self, rule: RuleSpec) -> bool:
        """
        Tell whether a rule speaks of it.
        """
        side = "long" if self.is_long else "short"
        return rule.side in (None, side) and (rule.quote is None or self.pair.startswith(f"{rule.quote}_"))

    def chosen(self, rule: RuleSpec) -> int | None:
        """
        Return the step that a rule's selector names.
        """
        steps = [step for step in self.steps if status_of(step) not in OVER]
        prices = {step.get("id"): number(_at(step, "price", "value")) for step in steps}
        if not prices or None in prices.values() or len(prices) < len(steps):
            return None
        if rule.cancel in {"farthest", "nearest"}:
            highest = self.is_long == (rule.cancel == "farthest")
            wanted = (max if highest else min)(price for price in prices.values() if price is not None)
            found = [key for key, price in prices.items() if price == wanted]
        elif rule.cancel.startswith("{position"):
            found = [step.get("id") for step in steps if step.get("position") == 2]
        else:
            found = [key for key, price in prices.items() if price is not None and self._distance(price, "last") > 40]
        return found[0] if len(found) == 1 and isinstance(found[0], int) else None

    def _distance(self, price: Decimal, name: str) -> Decimal:
        from_price = self.price(name) or Decimal(0)
        if from_price <= 0:
            return Decimal(-100)
        gap = price - from_price if self.is_long else from_price - price
        return gap / from_price * 100

    def remaining(self, target: int, *, margin: Decimal, sent: set[int], needs_rows: bool) -> int:
        """
        Count the steps that are left when *target* is gone, and stand farther off than *margin* percent.
        """
        count = 0
        for step in self.steps:
            key, price = step.get("id"), number(_at(step, "price", "value"))
            if key == target or key in sent or status_of(step) not in CANCELABLE or price is None:
                continue
            if min(self._distance(price, name) for name in ("bid", "ask", "last")) <= margin:
                continue
            rows = [row for row in self.rows if row.get("id") == key]
            stands = (
                len(rows) == 1 and rows[0].get("status") in CANCELABLE and not number(rows[0].get("realised_amount"))
            )
            count += stands or not needs_rows
        return count

    @property
    def has_stop_loss(self) -> bool:
        """
        Tell whether a live stop loss is shown.
        """
        block = self.entity.get("stop_loss")
        return _at(block, "enabled") is True and status_of(block) in LIVE

    @property
    def has_breakeven(self) -> bool:
        """
        Tell whether its stop loss moves to breakeven, or may.
        """
        block = self.entity.get("stop_loss")
        return _at(block, "enabled") is not False and _at(block, "breakeven") is not False

    def objections(self, book: Book, rule: RuleSpec, target: int, *, sent: set[int], needs_rows: bool) -> list[str]:
        """
        Return why *rule* may not cancel *target* of this SmartTrade; nothing if it may.
        """
        found = []
        if not self.matches(rule):
            found.append("the rule does not speak of it")
        if self.is_true(rule) is not True:
            found.append(f"the condition is not true: {rule.fact} is {self.fact(rule.fact)}, {self.live_steps} live")
        if self.chosen(rule) != target:
            found.append(f"the selector names {self.chosen(rule)}")
        if status_of(self.entity) != "waiting_targets":
            found.append(f"its status is {status_of(self.entity)}")
        if book.accounts and self.account not in book.accounts:
            found.append(f"account {self.account} is not allowed")
        keep = max((one.keep for one in book.rules if self.matches(one)), default=1)
        needed = max(keep, 2 if self.has_breakeven else 1)
        left = self.remaining(target, margin=Decimal(book.margin), sent=sent, needs_rows=needs_rows)
        if left < needed:
            found.append(f"{left} steps would remain, {needed} must")
        found += [f"{what} is {word}, in transition" for what, word in self._in_transition()]
        if book.needs_stop_loss and not self.has_stop_loss:
            found.append("there is no live stop loss")
        step = next((one for one in self.steps if one.get("id") == target), None)
        if status_of(step) not in CANCELABLE:
            found.append(f"the step is {status_of(step)}")
        return found + (self._objections_of_rows(target) if needs_rows else [])

    def _in_transition(self) -> list[tuple[str, str | None]]:
        """
        Return every order of it that is neither live nor over.
        """
        stop_loss = self.entity.get("stop_loss")
        orders = [(f"step {step.get('id')}", status_of(step)) for step in self.steps]
        if _at(stop_loss, "enabled") is not False:
            orders.append(("the stop loss", status_of(stop_loss)))
        for row in self.rows:
            word = row.get("status")
            if not (row.get("trade_purpose") == "position" and word == "smart_sell"):
                orders.append((f"trade {row.get('id')}", word if isinstance(word, str) else None))
        return [(what, word) for what, word in orders if word not in OVER | LIVE]

    def _objections_of_rows(self, target: int) -> list[str]:
        rows = [row for row in self.rows if row.get("id") == target]
        if len(rows) != 1:
            return [f"{len(rows)} rows have its id"]
        row = rows[0]
        found = []
        if row.get("trade_purpose") != "take_profit" or row.get("status") not in CANCELABLE:
            found.append(f"its row is a {row.get('trade_purpose')}, {row.get('status')}")
        if number(row.get("realised_amount")) != 0:
            found.append(f"{row.get('realised_amount')} of it is realised")
        return found
