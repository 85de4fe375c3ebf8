"""
Where a condition stops making sense, and what could stand there.
"""

from __future__ import annotations

import pytest

from unit.rules.language import condition, problems

VALUE = "here comes a fact, a value or a bracket"
SQUARE = 'a list stands in square brackets: pair in ["USDT_BTC", "USDT_ETH"]'
OPERATOR = "here comes an operator such as < or and"
LINE = "`for: {}` is a line of its own, not a part of the condition"
PATTERN = 'a pattern stands in quotes: like "{}"'
SEPARATORS = "write numbers without separators, and lists in square brackets"
POINT = "a number has a point, not a comma"


@pytest.mark.parametrize(
    ("text", "start", "end", "message", "hint"),
    [
        ("day_change <  ", 12, 12, "the condition ends too early, after `<`", VALUE),
        ("(stop_loss or breakeven", 23, 23, "the condition ends too early, after `breakeven`", "here comes `)`"),
        ("(last > (1", 10, 10, "the condition ends too early, after `1`", "here comes `)`"),
        ("last in [1", 10, 10, "the condition ends too early, after `1`", "here comes `]`"),
        ("last in", 7, 7, "the condition ends too early, after `in`", SQUARE),
        ("last not", 8, 8, "the condition ends too early, after `not`", "here comes `in` or `like`"),
        ("and last > 1", 0, 3, "`and` cannot stand at the start", VALUE),
        ("last > 1 breakeven", 9, 18, "`breakeven` cannot stand after `1`", OPERATOR),
        ("stop_loss breakeven", 10, 19, "`breakeven` cannot stand after `stop_loss`", OPERATOR),
        ("(last > 1) breakeven", 11, 20, "`breakeven` cannot stand after `)`", OPERATOR),
        ("last not 5", 9, 10, "`5` cannot stand after `not`", "here comes `in` or `like`"),
        ("last > 1)", 8, 9, "`)` cannot stand after `1`", "here comes `and`, `or` or the end"),
        ("last in (1, 2)", 8, 9, "`(` cannot stand after `in`", SQUARE),
        ("age > 2 h", 8, 9, "`h` cannot stand after `2`", "write it as one word: 2h"),
        ("age > 1h 30m", 9, 12, "`30m` cannot stand after `1h`", "write it as one word: 1h30m"),
        ("age > 2 hours", 8, 13, "`hours` cannot stand after `2`", "write 2h"),
        ("age > 7 Days", 8, 12, "`Days` cannot stand after `7`", "write 7d"),
        ("age > 90 min", 9, 12, "`min` cannot stand after `90`", "write 90m"),
        ("profit < -5,5%", 11, 12, "`,` cannot stand after `5`", f"{POINT}: write 5.5%"),
        ("profit < -5,25 %", 11, 12, "`,` cannot stand after `5`", f"{POINT}: write 5.25 %"),
        ("last < 0,1035", 8, 9, "`,` cannot stand after `0`", f"{POINT}: write 0.1035"),
        ("last < 0,103", 8, 9, "`,` cannot stand after `0`", f"{POINT}: write 0.103"),
        ("last < 1.234,5", 12, 13, "`,` cannot stand after `1.234`", f"{POINT}: write 1234.5"),
        ("last < 12.345,678", 13, 14, "`,` cannot stand after `12.345`", f"{POINT}: write 12345.678"),
        ("last < 0.234,5", 12, 13, "`,` cannot stand after `0.234`", SEPARATORS),
        ("last < 1.5,5", 10, 11, "`,` cannot stand after `1.5`", SEPARATORS),
        ("last < 1,234.5", 8, 9, "`,` cannot stand after `1`", SEPARATORS),
        ("last < 1,23.5", 8, 9, "`,` cannot stand after `1`", SEPARATORS),
        ('pair == "a",5', 11, 12, '`,` cannot stand after `"a"`', SEPARATORS),
        (", 5", 0, 1, "`,` cannot stand at the start", SEPARATORS),
        ("age > 1,5h", 7, 8, "`,` cannot stand after `1`", f"{POINT}: write 1.5h"),
        ("age > 2h, stop_loss", 8, 9, "`,` cannot stand after `2h`", "conditions are joined by `and` or `or`"),
        ("last > 1, stop_loss", 8, 9, "`,` cannot stand after `1`", "conditions are joined by `and` or `or`"),
        ("last > 1,500", 8, 9, "`,` cannot stand after `1`", SEPARATORS),
        ("day_change < -5% for 2m", 17, 20, "`for` cannot stand after `5%`", LINE.format("2m")),
        ("stop_loss for 1h30m or last > 1", 10, 13, "`for` cannot stand after `stop_loss`", LINE.format("1h30m")),
        ("stop_loss for a while", 10, 13, "`for` cannot stand after `stop_loss`", LINE.format("2m")),
        ("pair like USDT_*", 16, 16, "the condition ends too early, after `*`", PATTERN.format("USDT_*")),
        ("pair like *keep*", 10, 11, "`*` cannot stand after `like`", PATTERN.format("*keep*")),
        ("(pair not like *BTC)", 15, 16, "`*` cannot stand after `like`", PATTERN.format("*BTC")),
        ("pair like USDT_* and last > 1", 17, 20, "`and` cannot stand after `*`", PATTERN.format("USDT_*")),
        ("pair like 'U*' and pair like *", 29, 30, "`*` cannot stand after `like`", PATTERN.format("*")),
        ("pair like USDT_*BTC and", 23, 23, "the condition ends too early, after `and`", VALUE),
        ("stop_loss == not breakeven", 13, 16, "`not` cannot stand after `==`", VALUE),
        ("1 < last in [1]", 9, 11, "`in` cannot stand after `last`", OPERATOR),
        ("last in [1] == true", 12, 14, "`==` cannot stand after `]`", "here comes `and`, `or` or the end"),
    ],
)
def test_syntax_errors(text: str, start: int, end: int, message: str, hint: str) -> None:
    """
    The first error of syntax has its place, what stands before it and what could follow.
    """
    (problem,) = problems(text)

    assert (problem.start, problem.end, problem.message, problem.hint) == (start, end, message, hint)


@pytest.mark.parametrize(
    "text",
    [
        "day_change<-5%and stop_loss",
        "\n  day_change\n  <\t-5 %\r\n",
        "not(stop_loss)",
        "stop_loss and(breakeven)",
        "last in[1,2]",
        "pair not  like 'x'",
        "not pair in ['x']",
        "2h<age",
    ],
)
def test_layout_does_not_matter(text: str) -> None:
    assert condition(text)
