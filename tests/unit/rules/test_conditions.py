"""
Comparisons, lists, globs and junctions as they are refused.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.tree import And, Comparison, Or
from unit.rules.language import condition, marked

NO_VALUE = 'compare it; several texts are a list: pair in ["USDT_BTC", "USDT_ETH"]'
COMBINE = "write the condition itself, and combine conditions with and, or, not"


def test_not_binds_tighter_than_and_and_and_tighter_than_or() -> None:
    expression = condition("stop_loss or not breakeven and last > 1").expression

    assert isinstance(expression, Or)
    assert isinstance(expression.operands[1], And)


def test_brackets_change_what_is_joined_and_belong_to_the_whole() -> None:
    text = "(stop_loss or breakeven) and (last + 1) * 2 > 1"
    expression = condition(text).expression

    assert isinstance(expression, And)
    assert (expression.start, expression.end) == (0, len(text))
    comparison = expression.operands[1]
    assert isinstance(comparison, Comparison)
    assert text[comparison.operands[0].start : comparison.operands[0].end] == "(last + 1) * 2"


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        (
            "day_change",
            "day_change",
            "day_change is a percentage, not a condition",
            "compare it, as in `day_change < -5%`",
        ),
        ("last + 1", "last + 1", "last + 1 is a number, not a condition", "compare it, as in `last > 0.25`"),
        ("not age", "age", "age is a duration, not a condition", "compare it, as in `age > 2h`"),
        ('pair == "a" or "b"', '"b"', '"b" is a text, not a condition', NO_VALUE),
        ("stop_loss and 5", "5", "5 is a number, not a condition", "compare it, as in `last > 0.25`"),
        ('pair < "a"', 'pair < "a"', "pair is a text and has no order", "it can be compared with ==, !=, in and like"),
        (
            "stop_loss >= breakeven",
            "stop_loss >= breakeven",
            "stop_loss is true or false and has no order",
            "it can be compared with == and !=",
        ),
        ("(last > 1) == stop_loss", "last > 1) == stop_loss", "a condition cannot be compared with another", COMBINE),
        ("known(last) != true", "known(last) != true", "a condition cannot be compared with another", COMBINE),
        ("last in []", "last in []", "the list is empty", 'as in pair in ["USDT_BTC", "USDT_ETH"]'),
        (
            "last in [1, entry_price]",
            "entry_price",
            "a list holds only written values",
            "write `last == entry_price` and combine with `or`",
        ),
        (
            "stop_loss not in [true]",
            "stop_loss",
            "stop_loss is true or false, a list is of no use",
            "write it by itself, or with `not`",
        ),
        (
            'last like "1*"',
            "last",
            "last is a number, only a text can be like another",
            "numbers are compared with < <= > >= == !=",
        ),
        ("pair like side", "side", "`like` takes a text in quotes", 'as in pair like "USDT_*"'),
        ("pair not like 5", "5", "`like` takes a text in quotes", 'as in pair like "USDT_*"'),
    ],
)
def test_what_is_no_condition(text: str, part: str, message: str, hint: str) -> None:
    assert marked(text) == [(part, message, hint)]


def test_every_link_and_every_item_is_looked_at() -> None:
    assert [part for part, _, _ in marked("1 < profit < 2 and last in [nope, 5%, '5', pair] and not 3 and age")] == [
        "1",
        "2",
        "nope",
        "5%",
        "'5'",
        "pair",
        "3",
        "age",
    ]
