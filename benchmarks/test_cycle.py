"""
A whole cycle, against the bare pipeline, and at a hundred times as many SmartTrades.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.cycles import bare_cycles, daemon_cycles, served
from benchmarks.ratio import measure_async

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.ratio import Keep, Ratio

RULES = 50
FEW, MANY = 100, 9_999  # of 10,000 the budget of a minute would not let the empty page through that ends a listing
BOUND, BOUND_OF_GROWTH = 1.5, 1.15


def test_cycle_against_the_bare_pipeline(keep: Keep, tmp_path: Path) -> None:
    """
    Reading, deciding, remembering and telling, and the same libraries without us.
    """

    async def run() -> Ratio:
        async with AsyncExitStack() as stack:
            url = stack.enter_context(served(FEW))
            ours = await stack.enter_async_context(daemon_cycles(url, tmp_path / "ours", rules=RULES))
            bare = await stack.enter_async_context(bare_cycles(url, tmp_path / "bare.sqlite3", rules=RULES))
            return await measure_async(
                f"a cycle of {FEW} SmartTrades, {RULES} rules", ours, bare, bound=BOUND, turns=61
            )

    keep(asyncio.run(run()))


def test_cost_of_a_smart_trade_among_many(keep: Keep, tmp_path: Path) -> None:
    """
    The cost of one SmartTrade in a cycle of 10,000 and in one of 100.
    """

    async def run() -> Ratio:
        async with AsyncExitStack() as stack:
            cycles = []
            for count in (MANY, FEW):
                url = stack.enter_context(served(count))
                folder = tmp_path / str(count)
                cycles.append(await stack.enter_async_context(daemon_cycles(url, folder, rules=RULES)))
            many, few = cycles

            async def repeatedly() -> None:
                for _ in range(MANY // FEW):
                    await few()

            name = "cost of a SmartTrade, among 10,000 against among 100"
            return await measure_async(name, many, repeatedly, bound=BOUND_OF_GROWTH, turns=7)

    ratio, as_many = asyncio.run(run()), MANY // FEW * FEW
    value = ratio.value * as_many / MANY
    keep(replace(ratio, ours=ratio.ours / MANY, plain=ratio.plain / as_many, value=value))
