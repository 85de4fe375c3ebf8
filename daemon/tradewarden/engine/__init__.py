"""
Judgement: pure functions of what was read, the rules and the moment. No I/O, no clock, no log.
"""
