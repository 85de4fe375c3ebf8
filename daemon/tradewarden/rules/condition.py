"""
A condition, ready to be asked: text in, checked and compiled value out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradewarden.rules.checker import check
from tradewarden.rules.compiler import compile_expression
from tradewarden.rules.origin import all_facts
from tradewarden.rules.parser import parse
from tradewarden.rules.schema import FactValue
from tradewarden.rules.trace import trace
from tradewarden.rules.tree import Fact, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tradewarden.model.truth import Truth
    from tradewarden.rules.schema import Scope, Vocabulary
    from tradewarden.rules.trace import Trace
    from tradewarden.rules.tree import Expression

__all__ = ["Condition", "FactValue", "compile_condition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    A checked condition. Two are equal if their *text* is.

    *facts* are the names that it reads, *beyond* those among them, and within them, that have an origin: windows, held
    conditions, markets. Both evaluators take a fact that is None or missing for unknown: *evaluate* is
    compiled and fast, `trace` is independent of it, slow, and shows what it saw.
    """

    text: str
    expression: Expression = field(compare=False, repr=False)
    facts: frozenset[str] = field(compare=False, repr=False)
    beyond: tuple[Fact, ...] = field(default=(), compare=False, repr=False)
    evaluate: Callable[[Mapping[str, FactValue]], Truth] = field(compare=False, repr=False)

    def trace(self, facts: Mapping[str, FactValue]) -> Trace:
        """
        Evaluate step by step; the trace's *truth* is what `evaluate` returns.
        """
        return trace(self.expression, self.text, facts)


def compile_condition(text: str, vocabulary: Vocabulary, *, scope: Scope) -> Condition:
    """
    Return the condition that *text* says over the facts of *vocabulary*.

    Raises ConditionError with the problems found: all foreign spellings, or the first error of syntax, or all errors of
    names and units.
    """
    expression = check(text, parse(text), vocabulary, scope)
    return Condition(
        text=text,
        expression=expression,
        facts=frozenset(part.name for part in walk(expression) if isinstance(part, Fact)),
        beyond=tuple({fact.name: fact for fact in all_facts(expression) if fact.origin is not None}.values()),
        evaluate=compile_expression(expression),
    )
