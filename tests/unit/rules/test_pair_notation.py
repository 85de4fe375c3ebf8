"""
Pairs in the notation of others.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.pair_notation import as_3commas_writes


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
    ],
)
def test_what_may_be_right_is_left_alone(pattern: str) -> None:
    assert as_3commas_writes(pattern) is None
