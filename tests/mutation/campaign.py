"""
Try every mutant of the core, the protocol and the conditions: ``scripts/mutants [MODULE ...]``. See docs/mutants.md.

Exits 1 if a mutant survives that is not listed as equivalent, or if what is listed is not there or was killed.
"""

from __future__ import annotations

import argparse
import collections
import gc
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mutation.bench import patch_in, plant, run_pytest
from mutation.equivalents import name_of, read_equivalents
from mutation.mutants import lines_of
from mutation.targets import MODULES, WIDER_TESTS, own_tests
from mutation.verdicts import Verdicts, known_mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from mutation.bench import Running
    from mutation.mutants import Mutant
    from mutation.verdicts import Verdict

OWN, WIDER = "own", "wider"
PATIENCE, AT_LEAST_S = 5, 10.0  # a mutant may cost so many times what the tests do, and so many seconds
LOOK_EVERY_S = 0.005
LONGEST_S = 900.0


@dataclass(slots=True)
class Tally:
    """
    The figures of one module.
    """

    mutants: int = 0
    own: int = 0
    wider: int = 0
    timed_out: int = 0
    equivalent: int = 0
    alive: list[Mutant] = field(default_factory=list)


class Campaign:
    """
    Tries the mutants of one module with one stage's tests, as many at once as there are *jobs*.
    """

    def __init__(
        self, verdicts: Verdicts, stage: str, mutants: Sequence[Mutant], *, options: argparse.Namespace
    ) -> None:
        self._verdicts = verdicts
        self._stage = stage
        self._mutants = mutants
        self._tests = tests_of(mutants[0], stage)
        self._jobs: int = options.jobs
        self._is_quick: bool = options.quick
        self._done = 0
        self._killers: dict[str, set[str]] = collections.defaultdict(set)  # by function

    def run(self) -> None:
        """
        Try them patched, in a fork that collects the tests, then planted those for which that was not enough.
        """
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = run_pytest(self._tests, self)
            finally:
                os._exit(code)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
            sys.exit(f"{self._stage} tests of {self._mutants[0].module}: they do not pass without any mutant")
        self._verdicts.reload()
        left = [mutant for mutant in self._mutants if self._is_open(mutant)]
        if left and not self._is_quick:
            cpu_s = self._limit_s(plant(None, self._tests, cpu_s=LONGEST_S))
            self._try(left, lambda mutant: plant(mutant, self._tests, cpu_s=cpu_s), final=True)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """
        Try mutants instead of running the tests once. (pytest calls this in the fork.)
        """
        gc.freeze()  # the forks share what is here
        cpu_s = self._limit_s(patch_in(None, session, likely=(), cpu_s=LONGEST_S))

        def begin(mutant: Mutant) -> Running | None:
            return patch_in(mutant, session, likely=self._killers[mutant.function], cpu_s=cpu_s)

        self._try(self._mutants, begin, final=self._is_quick)
        return True

    def _is_open(self, mutant: Mutant) -> bool:
        return self._verdicts.of(mutant, self._stage, self._tests) is None

    def _try(self, mutants: Sequence[Mutant], begin: Callable[[Mutant], Running | None], *, final: bool) -> None:
        """
        Try each; one that survives is done with only if the way is *final*.
        """
        waiting = collections.deque(mutants)
        running: list[tuple[Mutant, Running]] = []
        while waiting or running:
            while waiting and len(running) < self._jobs:
                mutant = waiting.popleft()
                fork = begin(mutant)
                if fork is not None:
                    running.append((mutant, fork))
            time.sleep(LOOK_EVERY_S)
            for job in list(running):
                mutant, fork = job
                trial = fork.poll()
                if trial is not None:
                    running.remove(job)
                    self._done += 1
                    if trial.killer is not None:
                        self._killers[mutant.function].add(trial.killer)
                    if final or trial.killer is not None or trial.timed_out:
                        self._verdicts.add(mutant, self._stage, self._tests, trial)
        how = "tried"
        say(f"{self._stage} tests of {self._mutants[0].module}: {self._done} mutants {how}")

    def _limit_s(self, fork: Running | None) -> float:
        """
        Return how many seconds a mutant may cost. The tests must pass without one, or a kill would prove nothing.
        """
        trial = None
        while fork is not None and (trial := fork.poll()) is None:
            time.sleep(LOOK_EVERY_S)
        if trial is None or trial.killer is not None or trial.timed_out:
            say(f"without any mutant this fails: {trial}")
            os._exit(1)
        return max(AT_LEAST_S, PATIENCE * trial.cpu_s)


def tests_of(mutant: Mutant, stage: str) -> tuple[str, ...]:
    """
    Return the tests of a stage.
    """
    return own_tests(mutant.module) if stage == OWN else WIDER_TESTS


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Try what is asked for, tell the score, and return the exit code.
    """
    options = _options(arguments)
    modules = [module for module in MODULES if not options.modules or module.startswith(tuple(options.modules))]
    if not modules:
        sys.exit(f"No module begins like that. There are: {', '.join(MODULES)}")
    verdicts, equivalents = Verdicts(trust_kills=options.trust_kills), read_equivalents()
    mutants: dict[str, Sequence[Mutant]] = {}
    for module in modules:
        mutants[module] = known_mutants(module)
        if not options.known:
            _run(verdicts, OWN, mutants[module], options=options)
    everyone = [mutant for module in modules for mutant in mutants[module]]
    if not (options.known or options.own):
        for module in modules:
            left = [m for m in mutants[module] if _survived(verdicts, m, OWN) and name_of(m) not in equivalents]
            _run(verdicts, WIDER, left, options=options)
    tallies = {module: _tally(verdicts, mutants[module], equivalents) for module in modules}
    _show(tallies)
    listed = {name for name in equivalents if name[0] in modules}
    stale = listed - {name_of(mutant) for mutant in everyone if not _was_killed(verdicts, mutant)}
    for module, function, original, mutated in sorted(stale):
        say(f"\nListed as equivalent, but killed or not there: {module}: {function}\n- {original}\n+ {mutated}")
    return 1 if stale or any(tally.alive for tally in tallies.values()) else 0


def _run(verdicts: Verdicts, stage: str, mutants: Sequence[Mutant], *, options: argparse.Namespace) -> None:
    """
    Try those of which nothing is known.
    """
    unknown = [m for m in mutants if verdicts.of(m, stage, tests_of(m, stage)) is None]
    if unknown:
        Campaign(verdicts, stage, unknown, options=options).run()


def _survived(verdicts: Verdicts, mutant: Mutant, stage: str) -> bool:
    verdict = verdicts.of(mutant, stage, tests_of(mutant, stage))
    return verdict is not None and verdict.survived


def _was_killed(verdicts: Verdicts, mutant: Mutant) -> bool:
    verdict = verdicts.of(mutant, OWN, tests_of(mutant, OWN))
    return verdict is not None and not verdict.survived


def _tally(verdicts: Verdicts, mutants: Sequence[Mutant], equivalents: dict[tuple[str, str, str, str], str]) -> Tally:
    tally = Tally(mutants=len(mutants))
    for mutant in mutants:
        own = verdicts.of(mutant, OWN, tests_of(mutant, OWN))
        wider = verdicts.of(mutant, WIDER, WIDER_TESTS)
        if own is None:
            continue
        if not own.survived:
            _count(tally, own, is_own=True)
        elif name_of(mutant) in equivalents:
            tally.equivalent += 1
        elif wider is not None and not wider.survived:
            _count(tally, wider, is_own=False)
        else:
            tally.alive.append(mutant)
    return tally


def _count(tally: Tally, verdict: Verdict, *, is_own: bool) -> None:
    if verdict.timed_out:
        tally.timed_out += 1
    elif is_own:
        tally.own += 1
    else:
        tally.wider += 1


def _show(tallies: dict[str, Tally]) -> None:
    rows = [(m, t.mutants, t.own, t.wider, t.timed_out, t.equivalent, len(t.alive)) for m, t in tallies.items()]
    sums = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    lines = ["| module | mutants | own tests | wider tests | time-out | equivalent | alive |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|")
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in (*rows, ("all", *sums))]
    for tally in tallies.values():
        lines += lines_of(tally.alive)
    sys.stdout.write("\n".join(lines) + "\n")


def say(text: str) -> None:
    """
    Tell how it goes, beside the result.
    """
    sys.stderr.write(text + "\n")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/mutants", description="Try mutants of the safety-critical modules.")
    parser.add_argument("modules", nargs="*", help="beginnings of names, like engine/ or engine/gates.py")
    parser.add_argument("--own", action="store_true", help="ask the modules' own unit tests only")
    parser.add_argument("--quick", action="store_true", help="only mutants within functions, and only patched")
    parser.add_argument(
        "--trust-kills",
        action="store_true",
        help="what was killed stays so: while tests are added, and none is changed",
    )
    parser.add_argument("--known", action="store_true", help="try nothing, show what is known")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="how many at once")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
