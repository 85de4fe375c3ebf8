"""
The vocabulary: frozen values and enums. No parsing, no I/O, no clock.
"""
