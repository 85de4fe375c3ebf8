"""
Pairs in the notation of others.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.pair_notation import COINS, QUOTES, as_3commas_writes, several_pairs, with_any_quote


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DOGE_USDT", "USDT_DOGE"),
        ("*_USDT", "USDT_*"),
        ("D?GE_USDC", "USDC_D?GE"),
        ("BTC_EUR", "EUR_BTC"),
        ("DOGEUSDT", "USDT_DOGE"),
        ("1000SATSFDUSD", "FDUSD_1000SATS"),
        ("DOGE/USDT", "USDT_DOGE"),
        ("DOGE-USDT", "USDT_DOGE"),
        ("DOGE:USDT", "USDT_DOGE"),
        ("USDT/DOGE", "USDT_DOGE"),
        ("*/USDT", "USDT_*"),
        ("doge_usdt", "USDT_DOGE"),
        ("usdt_doge", "USDT_DOGE"),
        ("dogeusdt", "USDT_DOGE"),
        ("usdt_*", "USDT_*"),
        ("DOGE USDT", "USDT_DOGE"),
        ("USDT DOGE", "USDT_DOGE"),
        ("DOGE / USDT", "USDT_DOGE"),
        ("DOGE.USDT", "USDT_DOGE"),
        ("DOGE|USDT", "USDT_DOGE"),
        ("* USDT", "USDT_*"),
        ("doge usdt", "USDT_DOGE"),
        ("USDTDOGE", "USDT_DOGE"),
        ("usdtdoge", "USDT_DOGE"),
        ("USDCBTC", "USDC_BTC"),
        ("USDBTC", "USD_BTC"),
        ("EURXRP", "EUR_XRP"),
        ("USDTTRX", "USDT_TRX"),
        ("FDUSDTON", "FDUSD_TON"),
        ("BNBUSD", "USD_BNB"),
        ("DOTUSD", "USD_DOT"),
        ("SHIBUSD", "USD_SHIB"),
        ("arbusd", "USD_ARB"),
        ("BTCBUSD", "BUSD_BTC"),
        ("DOGETUSD", "TUSD_DOGE"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    assert as_3commas_writes(written) == meant
    assert as_3commas_writes(meant) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "USDT_DOGE",
        "USDT_*",
        "*DOGE",
        "*USDT",  # futures: USDT_DOGEUSDT
        "*",
        "USDT",
        "USDTUSDC",
        "USDC_USDT",
        "USDC/USDT",
        "BTC_ETH",
        "ETH/BTC",
        "btc_eth",
        "USDT_BTCUSDT",
        "USD_BTC-PERP",
        "USDT_kPEPE",
        "Doge_usdt",
        "_USDT",
        "DOGE",
        "doge",
        "",
        "USDTON",  # USDT_ON, or USD_TON
        "SOMEBUSD",  # BUSD_SOME, or USD_SOMEB
        "FTUSD",
        "USDTRX",
        "USDCAKE",
        "USDTSOMETHING",  # nobody knows whether USD_TSOMETHING is meant
        "USDEUR",
        "BTCETH",
        "DOGE  USDT",
        "DOGE, USDT",
        "USDT DOGE XRP",
        "USDT/",
        "BINANCE:DOGEUSDT",
        "USDTDOGE*",
    ],
)
def test_what_may_be_right_is_left_alone(pattern: str) -> None:
    assert as_3commas_writes(pattern) is None


NOTATIONS = ["{quote}{coin}", "{coin}{quote}", "{coin}_{quote}"]
for separator in ("/", "-", ":", ".", "|", " ", " / "):
    NOTATIONS += [f"{{quote}}{separator}{{coin}}", f"{{coin}}{separator}{{quote}}"]


@given(st.sampled_from(sorted(QUOTES)), st.sampled_from(sorted(COINS)), st.sampled_from(NOTATIONS), st.booleans())
def test_in_whatever_notation_nothing_else_is_read(quote: str, coin: str, notation: str, in_capitals: bool) -> None:
    written = notation.format(quote=quote, coin=coin)

    assert as_3commas_writes(written if in_capitals else written.lower()) == f"{quote}_{coin}"


@given(st.sampled_from(sorted(QUOTES)), st.text("ABCDTU019", min_size=1))
def test_a_quote_that_stands_first_is_parted_only_from_what_is_known(quote: str, rest: str) -> None:
    meant = as_3commas_writes(quote + rest)

    is_quote_last = any(f"{quote}{rest}".endswith(last) for last in QUOTES)
    assert meant is None or is_quote_last or meant.replace("_", "") == quote + rest
    assert meant is None or as_3commas_writes(meant) is None


@given(st.sampled_from(sorted(QUOTES)), st.text("ABC_-/ *?T", max_size=6))
def test_what_3commas_writes_is_left_alone(quote: str, base: str) -> None:
    assert "_" in base or base in QUOTES or as_3commas_writes(f"{quote}_{base}") is None


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("USDT_DOGE,USDT_XRP", ("USDT_DOGE", "USDT_XRP")),
        ("USDT_DOGE USDT_XRP", ("USDT_DOGE", "USDT_XRP")),
        ("USDT_DOGE, USDT_XRP ; BTC_ETH|USD_BTC-PERP", ("USDT_DOGE", "USDT_XRP", "BTC_ETH", "USD_BTC-PERP")),
        ("USDT_*,USDC_D?GE", ("USDT_*", "USDC_D?GE")),
        ("usdt_doge,XRPUSDT", ("USDT_DOGE", "USDT_XRP")),
        ("USDT_DOGE", ()),
        ("USDT_DOGE,", ()),
        ("DOGE, USDT", ()),
        ("DOGE | USDT", ()),
        ("USDT_DOGE, XRP", ()),
        ("*, *", ()),
        (",", ()),
    ],
)
def test_pairs_that_are_one_text(text: str, pairs: tuple[str, ...]) -> None:
    assert several_pairs(text) == pairs


@pytest.mark.parametrize(
    ("pattern", "glob"),
    [
        ("DOGE", "*_DOGE"),
        ("doge", "*_DOGE"),
        ("DOGE*", "*_DOGE"),
        ("BTC", "*_BTC"),
        ("BTC*", None),  # BTC_ETH
        ("Doge", None),
        ("DOGE**", None),
        ("*DOGE", None),
        ("USDT_DOGE", None),
        ("USDT", None),
        ("SOMETHING", None),
        ("*", None),
    ],
)
def test_a_coin_alone(pattern: str, glob: str | None) -> None:
    assert with_any_quote(pattern) == glob


@given(st.sampled_from(sorted(QUOTES)), st.sampled_from(sorted(COINS)))
def test_a_pair_is_neither_several_nor_a_coin_alone(quote: str, coin: str) -> None:
    for pair in (f"{quote}_{coin}", f"{quote}_*", f"*_{coin}", f"{quote}*", f"*{coin}"):
        assert (several_pairs(pair), with_any_quote(pair)) == ((), None)
