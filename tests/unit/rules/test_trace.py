"""
The trace: what each part came to, and the sentence that is kept as evidence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tradewarden.model.truth import Truth
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import children
from unit.rules.language import FACTS, condition

if TYPE_CHECKING:
    from tradewarden.rules.trace import Trace
    from tradewarden.rules.tree import Expression

Parts: TypeAlias = "tuple[str, Kind, tuple[Parts, ...]]"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day_change < -5%", "day_change -6.1 % < -5 %: true"),
        ("profit < -5%", "profit unknown < -5 %: unknown"),
        ("-10% < day_change < 0%", "-10 % < day_change -6.1 % < 0 %: true"),
        ("age >= 1h30m", "age 1h30m >= 1h30m: true"),
        (
            "day_change < -5% and last > 0.3 or stop_loss",
            "(day_change -6.1 % < -5 %: true and last 0.21 > 0.3: false) or stop_loss: true",
        ),
        (
            "stop_loss and (breakeven or true)",
            "stop_loss: true and (breakeven: unknown or true)",
        ),
        ("not stop_loss", "not (stop_loss: true)"),
        ("not (stop_loss and breakeven)", "not (stop_loss: true and breakeven: unknown)"),
        ("stop_loss == true", "stop_loss true == true: true"),
        ("stop_loss != breakeven", "stop_loss true != breakeven unknown: unknown"),
        ("last < entry_price * 0.95", "last 0.21 < entry_price 0.25 * 0.95 = 0.2375: true"),
        ("(last + 1) * 2 > -last", "(last 0.21 + 1) * 2 = 2.42 > -last 0.21 = -0.21: true"),
        ("-(last + 1) < 0", "-(last 0.21 + 1) = -1.21 < 0: true"),
        (
            "max(profit, abs(day_change)) > 5%",
            "max(profit unknown, abs(day_change -6.1 %)) = unknown > 5 %: unknown",
        ),
        ("entry_price / 3 > 1", "entry_price 0.25 / 3 = about 0.0833333 > 1: false"),
        ('pair in ["USDT_BTC", "x"]', 'pair "USDT_DOGE" in ["USDT_BTC", "x"]: false'),
        ("last not in [1, 2]", "last 0.21 not in [1, 2]: true"),
        ('pair like "USDT_*"', 'pair "USDT_DOGE" like "USDT_*": true'),
        ("pair not like '*'", 'pair "USDT_DOGE" not like "*": false'),
        ("known(profit)", "known(profit unknown): false"),
        ("known(breakeven)", "known(breakeven: unknown): false"),
        ("known(last / 0)", "known(last 0.21 / 0 = unknown): false"),
    ],
)
def test_the_sentence(text: str, sentence: str) -> None:
    """
    One line, with the value behind each fact and the truth behind each comparison.
    """
    assert condition(text).trace(FACTS).sentence() == sentence


CHANGE = "change(last, 15m)"


@pytest.mark.parametrize(
    ("text", "change", "sentence"),
    [
        (f"{CHANGE} < -5%", "-5.123456789012345678901234567", f"{CHANGE} about -5.12346 % < -5 %: true"),
        (f"{CHANGE} < -5%", "-5.000000100000000000000000001", f"{CHANGE} about -5.0000001 % < -5 %: true"),
        (f"{CHANGE} > -5%", "-4.99999999999999999999999", f"{CHANGE} -4.99999999999999999999999 % > -5 %: true"),
        (f"{CHANGE} < -5%", "-5.0000001", f"{CHANGE} -5.0000001 % < -5 %: true"),
        (
            f"-5% > {CHANGE} > -6%",
            "-5.000000100000000000000000001",
            f"-5 % > {CHANGE} about -5.0000001 % > -6 %: true",
        ),
        (
            f"{CHANGE} in [-7%, -5%]",
            "-5.000000100000000000000000001",
            f"{CHANGE} about -5.0000001 % in [-7 %, -5 %]: false",
        ),
        (
            f"{CHANGE} in [-5%, -7%]",
            "-5.000000100000000000000000001",
            f"{CHANGE} about -5.0000001 % in [-5 %, -7 %]: false",
        ),
        (
            f"{CHANGE} * 2 < -10%",
            "-5.000000100000000000000000001",
            f"{CHANGE} about -5.0000001 % * 2 = -10.0000002 % < -10 %: true",
        ),
    ],
)
def test_a_value_is_told_so_that_its_side_of_the_threshold_shows(text: str, change: str, sentence: str) -> None:
    """One that was divided out is shortened, but never until it looks like what it is compared with."""
    assert condition(text).trace({CHANGE: Decimal(change)}).sentence() == sentence


def test_the_tree_of_a_trace() -> None:
    """
    A condition has a truth, a value has a value, and each knows its source.
    """
    trace = condition("not (day_change < -5%) or last * 2 == 0.42").trace(FACTS)
    negated, comparison = trace.children
    product, literal = comparison.children

    assert (trace.text, trace.truth, trace.kind) == (
        "not (day_change < -5%) or last * 2 == 0.42",
        Truth.TRUE,
        Kind.BOOL,
    )
    assert (negated.text, negated.truth, negated.value) == ("not (day_change < -5%)", Truth.FALSE, None)
    assert (comparison.text, comparison.truth, comparison.value) == ("last * 2 == 0.42", Truth.TRUE, None)
    assert (product.text, product.truth, product.value) == ("last * 2", None, Decimal("0.42"))
    assert (literal.text, literal.value, literal.children) == ("0.42", Decimal("0.42"), ())


def test_a_trace_has_the_parts_of_its_condition() -> None:
    text = (
        "not (-last * 2 > max(1, abs(entry_price)) and true) or pair not in ['a', \"b\"] "
        "or pair like 'U*' and known(profit) and not breakeven or -5% < profit < 5%"
    )

    def parts_of(trace: Trace) -> Parts:
        return trace.text, trace.kind, tuple(map(parts_of, trace.children))

    def expected(node: Expression) -> Parts:
        return text[node.start : node.end], node.kind, tuple(map(expected, children(node)))

    asked = condition(text)

    assert parts_of(asked.trace(FACTS)) == expected(asked.expression)


def test_an_owners_text_cannot_break_the_line() -> None:
    sentence = condition('pair == "x"').trace({"pair": "a\n\x1b[31m" + "b" * 100}).sentence()

    assert sentence == f'pair "a  [31m{"b" * 73}…" == "x": false'


@pytest.mark.parametrize(
    "text",
    ["abs(last) != last", "-last == entry_price", "abs(entry_price) != last", "-(-last) < last", "-last > entry_price"],
)
def test_a_sign_changes_nothing_else(text: str) -> None:
    """
    Neither abs() nor a minus rounds to the digits of the context.
    """
    exact = Decimal("52371576931661823267181333949.695")
    facts = {"last": exact, "entry_price": exact.copy_negate()}
    expected = Truth.TRUE if text == "-last == entry_price" else Truth.FALSE

    asked = condition(text)

    assert asked.evaluate(facts) is expected
    assert asked.trace(facts).truth is expected
