"""
`set` and `series` of a test: which facts of which SmartTrade have which values at which reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.rules.pair_notation import as_3commas_writes
from tradewarden.rulesfile.problems import did_you_mean, shortened
from tradewarden.rulesfile.scalars import resolve
from tradewarden.ruletests.case import FactSeries, MarketSeries
from tradewarden.ruletests.fact_values import MOST_READINGS, Expected, repeated
from tradewarden.ruletests.meant import FACTS
from tradewarden.ruletests.settable import (
    MARKET_KEY,
    MARKET_SETTABLE,
    NOT_SETTABLE,
    ORDER,
    SETTABLE,
    STEP_NOT_SETTABLE,
    STEP_SETTABLE,
    put_step,
)
from tradewarden.ruletests.value_reader import read_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.schema import FactValue
    from tradewarden.rulesfile.document import Path
    from tradewarden.ruletests.sheet import Sheet

STEPS, OF, EVERY = "steps", "of", "every"

_MARKET_UNQUOTED = re.compile(r"market\('?([A-Za-z0-9_]{1,64})'?\)\.([a-z_]+)")
_STEPS_EXAMPLE = "as in steps: {2: {status: finished}}"
_OVER_TIME = re.compile(r"(?:change|lowest|highest|held)\b.*")

Values = tuple["FactValue", ...]
Key = tuple[str | int, ...]  # a fact's name, or (position, name) of a step's


class _Slot(NamedTuple):
    """
    A fact's values with the level at which they stand: what is said of one SmartTrade outweighs what is said of all.
    """

    level: int
    series: FactSeries


@dataclass(slots=True)
class Facts:
    """
    What was read so far. *lengths* are those of the lists, each with its place.
    """

    of: dict[SmartTradeId, dict[Key, _Slot]] = field(default_factory=dict)
    markets: dict[tuple[str, str], MarketSeries] = field(default_factory=dict)
    lengths: list[tuple[Path, int]] = field(default_factory=list)
    played: set[str] = field(default_factory=set)  # the facts of which `series` speaks

    def series_of(self, smart_trade_id: SmartTradeId) -> tuple[FactSeries, ...]:
        """
        Return the series of one SmartTrade in the order in which they are written into it.
        """
        slots = self.of.get(smart_trade_id, {}).values()
        return tuple(sorted((slot.series for slot in slots), key=lambda series: series.order))


class FactReader:
    """
    Reads the sections of one test about *trades*.
    """

    def __init__(self, sheet: Sheet, trades: Mapping[SmartTradeId, SmartTrade]) -> None:
        self._sheet = sheet
        self._trades = trades
        self.facts = Facts()

    def read(self, path: Path, section: Mapping[str, object], *, is_series: bool) -> None:
        """
        Read a section: facts of all SmartTrades, under `of` those of one.
        """
        self._read_level(path, section, list(self._trades), level=0, is_series=is_series)
        if OF not in section:
            return
        below = self._sheet.mapping((*path, OF), section[OF])
        for key, inner in (below or {}).items():
            at = (*path, OF, key)
            trade_id = SmartTradeId(int(key)) if key.isdecimal() else None
            if not self._trades:
                continue  # that their files cannot be read has been told
            if trade_id not in self._trades:
                known = ", ".join(map(str, self._trades))
                self._sheet.refuse_key(
                    at, f"{shortened(key)} is not the id of a SmartTrade of this test", f"its: {known}"
                )
            elif (found := self._sheet.mapping(at, inner)) is not None and trade_id is not None:
                self._read_level(at, found, [trade_id], level=1, is_series=is_series)

    def _read_level(
        self, path: Path, section: Mapping[str, object], ids: list[SmartTradeId], *, level: int, is_series: bool
    ) -> None:
        for key, value in section.items():
            at = (*path, key)
            if key in {OF, EVERY} and level == 0:
                continue
            if key == STEPS:
                self._read_steps(at, value, ids, level=level, is_series=is_series)
            elif (market := MARKET_KEY.fullmatch(key)) is not None:
                self._read_market(at, value, market[1], market[2], level=level, is_series=is_series)
            elif key in SETTABLE:
                schema, settable = VOCABULARY[key], SETTABLE[key]
                expected = Expected.of(schema, may_be_unknown=settable.may_be_unknown)
                values = self._values(at, value, expected, is_series=is_series)
                if values is not None:
                    series = FactSeries(fact=key, put=settable.put, order=ORDER[key], values=values)
                    self._keep(at, ids, (key,), series, level=level, is_series=is_series)
            else:
                self._sheet.refuse_key(at, *_why_not(key))

    def _read_steps(self, path: Path, value: object, ids: list[SmartTradeId], *, level: int, is_series: bool) -> None:
        for key, inner in (self._sheet.mapping(path, value, example=_STEPS_EXAMPLE) or {}).items():
            at = (*path, key)
            position = int(key) if key.isdecimal() else 0
            having = [one for one in ids if any(step.position == position for step in self._trades[one].steps)]
            if not having:
                there = sorted({step.position or 0 for one in ids for step in self._trades[one].steps})
                hint = f"its steps are at the positions {', '.join(map(str, there))}" if there else None
                self._sheet.refuse_key(at, f"there is no step at position {shortened(key)}", hint)
                continue
            for name, given in (self._sheet.mapping(at, inner, example=_STEPS_EXAMPLE) or {}).items():
                within = (*at, name)
                if name not in STEP_SETTABLE:
                    self._sheet.refuse_key(within, *_why_not_of_step(name))
                    continue
                schema = VOCABULARY[f"step.{name}"]
                values = self._values(within, given, Expected.of(schema), is_series=is_series)
                if values is not None:
                    series = FactSeries(
                        fact=f"step {position}: {name}", put=put_step(position, name), order=len(ORDER), values=values
                    )
                    self._keep(within, having, (position, name), series, level=level, is_series=is_series)

    def _read_market(self, path: Path, value: object, pair: str, name: str, *, level: int, is_series: bool) -> None:
        if level:
            self._sheet.refuse_key(
                path, "a market is the same for every SmartTrade", "write it beside `of`, not below it"
            )
            return
        traded = [trade for trade in self._trades.values() if trade.pair == pair]
        if traded:
            hint = f"set `{name}` itself: rules read the market {pair} off it"
            self._sheet.refuse_key(path, f"{shortened(pair)} is the pair of SmartTrade {traded[0].id}", hint)
            return
        if name not in MARKET_SETTABLE:
            hint = did_you_mean(name, MARKET_SETTABLE) or f"a market has {', '.join(MARKET_SETTABLE)}"
            self._sheet.refuse_key(path, f"a market has no `{shortened(name)}` that can be set", hint)
            return
        meant = as_3commas_writes(pair)
        if meant is not None:
            message = f"3Commas writes the quote first, then an underscore, so {shortened(pair)} is no market there"
            self._sheet.refuse_key(path, message, f'write market("{meant}").{name}')
            return
        values = self._values(path, value, Expected.of(VOCABULARY[name]), is_series=is_series)
        if values is not None:
            if (pair, name) in self.facts.markets and is_series:
                self._refuse_twice(path, str(path[-1]))
            self.facts.markets[pair, name] = MarketSeries(
                pair=pair,
                put=MARKET_SETTABLE[name],
                order=ORDER[name],
                values=cast("tuple[Decimal | None, ...]", values),
            )

    def _keep(
        self, path: Path, ids: list[SmartTradeId], key: Key, series: FactSeries, *, level: int, is_series: bool
    ) -> None:
        if is_series:
            self.facts.played.add(series.fact)
        is_twice = False
        for one in ids:
            slots = self.facts.of.setdefault(one, {})
            before = slots.get(key)
            is_twice |= before is not None and before.level == level
            if before is None or before.level <= level:
                slots[key] = _Slot(level, series)
        if is_twice:
            self._refuse_twice(path, str(path[-1]))

    def _refuse_twice(self, path: Path, name: str) -> None:
        self._sheet.refuse_key(path, f"`{shortened(name)}` stands in `set` and in `series`", "remove one of the two")

    def _values(self, path: Path, value: object, expected: Expected, *, is_series: bool) -> Values | None:
        """
        Return the values of one fact; ``None`` if one of them is wrong.
        """
        if not isinstance(value, list):
            single = repeated(value, expected.kind)
            return self._checked(path, [(path, *single)], expected, is_list=single[1] > 1)
        if not is_series:
            self._sheet.refuse(
                path, f"`{shortened(str(path[-1]))}` must be one value in `set`", "what changes stands in `series`"
            )
            return None
        if not value:
            self._sheet.refuse(path, f"`{shortened(str(path[-1]))}` has no values", "write one for each reading")
            return None
        given = [((*path, index), *repeated(entry, expected.kind)) for index, entry in enumerate(value)]
        return self._checked(path, given, expected, is_list=True)

    def _checked(
        self, path: Path, given: list[tuple[Path, object, int]], expected: Expected, *, is_list: bool
    ) -> Values | None:
        before = len(self._sheet.issues)
        values: list[FactValue] = []
        for at, entry, count in given:
            values += [
                self._sheet.read(at, _of_account(path, entry), partial(read_at, self._sheet, at, expected))
            ] * count
        if len(self._sheet.issues) > before:
            return None
        if len(values) > MOST_READINGS:
            self._sheet.refuse(path, f"a test has at most {MOST_READINGS:,} readings, not {len(values):,}")
            return None
        if is_list:
            self.facts.lengths.append((path, len(values)))
        return tuple(values)


def _of_account(path: Path, entry: object) -> object:
    """
    Return the id of an account as a number: its key holds a text in a rules file, whatever it looks like.
    """
    return resolve(entry) if path[-1] == "account_id" and isinstance(entry, str) else entry


def _why_not(name: str) -> tuple[str, str]:
    """
    Return message and hint for a key that is no fact which can be set.
    """
    shown = shortened(name)
    if name in NOT_SETTABLE:
        why, instead = NOT_SETTABLE[name]
        return f"`{shown}` cannot be set: it {why}", instead
    if name.startswith("step."):
        inner = name.removeprefix("step.")
        if inner in STEP_SETTABLE:
            return f"`{shown}` is a fact of one step", f"name the step: steps: {{2: {{{inner}: ...}}}}"
        return _why_not_of_step(inner)
    if _OVER_TIME.fullmatch(name):
        return f"`{shown}` cannot be set: it comes from earlier readings", "play the fact itself in `series`"
    near = FACTS.get(name) or did_you_mean(name, (*SETTABLE, STEPS, OF))
    if (market := _MARKET_UNQUOTED.fullmatch(name)) is not None:
        return f"there is no fact `{shown}`", f'write market("{market[1]}").{market[2]}'
    return f"there is no fact `{shown}`", near or f"these can be set: {', '.join(SETTABLE)}"


def _why_not_of_step(name: str) -> tuple[str, str]:
    shown = shortened(name)
    if name in STEP_NOT_SETTABLE:
        why, instead = STEP_NOT_SETTABLE[name]
        return f"`{shown}` of a step cannot be set: it {why}", instead
    near = did_you_mean(name, STEP_SETTABLE)
    return f"a step has no fact `{shown}`", near or f"these can be set: {', '.join(STEP_SETTABLE)}"
