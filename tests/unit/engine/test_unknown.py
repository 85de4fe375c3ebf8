"""
The law of the unknown: to replace any value of a reading by null never makes a rule fire that did not, and never lets a
cancel pass that was denied.
"""

from __future__ import annotations

import copy
import json
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import (
    ENTRY,
    FAR,
    NEAR,
    SMART_TRADE,
    STOP_LOSS,
    failed_names,
    gap_of,
    make_case,
    make_condition,
    make_listing,
    make_match,
    make_moment,
    make_price,
    make_rows,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    make_step,
    make_stop_loss,
    status,
    with_step,
)
from tradewarden.engine.decide import evaluate, trade_facts
from tradewarden.engine.invariants import examine
from tradewarden.engine.matching import largest_keep, matches
from tradewarden.engine.selectors import choose
from tradewarden.model.memory import Hold, Memory, PriceWatch
from tradewarden.model.settings import Safety
from tradewarden.model.smart_trade import Side, TradeId
from tradewarden.rules.ruleset import AtPosition, Nearest, Where
from tradewarden.rules.schema import Scope
from tradewarden.threecommas import wire
from tradewarden.threecommas.scalars import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradewarden.model.smart_trade import SmartTrade, Trade
    from tradewarden.rules.ruleset import Rule

DOCUMENTED: dict[str, Any] = json.loads(Path(__file__).with_name("smart_trade.json").read_text("utf-8"))
NOW = make_moment(3600)
STEP_CONDITIONS = ("step.distance > 200%", 'step.status != "idle" and not step.trailing', "step.share >= 35%")
CONDITIONS = (
    *("day_change < -5%", "not (day_change > -5%)", "last > 0.1", "ask - bid < 0.01", "spread < 1%"),
    *("live_steps >= 2", "filled_steps == 0", "profit < 0% or profit > 5%", "stop_loss", "not breakeven"),
    *("stop_loss_distance < 10%", "age > 1d and idle_for > 1h", 'note != "x"', 'side in ["long", "short"]'),
    *("quote_volume > 10", 'exchange like "*"', "abs(roe) >= 0%", "units * last <= total * 5", "leverage < 2"),
    *('status == "waiting_targets"', "entry_price > stop_loss_price", "profit_usd < 100", 'kind != "smart_buy"'),
)
SELECTORS = (Nearest(), AtPosition(2), *(Where(make_condition(text, Scope.STEP)) for text in STEP_CONDITIONS))
MATCHES = (
    *(make_match(side="long"), make_match(note="*"), make_match(kind="smart_*"), make_match(exchange="b*")),
    make_match(note="*keep*", kind="*"),
)

PROTECTORS = (
    *(make_rule(match=match, keep=2) for match in MATCHES),
    make_rule(except_=MATCHES[-1], keep=2),
    make_rule(),
)


@cache
def rules() -> tuple[Rule, ...]:
    """
    Make rules that ask for every fact, with every selector, match and except.
    """
    made = [make_rule(text) for text in CONDITIONS]
    made += [make_rule("day_change < -5%", cancel=selector) for selector in SELECTORS]
    made += [make_rule(match=match, keep=2) for match in MATCHES]
    made += [make_rule(except_=match, keep=3) for match in MATCHES]
    made += [make_rule(hold=timedelta(minutes=2))]
    return tuple(replace(rule, name=f"rule-{number}") for number, rule in enumerate(made))


def blanked(value: Any, *, items_too: bool = False) -> Iterator[tuple[str, Any]]:
    """
    Return *value* with each of its known optional parts replaced by None, one at a time, each with the part's path.
    """
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            for path, other in [("", None)] if items_too else blanked(item):
                yield f"[{index}]{path}", (*value[:index], other, *value[index + 1 :])
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            part, kind = getattr(value, field.name), str(field.type)
            if kind.endswith("| None") and part is not None:
                yield f".{field.name}", replace(value, **{field.name: None})
            elif not kind.endswith("| None"):
                for path, other in blanked(part, items_too="| None" in kind):
                    yield f".{field.name}{path}", replace(value, **{field.name: other})


STATUSES = (*["order_placed"] * 6, "to_process", "trailing_activated", "idle", "finished", "cancelled", "a_new_one")


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*[usual] * 8, *others])


def statuses(usual: str, *others: str | None) -> st.SearchStrategy[Any]:
    return mostly(usual, *others).map(status)


@st.composite
def smart_trades(draw: st.DrawFn) -> SmartTrade:
    """
    Draw the documented SmartTrade with one thing or another odd about it.
    """
    steps = [
        make_step(
            position,
            price=price,
            word=draw(st.sampled_from(STATUSES)),
            cancelable=draw(mostly(True, False)),
            share_pct=draw(mostly(Decimal(35), Decimal(1), Decimal(0))),
            trailing=draw(mostly(False, True)),
        )
        for position, price in enumerate(draw(st.lists(st.sampled_from(PRICES), min_size=1, max_size=4)), start=1)
    ]
    if draw(mostly(False, True)):
        steps.append(draw(st.sampled_from(steps)))
    price = {
        "bid": draw(mostly("0.10257", "0", "0.05", "0.2")),
        "ask": draw(mostly("0.1027", "-1", "0.2", "0.05")),
        "last": draw(mostly("0.10268", "0.2", "0.05", "0.09")),
        "day_change": draw(mostly("-6", "-4", "-101", "5")),
        "quote_volume": draw(mostly("136509.39725", "0", "-1")),
    }
    return make_smart_trade(
        steps=tuple(steps),
        price=make_price(**price),
        side=draw(mostly(Side.LONG, Side.SHORT)),
        status=draw(mostly("waiting_targets", "created")),
        position_status=draw(statuses("smart_sell", "order_placed")),
        editable=draw(mostly(True, False)),
        is_position_not_filled=draw(mostly(False, True)),
        stop_loss=make_stop_loss(
            enabled=draw(mostly(True, False)),
            breakeven=draw(mostly(False, True)),
            word=draw(mostly("to_process", "pending_cancellation", "cancelled")),
        ),
        other_exits=draw(mostly((), (status("finished"),), (status("to_process"),))),
        note=draw(mostly("", "keep")),
        kind=draw(mostly("smart_sell", "simple_buy")),
        roe_pct=Decimal(1),
    )


PRICES = ("0.3", "0.4", "0.5", "0.09", "0.103", "0", "0.05")


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    """
    Draw what was observed before: a price that stood still, or moved, or was blank; a hold that runs.
    """
    hold = Hold(held=timedelta(minutes=1), last=make_moment(3540), fingerprint="text-1")
    holds = {(rule.name, SMART_TRADE): hold for rule in rules()}
    price = make_price(
        bid=draw(mostly("0.10257", None, "0.1")),
        last=draw(mostly("0.10268", None)),
        quote_volume=draw(mostly("136509.39725", None, "1")),
    )
    watch = PriceWatch(price=price, since=make_moment(draw(st.sampled_from([0, 3000]))))
    return Memory(holds=holds, prices=draw(mostly({SMART_TRADE: watch}, {})))


def wanted(trade: SmartTrade, memory: Memory) -> set[tuple[str, TradeId]]:
    """
    Return which rules want which step.
    """
    evaluation = evaluate(
        make_listing(trade, seconds=3600), rules(), memory, settings=make_settings(), hold_gap_of=gap_of()
    )
    return {(proposal.rule.name, proposal.step.id) for proposal in evaluation.proposals}


@settings(max_examples=40, deadline=None)
@given(trade=smart_trades(), memory=memories())
def test_a_null_makes_no_rule_fire(trade: SmartTrade, memory: Memory) -> None:
    before = wanted(trade, memory)

    for path, other in blanked(trade):
        assert wanted(other, memory) <= before, path


def allowed(
    first: SmartTrade,
    trade: SmartTrade,
    rows: tuple[Trade, ...],
    memory: Memory,
    safety: Safety,
    target: TradeId,
    protector: Rule,
) -> bool:
    """
    Tell whether the invariants let *target* be cancelled by the first rule, judged as the protocol does.

    *protector* is another rule of the file, which may want more steps to be kept.
    """
    rule = rules()[0]
    seen, facts = trade_facts(trade, settings=make_settings(), now=NOW, watch=memory.prices.get(SMART_TRADE))
    choice = choose(rule.cancel, seen, facts)
    chosen = choice.step.id if choice.step is not None and matches(rule, trade) else None
    case = make_case(
        trade,
        first=first,
        target=target,
        trades=rows,
        chosen=chosen,
        condition=rule.when.evaluate(facts),
        keep=largest_keep(make_ruleset(rule, protector), trade),
        is_frozen=seen.is_frozen,
        safety=safety,
    )
    return not failed_names(examine(case))


@st.composite
def spoiled_rows(draw: st.DrawFn, trade: SmartTrade) -> tuple[Trade, ...]:
    """
    Draw the list of trades of *trade* with one thing or another odd about it.
    """
    return tuple(
        replace(
            row,
            purpose=draw(st.sampled_from([*[row.purpose] * 20, "stop_loss", "reduce_funds"])),
            status=draw(st.sampled_from([*[row.status] * 20, status("idle"), status("cancelled")])),
            cancelable=draw(st.sampled_from([*[row.cancelable] * 20, False])),
            realised_quantity=draw(st.sampled_from([*[row.realised_quantity] * 20, Decimal(1)])),
        )
        for row in make_rows(trade)
    )


@st.composite
def judgements(
    draw: st.DrawFn,
) -> tuple[Callable[[SmartTrade, tuple[Trade, ...]], bool], SmartTrade, tuple[Trade, ...]]:
    """
    Draw a second read, and the function that tells whether a cancel would pass on it.
    """
    trade = draw(smart_trades())
    listed = draw(mostly(trade, replace(trade, stop_loss=make_stop_loss())))
    rows = draw(spoiled_rows(listed))
    target = draw(st.sampled_from(trade.steps)).id
    changed = with_step(trade, draw(st.sampled_from(trade.steps)).id, price=Decimal("0.45"))
    first = draw(mostly(trade, changed))
    safety = Safety(require_stop_loss=draw(st.booleans()))
    memory = draw(memories())
    protector = draw(st.sampled_from(PROTECTORS))

    def passes(trade: SmartTrade, rows: tuple[Trade, ...]) -> bool:
        return allowed(first, trade, rows, memory, safety, target, protector)

    return passes, trade, rows


@settings(max_examples=80, deadline=None)
@given(judgements())
def test_a_null_lets_no_cancel_pass(
    judgement: tuple[Callable[[SmartTrade, tuple[Trade, ...]], bool], SmartTrade, tuple[Trade, ...]],
) -> None:
    passes, trade, rows = judgement
    before = passes(trade, rows)

    for path, other in blanked(trade):
        assert before or not passes(other, rows), path
    for path, other_rows in blanked(rows):
        # Of the two ways to say what was filled one is enough: the protocol asks for the amount.
        if not path.endswith(".realised_pct"):
            assert before or not passes(trade, other_rows), path


@pytest.mark.parametrize("key", ["side", "kind", "note", "exchange"])
def test_a_null_takes_no_protection_away(key: str) -> None:
    """
    Another rule wants two steps kept; that one of its keys is unknown is no reason to forget it.
    """
    trade = make_smart_trade(note="keep")
    protector = make_rule(keep=2, match=make_match(**{key: "*"}))

    def passes(trade: SmartTrade) -> bool:
        return allowed(trade, trade, make_rows(trade), Memory(), Safety(), FAR, protector)

    assert [path for path, other in [("", trade), *blanked(trade)] if passes(other)] == []


def test_what_can_be_null_is_found() -> None:
    """
    The law would be empty if the blanks were not made.
    """
    trade = make_smart_trade(roe_pct=Decimal(1), other_exits=(status("finished"),))
    paths = {path for path, _ in blanked(trade)}

    assert {".side", ".steps[1].price", ".stop_loss.breakeven", ".price.bid", ".updated_at", ".other_exits[0]"} <= paths
    assert len(paths) == 43
    assert len([path for path, _ in blanked(make_rows())]) == 4 * 5


def test_the_unspoiled_reading_is_allowed() -> None:
    trade = make_smart_trade(
        steps=tuple(make_step(n, price=price) for n, price in enumerate(("0.3", "0.35", "0.4"), 1))
    )

    assert allowed(trade, trade, make_rows(trade), Memory(), Safety(), TradeId(ENTRY + 3), make_rule())


# --- the same from the bytes on: null and missing


def paths_of(value: Any, *way: str | int) -> Iterator[tuple[str | int, ...]]:
    """
    Return the paths of everything within a JSON value.
    """
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*way, key)
        yield from paths_of(inner, *way, key)


def bent(entity: dict[str, Any], way: tuple[str | int, ...], value: Any = None, *, missing: bool = False) -> bytes:
    """
    Return the body of *entity* with another value at the end of *way*, or without that key.
    """
    result = copy.deepcopy(entity)
    inner: Any = result
    for key in way[:-1]:
        inner = inner[key]
    if missing:
        del inner[way[-1]]
    else:
        inner[way[-1]] = value
    return json.dumps(result).encode()


RED = json.loads(bent(DOCUMENTED, ("data", "current_price", "day_change_percent"), "-6"))


def both(word: str) -> dict[str, str]:
    """
    Make a status block.
    """
    return {"type": word, "basic_type": word}


SPOILED = {
    "ordinary": RED,
    **{
        ".".join(map(str, way)): json.loads(bent(RED, way, value))
        for way, value in [
            (("status",), both("created")),
            (("data", "editable"), False),
            (("is_position_not_filled",), True),
            (("position", "status"), both("order_placed")),
            (("take_profit", "steps", 0, "status"), both("idle")),
            (("take_profit", "steps", 1, "status"), both("trailing_activated")),
            (("take_profit", "steps", 0, "price", "value"), "0.1028"),
            (("take_profit", "steps", 1, "data", "cancelable"), False),
            (("stop_loss", "breakeven"), True),
            (("stop_loss", "enabled"), False),
            (("stop_loss", "status"), both("need_reset")),
            (("data", "current_price", "bid"), "0.05"),
            (("data", "current_price", "last"), "0.2"),
            (("account", "id"), 1),
        ]
    },
}


@pytest.mark.parametrize("required", [True, False], ids=["stop loss required", "not required"])
@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED.keys())
def test_null_and_missing_let_no_cancel_pass_from_the_bytes_on(spoiled: dict[str, Any], required: bool) -> None:
    first = wire.read_smart_trade(json.dumps(RED).encode())
    rows = make_rows(first)

    def passes(body: bytes) -> bool:
        try:
            trade = wire.read_smart_trade(body)
        except Malformed:
            return False
        safety = Safety(require_stop_loss=required)
        return not failed_names(examine(make_case(trade, first=first, trades=rows, safety=safety)))

    before = passes(json.dumps(spoiled).encode())
    assert before is (spoiled is RED or (spoiled["stop_loss"]["enabled"] is False and not required))
    after = {
        (way, missing)
        for way in paths_of(spoiled)
        for missing in (False, True)
        if passes(bent(spoiled, way, missing=missing))
    }
    assert before or after == set()


def test_ids_are_those_of_the_documentation() -> None:
    assert (ENTRY, NEAR, FAR, STOP_LOSS) == (1008300672, 1008300673, 1008300674, 1008300675)
