"""
`expect` of a test: what must happen, when, by which rule, on which SmartTrade.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.invariants import INVARIANTS
from tradewarden.model.decision import Deferral
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.rulesfile.fields import DurationField
from tradewarden.rulesfile.problems import describe, did_you_mean, shortened
from tradewarden.rulesfile.scalars import resolve
from tradewarden.rulesfile.values import InvalidValueError, duration_text
from tradewarden.ruletests.case import Cancels, Deferred, Denied, Expectation, Holds
from tradewarden.ruletests.meant import IN_AN_EXPECTATION, IN_CANCELS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rulesfile.document import Path
    from tradewarden.ruletests.case import Wanted
    from tradewarden.ruletests.sheet import Sheet

AT, RULE, SMART_TRADE = "at", "rule", "smart_trade"
WANTED = ("cancels", "denied", "deferred", "holds", "holding")
KNOWN = (AT, RULE, SMART_TRADE, *WANTED)
STEP_KEYS = ("position", "price", "id")
INVARIANT_NAMES = tuple(invariant.name for invariant in INVARIANTS)
NOTHING = ("nothing", "none")  # as some write that nothing is expected
LONGEST = timedelta(days=366)
NO_TIME = timedelta(0)

AT_FIELD = DurationField(NO_TIME, LONGEST)


class ExpectReader:
    """
    Reads the expectations of one test.

    *rules* are the names of the rules that it asks, *others* those that it does not, with what helps: both are empty or
    ``None`` if the rules file is not valid.
    """

    def __init__(
        self,
        sheet: Sheet,
        *,
        trades: Mapping[SmartTradeId, SmartTrade],
        rules: Collection[str] | None,
        others: Mapping[str, str],
        every: timedelta,
    ) -> None:
        self._sheet = sheet
        self._trades = trades
        self._rules = rules
        self._others = others
        self._every = every

    def read(self, path: Path, value: object) -> list[Expectation]:
        """
        Return those that can be read.
        """
        if value in NOTHING:
            self._sheet.refuse(path, f"`expect` must be a list, not {describe(value)}", "write expect: []")
            return []
        found = []
        for index, entry in enumerate(self._sheet.entries(path, value) or []):
            expectation = self._expectation((*path, index), entry)
            if expectation is not None:
                found.append(expectation)
        return found

    def _expectation(self, path: Path, entry: object) -> Expectation | None:
        keys = self._sheet.mapping(path, entry, KNOWN, may_be_empty=("holding",), meant=IN_AN_EXPECTATION)
        if keys is None:
            return None
        before = len(self._sheet.issues)
        written = entry if isinstance(entry, dict) else {}
        for key in (AT, RULE):
            if key not in written:
                self._sheet.refuse_key(
                    path, f"this expectation has no `{key}`", "as in {at: 3m, rule: ..., cancels: {position: 2}}"
                )
        index = self._index((*path, AT), keys.get(AT)) if AT in keys else None
        rule = self._rule((*path, RULE), keys.get(RULE)) if RULE in keys else None
        smart_trade_id = self._smart_trade_id(path, keys.get(SMART_TRADE), is_given=SMART_TRADE in written)
        wanted = self._wanted(path, keys, smart_trade_id, has_other_keys=len(keys) < len(written))
        if (
            len(self._sheet.issues) > before
            or index is None
            or rule is None
            or smart_trade_id is None
            or wanted is None
        ):
            return None
        return Expectation(
            place=self._sheet.place(path), index=index, rule=rule, smart_trade_id=smart_trade_id, wanted=wanted
        )

    def _index(self, path: Path, value: object) -> int | None:
        """
        Return the number of the reading; whether the test has so many, only its end can tell.
        """
        at = self._sheet.read(path, value, AT_FIELD.read)
        if at is None:
            return None
        index, rest = divmod(at, self._every)
        if rest:
            around = f"{duration_text(index * self._every)} or {duration_text((index + 1) * self._every)}"
            message = f"there is no reading at {duration_text(at)}: there is one every {duration_text(self._every)}"
            self._sheet.refuse(path, message, f"write {around}")
            return None
        return index

    def _rule(self, path: Path, value: object) -> str | None:
        if isinstance(value, list | dict):
            self._sheet.refuse(path, f"`rule` must be the name of one rule, not {describe(value)}")
            return None
        name = str(value)
        if self._rules is None or name in self._rules:
            return name
        if name in self._others:
            message = f"the rule `{shortened(name)}` is not asked in this test"
            self._sheet.refuse(path, message, self._others[name])
        else:
            known = (*self._rules, *self._others)
            hint = did_you_mean(name, known) or f"its rules: {', '.join(known)}"
            self._sheet.refuse(path, f"there is no rule `{shortened(name)}` in the rules file", hint)
        return None

    def _smart_trade_id(self, path: Path, value: object, *, is_given: bool) -> SmartTradeId | None:
        if not is_given:
            if len(self._trades) == 1:
                return next(iter(self._trades))
            if self._trades:
                hint = f"smart_trade: {next(iter(self._trades))}"
                self._sheet.refuse_key(path, "which SmartTrade is meant? This test has several", hint)
            return None
        at = (*path, SMART_TRADE)
        found = SmartTradeId(int(value)) if isinstance(value, Decimal) and value == value.to_integral_value() else None
        if found in self._trades:
            return found
        if not self._trades:
            return None  # that their files cannot be read has been told
        known = ", ".join(map(str, self._trades))
        self._sheet.refuse(at, f"{describe(value)} is not the id of a SmartTrade of this test", f"its: {known}")
        return None

    def _wanted(
        self, path: Path, keys: Mapping[str, object], smart_trade_id: SmartTradeId | None, *, has_other_keys: bool
    ) -> Wanted | None:
        given = [key for key in WANTED if key in keys]
        if not given and has_other_keys:
            return None  # which has been told: one of them was meant for it
        if len(given) != 1:
            message = f"this expectation says {'more than one thing' if given else 'nothing'}"
            self._sheet.refuse_key(path, message, f"write one of {', '.join(WANTED)}")
            return None
        (key,) = given
        at, value = (*path, key), keys[key]
        match key:
            case "cancels":
                return self._cancels(at, value, smart_trade_id)
            case "denied":
                name = self._sheet.read(at, value, lambda word: _one_of(word, INVARIANT_NAMES, "a safety check"))
                return None if name is None else Denied(invariant=name)
            case "deferred":
                name = self._sheet.read(at, value, lambda word: _one_of(word, tuple(Deferral), "a reason to defer"))
                return None if name is None else Deferred(reason=Deferral(name))
            case "holds":
                held = self._sheet.read(at, value, AT_FIELD.read)
                return None if held is None else Holds(held=held)
            case _:
                if value is not None and value is not True:
                    self._sheet.refuse(at, "`holding` takes no value", "for how long it has held: holds: 1m")
                return Holds()

    def _cancels(self, path: Path, value: object, smart_trade_id: SmartTradeId | None) -> Cancels | None:
        """
        Read which step: it must be one that the SmartTrade has.
        """
        if isinstance(value, Decimal | str):
            self._sheet.refuse(path, f"`cancels` must name a step, not {describe(value)}", "write {position: 2}")
            return None
        keys = self._sheet.mapping(path, value, STEP_KEYS, meant=IN_CANCELS, example="write {position: 2}")
        if not keys:
            if value == {}:
                self._sheet.refuse(path, "`cancels` names no step", "write {position: 2}")
            return None
        # An `id` is read as a text in a rules file, whatever it looks like.
        resolved = {key: resolve(value) if isinstance(value, str) else value for key, value in keys.items()}
        numbers = {key: number for key, number in resolved.items() if isinstance(number, Decimal)}
        for key in keys.keys() - numbers.keys():
            self._sheet.refuse((*path, key), f"`{key}` must be a number, not {describe(keys[key])}")
        if len(numbers) < len(keys):
            return None
        if not self._is_there(numbers, smart_trade_id):
            self._sheet.refuse(path, f"SmartTrade {smart_trade_id} has no such step", self._steps(smart_trade_id))
            return None
        position, trade_id = numbers.get("position"), numbers.get("id")
        return Cancels(
            position=None if position is None else int(position),
            price=numbers.get("price"),
            trade_id=None if trade_id is None else TradeId(int(trade_id)),
        )

    def _is_there(self, numbers: Mapping[str, Decimal], smart_trade_id: SmartTradeId | None) -> bool:
        trade = None if smart_trade_id is None else self._trades.get(smart_trade_id)
        if trade is None:
            return True  # that has been told
        # A price may be set by the test: it is not held against the fixture.
        return any(
            numbers.get("position", step.position) == step.position and numbers.get("id", step.id) == step.id
            for step in trade.steps
        )

    def _steps(self, smart_trade_id: SmartTradeId | None) -> str | None:
        trade = None if smart_trade_id is None else self._trades.get(smart_trade_id)
        if trade is None or not trade.steps:
            return None
        return "it has " + ", ".join(f"position {step.position} (id {step.id})" for step in trade.steps)


def _one_of(word: object, known: tuple[str, ...], what: str) -> str:
    if isinstance(word, str) and word in known:
        return word
    hint = (did_you_mean(word, known) if isinstance(word, str) else None) or f"one of {', '.join(known)}"
    msg = f"must name {what}, not {describe(word)}"
    raise InvalidValueError(msg, hint)
