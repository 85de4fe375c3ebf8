"""
Play simulated days, any number: ``scripts/soak --days 365``. Exits 1 at the first broken promise, with its story.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

import pytest

from simulation.episode import Result, play
from simulation.figures import Figures
from simulation.plants import PLANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PER_PROCESS = 20  # simulations, then a new process takes over


def days_of(seed: int) -> float:
    """
    Return how many days the simulation of *seed* lasts: mostly one, now and then two, as some limits count a day.
    """
    return 2.0 if seed % 5 == 0 else 1.0


def plan(first_seed: int, days: float, each: float | None) -> list[tuple[int, float]]:
    """
    Return the seeds that make up so many days, each with its own.
    """
    planned: list[tuple[int, float]] = []
    while sum(length for _, length in planned) < days:
        seed = first_seed + len(planned)
        planned.append((seed, each if each is not None else days_of(seed)))
    return planned


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Play what is asked for, and return the exit code.
    """
    options = _options(arguments)
    if options.plant is not None:
        return _find(options.plant, options.seed, options.each or 0.5, most=options.most)
    seed = options.seed or 1
    days = options.days if options.days is not None else (options.each or days_of(seed))
    planned = plan(seed, days, options.each)
    if options.trace:
        return _show(planned)
    total, began = Figures(), time.monotonic()
    for done, result in enumerate(_results(planned, options.jobs), start=1):
        total.add(result.figures)
        if result.broken is not None:
            _say(f"{result.story}\n\nBROKEN after {total.days:,.1f} simulated days")
            return 1
        took_s = time.monotonic() - began
        if options.digest:
            _say(f"seed {result.seed}: {result.digest}")
        elif done % 10 == 0 or done == len(planned):
            _say(f"{done}/{len(planned)} simulations, {total.days:,.1f} days, {total.cancels} cancels, {took_s:,.0f} s")
    if not options.digest:
        _say(f"\n{total}\ncancels per day: {total.cancels / total.days:.1f}")
    if total.cancels == 0 and total.days >= 1:
        _say("BROKEN: nothing was ever cancelled")
        return 1
    return 0


def _results(planned: list[tuple[int, float]], jobs: int) -> Iterator[Result]:
    if jobs == 1:
        yield from map(_play, planned)
        return
    context = multiprocessing.get_context("spawn")
    batch = jobs * PER_PROCESS
    for first in range(0, len(planned), batch):  # a pool for each: max_tasks_per_child hangs in Python 3.11
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            for played in as_completed([pool.submit(_play, one) for one in planned[first : first + batch]]):
                result = played.result()
                if result.broken is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                yield result


def _play(one: tuple[int, float]) -> Result:
    seed, days = one
    return play(seed, days)


def _show(planned: list[tuple[int, float]]) -> int:
    for seed, days in planned:
        result = play(seed, days, is_loud=True)
        _say(result.story if result.broken is not None else f"seed {seed}: every promise was kept, {result.digest}")
        if result.broken is not None:
            return 1
    return 0


def _find(plant: str, first_seed: int | None, days: float, *, most: int) -> int:
    """
    Plant a mistake, and play until the judge complains. Exits 0 when it has, and as it should.
    """
    complaint, first = PLANTS[plant].complaint, first_seed or PLANTS[plant].seed
    with pytest.MonkeyPatch.context() as patch:
        PLANTS[plant].sow(patch)
        for seed in range(first, first + most):
            result = play(seed, days)
            if result.broken is not None:
                _say(result.story)
                return 0 if complaint in result.broken else 1
    _say(f"nobody noticed in {most} simulations that {plant}")
    return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--days", type=float, help="simulated days in all (one simulation, if not given)")
    parser.add_argument("--seed", type=int, help="the first seed (1); each simulation has one of its own")
    parser.add_argument("--each", type=float, help="days of each simulation (one or two, if not given)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--trace", action="store_true", help="print all that happens, step by step")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="a mistake that the judge must notice")
    parser.add_argument("--most", type=int, default=20, help="simulations that may pass until it does")
    parser.add_argument("--digest", action="store_true", help="print the hash of each simulation's trace")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenProcessPool:
        sys.exit("A process of the soak was killed from outside: what was played so far has kept every promise.")
