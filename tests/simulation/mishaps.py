"""
What happens to the machine and to the process, and what the owner does at the keyboard: crashes, clocks, reloads.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.rulebook import draw_book

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.disk import Disk
    from simulation.house import House
    from simulation.journal_view import JournalView
    from simulation.rulebook import Library
    from simulation.scene import Scene
    from simulation.weather import Weather

BAD_FILES = (
    "version: 1\nmode: live\nrules: [",
    "version: 2\n",
    "",
    "version: 1\nrules:\n  - name: a\n    when: day_change < -0.05\n",
)
QUIET_AT_THE_END_S = 2400.0


class Mishaps:
    """
    Acts now and then, as its chance will have it. *acted_s* is when it last did.
    """

    def __init__(
        self,
        house: House,
        scene: Scene,
        *,
        library: Library,
        journal: JournalView,
        disk: Disk,
        weather: Weather,
    ) -> None:
        self.acted_s = 0.0
        self._house = house
        self._library = library
        self._journal = journal
        self._disk = disk
        self._weather = weather
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._figures = scene.figures
        self._chance = chance = scene.chance("mishaps")
        self._last_s = 0.0
        self._crash_in_a_cancel = chance.choice((0.0, 0.15, 0.4))
        self._act_in_a_cancel = chance.choice((0.0, 0.0, 0.1, 0.3))
        self._crash_between_statements = chance.choice((0.0, 0.15, 0.4))
        self._crash_in_a_cycle = chance.choice((0.0, 0.002, 0.01))
        self._per_hour = chance.choice((0.3, 0.7, 1.5))
        self._acts: tuple[tuple[str, int, Callable[[], None]], ...] = (
            ("crash", 6, self._crash),
            ("reboot", 1, self._reboot),
            ("stop", 3, self._stop),
            ("reload", 6, self._reload),
            ("bad reload", 3, self._bad_reload),
            ("disarm", 3, self._disarm),
            ("clock step", 5, self._step),
            ("suspend", 4, self._suspend),
            ("second daemon", 2, self._second),
            ("full disk", 3, self._full),
            ("read-only disk", 2, self._read_only),
            ("locked journal", 2, self._locked),
        )

    def begin(self, until_s: float) -> None:
        """
        Act from now on; some time before *until_s* it leaves the daemon in peace.
        """
        self._last_s = until_s - QUIET_AT_THE_END_S
        self._plan()
        self._agenda.after(2700, self._look)

    def heard(self, event: str, data: dict[str, Any]) -> None:
        """
        React to what the daemon tells: by a crash some turns later, or as its owner.
        """
        if event in {"cancel.judged", "settling.taken_up"}:
            self._may_crash(self._crash_in_a_cancel)
            self._may_crash_between_statements(self._crash_between_statements)
            if event == "cancel.judged" and self._is_time_for(self._act_in_a_cancel):
                act = self._chance.choice(
                    (self._disarm, self._reload, self._step, self._suspend, self._stop, self._full)
                )
                self._agenda.after(self._chance.choice((0.0, self._chance.uniform(0, 2))), lambda: self._act_now(act))
        elif event == "trouble.began" and data["trouble"].kind == "penalty" and self._is_time_for(0.4):
            self._agenda.after(self._chance.uniform(0, 250), lambda: self._act_now(self._crash))
        elif event == "cycle.started":
            self._may_crash(self._crash_in_a_cycle)
            self._may_crash_between_statements(self._crash_in_a_cycle)
        elif event == "cycle.ended" and self._house.machine is not None:
            self._house.machine.spare()
        elif event == "cancel.breach":
            self._figures.breaches += 1
            self.acted_s = self._timeline.true_s
            self._agenda.after(self._chance.uniform(300, 2400), lambda: self._arm("after a breach"))

    def _is_time_for(self, rate: float) -> bool:
        return self._timeline.true_s < self._last_s and self._chance.random() < rate

    def _act_now(self, act: Callable[[], None]) -> None:
        name = act.__name__.strip("_").replace("_", " ")
        self.acted_s = self._timeline.true_s
        self._figures.acts[f"{name} in the middle of a cancel or a penalty"] += 1
        self._trace.add(f"mishap: {name}, at a bad moment")
        act()

    def _may_crash(self, rate: float) -> None:
        if self._is_time_for(rate):
            machine = self._house.machine
            if machine is not None:
                self.acted_s = self._timeline.true_s
                machine.cut_power(self._chance.randint(0, 90))

    def _may_crash_between_statements(self, rate: float) -> None:
        if self._is_time_for(rate) and self._house.machine is not None:
            self.acted_s = self._timeline.true_s
            self._house.machine.cut_power_between_statements(self._chance.randint(1, 900))

    def _plan(self) -> None:
        self._agenda.after(self._chance.expovariate(self._per_hour / 3600), self._act)

    def _act(self) -> None:
        if self._timeline.true_s >= self._last_s:
            return
        what, _, act = self._chance.choices(self._acts, [weight for _, weight, _ in self._acts])[0]
        self.acted_s = self._timeline.true_s
        self._figures.acts[what] += 1
        self._trace.add(f"mishap: {what}")
        act()
        self._plan()

    def _look(self) -> None:
        """
        Arm if it is disarmed: nobody leaves it so for good.
        """
        if not self._journal.is_armed:
            self._arm("the owner has looked")
        self._agenda.after(2700, self._look)

    def _arm(self, reason: str) -> None:
        self.acted_s = self._timeline.true_s
        self._trace.add(f"owner: arm, {reason}")
        self._house.arm(reason=reason)

    # --- single acts

    def _crash(self) -> None:
        if self._house.machine is not None:
            self._house.machine.cut_power(self._chance.choice((0, 0, self._chance.randint(1, 200))))

    def _reboot(self) -> None:
        if self._house.machine is not None:
            self._house.machine.cut_power()
        self._timeline.reboot()

    def _stop(self) -> None:
        if self._house.daemon is not None:
            self._house.daemon.stop("SIGTERM")
            if self._chance.random() < 0.3:
                self._agenda.after(self._chance.uniform(0.1, 20), self._stop_again)

    def _stop_again(self) -> None:
        if self._house.daemon is not None:
            self._house.daemon.stop("SIGTERM")

    def _reload(self) -> None:
        book = draw_book(self._chance, number=self._figures.reloads + 2)
        self._house.text = self._library.keep(book)
        self._figures.reloads += 1
        if self._house.daemon is not None:
            self._house.daemon.reload()

    def _bad_reload(self) -> None:
        good, self._house.text = self._house.text, self._chance.choice(BAD_FILES)
        if self._house.daemon is not None:
            self._house.daemon.reload()

        def mend() -> None:
            if self._house.text in BAD_FILES:
                self._house.text = good if good not in BAD_FILES else self._library.any_text
                if self._house.daemon is not None:
                    self._house.daemon.reload()
                self.acted_s = self._timeline.true_s

        self._agenda.after(self._chance.uniform(60, 900), mend)

    def _disarm(self) -> None:
        self._house.disarm(reason="the owner's wish")
        self._agenda.after(self._chance.uniform(30, 1800), lambda: self._arm("the owner's wish"))

    def _step(self) -> None:
        seconds = self._chance.choice((-7200, -600, -61, -30, -2, 2, 30, 61, 600, 7200))
        self._timeline.step_wall(timedelta(seconds=seconds * self._chance.uniform(0.8, 1.0)))

    def _suspend(self) -> None:
        self._timeline.suspend(timedelta(seconds=self._chance.choice((5, 40, 200, 900, 5000))))
        self.acted_s = self._timeline.true_s  # the daemon could do nothing meanwhile

    def _second(self) -> None:
        self._house.start_a_second(in_another_folder=self._chance.random() < 0.8)

    def _full(self) -> None:
        self._disk.is_full = True
        self._agenda.after(self._chance.uniform(5, 900), self._mend_the_disk)

    def _read_only(self) -> None:
        self._disk.is_read_only = True
        self._agenda.after(self._chance.uniform(5, 600), self._mend_the_disk)

    def _locked(self) -> None:
        self._disk.is_locked = True
        self._agenda.after(self._chance.uniform(5, 300), self._mend_the_disk)

    def _mend_the_disk(self) -> None:
        self._disk.is_full = self._disk.is_locked = self._disk.is_read_only = False
        self.acted_s = self._timeline.true_s
        self._trace.add("mishap: the disk is well again")
