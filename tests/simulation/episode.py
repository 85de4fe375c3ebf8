"""
One simulation: a seed decides the world, the rules, the weather and every mishap; the judge watches all of it.
"""

from __future__ import annotations

import gc
import os
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.disk import Disk
from simulation.ears import Ears
from simulation.exchange import Exchange
from simulation.figures import Figures
from simulation.hands import Hands
from simulation.house import House, nothing_by_accident
from simulation.journal_view import JournalView
from simulation.judge import Judge
from simulation.liveness import Liveness
from simulation.market import pairs_of
from simulation.mishaps import Mishaps
from simulation.portfolio import Portfolio
from simulation.rulebook import Library, draw_book
from simulation.scene import Scene
from simulation.timeline import Agenda, Timeline
from simulation.trace import BrokenPromise, Trace
from simulation.weather import Weather
from tradewarden.simulator.api import Api
from tradewarden.simulator.habits import Habits
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tradewarden.model.decision import CycleReport

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of its own in it; a disk would be waited for)
COLLECT_AFTER = 20_000  # objects: a simulated day makes millions that die young
IN_PEACE_S = 600.0  # so long without a mishap, and the daemon must act and have settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    What came of a simulation. *broken* is the promise that was not kept, with what led to it in *last*.
    """

    seed: int
    days: float
    figures: Figures
    digest: str
    lines: int
    broken: str | None
    last: tuple[str, ...]

    @property
    def story(self) -> str:
        """
        Return what a person needs to understand it.
        """
        return "\n".join(
            [
                *self.last,
                f"seed {self.seed}: {self.broken}",
                f"To see all of it: scripts/soak --seed {self.seed} --each {self.days:g} --trace",
            ]
        )


class Episode:
    """
    Everything that one simulation is made of.
    """

    def __init__(self, seed: int, days: float, folder: Path, *, is_loud: bool = False) -> None:
        self.timeline = timeline = Timeline()
        self.trace = Trace(timeline, is_loud=is_loud)
        self.figures = Figures()
        self._agenda = Agenda(timeline)
        self._days = days
        scene = Scene(seed=seed, timeline=timeline, agenda=self._agenda, trace=self.trace, figures=self.figures)
        setting = scene.chance("setting")
        self.page = setting.choice((None, None, None, None, None, None, None, 6))
        self.heartbeat_s = setting.choice((5, 60, 60, 60, 60, 60, 60, 60))
        world = World(now=lambda: timeline.epoch_s, habits=_habits(setting))
        self.weather = Weather(scene)
        self._library = library = Library()
        library.keep(draw_book(scene.chance("rules"), number=1, live=1.0))
        self.journal = JournalView(folder / "state")
        self.judge = Judge(world, self.journal, library, scene)
        portfolio = Portfolio(world, pairs_of(days, scene.chance("market")), scene.chance("portfolio"))
        self.hands = Hands(world, portfolio, scene, is_asked_about=self.judge.is_asked_about)
        self.liveness = Liveness(world, self.journal, self.judge, scene, touched_s=self.hands.touched_s)
        disk = Disk(scene, self.weather)
        ears = Ears(self.trace)
        ears.on = self._heard
        self.house = House(
            folder / "state",
            scene,
            library=library,
            journal=self.journal,
            judge=self.judge,
            ears=ears,
            exchange=Exchange(Api(world), scene, weather=self.weather, judge=self.judge, hands=self.hands),
            disk=disk,
        )
        self.mishaps = Mishaps(
            self.house, scene, library=library, journal=self.journal, disk=disk, weather=self.weather
        )

    def run(self) -> None:
        """
        Play it to its end. Raises BrokenPromise.
        """
        until_s = self._days * 86400
        self._take_over()
        self.hands.begin()
        self.weather.begin(until_s)
        self.mishaps.begin(until_s)
        self._agenda.after(until_s, self._end)
        try:
            self.house.run()
        finally:
            self.figures.days = self.timeline.true_s / 86400
            self.journal.close()

    def _end(self) -> None:
        self.judge.check_outcomes()
        self.house.is_over = True
        if self.house.daemon is not None:
            self.house.daemon.stop("SIGTERM")
        elif self.house.machine is not None:
            self.house.machine.cut_power()

    def _heard(self, event: str, data: dict[str, Any]) -> None:
        if event in {"daemon.started", "rules.reloaded"}:
            self._take_over()
        elif event == "cycle.evaluated":
            self.judge.took_the_list(self._library.book(self.journal.generation or ""))
            self.hands.may_act_on_what_is_wanted([one.smart_trade.id for one in data["evaluation"].proposals])
        elif event == "cycle.ended":
            self.figures.cycles += 1
            self._take_over()
            self.judge.check_outcomes()
            self._look_after_calm(data["report"])
        self.mishaps.heard(event, data)

    def _take_over(self) -> None:
        book = self._library.book(self.journal.generation or "")
        if book is not None and book.requests_per_minute != self.judge.traffic.allowed:
            self.judge.traffic.allow(book.requests_per_minute)

    def _look_after_calm(self, report: CycleReport) -> None:
        """
        In peace whatever was asked is settled, and what is due happens.
        """
        now_s = self.timeline.true_s
        quiet_s = min(self.weather.calm_for_s, now_s - max(self.mishaps.acted_s, self.judge.traffic.silent_until_s))
        book = self._library.book(self.journal.generation or "")
        if quiet_s < IN_PEACE_S or book is None or self.journal.is_access_stopped:
            self.liveness.forget()
            return
        if quiet_s > 1200:
            self.judge.check_open_questions()
        self.liveness.check(book, report)


def _habits(chance: Random) -> Habits:
    """
    Draw the undocumented sides of 3Commas.
    """
    return Habits(
        cancel_lag_s=chance.choice((0.1, 0.7, 3.0)),
        shows_pending_cancellation=chance.random() < 0.3,
        cancelled_rows_vanish=chance.random() < 0.3,
        filled_steps_vanish=chance.random() < 0.3,
    )


def play(seed: int, days: float, *, is_loud: bool = False) -> Result:
    """
    Play one simulation, and return what came of it.
    """
    with _folder() as folder, _seldom_collecting(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)  # a dead process's
        episode = Episode(seed, days, folder, is_loud=is_loud)
        broken = None
        with nothing_by_accident(str(seed), page=episode.page, heartbeat_s=episode.heartbeat_s):
            try:
                episode.run()
            except BrokenPromise as error:
                broken = str(error)
        return Result(
            seed=seed,
            days=days,
            figures=episode.figures,
            digest=episode.trace.digest,
            lines=episode.trace.lines,
            broken=broken,
            last=tuple(episode.trace.last),
        )


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _folder() -> Iterator[Path]:
    place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="tradewarden-simulation-", dir=place) as name:
        yield Path(name)
