"""
Literals, signs and calls as they are read, and how they are refused.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparison, Literal
from unit.rules.language import condition, marked

OPPOSITE = "the opposite of a condition is written with `not`"
CALCULABLE = "a percentage or a duration will do too"
NESTED = "`known(...)` inside `known(...)` says nothing new"


@pytest.mark.parametrize(
    ("written", "fact", "kind", "value"),
    [
        ("0.0975", "last", Kind.NUMBER, Decimal("0.0975")),
        ("0", "last", Kind.NUMBER, Decimal(0)),
        ("-12.50", "last", Kind.NUMBER, Decimal("-12.50")),
        ("--3", "last", Kind.NUMBER, Decimal(3)),
        ("-(3)", "last", Kind.NUMBER, Decimal(-3)),
        ("-5%", "profit", Kind.PERCENT, Decimal(-5)),
        ("5 %", "profit", Kind.PERCENT, Decimal(5)),
        ("0.05%", "profit", Kind.PERCENT, Decimal("0.05")),
        ("90s", "age", Kind.DURATION, Decimal(90)),
        ("2m", "age", Kind.DURATION, Decimal(120)),
        ("2h", "age", Kind.DURATION, Decimal(7200)),
        ("1d", "age", Kind.DURATION, Decimal(86400)),
        ("1w", "age", Kind.DURATION, Decimal(604800)),
        ("1.5h", "age", Kind.DURATION, Decimal("5400.0")),
        ("1w2d3h4m5s", "age", Kind.DURATION, Decimal(788645)),
        ("\"a 'b' é\"", "pair", Kind.TEXT, "a 'b' é"),
        ("'a \"b\"'", "pair", Kind.TEXT, 'a "b"'),
        ('""', "pair", Kind.TEXT, ""),
        ("true", "stop_loss", Kind.BOOL, True),
        ("false", "stop_loss", Kind.BOOL, False),
    ],
)
def test_a_written_value(written: str, fact: str, kind: Kind, value: Decimal | str | bool) -> None:
    """
    A literal is read exactly, and knows its place in the text.
    """
    text = f" {fact} ==  {written}"
    expression = condition(text).expression

    assert isinstance(expression, Comparison)
    literal = expression.operands[1]
    assert isinstance(literal, Literal)
    assert (literal.kind, literal.value, str(literal.value)) == (kind, value, str(value))
    assert text[literal.start : literal.end] == written


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        ("last > +5", "+5", "a value needs no plus", "leave it out"),
        ("last > +nope", "nope", "there is no fact `nope`", "`tradewarden vocabulary` lists all facts"),
        ("-pair == 'x'", "-pair", "pair is a text, it has no minus", OPPOSITE),
        ("-stop_loss", "-stop_loss", "stop_loss is true or false, it has no minus", OPPOSITE),
        ("min(last) > 1", "min(last)", "`min` takes 2 values or more, not 1", "as in `min(profit, day_change)`"),
        ("max() > 1", "max()", "`max` takes 2 values or more, not 0", "as in `max(profit, day_change)`"),
        ("abs(last, 1) > 1", "abs(last, 1)", "`abs` takes one value, not 2", "as in `abs(day_change)`"),
        ("known()", "known()", "`known` takes one value, not 0", "as in `known(day_change)`"),
        ("abs(pair) == 'x'", "pair", "pair is a text, `abs` wants a number", CALCULABLE),
        ("max(1, last > 1) > 1", "last > 1", "last > 1 is true or false, `max` wants a number", CALCULABLE),
        ("known(known(last))", "known(known(last))", NESTED, "leave one out"),
        ("known(not known(last) or stop_loss)", "known(not known(last) or stop_loss)", NESTED, "leave one out"),
    ],
)
def test_what_cannot_be_signed_or_called(text: str, part: str, message: str, hint: str) -> None:
    assert (part, message, hint) in marked(text)


@pytest.mark.parametrize(
    "text", ["-nope > 1", "nope * 2 > 1", "abs(nope) > 1", "known(nope)", "nope like 'x'", "nope in [1]"]
)
def test_one_mistake_is_told_once(text: str) -> None:
    """
    What is built on a mistake is not blamed too.
    """
    assert [message for _, message, _ in marked(text)] == ["there is no fact `nope`"]
