"""
A page of the listing into our model, against plain msgspec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import plain_page
from benchmarks.pages import PER_PAGE, pages
from benchmarks.ratio import measure
from tradewarden.threecommas import wire

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benchmarks.ratio import Keep

BOUND = 1.5


@pytest.mark.parametrize("smart_trades", [PER_PAGE])
def test_page(smart_trades: int, keep: Keep, benchmark: BenchmarkFixture) -> None:
    """
    Every SmartTrade read into our frozen model with strict numbers, and msgspec's typed decoder.
    """
    (body,) = pages(smart_trades)
    benchmark(wire.read_page, body)

    name = f"decoding a page of {smart_trades} SmartTrades"
    keep(measure(name, lambda: wire.read_page(body), lambda: plain_page.decode_page(body), bound=BOUND))
