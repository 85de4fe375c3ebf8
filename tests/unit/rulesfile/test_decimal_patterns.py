"""
Ranges of decimals as regular expressions.
"""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rulesfile.decimal_patterns import decimals_from, decimals_up_to, whole_numbers

bounds = st.decimals(0, 2000, places=6) | st.integers(0, 2000).map(Decimal)
near = st.sampled_from([Decimal(0), Decimal("0.000001"), Decimal("-0.000001"), Decimal(1), Decimal(-1), Decimal("0.5")])
zeros = st.sampled_from(["", "0", "000"])


@given(bound=bounds, number=bounds, step=near, is_near=st.booleans(), before=zeros, after=zeros)
def test_what_is_in_the_range_matches_and_nothing_else(
    *, bound: Decimal, number: Decimal, step: Decimal, is_near: bool, before: str, after: str
) -> None:
    written = abs(bound + step if is_near else number)
    text = f"{before}{written:f}{after if '.' in f'{written:f}' else ''}"

    assert (re.fullmatch(decimals_up_to(bound), text) is not None) == (written <= bound)
    assert (re.fullmatch(decimals_from(bound), text) is not None) == (written >= bound)


@given(low=st.integers(0, 99), high=st.integers(0, 99))
def test_whole_numbers(low: int, high: int) -> None:
    pattern = re.compile(whole_numbers(min(low, high), max(low, high)))
    matched = {text for number in range(100) for text in (f"{number}", f"{number:02}") if pattern.fullmatch(text)}

    assert {int(text) for text in matched} == set(range(min(low, high), max(low, high) + 1))
    assert all({f"{int(text)}", f"{int(text):02}"} <= matched for text in matched)
