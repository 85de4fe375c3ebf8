"""
Target: any text as a condition is a Condition whose two evaluators agree, or a ConditionError with places in it.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

from fuzz.conditions_text import WORDS, condition_text
from fuzz.evaluation import judge_condition
from fuzz.mutation import Mutator
from fuzz.target import Target
from fuzz.wording import shape_of
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.schema import Scope
from tradewarden.rules.tree import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fuzz.target import Behaviours
    from tradewarden.rules.condition import Condition
    from tradewarden.rules.diagnostics import Problem


def condition(data: bytes) -> Behaviours:
    """
    Compile *data* as a `when` and as a `where`, and ask what compiles.
    """
    text = data.decode(errors="replace")
    if "\N{REPLACEMENT CHARACTER}" in text:
        text = data.decode("utf-8", "surrogateescape")  # half characters, as an escape of YAML can write them
    chance = Random(crc32(data))  # noqa: S311 (a seed, not a secret)
    found: set[str] = set()
    for scope in Scope:
        compiled, problems = _compiled(text, scope)
        if compiled is None:
            assert problems, "refused without a reason"
            assert list(problems) == sorted(problems, key=lambda problem: (problem.start, problem.end))
            found |= {_shape(problem, text) for problem in problems}
        else:
            found |= judge_condition(compiled, chance)
            found |= {f"{type(part).__name__} {part.kind}" for part in walk(compiled.expression)}
    return frozenset(found)


def _compiled(text: str, scope: Scope) -> tuple[Condition | None, tuple[Problem, ...]]:
    try:
        return compile_condition(text, VOCABULARY, scope=scope), ()
    except ConditionError as error:
        return None, error.problems


def _shape(problem: Problem, text: str) -> str:
    """
    Return a problem without what it quotes; it must be one printable line, and its place within the text.
    """
    assert 0 <= problem.start <= problem.end <= len(text), f"{problem} is outside of {text!r}"
    assert problem.message, "a problem says nothing"
    for said in (problem.message, problem.hint or ""):
        assert said.isprintable(), f"{said!r} is not one printable line"
        assert said == said.strip(), f"{said!r} is not trimmed"
    return shape_of(problem.message)


def _build(chance: Random, _pool: Sequence[bytes]) -> bytes:
    return condition_text(chance, chance.choice(tuple(Scope)), chance.choice((0, 1, 2, 3))).encode()


def _seeds() -> list[bytes]:
    return [
        b"day_change < -5%",
        b"-10% < profit < 0% and not (stop_loss or age > 1h30m)",
        b'pair like "USDT_*"',
        b"change(last, 15m) < -3% and held(day_change < -5%, 10m)",
        b'market("USDT_BTC").day_change < -5% or last < lowest(market("USDT_BTC").last, 1d)',
    ]


TARGET = Target(name="condition", run=condition, draw=Mutator(words=WORDS, build=_build), seeds=_seeds)
