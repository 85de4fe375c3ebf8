"""
Literals, signs and calls as they are read, and how they are refused.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rules.condition import compile_condition
from tradewarden.rules.schema import Kind, Scope, Vocabulary
from tradewarden.rules.tree import Comparison, Fact, Literal, walk
from unit.rules.language import VOCABULARY, condition, make_fact, marked, problems

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


def test_each_part_knows_its_place_and_its_kind() -> None:
    text = "abs(-last * 2) / max(last, -(entry_price)) - -1 > 1 and known(age) and stop_loss"
    parts = [(type(part).__name__, part.kind, text[part.start : part.end]) for part in walk(condition(text).expression)]

    assert parts == [
        ("And", Kind.BOOL, text),
        ("Comparison", Kind.BOOL, "abs(-last * 2) / max(last, -(entry_price)) - -1 > 1"),
        ("Arithmetic", Kind.NUMBER, "abs(-last * 2) / max(last, -(entry_price)) - -1"),
        ("Arithmetic", Kind.NUMBER, "abs(-last * 2) / max(last, -(entry_price))"),
        ("Call", Kind.NUMBER, "abs(-last * 2)"),
        ("Arithmetic", Kind.NUMBER, "-last * 2"),
        ("Negative", Kind.NUMBER, "-last"),
        ("Fact", Kind.NUMBER, "last"),
        ("Literal", Kind.NUMBER, "2"),
        ("Call", Kind.NUMBER, "max(last, -(entry_price))"),
        ("Fact", Kind.NUMBER, "last"),
        ("Negative", Kind.NUMBER, "-(entry_price)"),
        ("Fact", Kind.NUMBER, "entry_price"),
        ("Literal", Kind.NUMBER, "-1"),
        ("Literal", Kind.NUMBER, "1"),
        ("Known", Kind.BOOL, "known(age)"),
        ("Fact", Kind.DURATION, "age"),
        ("Fact", Kind.BOOL, "stop_loss"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2 * profit > 1%", Kind.PERCENT),
        ("profit / 2 > 1%", Kind.PERCENT),
        ("age / 1h > 1", Kind.NUMBER),
        ("age - 1h > 1s", Kind.DURATION),
        ("abs(profit) > 1%", Kind.PERCENT),
        ("min(age, 1h) > 1s", Kind.DURATION),
        ("-age < 1s", Kind.DURATION),
    ],
)
def test_what_is_calculated_has_a_kind(text: str, kind: Kind) -> None:
    expression = condition(text).expression

    assert isinstance(expression, Comparison)
    assert expression.operands[0].kind is kind


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("last + profit > 1", "last + profit", "last is a number and profit is a percentage: they cannot be added"),
        ("profit * day_change > 1", "profit * day_change", "a percentage * a percentage has no meaning"),
        ("1 / age > 1", "1 / age", "a number / a duration has no meaning"),
        (
            "max(1, 2, 5%) > 1",
            "1, 2, 5%",
            "1 is a number and 5% is a percentage: they cannot be used in one `max`",
        ),
    ],
)
def test_what_does_not_go_together(text: str, part: str, message: str) -> None:
    assert [(where, what) for where, what, _ in marked(text)] == [(part, message)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1 < (last + 1) + (profit * 2)", "(last + 1) + (profit * 2)"),
        ("2 * ((profit) * (day_change)) > 1", "(profit) * (day_change)"),
        ("max((1 + 2), (last), (5% + 1%)) > 1", "(1 + 2), (last), (5% + 1%)"),
        ("(age) + (2) > 1h", "2"),  # what is of one part alone needs no brackets
        ("max((2), (age)) > 1h", "2"),
    ],
)
def test_what_is_marked_of_a_calculation_has_both_of_its_brackets(text: str, part: str) -> None:
    assert [where for where, _, _ in marked(text)] == [part]


def test_a_fact_knows_what_its_declaration_says_of_its_number() -> None:
    """Whether it counts something, and whether it only names it; a window over a count is one too."""
    named = Vocabulary([*VOCABULARY.values(), make_fact("account_id", Kind.NUMBER, is_name=True)])
    text = "live_steps > 2 and account_id > 2 and last > 2 and lowest(live_steps, 1h) > 2 and change(last, 1h) > 2%"

    parts = walk(compile_condition(text, named, scope=Scope.SMART_TRADE).expression)

    assert [(part.name, part.is_whole, part.is_name) for part in parts if isinstance(part, Fact)] == [
        ("live_steps", True, False),
        ("account_id", False, True),
        ("last", False, False),
        ("lowest(live_steps, 1h)", True, False),
        ("change(last, 1h)", False, False),
    ]


def test_a_fact_of_a_step_has_no_value_outside_of_where() -> None:
    message, hint = "`step.distance` is known only in `cancel: {where: ...}`", "`when` speaks of the whole SmartTrade"

    assert marked("step.distance > 5%") == [("step.distance", message, hint)]
    assert marked("step.distance > 5%", scope=Scope.STEP) == []


def test_a_near_fact_of_a_step_is_named_only_in_where() -> None:
    ((_, _, in_where),) = marked("step.distanc > 1%", scope=Scope.STEP)
    ((_, _, in_when),) = marked("step.distanc > 1%")

    assert "`step.distance`" in str(in_where)
    assert "`step.distance`" not in str(in_when)


def test_a_hyphen_for_an_underscore_is_told_instead_of_what_it_makes_of_the_parts() -> None:
    """
    What is wrong before and after it is told as well.
    """
    no_fact = "`tradewarden vocabulary` lists all facts"

    assert marked("nope > 1 and entry-price > 1 and no_fact > 1") == [
        ("nope", "there is no fact `nope`", no_fact),
        ("entry-price", "there is no fact `entry-price`", "did you mean `entry_price`?"),
        ("no_fact", "there is no fact `no_fact`", no_fact),
    ]


def test_what_is_no_function() -> None:
    assert marked("day_change(1) > 1 and aps(last) > 1") == [
        ("day_change(1)", "`day_change` is a fact, not a function", "write `day_change` without brackets"),
        ("aps(last)", "there is no function `aps`", "did you mean `abs`?"),
    ]


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
    "text",
    ["-nope > 1", "nope * 2 > 1", "2 * nope > 1", "abs(nope) > 1", "known(nope)", "nope like 'x'", "nope in [1]"],
)
def test_one_mistake_is_told_once(text: str) -> None:
    """
    What is built on a mistake is not blamed too.
    """
    assert [message for _, message, _ in marked(text)] == ["there is no fact `nope`"]


@pytest.mark.parametrize(
    ("text", "scope", "part", "replacement"),
    [
        ("side == long", Scope.SMART_TRADE, "long", '"long"'),
        ("profit > 1% and short == side", Scope.SMART_TRADE, "short", '"short"'),
        ("step.status == finished", Scope.STEP, "finished", '"finished"'),
        ("pair == BTC", Scope.SMART_TRADE, "BTC", None),  # perhaps a text: no fact is said to be that
        ("side == finished", Scope.SMART_TRADE, "finished", None),  # a fact of a step can be that, and here is none
        ("profitt > 1%", Scope.SMART_TRADE, "profitt", None),
    ],
)
def test_a_text_without_quotes_is_mended_only_where_a_fact_can_be_that(
    text: str, scope: Scope, part: str, replacement: str | None
) -> None:
    (problem,) = problems(text, scope=scope)

    assert (text[problem.start : problem.end], problem.replacement) == (part, replacement)
    assert problem.message == f"there is no fact `{part}`"
    assert (problem.hint == f'a text stands in quotes: "{part}"') is (replacement is not None or part == "BTC")
