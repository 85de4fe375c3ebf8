"""
Unit tests of rules: a test file is read, played through the daemon's own cycle on a virtual clock, and compared.

No network, no file is written, and no judgement is imitated: only gateway, journal and clock are in memory.
"""
