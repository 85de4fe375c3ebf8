"""
The search for inputs that break a promise: what goes a way that none went before becomes the mother of others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from fuzz.findings import Finding, finding_of
from fuzz.target import Hang

if TYPE_CHECKING:
    from collections.abc import Callable

    from fuzz.target import Behaviours, Target

MOST_KEPT = 400  # inputs in memory beside the corpus: 400 of at most 32 KB are 13 MB


@dataclass
class Search:
    """
    One search of one target. *watch* is told of each input before it is run.
    """

    target: Target
    seed: int
    watch: Callable[[bytes], None] = lambda _: None
    executions: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    behaviours: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._chance = Random(f"{self.target.name} {self.seed}")  # noqa: S311 (a seed, not a secret)
        self._pool = [*self.target.kept(), *self.target.seeds()]
        self._corpus_size = len(self._pool)

    def run_corpus(self) -> None:
        """
        Run what is kept.
        """
        for data in self._pool[: self._corpus_size]:
            self._run(data)

    def step(self) -> bytes | None:
        """
        Draw and run one input; return it if it went a new way.
        """
        data = self.target.draw(self._chance, self._pool)
        if not self._run(data):
            return None
        if len(self._pool) < self._corpus_size + MOST_KEPT:
            self._pool.append(data)
        else:
            self._pool[self._chance.randrange(self._corpus_size, len(self._pool))] = data
        return data

    def _run(self, data: bytes) -> bool:
        """
        Run one input, and tell whether it went a new way.
        """
        self.watch(data)
        self.executions += 1
        try:
            ways: Behaviours = self.target.check(data)
        except (Exception, Hang) as error:  # noqa: BLE001 (whatever comes out breaks the promise)
            found = finding_of(self.target.name, data, error)
            self.findings.setdefault(found.mark, found)
            return False
        is_new = not ways <= self.behaviours
        self.behaviours |= ways
        return is_new
