"""
One test of a test file: its SmartTrades, its facts, its clock and its expectations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tradewarden.model.local_time import is_skipped
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.rulesfile.fields import ChoiceField, DurationField
from tradewarden.rulesfile.problems import describe, did_you_mean, shortened
from tradewarden.rulesfile.text_fields import TextField
from tradewarden.rulesfile.values import InvalidValueError, duration_text
from tradewarden.ruletests.case import RuleTest, Subject
from tradewarden.ruletests.expect_reader import ExpectReader
from tradewarden.ruletests.fact_reader import EVERY, FactReader
from tradewarden.ruletests.fact_values import MOST_READINGS
from tradewarden.ruletests.look_back import needed_history
from tradewarden.ruletests.meant import IN_A_TEST, WITHOUT_VALUE
from tradewarden.ruletests.settable import PRICE_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import SmartTrade, Trade
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.ruletests.case import Expectation
    from tradewarden.ruletests.fact_reader import Facts
    from tradewarden.ruletests.fixtures import Fixtures
    from tradewarden.ruletests.sheet import Sheet

KEYS = (
    "name",
    "description",
    "smart_trade",
    "smart_trades",
    "trades",
    "set",
    "series",
    "start",
    "mode",
    "enable",
    "only",
    "expect",
)
EARLIEST_YEAR, LATEST_YEAR = 1971, 2199
A_MINUTE = timedelta(minutes=1)
WITHOUT_A_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the start, if nothing tells when the SmartTrade was read

_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)
_DAY_FIRST = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}\b.*", re.ASCII)

NAME_FIELD = TextField(200, 1)
DESCRIPTION_FIELD = TextField(2_000, one_line=False, is_shown=True)  # as of a rule
MODE_FIELD = ChoiceField(Mode)
EVERY_FIELD = DurationField(timedelta(seconds=1), timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """
    The rules that a test asks, and the longest time that one of them looks back. *names* is ``None`` if the rules
    file is not valid.
    """

    enabled: frozenset[str]
    only: frozenset[str] | None
    names: tuple[str, ...] | None
    others: Mapping[str, str]
    longest_look: timedelta


class CaseReader:
    """
    Reads tests of *rules*, which is ``None`` if the rules file is not valid: then what concerns it is not checked.
    """

    def __init__(self, sheet: Sheet, fixtures: Fixtures, rules: RulesFile | None) -> None:
        self._sheet = sheet
        self._fixtures = fixtures
        self._rules = rules

    def read(self, path: Path, entry: object) -> RuleTest | None:
        """
        Return the test; ``None`` if it is not valid.
        """
        keys = self._sheet.mapping(path, entry, KEYS, meant=IN_A_TEST)
        if keys is None:
            return None
        before = len(self._sheet.issues)
        written = entry if isinstance(entry, dict) else {}
        for key in ("name", "expect"):
            if key not in written:
                hint = "`expect: []` says that nothing happens" if key == "expect" else None
                self._sheet.refuse_key(path, f"a test has no `{key}`", hint)
        name = self._sheet.read((*path, "name"), keys["name"], NAME_FIELD.read) if "name" in keys else None
        if "description" in keys:
            self._sheet.read((*path, "description"), keys["description"], DESCRIPTION_FIELD.read)
        trades = self._smart_trades(path, keys, written)
        rows = self._rows(path, keys, trades)
        mode = self._sheet.read((*path, "mode"), keys["mode"], MODE_FIELD.read) if "mode" in keys else Mode.LIVE
        start = self._start((*path, "start"), keys["start"]) if "start" in keys else _start_of(trades)
        asked = self._asked(path, keys)
        facts, every = self._facts(path, keys, trades)
        expected = self._expected(path, keys, trades, asked, every)
        readings = self._readings(path, facts, expected, asked, every)
        if len(self._sheet.issues) > before or name is None or start is None:
            return None
        subjects = tuple(
            Subject(trade=trade, rows=rows.get(trade_id), series=facts.series_of(trade_id))
            for trade_id, trade in trades.items()
        )
        return RuleTest(
            name=name,
            place=self._sheet.place(path),
            subjects=subjects,
            markets=tuple(sorted(facts.markets.values(), key=lambda series: series.order)),
            every=every,
            readings=readings,
            start=start,
            mode=Mode(mode or Mode.LIVE),
            enabled=asked.enabled,
            only=asked.only,
            has_moving_price=bool(PRICE_FACTS & facts.played),
            expected=tuple(expected),
        )

    def _smart_trades(
        self, path: Path, keys: Mapping[str, object], written: Mapping[str, object]
    ) -> dict[SmartTradeId, SmartTrade]:
        given = [key for key in ("smart_trade", "smart_trades") if key in written]
        if len(given) != 1:
            message = "a test has `smart_trade` and `smart_trades`" if given else "a test has no `smart_trade`"
            self._sheet.refuse_key(
                path, message, "name one file, or several in a list: smart_trades: [one.json, two.json]"
            )
        entries: list[tuple[Path, object]] = []
        if "smart_trade" in keys:
            entries.append(((*path, "smart_trade"), keys["smart_trade"]))
        if "smart_trades" in keys:
            at = (*path, "smart_trades")
            listed = self._sheet.entries(at, keys["smart_trades"])
            entries += [((*at, index), entry) for index, entry in enumerate(listed or [])]
            if listed == []:
                self._sheet.refuse(at, "`smart_trades` names no file")
        found: dict[SmartTradeId, SmartTrade] = {}
        for at, entry in entries:
            trade = self._sheet.read(at, entry, self._fixtures.smart_trade)
            if trade is not None and trade.id in found:
                self._sheet.refuse(at, f"SmartTrade {trade.id} is in this test already", "give each an id of its own")
            elif trade is not None:
                found[trade.id] = trade
        return found

    def _rows(
        self, path: Path, keys: Mapping[str, object], trades: Mapping[SmartTradeId, SmartTrade]
    ) -> dict[SmartTradeId, tuple[Trade, ...]]:
        if "trades" not in keys:
            return {}
        at, value = (*path, "trades"), keys["trades"]
        if not isinstance(value, dict):
            rows = self._sheet.read(at, value, self._fixtures.trades)
            if len(trades) > 1:
                example = f"trades: {{{next(iter(trades))}: FILE}}"
                self._sheet.refuse(at, "whose list of trades is it? This test has several SmartTrades", example)
            return {trade_id: rows for trade_id in trades if rows is not None}
        found = {}
        for key, entry in (self._sheet.mapping(at, value) or {}).items():
            trade_id = SmartTradeId(int(key)) if key.isdecimal() else None
            if not trades:
                continue  # that its file cannot be read has been told
            if trade_id not in trades or trade_id is None:
                known = ", ".join(map(str, trades))
                message = f"{shortened(key)} is not the id of a SmartTrade of this test"
                self._sheet.refuse_key((*at, key), message, f"its: {known}")
                continue
            rows = self._sheet.read((*at, key), entry, self._fixtures.trades)
            if rows is not None:
                found[trade_id] = rows
        return found

    def _start(self, path: Path, value: object) -> datetime | None:
        timezone = self._settings.timezone if self._rules else None
        return self._sheet.read(path, value, lambda text: _read_moment(text, timezone))

    def _asked(self, path: Path, keys: Mapping[str, object]) -> _Asked:
        enabled = self._names((*path, "enable"), keys.get("enable")) if "enable" in keys else frozenset()
        only = self._names((*path, "only"), keys.get("only")) if "only" in keys else None
        if self._rules is None:
            return _Asked(enabled=enabled, only=only, names=None, others={}, longest_look=timedelta(0))
        asked: list[Rule] = []
        others: dict[str, str] = {}
        known = {rule.name for rule in self._rules.ruleset.rules}
        if only is not None and not only <= known:
            only = None  # a slip, which is told: that no rule is asked need not be told as well
        for rule in self._rules.ruleset.rules:
            help_to_it = _what_switches_on(
                rule.name, is_on=rule.enabled or rule.name in enabled, is_named=only is None or rule.name in only
            )
            if help_to_it is None:
                asked.append(rule)
            else:
                others[rule.name] = help_to_it
        return _Asked(
            enabled=enabled,
            only=only,
            names=tuple(rule.name for rule in asked),
            others=others,
            longest_look=max(map(needed_history, asked), default=timedelta(0)),
        )

    def _names(self, path: Path, value: object) -> frozenset[str]:
        """
        Read the name of a rule, or a list of them.
        """
        entries: list[tuple[Path, object]] = [(path, value)]
        if isinstance(value, list):
            entries = [((*path, index), entry) for index, entry in enumerate(value)]
        for at, entry in entries:
            known = () if self._rules is None else tuple(rule.name for rule in self._rules.ruleset.rules)
            if self._rules is not None and str(entry) not in known:
                hint = did_you_mean(str(entry), known) or f"its rules: {', '.join(known)}"
                self._sheet.refuse(at, f"there is no rule {describe(entry)} in the rules file", hint)
        return frozenset(str(entry) for _, entry in entries)

    @property
    def _settings(self) -> Settings:
        if self._rules is None:  # pragma: no cover (asked for only where there is a rules file)
            raise LookupError
        return self._rules.settings

    def _facts(
        self, path: Path, keys: Mapping[str, object], trades: Mapping[SmartTradeId, SmartTrade]
    ) -> tuple[Facts, timedelta]:
        reader = FactReader(self._sheet, trades)
        every = (self._settings.schedule.every if self._rules else None) or A_MINUTE
        for key in ("set", "series"):
            section = self._sheet.mapping((*path, key), keys[key], meant=WITHOUT_VALUE) if key in keys else None
            if section is None:
                continue
            if key == "series" and EVERY in section:
                every = self._every((*path, key, EVERY), section[EVERY]) or every
            elif EVERY in section:
                self._sheet.refuse_key((*path, key, EVERY), "`every` is a key of `series`", "move it there")
                section = {name: value for name, value in section.items() if name != EVERY}
            reader.read((*path, key), section, is_series=key == "series")
        return reader.facts, every

    def _every(self, path: Path, value: object) -> timedelta | None:
        return self._sheet.read(path, value, EVERY_FIELD.read)

    def _expected(
        self,
        path: Path,
        keys: Mapping[str, object],
        trades: Mapping[SmartTradeId, SmartTrade],
        asked: _Asked,
        every: timedelta,
    ) -> list[Expectation]:
        if "expect" not in keys:
            return []
        reader = ExpectReader(self._sheet, trades=trades, rules=asked.names, others=asked.others, every=every)
        return reader.read((*path, "expect"), keys["expect"])

    def _readings(
        self,
        path: Path,
        facts: Facts,
        expected: list[Expectation],
        asked: _Asked,
        every: timedelta,
    ) -> int:
        """
        Return how many readings there are: as many as the series has values, which must all be as long.

        Without a list of values there are so many that the longest `for` and window and the last expectation have their
        time.
        """
        if not facts.lengths:
            last = max((expectation.index for expectation in expected), default=0)
            needed = max(-(-asked.longest_look // every), last) + 1
            if needed > MOST_READINGS:
                message = f"this test needs {needed:,} readings, and may have {MOST_READINGS:,}"
                self._sheet.refuse_key(path, message, "let more time pass between two: series: {every: 10m, ...}")
            return needed
        readings = max(length for _, length in facts.lengths)
        longest = next(at for at, length in facts.lengths if length == readings)
        for at, length in facts.lengths:
            if length < readings:
                values = "1 value" if length == 1 else f"{length} values"
                message = f"`{shortened(str(at[-1]))}` has {values}, `{shortened(str(longest[-1]))}` has {readings}"
                self._sheet.refuse(at, message, "write one for each reading, or a single one for all")
        end = (readings - 1) * every
        for index, expectation in enumerate(expected):
            if expectation.index >= readings:
                at = self._path_of(path, expectation, index)
                message = f"the test ends at {duration_text(end)}, its last reading"
                self._sheet.refuse(at, message, "give the series more values, or expect it earlier")
        return readings

    def _path_of(self, path: Path, expectation: Expectation, index: int) -> Path:
        """
        Return where the `at` of an expectation stands: entries that were not valid have none, so it is looked up.
        """
        places = self._sheet.document.places
        candidates = [(*path, "expect", number) for number in range(index, len(places))]
        entry = next(at for at in candidates if at in places and self._sheet.place(at) == expectation.place)
        return (*entry, "at")


def _what_switches_on(name: str, *, is_on: bool, is_named: bool) -> str | None:
    """
    Say what makes a test ask a rule; ``None`` if it does.
    """
    if is_on:
        return None if is_named else "name it in `only`"
    switch = f"it is off: `enable: {shortened(name)}` switches it on for this test"
    return switch if is_named else f"{switch}; name it in `only` too"


def _start_of(trades: Mapping[SmartTradeId, SmartTrade]) -> datetime:
    """
    Return when the SmartTrades can have been read: when the last of them was changed.
    """
    changed = [trade.updated_at for trade in trades.values()]
    return max((moment for moment in changed if moment is not None and _is_near(moment)), default=WITHOUT_A_DATE)


def _read_moment(value: object, timezone: ZoneInfo | None) -> datetime:
    """
    Read ``2026-01-02T03:00``, in *timezone* if it names none itself. Raises InvalidValueError.
    """
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        msg = f"must be a moment such as 2026-01-02T03:00, not {describe(value)}"
        hint = "name the day too: 2026-01-02T20:00" if _CLOCK.fullmatch(str(value)) else None
        if _DAY_FIRST.fullmatch(str(value)):
            hint = "the year stands first: 2026-01-31T20:00 is the 31st of January"
        raise InvalidValueError(msg, hint) from None
    if not _is_near(moment):
        msg = f"must be a moment from {EARLIEST_YEAR} to {LATEST_YEAR}, not {describe(value)}"
        raise InvalidValueError(msg)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    zone = timezone or UTC
    if is_skipped(moment, zone):
        msg = f"must be a moment that there is: the clocks of {zone} are put forward over {describe(value)}"
        raise InvalidValueError(msg)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _is_near(moment: datetime) -> bool:
    """
    Tell whether there is room for a test before and after *moment*: the calendar of a computer has its ends.
    """
    return EARLIEST_YEAR <= moment.year <= LATEST_YEAR
