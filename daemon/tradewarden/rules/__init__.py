"""
The language of rules: text in, compiled Rule out. Knows no fact by name.
"""
