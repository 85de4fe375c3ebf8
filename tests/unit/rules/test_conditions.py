"""
Comparisons, lists, globs and junctions as they are refused.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rules.condition import compile_condition
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.schema import Kind, Scope, Vocabulary
from tradewarden.rules.tree import And, Comparison, Likeness, Membership, Or, walk
from unit.rules.language import VOCABULARY, condition, make_fact, marked

NO_VALUE = 'compare it; several texts are a list: pair in ["USDT_BTC", "USDT_ETH"]'
NOT_COMPARED = "they cannot be compared"
OF_A_PRICE = "to take 5 % of a price write `last * 0.05`"
LONG_OR_SHORT = 'did you mean "long"? It is one of "long", "short"'
COMBINE = "write the condition itself, and combine conditions with and, or, not"
BOUNDED = Vocabulary(
    [
        *VOCABULARY.values(),
        make_fact("move", Kind.PERCENT, lowest=Decimal(-100), highest=Decimal(1000)),
        make_fact("fall", Kind.PERCENT, lowest=Decimal(-100)),
        make_fact("rise", Kind.PERCENT, highest=Decimal(1000)),
        make_fact("wait", Kind.DURATION, lowest=Decimal(0), highest=Decimal(1000)),
    ]
)


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


def test_each_part_knows_its_place_and_its_kind() -> None:
    text = (
        """not (pair in ["a"]) and (pair not in ['b', "c"] or pair like "U*") """
        'and side not like "l*" and -5% < profit <= 5% and not stop_loss or breakeven'
    )
    parts = [(type(part).__name__, part.kind, text[part.start : part.end]) for part in walk(condition(text).expression)]

    assert parts == [
        ("Or", Kind.BOOL, text),
        ("And", Kind.BOOL, text.removesuffix(" or breakeven")),
        ("Not", Kind.BOOL, 'not (pair in ["a"])'),
        ("Membership", Kind.BOOL, 'pair in ["a"]'),
        ("Fact", Kind.TEXT, "pair"),
        ("Literal", Kind.TEXT, '"a"'),
        ("Or", Kind.BOOL, """pair not in ['b', "c"] or pair like "U*\""""),
        ("Membership", Kind.BOOL, """pair not in ['b', "c"]"""),
        ("Fact", Kind.TEXT, "pair"),
        ("Literal", Kind.TEXT, "'b'"),
        ("Literal", Kind.TEXT, '"c"'),
        ("Likeness", Kind.BOOL, 'pair like "U*"'),
        ("Fact", Kind.TEXT, "pair"),
        ("Likeness", Kind.BOOL, 'side not like "l*"'),
        ("Fact", Kind.TEXT, "side"),
        ("Comparison", Kind.BOOL, "-5% < profit <= 5%"),
        ("Literal", Kind.PERCENT, "-5%"),
        ("Fact", Kind.PERCENT, "profit"),
        ("Literal", Kind.PERCENT, "5%"),
        ("Not", Kind.BOOL, "not stop_loss"),
        ("Fact", Kind.BOOL, "stop_loss"),
        ("Fact", Kind.BOOL, "breakeven"),
    ]


@pytest.mark.parametrize(("text", "negated"), [('pair in ["a", "b"]', False), ('pair not in ["a", "b"]', True)])
def test_a_list_is_kept_with_its_sense(text: str, *, negated: bool) -> None:
    expression = condition(text).expression

    assert isinstance(expression, Membership)
    assert [literal.value for literal in expression.values] == ["a", "b"]
    assert expression.negated is negated


@pytest.mark.parametrize(("text", "negated"), [('pair like "U*"', False), ('pair not like "U*"', True)])
def test_a_glob_is_kept_with_its_sense(text: str, *, negated: bool) -> None:
    expression = condition(text).expression

    assert isinstance(expression, Likeness)
    assert expression.glob == "U*"
    assert expression.negated is negated


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("(not age) + 1 > 2", "age"),
        ("(age and stop_loss) + 1 > 2", "age"),
        ("(nope > 1) + 1 > 2", "nope"),
        ("(1 > nope) + 1 > 2", "nope"),
        ("(last > 5%) + 1 > 2", "last > 5%"),
        ("(nope in [1]) + 1 > 2", "nope"),
        ("(last in [nope]) + 1 > 2", "nope"),
        ("(last in [5%]) + 1 > 2", "5%"),
        ("(nope like 'x') + 1 > 2", "nope"),
        ("(pair like nope) + 1 > 2", "nope"),
        ("(side like 'x*') + 1 > 2", "'x*'"),
    ],
)
def test_of_what_is_built_on_a_mistake_nothing_more_is_told(text: str, part: str) -> None:
    assert [where for where, _, _ in marked(text)] == [part]


@pytest.mark.parametrize(
    "text",
    ["side == pair", "pair != side", "'long' == side", "side in ['short', 'long']", "stop_loss == breakeven == true"],
)
def test_what_may_be_compared(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        ("last > 5%", "last > 5%", f"last is a number and 5% is a percentage: {NOT_COMPARED}", OF_A_PRICE),
        ("5% > last", "5% > last", f"5% is a percentage and last is a number: {NOT_COMPARED}", OF_A_PRICE),
        ("last in [1, 5%]", "5%", f"last is a number and 5% is a percentage: {NOT_COMPARED}", OF_A_PRICE),
        ("breakeven and side == 'Long' and stop_loss", "'Long'", 'side is never "Long"', LONG_OR_SHORT),
        ("breakeven and 'Long' != side and stop_loss", "'Long'", 'side is never "Long"', LONG_OR_SHORT),
        ("side in ['long', 'Long']", "'Long'", 'side is never "Long"', LONG_OR_SHORT),
        ("side like 'x*'", "'x*'", 'side is never "x*"', 'it is one of "long", "short"'),
        ("last in [1 - 2]", "1 - 2", "a list holds only written values", "write `1 <= last <= 2`"),
        (
            "last in [1 + 2]",
            "1 + 2",
            "a list holds only written values",
            "write `last == 1 + 2` and combine with `or`",
        ),
    ],
)
def test_what_can_never_hold(text: str, part: str, message: str, hint: str) -> None:
    assert marked(text) == [(part, message, hint)]


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
        (
            "breakeven and pair < 'a' and stop_loss",
            "pair < 'a'",
            "pair is a text and has no order",
            "it can be compared with ==, !=, in and like",
        ),
        (
            "breakeven and stop_loss not in [true]",
            "stop_loss",
            "stop_loss is true or false, a list is of no use",
            "write it by itself, or with `not`",
        ),
        (
            "breakeven and stop_loss == (last > 1) and breakeven",
            "stop_loss == (last > 1)",
            "a condition cannot be compared with another",
            COMBINE,
        ),
        ("(last > 1) == stop_loss", "(last > 1) == stop_loss", "a condition cannot be compared with another", COMBINE),
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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("breakeven or ((last > 1)) == (stop_loss and breakeven)", ["((last > 1)) == (stop_loss and breakeven)"]),
        ("(pair) < (side)", ["(pair) < (side)"]),
        ("(last + 1) < (profit + 1%) > (age)", ["(last + 1) < (profit + 1%)", "(profit + 1%) > (age)"]),
        ("(profit < (5))", ["5"]),  # what is of one part alone needs no brackets
        ("((-5) > profit)", ["-5"]),
        ("(5) > (profit + 1%)", ["5"]),
        ("(side) == ('lang')", ["'lang'"]),
    ],
)
def test_what_is_marked_of_a_comparison_has_both_of_its_brackets(text: str, parts: list[str]) -> None:
    assert [part for part, _, _ in marked(text)] == parts


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


@pytest.mark.parametrize(
    ("text", "part", "replacement"),
    [
        ("move < -5", "-5", "-5%"),
        ("-5 > move", "-5", "-5%"),
        ("move == 12.50", "12.50", "12.50%"),
        # -1 may be meant as the share of -100%, which is possible; what is a little more cannot be a share.
        ("move < -1", "-1", None),
        ("move < -1.01", "-1.01", "-1.01%"),
        ("move > 10", "10", None),
        ("move > 10.01", "10.01", "10.01%"),
        ("move < -0.05", "-0.05", None),
        # It must be possible as a percentage too.
        ("move >= -100", "-100", "-100%"),
        ("move >= -101", "-101", None),
        ("move <= 1000", "1000", "1000%"),
        ("move <= 1001", "1001", None),
        # Of what has no bounds, or is no fact, nothing is known to be impossible.
        ("profit < -5", "-5", None),
        ("fall < -5", "-5", None),
        ("rise > 50", "50", None),
        ("abs(move) > 50", "50", None),
        ("change(last, 15m) < -50", "-50", None),
        # Only a number lacks the sign of a percentage, and only a percentage lacks one.
        ("move > 50s", "move > 50s", None),
        ('move > "50"', '"50"', None),
        ("move > last", "move > last", None),
        ("wait > 50", "50", None),
    ],
)
def test_a_number_is_mended_to_a_percentage_only_if_it_cannot_be_a_share(
    text: str, part: str, replacement: str | None
) -> None:
    with pytest.raises(ConditionError) as refused:
        compile_condition(text, BOUNDED, scope=Scope.SMART_TRADE)

    assert [(text[p.start : p.end], p.replacement) for p in refused.value.problems] == [(part, replacement)]
