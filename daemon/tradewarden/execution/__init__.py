"""
Action: the guarded cancel and the settling of open questions. Sees the world through ports only.
"""
