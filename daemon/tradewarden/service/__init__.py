"""
The daemon: one cycle, its timer, its life.
"""
