"""
The vocabulary as the language sees it.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.schema import Kind, Scope, Vocabulary
from unit.rules.language import VOCABULARY, make_fact


def test_facts_are_found_by_name_in_the_order_of_their_declaration() -> None:
    first, second = make_fact("b", Kind.NUMBER), make_fact("a", Kind.TEXT)
    vocabulary = Vocabulary([first, second])

    assert list(vocabulary) == ["b", "a"]
    assert vocabulary["a"] is second
    assert len(vocabulary) == 2
    assert "c" not in vocabulary
    with pytest.raises(KeyError):
        vocabulary["c"]


def test_a_step_sees_its_smart_trade_but_not_the_other_way_round() -> None:
    steps = {"step.distance", "step.status"}

    assert set(VOCABULARY.in_scope(Scope.STEP)) == set(VOCABULARY)
    assert set(VOCABULARY.in_scope(Scope.SMART_TRADE)) == set(VOCABULARY) - steps
