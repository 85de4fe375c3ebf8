"""
A 3Commas that lives in memory: for the demo, for tests and for trying rules. It imports nothing else of TradeWarden's,
so that the client and its counterpart cannot share a mistake.
"""
