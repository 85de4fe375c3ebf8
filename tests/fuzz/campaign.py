"""
Fuzz for as long as you like: ``scripts/fuzz --minutes 60``. Each target in turn, in a process of its own; exits 1 if a
promise was broken, an input hung, or memory grew.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.collect import collect
from fuzz.findings import FOLDER, ROOT, Finding, attempt
from fuzz.target import LARGEST_INPUT
from fuzz.targets import TARGETS
from fuzz.worker import Progress, input_of_the_dead, work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.process import BaseProcess

SILENCE_S = 180.0  # without a word from a worker: longer than CPU_LIMIT_S and making a finding small take together
WARM_UP = 0.25  # the share of a run after which memory counts: caches and the kept inputs have filled by then
MOST_GROWTH_MB = 32.0
"""
Ordinary is up to 13 MB of inputs that are kept in memory, and what the allocator does. A leak of a hundred bytes for
each input is 32 MB after 350,000 of them: some minutes of the fast targets.
"""


@dataclass
class Story:
    """
    How the search of one target went.
    """

    name: str
    seconds: float = 0.0
    told: list[tuple[float, Progress]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def memory(self) -> tuple[float, float]:
        """
        Return the memory after the warm-up and at the end, in MB.
        """
        ends = self.told[-1][0] if self.told else 0.0
        warm = [one.resident for at, one in self.told if at >= ends * WARM_UP]
        return (warm[0], warm[-1]) if warm else (0.0, 0.0)

    @property
    def has_grown(self) -> bool:
        """
        Tell whether memory grew more than it may.
        """
        start, end = self.memory
        return end - start > MOST_GROWTH_MB

    def __str__(self) -> str:
        """
        Return it on one line.
        """
        last = self.told[-1][1] if self.told else None
        executions, ways, cpu_s = (last.executions, last.behaviours, last.cpu_s) if last else (0, 0, 0.0)
        start, end = self.memory
        line = f"{self.name:14} {executions:>10,} executions {executions / max(self.seconds, 0.001):>6,.0f}/s"
        line += (
            f" in {self.seconds:.0f} s ({cpu_s:.0f} s of the processor) {ways:>6,} ways {start:>5.0f} -> {end:.0f} MB"
        )
        line += f"  {len(self.findings)} findings" if self.findings else ""
        return line + ("  MEMORY GROWS" if self.has_grown else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Fuzz what is asked for, and return the exit code.
    """
    options = _options(arguments)
    if options.replay is not None:
        return _replay(options.replay, options.target)
    names = [options.target] if options.target else list(TARGETS)
    seconds = options.minutes * 60 / len(names)
    if options.collect:
        for name in names:
            _say(f"{name}: {collect(TARGETS[name], options.seed, seconds)} new inputs are kept")
        return 0
    _say(f"{len(names)} targets, {options.minutes:g} minutes in all, seed {options.seed}")
    stories = []
    for name in names:
        story = _search(name, options.seed, seconds)
        _say(str(story))
        stories.append(story)
    found = sum(len(story.findings) for story in stories)
    _say(f"\n{found} findings" + (f", kept in {FOLDER.relative_to(ROOT)}/" if found else ""))
    return 1 if found or any(story.has_grown for story in stories) else 0


def _search(name: str, seed: int, seconds: float) -> Story:
    """
    Search one target in a process of its own, and tell each finding as it comes.
    """
    context = multiprocessing.get_context("spawn")
    shared: Any = context.RawArray("c", LARGEST_INPUT + 4)
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(name, seed, seconds, shared, theirs))
    story, began = Story(name), time.monotonic()
    worker.start()
    theirs.close()
    is_over = False
    while not is_over:
        progress = _heard(ours)
        story.seconds = time.monotonic() - began
        if progress is None:
            _tell(story, Finding(target=name, data=input_of_the_dead(shared), mark=_ended(worker), story=""))
            return story
        story.told.append((story.seconds, progress))
        for finding in progress.findings:
            _tell(story, finding)
        is_over = progress.is_last
    worker.join()
    return story


def _heard(channel: Any) -> Progress | None:
    try:
        found: Progress | None = channel.recv() if channel.poll(SILENCE_S) else None
    except EOFError:
        return None
    return found


def _ended(worker: BaseProcess) -> str:
    """
    See a worker to its end that no longer tells anything, and say what that was.
    """
    worker.join(timeout=1)
    if worker.exitcode is not None:
        return f"the process died with exit code {worker.exitcode}"
    worker.kill()
    worker.join()
    return f"the process was silent for {SILENCE_S:.0f} s"


def _tell(story: Story, finding: Finding) -> None:
    story.findings.append(finding)
    path = finding.keep().relative_to(ROOT)
    _say(f"\n{finding.target}: {finding.mark}\n{finding.story.rstrip()}")
    _say(f"To play it again: scripts/fuzz --replay {path}\n")


def _replay(path: Path, target: str | None) -> int:
    name = target or path.resolve().parent.name
    if name not in TARGETS:
        _say(f"the folder of {path} names no target: say which with --target")
        return 2
    found = attempt(TARGETS[name], path.read_bytes())
    _say("the promise is kept" if found is None else f"{found.mark}\n{found.story}")
    return 0 if found is None else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0, help="how long in all (3, if not given)")
    parser.add_argument("--target", choices=sorted(TARGETS), help="one target only")
    parser.add_argument("--seed", type=int, default=1, help="another number, other inputs")
    parser.add_argument("--collect", action="store_true", help="add to the kept corpus what goes ways that it does not")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input again, and tell what it breaks")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
