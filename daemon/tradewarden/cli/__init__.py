"""
The command line: a file a command. stdout carries the result and nothing else; the rest goes to stderr.
"""
