"""
What is known of mutants from earlier runs, in a folder that nobody keeps: a run that was killed goes on where it
stopped.

A mutant stays killed as long as its module and the file of the test that killed it are the same; it stays alive as long
as all files of the tests that it was tried with are.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mutation.bench import KILLED_BY_IMPORT
from mutation.mutants import Mutant, mutants_of
from mutation.targets import PACKAGE, ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mutation.bench import Trial

FOLDER = ROOT / ".mutants"
MAKERS = ("mutants.py", "operators.py")  # what decides which mutants there are


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What tests said of a mutant. *digest* is of the files on which it rests.
    """

    killer: str | None
    timed_out: bool
    digest: str

    @property
    def survived(self) -> bool:
        """
        Tell whether no test noticed.
        """
        return self.killer is None and not self.timed_out


class Verdicts:
    """
    The verdicts by mutant and tests, appended to a file as they come.
    """

    def __init__(self, folder: Path = FOLDER, *, trust_kills: bool = False) -> None:
        self._trust_kills = trust_kills
        folder.mkdir(exist_ok=True)
        self._path = folder / "verdicts.jsonl"
        self._known: dict[tuple[str, str], Verdict] = {}
        self.reload()

    def reload(self) -> None:
        """
        Take up what another process has added.
        """
        for line in self._path.read_text("utf-8").splitlines() if self._path.exists() else ():
            try:
                mutant, stage, *rest = json.loads(line)
            except ValueError:  # the last line of a run that was killed
                continue
            self._known[mutant, stage] = Verdict(*rest)

    def of(self, mutant: Mutant, stage: str, tests: Sequence[str]) -> Verdict | None:
        """
        Return what is known, if that still stands.
        """
        verdict = self._known.get((_key(mutant), stage))
        if verdict is not None and self._trust_kills and not verdict.survived:
            return verdict
        if verdict is None or verdict.digest != digest_of(_rests_on(verdict.killer, tests)):
            return None
        return verdict

    def add(self, mutant: Mutant, stage: str, tests: Sequence[str], trial: Trial) -> Verdict:
        """
        Keep what came of a trial.
        """
        verdict = Verdict(trial.killer, trial.timed_out, digest_of(_rests_on(trial.killer, tests)))
        self._known[_key(mutant), stage] = verdict
        with self._path.open("a", encoding="utf-8") as file:
            line = [_key(mutant), stage, verdict.killer, verdict.timed_out, verdict.digest]
            file.write(json.dumps(line) + "\n")
        return verdict


def known_mutants(module: str, folder: Path = FOLDER) -> list[Mutant]:
    """
    Return the mutants of a module, which takes a minute to make for some, from the folder if nothing has changed.
    """
    source = (PACKAGE / module).read_text("utf-8")
    makers = [(Path(__file__).parent / name).read_text("utf-8") for name in MAKERS]
    name = f"{module.replace('/', '.')}.{_hash(source, *makers)}.json"
    path = folder / name
    if path.exists():
        return [Mutant(**fields) for fields in json.loads(path.read_text("utf-8"))]
    mutants = mutants_of(module, source)
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(mutant) for mutant in mutants]), encoding="utf-8")
    return mutants


@functools.cache
def digest_of(tests: tuple[str, ...]) -> str:
    """
    Return the digest of test files and folders, and of what all tests share.
    """
    files = {
        path for test in tests for path in ([ROOT / test] if test.endswith(".py") else (ROOT / test).rglob("*.py"))
    }
    files |= set((ROOT / "tests").glob("*.py"))
    return _hash(*(path.read_text("utf-8") for path in sorted(files)))


def _rests_on(killer: str | None, tests: Sequence[str]) -> tuple[str, ...]:
    if killer is None or killer == KILLED_BY_IMPORT:
        return tuple(tests)
    return (killer.partition("::")[0],)


@functools.cache
def _source_of(module: str) -> str:
    return (PACKAGE / module).read_text("utf-8")


@functools.cache
def _key(mutant: Mutant) -> str:
    return _hash(mutant.module, mutant.applied_to(_source_of(mutant.module)))


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
