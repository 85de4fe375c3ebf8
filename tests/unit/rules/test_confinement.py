"""
What is compiled is our own tree: no text of a rules file reaches a name, an attribute or a module beyond it.
"""

from __future__ import annotations

import dis
import re
from decimal import Decimal
from types import CodeType, FunctionType
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings

from tradewarden.model.truth import Truth
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.glob import matches_glob
from unit.rules.language import compiled, condition, texts

OWN_NAMES = re.compile(
    r"facts|get|is_finite|startswith|endswith|fact_\d+|number_\d+|list_\d+|zero|missing|signal|TRUE|FALSE|UNKNOWN"
    r"|abs|min|max|negate|matches_glob"
)
OWN_VALUES = (min, max, matches_glob, Decimal.copy_abs, Decimal.copy_negate, KeyError, ArithmeticError)
LEAVING = {
    "IMPORT_NAME",
    "IMPORT_FROM",
    "STORE_GLOBAL",
    "DELETE_GLOBAL",
    "STORE_ATTR",
    "MAKE_FUNCTION",
    "LOAD_BUILD_CLASS",
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_compiled_code_names_nothing_but_our_own(text: str) -> None:
    evaluate = cast("FunctionType", compiled(text).evaluate)
    code = evaluate.__code__
    bound = dict(evaluate.__globals__)

    assert bound.pop("__builtins__") == {}
    assert [name for name in (*code.co_names, *code.co_varnames) if OWN_NAMES.fullmatch(name) is None] == []
    assert [one for one in bound.values() if not _is_own(one)] == []
    assert not any(isinstance(constant, CodeType) for constant in code.co_consts)
    assert {instruction.opname for instruction in dis.get_instructions(code)} & LEAVING == set()


def _is_own(value: object) -> bool:
    return isinstance(value, Decimal | Truth | tuple | frozenset) or value in OWN_VALUES


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id') == 0",
        '__import__("os") == 0',
        "pair.__class__ == 1",
        'pair.startswith("USDT")',
        "facts['pair'] == \"A\"",
        'open("/etc/passwd") == 1',
        "abs.__self__ == 1",
        "fact_0 == 1",
        "lambda: 1",
        "(day_change := 1%) < 1%",
        "[pair for pair in facts]",
        'f"{pair}" == "A"',
        'pair == "A"; day_change < 1%',
        'pair == "A"\nimport os',
        "day_change ** 9 ** 9 ** 9 < 1%",
        "day_change < -5% if pair else 1%",
        "matches_glob(pair, pair)",
        "min(day_change, eval) < 1%",
        "step.price.__class__ > 1",
        "{} == {}",
        "print(pair)",
        "True.__class__",
    ],
)
def test_what_is_python_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        condition(text)


@pytest.mark.parametrize(
    "literal", ["__import__('os').system('id')", "' or 1 == 1 or '", "{pair}", "%s", "\\u0022", "*[!a]*"]
)
@pytest.mark.parametrize("form", ['pair == "{}"', 'pair in ["{}", "A"]', 'pair like "{}*?"'])
def test_a_text_is_only_ever_compared(form: str, literal: str) -> None:
    assert condition(form.format(literal)).evaluate({"pair": "B"}) is Truth.FALSE


@pytest.mark.parametrize(
    "text", ["(" * 5_000 + "stop_loss" + ")" * 5_000, "not " * 20_000 + "stop_loss", "1" * 100_000 + " < total"]
)
def test_what_is_endless_is_refused(text: str) -> None:
    """Neither the stack nor the time of the reader is up to whoever wrote the file."""
    with pytest.raises(ConditionError):
        condition(text)
