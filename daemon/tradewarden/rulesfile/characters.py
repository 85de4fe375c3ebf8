"""
Characters that may not stand in a text.

They are compared, not matched: a regular expression over all of Unicode takes longer to compile than a file to read, at
every start.
"""

from __future__ import annotations

Ranges = tuple[tuple[str, str], ...]  # first and last character of each

# What YAML cannot hold, line breaks that no editor shows as such, and marks that make a line read other than it is.
NOT_IN_A_FILE: Ranges = (
    ("\x00", "\x08"),
    ("\x0b", "\x0c"),
    ("\x0e", "\x1f"),
    ("\x7f", "\x9f"),
    ("\u2028", "\u202e"),
    ("\u2066", "\u2069"),
    ("\ud800", "\udfff"),
    ("\ufeff", "\ufeff"),
    ("\ufffe", "\uffff"),
)
# Control characters but tab and line break, and whatever changes the direction of writing.
NOT_SHOWN_BUT_OBEYED: Ranges = (
    ("\x00", "\x08"),
    ("\x0b", "\x1f"),
    ("\x7f", "\x9f"),
    ("\u061c", "\u061c"),
    ("\u200e", "\u200f"),
    ("\u2028", "\u202e"),
    ("\u2066", "\u2069"),
    ("\ud800", "\udfff"),
)


def find_character(text: str, ranges: Ranges) -> int | None:
    """
    Return the place of the first character of *text* that is in one of the *ranges*; ``None`` if there is none.
    """
    found = [character for character in set(text) if any(first <= character <= last for first, last in ranges)]
    return min(map(text.index, found), default=None)


def class_of(ranges: Ranges) -> str:
    """
    Return the *ranges* as a regular expression writes them between brackets.
    """
    return "".join(f"\\u{ord(first):04x}-\\u{ord(last):04x}" for first, last in ranges)
