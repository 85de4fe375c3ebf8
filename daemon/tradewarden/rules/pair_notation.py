"""
How 3Commas writes a pair, and what is probably meant by one that is written otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTES = frozenset({"USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR"})
"""
Currencies that stand first in a pair and are hardly ever bought themselves.
"""

COINS = frozenset(
    re.findall(
        "[A-Z]+",
        """
        AAVE ADA ALGO APE APT ARB ATOM AVAX AXS BCH BNB BONK BTC CAKE CHZ COMP CRV DASH DOGE DOT DYDX EGLD ENA ENS EOS
        ETC ETH FET FIL FLOKI FTM GALA GMX GRT HBAR ICP IMX INJ JUP KAS KAVA KSM LDO LINK LTC MANA MATIC MKR NEAR NEO
        NOT OP ORDI PENDLE PEPE POL PYTH QNT RENDER RUNE SAND SEI SHIB SNX SOL STRK STX SUI SUSHI TAO THETA TIA TON TRX
        UNI VET WIF WLD XLM XMR XRP XTZ YFI ZEC ZRO
        """,
    )
)
"""
Coins that many know: where a quote stands before one of them, nothing else can have been meant.
"""

_TRADED_IN = frozenset({"BTC", "ETH", "BNB", "TRX", "XRP", "SOL"})
"""
Coins that are a quote too: pairs begin with them.
"""

_BETWEEN_PAIRS = re.compile(r"[,;|\s]+")
_PAIR = re.compile(r"[A-Z0-9*?]+_[A-Z0-9*?-]+")
_HARDLY_A_COIN_AND_USD = "FDUSD"  # no coin's name ends with FD; with B or T many do
_SEPARATED = re.compile(r"([A-Z0-9*?]+)(?: ?[/:|.-] ?| )([A-Z0-9*?]+)")
_GLUED = re.compile(r"[A-Z0-9]+")


def as_3commas_writes(pattern: str) -> str | None:
    """
    Return the pair or glob that *pattern* means, in 3Commas' notation: USDT_DOGE for DOGE_USDT, DOGE/USDT, DOGEUSDT,
    USDTDOGE.

    ``None`` if it may be right as it is, or if it is not clear what is meant.
    """
    upper = pattern.upper() if pattern == pattern.lower() else pattern
    meant = _reordered(upper) or (upper if upper != pattern and upper.partition("_")[0] in QUOTES else None)
    return None if meant == pattern else meant


def several_pairs(text: str) -> tuple[str, ...]:
    """
    Return the pairs, or globs, that stand one behind the other in one *text*, in 3Commas' notation; () if they do not.
    """
    words = filter(None, _BETWEEN_PAIRS.split(text))
    pairs = tuple(as_3commas_writes(word) or word for word in words)
    return pairs if len(pairs) > 1 and all(map(_PAIR.fullmatch, pairs)) else ()


def with_any_quote(pattern: str) -> str | None:
    """
    Return the glob that is meant by a coin alone, DOGE, or by what would begin with it, DOGE*; ``None`` for any other.
    """
    upper = pattern.upper() if pattern == pattern.lower() else pattern
    coin = upper.removesuffix("*")
    is_glob = coin != upper
    return f"*_{coin}" if coin in COINS and not (is_glob and coin in _TRADED_IN) else None


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
    return _parted(pattern) if _GLUED.fullmatch(pattern) else None


def _parted(pattern: str) -> str | None:
    """
    Part a pair that is written in one word: the quote stands last elsewhere, or first if a coin follows that many know.
    """
    ends = {quote: pattern.removesuffix(quote) for quote in QUOTES if pattern.endswith(quote)}
    if ends:
        return _last_quote(ends)
    starts = {quote: pattern.removeprefix(quote) for quote in QUOTES if pattern.startswith(quote)}
    longest = max(starts, key=len, default="")
    known = [quote for quote, base in starts.items() if base in COINS]
    # USDTON may be USDT_ON or USD_TON: what can be read in two ways is left alone.
    return f"{longest}_{starts[longest]}" if known == [longest] else None


def _last_quote(readings: Mapping[str, str]) -> str | None:
    """
    Return the pair of a word, of which *readings* are the bases by the quotes that it may end with.

    BNBUSD is USD_BNB, for everybody knows BNB and nobody BN; of SOMEBUSD nobody knows which of the two is meant.
    """
    known = [quote for quote, base in readings.items() if base in COINS]
    longest = max(readings, key=len)
    if len(known) == 1 and len(readings) > 1:
        return f"{known[0]}_{readings[known[0]]}"
    is_certain = len(readings) == 1 or longest == _HARDLY_A_COIN_AND_USD
    base = readings[longest]
    return f"{longest}_{base}" if is_certain and base and base not in QUOTES else None
