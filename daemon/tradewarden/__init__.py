"""
TradeWarden cancels single take-profit steps of 3Commas SmartTrades by rule, and never the SmartTrade.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
