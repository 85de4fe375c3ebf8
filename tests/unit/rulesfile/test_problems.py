"""
How a problem is printed.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rulesfile.problems import Issue, Source, Span, describe, did_you_mean, issue_at, shortened


def _shown(line: str, column: int, length: int = 1) -> list[str]:
    return Source("f", line).show(Issue(line=0, column=column, message="m", length=length)).splitlines()


def test_position_counts_from_one() -> None:
    assert _shown("abc", 1, 2) == ["f:1:2: m", "    abc", "     ^^"]


def test_wide_and_combining_characters_and_tabs_do_not_move_the_caret() -> None:
    assert _shown("時間 x", 3) == ["f:1:4: m", "    時間 x", "         ^"]
    assert _shown("e\u0301 x", 3) == ["f:1:4: m", "    e\u0301 x", "      ^"]
    assert _shown("\ta:\tx", 4) == ["f:1:5: m", "        a:    x", "              ^"]


def test_a_long_line_is_cut_around_the_caret() -> None:
    head, line, carets = _shown("ab-" * 100, 200, 2)

    assert head == "f:1:201: m"
    assert line == "    …" + ("ab-" * 100)[140:260] + "…"
    assert line[carets.index("^")] == ("ab-" * 100)[200]


def test_a_place_past_the_end_is_shown_at_the_end() -> None:
    assert _shown("abc", 50) == ["f:1:51: m", "    abc", "       ^"]
    assert Source("f", "abc").show(Issue(line=9, column=0, message="m")) == "f:1:1: m\n    abc\n    ^"


def test_a_blank_line_is_not_drawn() -> None:
    assert _shown("", 0) == ["f:1:1: m"]


def test_a_source_has_no_lines_past_its_end() -> None:
    source = Source("f", "abc\rdef\r\nghi")

    assert source.lines == ["abc", "def", "ghi"]
    assert source.line(3) == ""
    assert source.shown(3) == ""


def test_control_characters_are_not_obeyed() -> None:
    assert "\x1b" not in "".join(_shown("a\x1b[31m", 0))


@pytest.mark.parametrize("line_break", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_no_character_breaks_the_line_that_is_shown(line_break: str) -> None:
    assert _shown(f"a{line_break}b", 2) == ["f:1:3: m", "    a\N{REPLACEMENT CHARACTER}b", "      ^"]


def test_what_is_hidden_is_hidden_from_the_first_to_the_last_line() -> None:
    source = Source("f", "a: 'xx\n yy\n zz' # b")
    source.hide(Span(0, 3, 2, 4))

    assert [source.shown(number) for number in range(3)] == ["a: ***", "***", "**** # b"]


def test_the_same_problem_is_told_once_and_all_stand_in_order() -> None:
    first, second = Issue(line=0, column=2, message="b"), Issue(line=0, column=1, message="a")

    texts = Source("f", "").show_all([first, second, first], warning=True)

    assert texts == ("f:1:2: warning: a", "f:1:3: warning: b")


def test_hints_that_are_missing_are_left_out() -> None:
    assert issue_at(Span(0, 0, 1, 2), "m", None, "h").hints == ("h",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (Decimal("1.50"), "1.50"),
        ("a", '"a"'),
        ([], "a list"),
        ({}, "a mapping"),
        ("x" * 50, '"' + "x" * 39 + '…"'),
    ],
)
def test_values_are_named_as_they_are_written(value: object, text: str) -> None:
    assert describe(value) == text


def test_a_quoted_text_stays_on_its_line() -> None:
    assert "\n" not in shortened("a\nb")


def test_the_nearest_word_is_suggested_whatever_its_case() -> None:
    assert did_you_mean("Live", ["dry-run", "live"]) == "did you mean live?"
    assert did_you_mean("zzz", ["dry-run", "live"]) is None
