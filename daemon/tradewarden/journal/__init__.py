"""
The append-only record, and the memory that survives a restart: one SQLite file in the state folder.
"""
