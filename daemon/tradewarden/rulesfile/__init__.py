"""
The rules file: text to settings and rules, every error with its place. The only owner of yaml and pydantic.
"""
