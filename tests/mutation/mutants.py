"""
Every mutant of a module, each as a whole source text, with a name that outlives a move of the line.
"""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from mutation.operators import OPERATORS, drop_element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOT_MUTATED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom, cst.FormattedString)
TYPES_ONLY = {"cast", "TypeVar"}  # the first argument of these is for mypy alone
NAMING = {"bind"}  # and that of these a name in compiled code: any will do that nothing else has


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """
    One change: of *lines* lines from *start* on (counted from 0) to *text*, in a module named from `tradewarden/` on.
    """

    module: str
    function: str
    start: int
    lines: int
    text: str
    original: str  # what changes, and into what, without indentation: this names the mutant
    mutated: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        """
        Return what identifies it in the list of equivalents.
        """
        return self.module, self.function, self.original, self.mutated

    @property
    def import_name(self) -> str:
        """
        Return the module as it is imported.
        """
        return "tradewarden." + self.module.removesuffix(".py").replace("/", ".")

    def applied_to(self, source: str) -> str:
        """
        Return the mutated module.
        """
        lines = source.splitlines(keepends=True)
        return "".join([*lines[: self.start], self.text, *lines[self.start + self.lines :]])


def mutants_of(module: str, source: str) -> list[Mutant]:
    """
    Return the mutants of a module, without those that are no Python, no change, or the same as another.
    """
    tree = cst.parse_module(source)
    mutants = []
    line = len("".join(tree.code_for_node(part) for part in tree.header).splitlines())
    for statement in tree.body:
        part = tree.code_for_node(statement)
        seen = {_meaning(part)}
        collector = _Collector()
        statement.visit(collector)
        for function, node, mutated_node in collector.found:
            changed = tree.code_for_node(cst.ensure_type(statement.deep_replace(node, mutated_node), type(statement)))
            meaning = _meaning(changed)
            if meaning is None or meaning in seen:
                continue
            seen.add(meaning)
            mutant = _between(module, function, part, changed, line)
            if "pragma: no cover" not in mutant.original:
                mutants.append(mutant)
        line += len(part.splitlines())
    return mutants


class _Collector(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._within: list[str] = []
        self._whole: set[int] = set()  # tuples whose length their taker relies on
        self._names: set[int] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._within.append(node.name.value)
        if _is_left_alone(node) or id(node) in self._names:
            return False
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in NAMING:
            self._names.add(id(node.args[0].value))
        for part in (getattr(node, "target", None), node.value if isinstance(node, cst.Return) else None):
            self._whole.add(id(part))
        for kind, operator in OPERATORS:
            if isinstance(node, kind) and not (operator is drop_element and id(node) in self._whole):
                function = ".".join(self._within) or "<module>"
                self.found += [(function, node, mutated) for mutated in operator(node)]  # type: ignore[misc]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._within.pop()


def _is_left_alone(node: cst.CSTNode) -> bool:
    if isinstance(node, NOT_MUTATED):
        return True
    match node:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):  # a docstring
            return True
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=cst.Name(value="assert_never")))]):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="__all__"))]):  # for mypy alone
            return True
        case cst.Assign(value=cst.Call(func=cst.Name(value="TypeVar"))):
            return True
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
        case cst.Arg(keyword=cst.Name(value="strict")):  # of zip: it can only raise
            return True
        case cst.Call(func=cst.Name(value=name)) if name in TYPES_ONLY:
            return True
    return False


def _meaning(source: str) -> str | None:
    """
    Return what two texts have in common if they mean the same; ``None`` if it is no Python.
    """
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None


def _between(module: str, function: str, part: str, changed: str, line: int) -> Mutant:
    before, after = part.splitlines(keepends=True), changed.splitlines(keepends=True)
    head = _common(before, after)
    tail = _common(before[:head:-1], after[:head:-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    return Mutant(
        module=module,
        function=function,
        start=line + head,
        lines=len(old),
        text="".join(new),
        original=_joined(old),
        mutated=_joined(new),
    )


def _common(some: Sequence[str], others: Sequence[str]) -> int:
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False)))


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.strip() for line in lines)


def lines_of(mutants: Sequence[Mutant]) -> Iterator[str]:
    """
    Show mutants as people read a change.
    """
    for mutant in mutants:
        yield f"{mutant.module}: {mutant.function}"
        yield from (f"  - {line}" for line in mutant.original.splitlines())
        yield from (f"  + {line}" for line in mutant.mutated.splitlines())
