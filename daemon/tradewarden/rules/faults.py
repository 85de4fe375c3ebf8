"""
What is hardly meant in a condition that is valid: parts that are never true, always true, or decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from tradewarden.rules.cuts import ALL
from tradewarden.rules.domains import Domains
from tradewarden.rules.literals import plain, show
from tradewarden.rules.origin import Held, MarketFact, Window, WindowFunction
from tradewarden.rules.satisfiability import are_never, facts_of, implies, is_never_false, is_never_true
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import And, Call, Comparator, Comparison, Fact, Function, Literal, Not, Or, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.schema import FactSchema, Vocabulary
    from tradewarden.rules.tree import Expression

_ANYTHING = Domains()
_PAIR = 2
_UPWARD = frozenset({Comparator.LESS, Comparator.AT_MOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    One part of a condition that is hardly meant, from *start* to *end* of its text. *code* is the word of its kind.

    *verdict*: the part is always true, or never; None if it only decides nothing.
    """

    start: int
    end: int
    code: str
    message: str
    hint: str | None
    verdict: bool | None


def faults_of(condition: Condition, vocabulary: Vocabulary) -> tuple[Fault, ...]:
    """
    Return what is hardly meant in *condition*. A condition that asks for no fact is not looked at.
    """
    if not condition.facts:
        return ()
    return tuple(_Review(condition.text, vocabulary).visit(condition.expression))


class _Review:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._domains = Domains(vocabulary)
        self._seen: dict[int, tuple[bool, bool]] = {}  # by node: never true, never false

    def visit(self, node: Expression) -> list[Fault]:
        match node:
            case Not(operand=operand):
                return self.visit(operand)
            case And() | Or():
                return self._junction(node)
            case Fact(origin=Held(condition=condition)):
                return self.visit(condition)
            case _:
                return list(self._leaf(node))

    def _fate(self, node: Expression) -> tuple[bool, bool]:
        """
        Tell whether *node* is never true, and whether it is never false.
        """
        if id(node) not in self._seen:
            self._seen[id(node)] = (is_never_true(node, self._domains), is_never_false(node, self._domains))
        return self._seen[id(node)]

    def _junction(self, node: And | Or) -> list[Fault]:
        found = [fault for operand in node.operands for fault in self.visit(operand)]
        by = 0 if isinstance(node, And) else 1
        if not self._fate(node)[by]:
            return [*found, *self._repeated(node)]
        if any(self._fate(operand)[by] for operand in node.operands):
            return found  # one part alone decides it, and was told
        return [*found, self._decided(node)]

    def _leaf(self, node: Expression) -> Iterator[Fault]:
        never, always = self._fate(node)
        if not never and not always:
            return
        word = "never" if never else "always"
        by_itself = (is_never_true if never else is_never_false)(node, _ANYTHING)
        about_window = _window_hint(node)
        if by_itself or about_window:
            message = f"{self._cut(node)} is {word} true"
            yield self._fault(node, f"{word}-true", message, about_window or self._turned(node), verdict=always)
            return
        facts = {part.name: part for part in walk(node) if isinstance(part, Fact)}
        reasons = [reason for _, fact in sorted(facts.items()) if (reason := self._reason(fact))]
        why = f": {' and '.join(dict.fromkeys(reasons))}" if reasons else ""
        message = f"{self._cut(node)} is {word} true{why}"
        yield self._fault(node, "out-of-range", message, self._nearest(node), verdict=always)

    def _reason(self, fact: Fact) -> str | None:
        """
        Say what *fact* can be; one that is made of another is bounded as that is.
        """
        match fact.origin:
            case Window(function=WindowFunction.CHANGE):
                return None if self._domains.numbers(fact) == ALL else "a price falls by 100 % at most"
            case Window(base=base):
                return self._reason(base)
            case MarketFact(fact=name):
                schema = self._vocabulary.get(name)
            case _:
                schema = self._vocabulary.get(fact.name)
        words = "" if schema is None else bounds_text(schema)
        return f"`{schema.name}` is {words}" if schema is not None and words else None

    def _decided(self, node: And | Or) -> Fault:
        """
        Tell of parts none of which decides a junction alone, but which together do.
        """
        is_and = isinstance(node, And)
        for one, other in combinations(range(len(node.operands)), 2):
            if are_never([(node.operands[at], is_and) for at in (one, other)], self._domains):
                first, second = (self._with_brackets(node.operands[at]) for at in (one, other))
                instead = self._instead(node, one, other)
                if is_and:
                    message = f"{first} and {second} are never true together"
                    code, hint = "never-true", f"if one of them is enough, write `{instead}`"
                else:
                    message = f"{first} or {second}: one of them is always true"
                    code, hint = "always-true", f"if both must hold, write `{instead}`"
                start, end = self._span(node.operands[one])[0], self._span(node.operands[other])[1]
                return Fault(start=start, end=end, code=code, message=message, hint=hint, verdict=not is_and)
        word = "never all true together" if is_and else "never all false: one of them is always true"
        code = "never-true" if is_and else "always-true"
        message = f"these parts are {word}"
        return self._fault(node, code, message, "remove the one that is not meant", verdict=not is_and)

    def _instead(self, node: And | Or, one: int, other: int) -> str:
        """
        Write what stands from one part to the other, with these two joined the other way: fit to be pasted there.
        """
        word, turned = (" and ", " or ") if isinstance(node, And) else (" or ", " and ")
        first, second = (self._with_brackets(node.operands[at]) for at in (one, other))
        joined = f"{first}{turned}{second}"
        if isinstance(node, And) and len(node.operands) > _PAIR:
            joined = f"({joined})"
        return word.join([joined, *map(self._with_brackets, node.operands[one + 1 : other])])

    def _span(self, node: Expression) -> tuple[int, int]:
        """
        Return where *node*, a part of a junction, stands: with the brackets around it alone, which are no function's.
        """
        start, end = node.start, node.end
        while True:
            before, after = self._text[:start].rstrip(), self._text[end:].lstrip()
            if not (before.endswith("(") and after.startswith(")")):
                return start, end
            start, end = len(before) - 1, len(self._text) - len(after) + 1

    def _with_brackets(self, node: Expression) -> str:
        start, end = self._span(node)
        return " ".join(self._text[start:end].split())

    def _repeated(self, node: And | Or) -> Iterator[Fault]:
        """
        Yield a fault for each part that another part of the same junction makes idle: about one fact, both of them.
        """
        told = {at for at, operand in enumerate(node.operands) if any(self._fate(operand))}
        for one, other in combinations(range(len(node.operands)), 2):
            first, second = node.operands[one], node.operands[other]
            if told & {one, other} or facts_of(first) != facts_of(second) or len(facts_of(first)) != 1:
                continue
            if any(isinstance(part, And | Or) for part in (*walk(first), *walk(second))):
                continue
            forward, back = (implies(*pair, self._domains) for pair in ((first, second), (second, first)))
            if not forward and not back:
                continue
            # Of `and` the weaker part is idle, of `or` the stronger one; of two that say the same the second.
            idle, told_by = (other, one) if forward is isinstance(node, And) or (forward and back) else (one, other)
            told.add(idle)
            by = self._cut(node.operands[told_by])
            message = f"{self._cut(node.operands[idle])} decides nothing beside {by}"
            yield self._fault(node.operands[idle], "redundant", message, f"write `{self._without(node, idle)}`")

    def _without(self, node: And | Or, idle: int) -> str:
        """
        Write the whole condition without one part of a junction in it.
        """
        start, end = self._span(node.operands[idle])
        if idle:
            start = self._span(node.operands[idle - 1])[1]
        else:
            end = self._span(node.operands[1])[0]
        return " ".join((self._text[:start] + self._text[end:]).split())

    def _turned(self, node: Expression) -> str | None:
        """
        Suggest the chain the other way round: ``5% < profit < 3%``; and a size that is not negative.
        """
        match node:
            case Comparison(operands=(Literal() as low, middle, Literal() as high), comparators=comparators) if (
                set(comparators) <= _UPWARD
            ):
                first, second = comparators
                return f"write `{self._cut(high)} {first} {self._cut(middle)} {second} {self._cut(low)}`"
            case Comparison(operands=(Call(function=Function.ABS), *_)):
                return "a size, abs(...), is never below zero: choose a value above zero"
        return None

    def _nearest(self, node: Expression) -> str | None:
        match node:
            case Comparison(operands=(Fact() as fact, Literal() as literal)):
                return self._within(fact, literal)
        return "choose a value that it can have"

    @staticmethod
    def _within(fact: Fact, literal: Literal) -> str:
        value = literal.value
        if fact.name == "hour" and value == _MIDNIGHT:
            return "midnight is hour 0"
        if fact.kind is Kind.PERCENT and isinstance(value, Decimal) and abs(value) > _PERCENT:
            smaller = [plain((value / part).normalize()) for part in (10, 100)]
            return f"was {smaller[0]}% or {smaller[1]}% meant?"
        return "choose a value that it can have"

    def _fault(
        self, node: Expression, code: str, message: str, hint: str | None, *, verdict: bool | None = None
    ) -> Fault:
        return Fault(start=node.start, end=node.end, code=code, message=message, hint=hint, verdict=verdict)

    def _cut(self, node: Expression) -> str:
        return " ".join(self._text[node.start : node.end].split())


def _window_hint(node: Expression) -> str | None:
    """
    Say what is in a window, to whoever compares the present reading with it.
    """
    facts = {part.name: part for part in walk(node) if isinstance(part, Fact)}
    for name, fact in facts.items():
        match fact.origin:
            case Window(function=WindowFunction.LOWEST, base=base) if base.name in facts:
                return f"`lowest` looks at the present reading too: it is a new low if `{base.name} <= {name}`"
            case Window(function=WindowFunction.HIGHEST, base=base) if base.name in facts:
                return f"`highest` looks at the present reading too: it is a new high if `{base.name} >= {name}`"
    return None


_MIDNIGHT = Decimal(24)
_PERCENT = Decimal(100)


def bounds_text(fact: FactSchema) -> str:
    """
    Say what a fact's numbers can be: ``from 0 to 23``, ``above 0``; nothing where there is no bound.
    """
    low = None if fact.lowest is None else show(fact.lowest, fact.kind)
    high = None if fact.highest is None else show(fact.highest, fact.kind)
    if low is None:
        text = "" if high is None else f"at most {high}"
    elif fact.is_above_lowest:
        text = f"above {low}" if high is None else f"above {low} and at most {high}"
    else:
        text = f"never below {low}" if high is None else f"from {low} to {high}"
    if not fact.is_whole:
        return text
    if fact.kind is Kind.DURATION:
        return f"{text}, in whole seconds"
    return f"a whole number {text}".rstrip()
