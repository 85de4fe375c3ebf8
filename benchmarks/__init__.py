"""
What TradeWarden costs, measured against something plain that does the same: run by `scripts/bench`, not by the tests.
"""
