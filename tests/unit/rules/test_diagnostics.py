"""
Problems in the order of the text, readable as one line.
"""

from __future__ import annotations

from tradewarden.rules.diagnostics import ConditionError, Problem


def test_problems_are_sorted_by_their_place() -> None:
    late = Problem(start=5, end=6, message="late", hint="do this")
    early = Problem(start=1, end=9, message="early")
    error = ConditionError([late, early])

    assert error.problems == (early, late)
    assert str(error) == "early; late (do this)"


def test_what_nobody_sees_does_not_part_a_word() -> None:
    error = ConditionError([Problem(start=0, end=1, message="ab\x01cd\u200bef\ngh")])

    assert str(error) == "abcdef gh"
