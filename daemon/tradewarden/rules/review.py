"""
What the check of one condition has at hand: its text, the names it may use, and the problems found so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lark import Tree

from tradewarden.rules.diagnostics import Problem
from tradewarden.rules.tree import Fact

if TYPE_CHECKING:
    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.schema import FactSchema, Scope, Vocabulary
    from tradewarden.rules.tree import Expression

Operands = tuple["Expression | None", ...]
"""
The checked parts of a node. None is a part that has a problem: it was told, and nothing more is concluded from it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """
    One check of one condition. Every `refuse` adds to *problems*; a node that was refused is None.
    """

    text: str
    vocabulary: Vocabulary
    scope: Scope
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, tree: SyntaxTree, message: str, hint: str | None) -> None:
        """
        Note a problem of a whole node of the syntax tree.
        """
        start, end = span(tree)
        self.problems.append(Problem(start=start, end=end, message=message, hint=hint))

    def refuse_part(self, part: Expression, message: str, hint: str | None) -> None:
        """
        Note a problem of one part of a node.
        """
        self.problems.append(Problem(start=part.start, end=part.end, message=message, hint=hint))

    def refuse_parts(self, tree: SyntaxTree, problem: Problem) -> None:
        """
        Note a problem of some parts of a node. What is marked of a part in brackets by one end is marked as a whole.
        """
        start, end = problem.start, problem.end
        for opened, closed in (span(child) for child in tree.children if isinstance(child, Tree)):
            if opened < start < closed < end:
                start = opened
            if start < opened < end < closed:
                end = closed
        self.problems.append(replace(problem, start=start, end=end))

    def cut(self, expression: Expression) -> str:
        """
        Return the source text of *expression*.
        """
        return self.text[expression.start : expression.end]

    def closed_values_of(self, expression: Expression) -> FactSchema | None:
        """
        Return the schema of a fact that takes its texts from a closed list.
        """
        schema = self.vocabulary.get(expression.name) if isinstance(expression, Fact) else None
        return schema if schema and schema.values else None


def span(tree: SyntaxTree) -> tuple[int, int]:
    """
    Return where a node of the syntax tree stands, brackets included.
    """
    return tree.meta.start_pos, tree.meta.end_pos


def complete(operands: Operands) -> tuple[Expression, ...] | None:
    """
    Return the operands if all of them are sound.
    """
    sound = tuple(operand for operand in operands if operand is not None)
    return sound if len(sound) == len(operands) else None
