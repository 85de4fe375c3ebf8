"""
The short run: all that is kept, and some hundred new inputs of each target, the same in every run.

The long one is ``scripts/fuzz``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fuzz.search import Search
from fuzz.target import CORPUS, LARGEST_INPUT
from fuzz.targets import TARGETS

if TYPE_CHECKING:
    from fuzz.findings import Finding

DRAWN = {
    "rules_file": 250,
    "rule_tests": 250,
    "condition": 600,
    "single_read": 500,
    "listing": 500,
    "delete_answer": 600,
}
DRAWN_ELSE = 40  # whole cycles of the daemon
LARGEST_CORPUS = 300_000  # bytes


def _stories(findings: dict[str, Finding]) -> str:
    return "\n\n".join(f"{found.story}{found.data!r}" for found in findings.values())


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_and_what_is_drawn_break_no_promise(name: str) -> None:
    search = Search(TARGETS[name], seed=1)
    search.run_corpus()
    for _ in range(DRAWN.get(name, DRAWN_ELSE)):
        search.step()

    assert not search.findings, _stories(search.findings)
    assert len(search.behaviours) > 20, "the inputs no longer reach what they are to try"


def test_the_corpus_is_small_and_belongs_to_targets() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]

    assert {path.parent.name for path in files} == set(TARGETS)
    assert all(path.stat().st_size <= LARGEST_INPUT for path in files)
    assert sum(path.stat().st_size for path in files) <= LARGEST_CORPUS
