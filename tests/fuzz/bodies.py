"""
Targets: any bytes as bodies of the API are read, set aside or one of our own errors; and what is read stands there.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

from factories import make_moment, make_rule, make_ruleset, make_settings
from fuzz.exchange import ask_for, response
from fuzz.json_text import bend, plainly
from fuzz.mutation import Mutator
from fuzz.served import SERVED, WORDS
from fuzz.target import SEPARATOR, Target, parts_of
from fuzz.wording import is_showable, shape_of
from simulation.plain_reading import PlainReading, number
from tradewarden.engine.judgement import Bench, judge_second_read
from tradewarden.engine.proposal import Proposal
from tradewarden.errors import ApiError
from tradewarden.model.smart_trade import SmartTrade, SmartTradeId, Unreadable
from tradewarden.threecommas import wire
from tradewarden.threecommas.quick_page import read_ordinary_page
from tradewarden.threecommas.scalars import Malformed, NotOrdinary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from random import Random

    from _typeshed import DataclassInstance

    from fuzz.target import Behaviours
    from tradewarden.model.smart_trade import Reading
    from tradewarden.threecommas.client import ThreeCommasClient


def single_read(data: bytes) -> Behaviours:
    """
    Read the two parts of *data* as a SmartTrade and its list of trades; if they are, make every check on them.
    """
    entity, rows = parts_of(data, 2)
    asked_for = _id_in(entity)

    def question(client: ThreeCommasClient) -> Awaitable[Reading]:
        return client.read(SmartTradeId(asked_for))

    reading = ask_for(lambda path: response(rows if path.endswith("/trades") else entity), question)
    if isinstance(reading, ApiError):
        return _refused(reading)
    plain = PlainReading(plainly(entity), plainly(rows))
    _compare(reading.smart_trade, plain)
    assert all(map(_is_id, (trade.id for trade in reading.trades)))
    for trade, row in zip(reading.trades, plain.rows, strict=True):
        assert (trade.id, trade.cancelable is True) == (row["id"], row.get("cancelable") is True)
        assert trade.realised_quantity in {None, number(row.get("realised_amount"))}
    return frozenset(_judged(reading))


def listing(data: bytes) -> Behaviours:
    """
    Read *data* as a page: quickly and carefully to the same end, each SmartTrade on its own.
    """
    found = ask_for(lambda _: response(data), lambda client: client.list_open())
    if isinstance(found, ApiError):
        assert not _is_quick(data), "the quick reader takes what the client refuses"
        return _refused(found)
    page, plain = wire.read_page(data), plainly(data.decode(errors="replace"))  # what is not UTF-8 is set aside alone
    assert len(page) == len(plain)
    by_id: dict[int, SmartTrade] = {}
    said = {f"{min(len(page), 3)} entities"}
    for one, entity in zip(page, plain, strict=True):
        if isinstance(one, Unreadable):
            assert is_showable(one.reason), repr(one.reason)
            said.add(shape_of(one.reason))
            continue
        _compare(one, PlainReading(entity))
        if len(page) == 1:
            alone = _read_alone(data.strip()[1:-1])
            # An integer of thousands of digits in a place that nobody reads: without a second read nothing is done.
            assert alone == one or (isinstance(alone, str) and "Integer value out of range" in alone), alone
        by_id[one.id] = one
        said |= _unknown_in(one)
    aside = {one.smart_trade_id for one in page if isinstance(one, Unreadable)}
    assert {one.id: one for one in found.smart_trades} == {key: one for key, one in by_id.items() if key not in aside}
    return frozenset(said)


def _id_in(entity: bytes) -> int:
    """
    Return the id that a body shows: it is the one that was asked for, so that the rest of it is read too.
    """
    try:
        found = plainly(entity)
    except (ValueError, RecursionError):
        return 1
    number = found.get("id") if isinstance(found, dict) else None
    return number if type(number) is int and number > 0 else 1


def _refused(error: ApiError) -> Behaviours:
    assert is_showable(str(error)), repr(str(error))
    return frozenset({f"{type(error).__name__}: {shape_of(str(error).partition(':')[2])}"})


def _is_quick(data: bytes) -> bool:
    try:
        read_ordinary_page(data)
    except NotOrdinary:
        return False
    return True


def _read_alone(body: bytes) -> SmartTrade | str:
    try:
        return wire.read_smart_trade(body)
    except Malformed as error:
        return str(error)


def _is_id(value: object) -> bool:
    """
    Tell whether it may stand in the path of a DELETE: True and 1.0 are equal to 1, and no id.
    """
    return type(value) is int and 0 < value < 2**63


def _compare(trade: SmartTrade, plain: PlainReading) -> None:
    """
    Hold what was read against the plain reading: the same, or unknown.
    """
    assert all(map(_is_id, (trade.id, trade.account_id, *(step.id for step in trade.steps))))
    assert (trade.id, trade.account_id, trade.pair) == (plain.id, plain.account, plain.pair)
    assert [step.id for step in trade.steps] == [step["id"] for step in plain.steps]
    for name in ("bid", "ask", "last"):
        assert getattr(trade.price, name) in {None, plain.price(name)}
    assert trade.price.day_change_pct in {None, plain.fact("day_change")}
    assert trade.profit_pct in {None, plain.fact("profit")}
    for step, shown in zip(trade.steps, plain.steps, strict=True):
        price = shown.get("price")
        assert step.price in {None, number(price.get("value") if isinstance(price, dict) else None)}
        assert step.share_pct in {None, number(shown.get("volume"))}


def _unknown_in(trade: SmartTrade) -> set[str]:
    """
    Return what is unknown of it.
    """
    parts: tuple[DataclassInstance, ...] = (trade, trade.price, trade.stop_loss, *trade.steps)
    return {f"no {field.name}" for part in parts for field in fields(part) if getattr(part, field.name) is None}


def _judged(reading: Reading) -> set[str]:
    trade = reading.smart_trade
    if not trade.steps:
        return {"no step"}
    bench = Bench(
        settings=make_settings(), ruleset=make_ruleset(), sent_steps=frozenset(), watch=None, now=make_moment()
    )
    proposal = Proposal(rule=make_rule(), smart_trade=trade, step=trade.steps[-1])
    judgement = judge_second_read(proposal, reading, bench, hold_goes_on=True)
    for check in judgement.checks:
        assert is_showable(check.detail), f"{check.name}: {check.detail!r}"
    return {
        judgement.condition.value,
        *_unknown_in(trade),
        *(check.name for check in judgement.checks if not check.holds),
    }


def _build_read(chance: Random, _pool: Sequence[bytes]) -> bytes:
    served = chance.choice(SERVED)
    entity, rows = plainly(served.entity), plainly(served.rows)
    times = chance.choice(((0, 1), (1, 0), (1, 0), (2, 0), (1, 1), (5, 5)))
    return SEPARATOR.join(
        bend(chance, value, count).encode("utf-8", "replace")
        for value, count in zip((entity, rows), times, strict=True)
    )


def _build_page(chance: Random, _pool: Sequence[bytes]) -> bytes:
    page = [plainly(chance.choice(SERVED).entity) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
    for place, entity in enumerate(page):
        if place:
            entity["id"] += chance.choice((0, place))
    if len(page) != 1 or chance.random() < 0.2:
        return bend(chance, page, chance.choice((1, 2, 4))).encode("utf-8", "replace")
    return f"[{bend(chance, page[0], chance.choice((1, 1, 2, 4)))}]".encode("utf-8", "replace")


SINGLE_READ = Target(
    name="single_read",
    run=single_read,
    draw=Mutator(words=WORDS, build=_build_read, built=0.5),
    seeds=lambda: [SEPARATOR.join((one.entity, one.rows)) for one in SERVED],
)
LISTING = Target(
    name="listing",
    run=listing,
    draw=Mutator(words=WORDS, build=_build_page, built=0.5),
    seeds=lambda: [json.dumps([json.loads(one.entity) for one in SERVED]).encode()],
)
