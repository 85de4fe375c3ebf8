"""
Target: any bytes as a rules file are a RulesFile that can be used, or a ConfigError whose every problem has its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fuzz.evaluation import judge_ruleset
from fuzz.mutation import Mutator
from fuzz.rules_text import SAMPLES, SECRET, WORDS, file_text
from fuzz.target import Target
from fuzz.wording import is_showable, shape_of
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.loader import parse_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from fuzz.target import Behaviours
    from tradewarden.rulesfile.loader import RulesFile

_PLACED = re.compile(r"rules\.yaml:([1-9][0-9]*):([1-9][0-9]*): (.*\S)")
_MORE = "rules.yaml: there are more problems, the first 200 are shown"
_UNSEEN = re.compile(r"\\x01|\\u200b|[\u200b\u2028\ufffd]")
_BREAK = re.compile(r"\r\n|\r|\n")


def rules_file(data: bytes) -> Behaviours:
    """
    Read *data* as a rules file; if it is one, use it.
    """
    lines = _BREAK.split(data.decode(errors="replace"))
    found = _parsed(data)
    if isinstance(found, ConfigError):
        assert found.problems, "refused without a reason"
        return frozenset(_shape(problem, lines) for problem in found.problems)
    assert SECRET not in _joined(data.decode()), "a credential is accepted"
    warnings = {f"warning: {_shape(warning, lines)}" for warning in found.warnings}
    return frozenset({"accepted", *warnings, *judge_ruleset(found.ruleset)})


def _parsed(data: bytes) -> RulesFile | ConfigError:
    try:
        return parse_rules(data, name="rules.yaml", vocabulary=VOCABULARY)
    except ConfigError as error:
        return error


def _joined(text: str) -> str:
    """
    Return *text* without what parts a credential and is not seen.
    """
    return _UNSEEN.sub("", text)


def _shape(problem: str, lines: Sequence[str]) -> str:
    """
    Return a problem without its place and what it quotes; it must be printable, and speak of a place in the text.
    """
    if SECRET in _joined("\n".join(lines)):
        assert SECRET[:20] not in _joined(problem), "a credential is shown"
    head, *rest = problem.split("\n")
    assert all(map(is_showable, (head, *rest))), f"{problem!r} is not printable"
    if head == _MORE:
        return head
    placed = _PLACED.fullmatch(head)
    assert placed is not None, f"{head!r} has no place"
    line, column = int(placed[1]), int(placed[2])
    assert line <= len(lines), f"{head!r}: there are {len(lines)} lines"
    assert column <= len(lines[line - 1]) + 1, f"{head!r}: the line has {len(lines[line - 1])} characters"
    return shape_of(placed[3])


def _build(chance: Random, _pool: Sequence[bytes]) -> bytes:
    return file_text(chance).encode()


def _seeds() -> list[bytes]:
    return [path.read_bytes() for path in sorted(SAMPLES.glob("*.yaml"))]


TARGET = Target(
    name="rules_file",
    run=rules_file,
    draw=Mutator(words=WORDS, build=_build),
    seeds=_seeds,
)
