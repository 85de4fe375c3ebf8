"""
How 3Commas writes a pair, and what is probably meant by one that is written otherwise.
"""

from __future__ import annotations

import re

QUOTES = frozenset({"USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR"})
"""
Currencies that stand first in a pair and are hardly ever bought themselves.
"""

_SEPARATED = re.compile(r"([A-Z0-9*?]+)[/:-]([A-Z0-9*?]+)")
_GLUED = re.compile(r"[A-Z0-9]+")


def as_3commas_writes(pattern: str) -> str | None:
    """
    Return the pair or glob that *pattern* means, in 3Commas' notation: USDT_DOGE for DOGE_USDT, DOGE/USDT, DOGEUSDT.

    ``None`` if it may be right as it is, or if it is not clear what is meant.
    """
    upper = pattern.upper() if pattern == pattern.lower() else pattern
    meant = _reordered(upper) or (upper if upper != pattern and upper.partition("_")[0] in QUOTES else None)
    return None if meant == pattern else meant


def _reordered(pattern: str) -> str | None:
    base, _, quote = pattern.partition("_")
    if quote in QUOTES and base and base not in QUOTES:
        return f"{quote}_{base}"
    separated = _SEPARATED.fullmatch(pattern)
    if separated:
        first, second = separated.groups()
        if (first in QUOTES) is (second in QUOTES):
            return None
        return f"{first}_{second}" if first in QUOTES else f"{second}_{first}"
    if _GLUED.fullmatch(pattern):
        ends = [quote for quote in QUOTES if pattern.endswith(quote)]
        quote = max(ends, key=len, default="")
        base = pattern.removesuffix(quote)
        return f"{quote}_{base}" if quote and base and base not in QUOTES else None
    return None
