"""
The benchmarks compare like with like, and still run.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import plain_page, plain_rules
from benchmarks.conditions import CONDITIONS
from benchmarks.cycles import bare_cycles, daemon_cycles, served
from benchmarks.pages import pages
from benchmarks.ratio import measure
from hypothesis import given
from hypothesis import strategies as st

from factories import make_condition
from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.smart_trade import SmartTrade
from tradewarden.rules.schema import Kind
from tradewarden.threecommas import wire

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {"pair": ["USDT_DOGE", "USDT_XRP", "BTC_ETH"], "side": ["long", "short"]}
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-100, max_value=100, places=1) | st.sampled_from(
    [Decimal(value) for value in (-20, -15, -10, -5, 0, 1, 3, 7200)]
)


def values_of(name: str) -> st.SearchStrategy[object]:
    """
    Return what a fact can be, unknown too.
    """
    if name in TEXTS:
        return st.none() | st.sampled_from(TEXTS[name])
    return st.none() | (st.booleans() if VOCABULARY[name].kind is Kind.BOOL else numbers)


NAMES = ("pair", "side", "day_change", "bid", "ask", "profit", "live_steps", "age", "stop_loss")
facts = st.fixed_dictionaries({}, optional={name: values_of(name) for name in NAMES})


@pytest.mark.parametrize("condition", CONDITIONS)
@given(row=facts)
def test_a_function_by_hand_does_exactly_the_same(condition: str, row: dict[str, Any]) -> None:
    assert CONDITIONS[condition](row) is make_condition(condition).evaluate(row)


@given(row=facts)
def test_so_do_the_functions_of_a_cycle(row: dict[str, Any]) -> None:
    whole = dict.fromkeys(("pair", "side", "day_change", "bid", "ask", "profit")) | row
    by_hand = plain_rules.functions(plain_rules.KINDS)

    for number, function in enumerate(by_hand):
        assert function(whole) is make_condition(plain_rules.condition(number)).evaluate(whole)


def test_both_decoders_read_the_same_page() -> None:
    (body,) = pages(3, turn=1)

    for ours, plain in zip(wire.read_page(body), plain_page.decode_page(body), strict=True):
        assert isinstance(ours, SmartTrade)
        assert plain.data is not None
        assert plain.data.current_price is not None
        assert (ours.id, ours.pair, ours.created_at) == (plain.id, plain.pair, plain.data.created_at)
        assert ours.price.last == plain.data.current_price.last
        assert [step.volume for step in plain.take_profit.steps] == [step.share_pct for step in ours.steps]


def test_both_cycles_read_everything(tmp_path: Path) -> None:
    """
    A market that has moved, and a second page.
    """

    async def run() -> list[int]:
        async with AsyncExitStack() as stack:
            url = stack.enter_context(served(101))
            ours = await stack.enter_async_context(daemon_cycles(url, tmp_path / "ours", rules=5))
            bare = await stack.enter_async_context(bare_cycles(url, tmp_path / "bare.sqlite3", rules=5))
            return [await cycle() for cycle in (ours, bare, ours, bare)]

    assert asyncio.run(run()) == [101] * 4


def test_a_ratio_is_measured() -> None:
    ratio = measure("twice", lambda: sum(range(2000)), lambda: sum(range(1000)), bound=1.5, turns=3)

    assert ratio.value > 0
    assert str(ratio).startswith("twice")
