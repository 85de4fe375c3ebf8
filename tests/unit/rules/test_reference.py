"""
The documentation of the language is true.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.names import FUNCTIONS as FUNCTION_NAMES
from tradewarden.rules.over_time import MARKET, OVER_TIME
from tradewarden.rules.reference import FUNCTIONS, OPERATORS, UNITS, Entry
from unit.rules.language import condition


@pytest.mark.parametrize("entry", [*OPERATORS, *FUNCTIONS, *UNITS], ids=lambda entry: str(entry.symbol))
def test_every_example_is_a_valid_condition(entry: Entry) -> None:
    assert condition(entry.example)


def test_every_function_is_documented() -> None:
    documented = {entry.symbol.partition("(")[0] for entry in FUNCTIONS}

    assert documented == {*FUNCTION_NAMES, *OVER_TIME, MARKET}
