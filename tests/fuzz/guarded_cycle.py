"""
Target: a whole cycle of the daemon whose listing and second read are any bytes sends no DELETE, unless those bytes,
read plainly, say themselves that this step of this SmartTrade may be cancelled.
"""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fuzz.json_text import bend, plainly
from fuzz.mutation import Mutator
from fuzz.served import WORDS, serve
from fuzz.target import SEPARATOR, Target, parts_of
from fuzz.wording import shape_of
from scenario.incidents import ENTITY, LISTING, TRADES
from scenario.scripts import short_position, smart_trade
from scenario.stage import Stage
from simulation.plain_reading import LIVE, OVER, PlainReading, status_of
from simulation.rulebook import Book, RuleSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from fuzz.target import Behaviours
    from tradewarden.model.decision import CycleReport
    from tradewarden.simulator.messages import Response
    from tradewarden.simulator.smart_trade import Json

_PARTS = (LISTING, ENTITY, TRADES)
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 (a new folder within: its journal is not worth the waiting for a disk)
_LONG = smart_trade(prices=("150", "180.5", "200"))
_SCENES: dict[bytes, tuple[Json, RuleSpec]] = {
    b"farthest": (_LONG, RuleSpec(name="a", fact="day_change", below=-5)),
    b"nearest": (_LONG, RuleSpec(name="a", fact="day_change", below=-5, cancel="nearest", steps=3, side="long")),
    b"position": (_LONG, RuleSpec(name="a", fact="profit", below=1, cancel="{position: 2}", quote="USDT")),
    b"where": (
        smart_trade(prices=("120", "130.25", "200")),
        RuleSpec(name="a", fact="day_change", below=-5, cancel="{where: step.distance > 40%}", keep=2),
    ),
    b"short": (short_position(), RuleSpec(name="a", fact="day_change", below=-5, side="short")),
}


def guarded_cycle(data: bytes) -> Behaviours:
    """
    Play a cycle with the parts of *data*: a scene's name, the listing, the entity, its trades; empty for the truth.
    """
    name, *bodies = parts_of(data, 4)
    entity, rule = _SCENES.get(name, _SCENES[b"farthest"])
    book = Book(rules=(rule,), is_live=True)
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="fuzz-", dir=place, ignore_cleanup_errors=True) as folder:
        stage = Stage(Path(folder))
        try:
            stage.add(entity, day_change="-6")
            served = dict(zip(_PARTS, bodies, strict=True))
            for pattern in _PARTS:
                stage.after(pattern, _bent(stage, served, pattern), times=None)
            stage.open(book.text())
            report = stage.cycle()
            _judge(stage, served, book)
            return _said(report, stage)
        finally:
            stage.end()


def _bent(stage: Stage, served: dict[str, bytes], pattern: str) -> Callable[[Response], Response | None]:
    """
    Serve what is wanted until a DELETE is out: from then on the truth, for it to be settled by.
    """

    def answered(response: Response) -> Response | None:
        if stage.deletes:
            return None
        served[pattern] = served[pattern] or response.body
        return replace(response, body=served[pattern])

    return answered


def _judge(stage: Stage, served: dict[str, bytes], book: Book) -> None:
    # A step's id that all the bytes agree on is right by them; the world knows another.
    assert [broken for broken in stage.broken_promises if not broken.endswith("is no step")] == []
    for smart_trade_id, step_id in stage.deletes:
        found = objections(served, book, smart_trade_id, step_id)
        assert not found, f"a DELETE of {step_id} of {smart_trade_id}, though {'; '.join(found)}"


def objections(served: dict[str, bytes], book: Book, smart_trade_id: int, step_id: int) -> list[str]:
    """
    Return why those bytes do not allow that DELETE, by a reading that shares nothing with the daemon.
    """
    try:
        listed, entity, rows = (plainly(served[pattern]) for pattern in _PARTS)
    except (ValueError, RecursionError) as error:
        return [f"a body is not JSON ({error})"]
    second = PlainReading(entity, rows)
    firsts = [PlainReading(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    firsts = [one for one in firsts if one.id == smart_trade_id]
    if second.id != smart_trade_id or not firsts:
        return ["it was not asked about"]
    rule, first = book.rules[0], firsts[-1]
    found = second.objections(book, rule, step_id, sent=set(), needs_rows=True)
    found += [f"on the listing {one}" for one in first.objections(book, rule, step_id, sent=set(), needs_rows=False)]
    if first.steps_told != second.steps_told or (first.pair, first.account) != (second.pair, second.account):
        found.append("listing and second read differ")
    return found + _odd_marks(second, step_id) + _odd_price(second)


def _odd_marks(reading: PlainReading, step_id: int) -> list[str]:
    """
    Return which flags and statuses speak against any cancel.
    """
    entity = reading.entity
    found = []
    if _at(entity, "data", "editable") is not True or entity.get("is_position_not_filled") is not False:
        found.append("it is not editable, or not entered")
    if status_of(entity.get("position")) not in {"finished", "smart_sell"}:
        found.append("its position is not entered")
    steps = [step for step in reading.steps if step.get("id") == step_id]
    marks = [
        *(_at(step, "data", "cancelable") for step in steps),
        *(row.get("cancelable") for row in _rows(reading, step_id)),
    ]
    if marks != [True, True]:
        found.append(f"cancelable is {marks}")
    words = [*map(status_of, reading.steps), *(row.get("status") for row in reading.rows)]
    if not all(word in LIVE | OVER | {"smart_sell"} for word in words):
        found.append(f"something is in transition: {words}")
    stops = [row for row in reading.rows if row.get("trade_purpose") == "stop_loss" and row.get("status") in LIVE]
    if not stops:
        found.append("no row is a live stop loss")
    exits = [*(_at(entity, "reduce_funds", "steps") or ()), *filter(None, [entity.get("market_close")])]
    if not all(status_of(one) in OVER for one in exits):
        found.append("something else may sell")
    return found


def _odd_price(reading: PlainReading) -> list[str]:
    bid, ask, last = (reading.price(name) for name in ("bid", "ask", "last"))
    if bid is None or ask is None or last is None or not 0 < bid <= ask or last <= 0:
        return ["a price is missing, or they contradict each other"]
    if not all(abs(last - other) <= other * Decimal("0.1") for other in (bid, ask)):
        return ["the last price is far from bid and ask"]
    change = reading.fact("day_change")
    return [] if change is not None and -100 <= change <= 1000 else ["the day change is implausible"]


def _rows(reading: PlainReading, step_id: int) -> list[Any]:
    return [row for row in reading.rows if row.get("id") == step_id]


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _said(report: CycleReport, stage: Stage) -> Behaviours:
    said = {f"{row.outcome} {row.reason}" for row in report.outcomes}
    said |= {check.name for row in report.outcomes for check in row.invariants if not check.holds}
    said |= {f"{error.error}: {shape_of(error.message.partition(':')[2])}" for error in report.errors}
    return frozenset({f"{len(stage.deletes)} deletes", *said})


def _build(chance: Random, _pool: Sequence[bytes]) -> bytes:
    """
    Bend the entity alone, or the listing with it so that they agree, or the list of trades, or each in its own way.
    """
    name = chance.choice(tuple(_SCENES))
    served = serve(_SCENES[name][0])
    entity, rows = plainly(served.entity), plainly(served.rows)
    bodies = ["", "", ""]
    way = chance.random()
    times = chance.choice((1, 1, 1, 2, 3))
    if way < 0.45:
        bodies[1] = bend(chance, entity, times)
        bodies[0] = f"[{bodies[1]}]"
    elif way < 0.65:
        bodies[1] = bend(chance, entity, times)
    elif way < 0.8:
        bodies[2] = bend(chance, rows, times)
    elif way < 0.9:
        bodies[0] = bend(chance, [entity], times)
    else:
        bodies = [bend(chance, body, 1) for body in ([entity], entity, rows)]
    return SEPARATOR.join([name, *(body.encode("utf-8", "replace") for body in bodies)])


def _seeds() -> list[bytes]:
    return [name + SEPARATOR * 3 for name in _SCENES] + [
        SEPARATOR.join((name, b"[" + served.entity + b"]", served.entity, served.rows))
        for name, (entity, _) in _SCENES.items()
        for served in [serve(entity)]
    ]


TARGET = Target(
    name="guarded_cycle", run=guarded_cycle, draw=Mutator(words=WORDS, build=_build, built=0.7), seeds=_seeds
)
