"""
Scenarios: SmartTrades and a market that moves, written down as JSON.
"""

from __future__ import annotations

import json
import os
import stat
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from tradewarden.simulator.api import DEMO_KEY, MODES, Api
from tradewarden.simulator.habits import Habits
from tradewarden.simulator.market import Move, Quote, opening_price
from tradewarden.simulator.reader import Reader
from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.short_form import is_short_form, spelled_out
from tradewarden.simulator.signatures import ApiKey
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.simulator.api import Faults
    from tradewarden.simulator.smart_trade import Json

SHIPPED = ("default", "falling-market")
KEYS = (
    *("description", "credentials", "requests_per_minute", "cancel_lag_s", "volume_per_minute", "interpolation"),
    *("smart_trades", "moves"),
)
MOVE_KEYS = ("at_s", "smart_trade", "pair", "last", "change_pct", "day_change", "bid", "ask")
SMART_TRADE_KEYS = ("entity", "trades", "mode")


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedMove:
    """
    A move of the market, of one SmartTrade, of a pair or (neither is given) of all.
    """

    move: Move
    smart_trade_id: int | None
    pair: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioTrade:
    """
    A SmartTrade of a scenario. Without *trades* its list of trades is derived.
    """

    entity: Json
    trades: tuple[Json, ...]
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    A scenario, checked: what `api` builds from it does not complain.
    """

    description: str
    key: ApiKey
    requests_per_minute: int
    habits: Habits
    volume_per_minute: Decimal
    linear: bool
    smart_trades: tuple[ScenarioTrade, ...]
    moves: tuple[AimedMove, ...]

    def world(self, *, now: Callable[[], float]) -> World:
        """
        Build the world; its time 0 is now. *now* returns seconds since the epoch.
        """
        world = World(now=now, habits=self.habits)
        for trade in self.smart_trades:
            world.add_smart_trade(
                deepcopy(trade.entity),
                trades=deepcopy(trade.trades),
                mode=trade.mode,
                moves=self._moves_of(trade.entity),
                linear=self.linear,
                volume_per_minute=self.volume_per_minute,
            )
        return world

    def api(self, *, now: Callable[[], float], faults: Faults | None = None) -> Api:
        """
        Build the world and an Api over it.
        """
        return Api(self.world(now=now), keys=(self.key,), requests_per_minute=self.requests_per_minute, faults=faults)

    def _moves_of(self, entity: Json) -> list[Move]:
        return [
            aimed.move
            for aimed in self.moves
            if aimed.smart_trade_id in (None, entity["id"]) and aimed.pair in (None, entity["pair"])
        ]


def shipped_scenario(name: str) -> Scenario:
    """
    Return a scenario of the package: ``default`` or ``falling-market``.
    """
    text = files("tradewarden.simulator").joinpath("scenarios", f"{name}.json").read_text("utf-8")
    return parse_scenario(text, name=f"{name}.json")


def load_scenario(path: Path) -> Scenario:
    """
    Read a scenario file. Raises ScenarioError, whose text names the file and the place in it.
    """
    try:
        with open(path, encoding="utf-8", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                msg = f"{path}: the scenario is not a file but a pipe or a device: name a file."
                raise ScenarioError(msg)
            text = file.read()
    except OSError as error:
        msg = f"{path}: the scenario cannot be read: {error.strerror}."
        raise ScenarioError(msg) from None
    except UnicodeDecodeError:
        msg = f"{path}: the scenario is not UTF-8 text."
        raise ScenarioError(msg) from None
    return parse_scenario(text, name=str(path))


def parse_scenario(text: str, *, name: str) -> Scenario:
    """
    Check the *text* of a scenario; *name* is what errors call it. Raises ScenarioError.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{name}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}."
        raise ScenarioError(msg) from None
    except RecursionError:
        msg = f"{name}: this is nested too deeply."
        raise ScenarioError(msg) from None
    try:
        scenario = _scenario(Reader(value, "scenario"))
        scenario.world(now=lambda: 0.0)  # whatever an entity lacks shows itself when it is built
    except ScenarioError as error:
        msg = f"{name}: {error}"
        raise ScenarioError(msg) from None
    return scenario


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to would keep us waiting for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _scenario(reader: Reader) -> Scenario:
    reader.refuse_unknown(KEYS)
    smart_trades = tuple(_smart_trade(child) for child in reader.children("smart_trades"))
    volume_per_minute = reader.number("volume_per_minute")
    return Scenario(
        description=reader.text("description", ""),
        key=_key(reader.child("credentials")),
        requests_per_minute=reader.integer("requests_per_minute", 100),
        habits=Habits(cancel_lag_s=reader.seconds("cancel_lag_s", Habits().cancel_lag_s)),
        volume_per_minute=Decimal(0) if volume_per_minute is None else volume_per_minute,
        linear=reader.text("interpolation", "linear", choices=("linear", "steps")) == "linear",
        smart_trades=smart_trades,
        moves=tuple(_move(child, smart_trades) for child in reader.children("moves")),
    )


def _key(reader: Reader) -> ApiKey:
    reader.refuse_unknown(("key", "secret", "can_write"))
    return ApiKey(
        key=reader.text("key", DEMO_KEY.key),
        secret=reader.text("secret", DEMO_KEY.secret),
        can_write=reader.flag("can_write", default=True),
    )


def _smart_trade(reader: Reader) -> ScenarioTrade:
    if not reader.has("entity"):
        return ScenarioTrade(entity=_entity(reader), trades=(), mode="real")
    reader.refuse_unknown(SMART_TRADE_KEYS)
    return ScenarioTrade(
        entity=_entity(reader.child("entity")),
        trades=tuple(child.object for child in reader.children("trades")),
        mode=reader.text("mode", "real", choices=MODES),
    )


def _entity(reader: Reader) -> Json:
    if is_short_form(reader):
        return spelled_out(reader)
    for key in ("id", "pair", "account", "status", "position", "take_profit", "data"):
        reader.need(key)
    reader.child("account").integer("id")
    return reader.object


def _move(reader: Reader, smart_trades: tuple[ScenarioTrade, ...]) -> AimedMove:
    reader.refuse_unknown(MOVE_KEYS)
    smart_trade_id = reader.integer("smart_trade") if reader.has("smart_trade") else None
    pair = reader.text("pair") if reader.has("pair") else None
    entities = [trade.entity for trade in smart_trades]
    hit = [entity for entity in entities if smart_trade_id in (None, entity["id"]) and pair in (None, entity["pair"])]
    if not hit:
        msg = f"{reader.place}: no SmartTrade of the scenario is moved by this; look at 'smart_trade' and 'pair'."
        raise ScenarioError(msg)
    move = Move(
        at_s=reader.seconds("at_s"),
        last=reader.positive("last") if reader.has("last") else None,
        change_pct=_percent(reader, "change_pct"),
        day_change=_percent(reader, "day_change"),
        bid=reader.positive("bid") if reader.has("bid") else None,
        ask=reader.positive("ask") if reader.has("ask") else None,
    )
    if move.last is None and move.change_pct is None and move.day_change is None:
        msg = f"{reader.place}: a move needs one of 'last', 'change_pct' and 'day_change'."
        raise ScenarioError(msg)
    if move.last is None and any(_opening(entity) is None for entity in hit):
        msg = f"{reader.place}: this move counts from a price, but a SmartTrade that it moves has no last price yet."
        raise ScenarioError(msg)
    return AimedMove(move=move, smart_trade_id=smart_trade_id, pair=pair)


def _percent(reader: Reader, key: str) -> Decimal | None:
    number = reader.number(key)
    if number is not None and number <= -100:  # noqa: PLR2004 - percent
        msg = f"{reader.at(key)}: {number} % is no price at all; it must be above -100."
        raise ScenarioError(msg)
    return number


def _opening(entity: Json) -> Decimal | None:
    price = Reader(entity, f"SmartTrade {entity['id']}").child("data").child("current_price")
    return opening_price(Quote(last=price.number("last"), day_change=price.number("day_change_percent")))
