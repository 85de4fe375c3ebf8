"""
Where the daemon lives: its state folder, its rules file, its owner, and whoever starts it again when it has died.
"""

from __future__ import annotations

import os
import random
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from scenario.mortality import PowerCut
from simulation.exchange import Wire
from simulation.machine import Machine
from tradewarden.bootstrap import Wiring, open_service
from tradewarden.credentials import Credentials
from tradewarden.errors import AlreadyRunning, ConfigError, CredentialsError, TradeWardenError
from tradewarden.journal import control
from tradewarden.model.secret import Secret
from tradewarden.service.timer import Timer
from tradewarden.simulator.api import DEMO_KEY, PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from simulation.disk import Disk
    from simulation.ears import Ears
    from simulation.exchange import Exchange
    from simulation.journal_view import JournalView
    from simulation.judge import Judge
    from simulation.rulebook import Library
    from simulation.scene import Scene
    from tradewarden.service.daemon import DaemonLoop

AGAIN_AFTER_S = {"cut": (1, 300), "stopped": (1, 120), "failed": (5, 15), "77": (600, 1200), "78": (300, 1200)}


class Nobody:
    """
    Supervises without a watchdog.
    """

    watchdog_period: timedelta | None = None

    def ready(self, status: str) -> None:
        """
        Hear it.
        """

    def status(self, status: str) -> None:
        """
        Hear it.
        """

    def alive(self) -> None:
        """
        Hear it.
        """

    def reloading(self) -> None:
        """
        Hear it.
        """

    def stopping(self, status: str) -> None:
        """
        Hear it.
        """


class House:
    """
    Runs one life of the daemon after the other. *text* is the content of the rules file.
    """

    def __init__(
        self,
        folder: Path,
        scene: Scene,
        *,
        library: Library,
        journal: JournalView,
        judge: Judge,
        ears: Ears,
        exchange: Exchange,
        disk: Disk,
    ) -> None:
        self.text = library.any_text
        self.daemon: DaemonLoop | None = None
        self.machine: Machine | None = None
        self.is_over = False
        self._folder = folder
        self._url = f"https://{os.getpid()}-{id(self)}.example{PREFIX}"  # the lock of an account goes by it
        self._library = library
        self._journal = journal
        self._judge = judge
        self._ears = ears
        self._exchange = exchange
        self._disk = disk
        self._scene = scene
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._figures = scene.figures
        self._chance = scene.chance("house")

    def run(self) -> None:
        """
        Start the daemon again and again until it is over.
        """
        while not self.is_over:
            end = self._live()
            self._trace.raise_if_broken()
            self._judge.check_outcomes()
            self._trace.raise_if_broken()
            if not self.is_over:
                self._wait(self._chance.uniform(*AGAIN_AFTER_S[end]))

    def _wait(self, seconds: float) -> None:
        is_time = False

        def rise() -> None:
            nonlocal is_time
            is_time = True

        self._agenda.after(seconds, rise)
        while not is_time and not self.is_over:
            self._agenda.pass_(None)
            self._trace.raise_if_broken()

    def _live(self) -> str:
        """
        Live one life, and return how it ended.
        """
        self._figures.lives += 1
        self._judge.begin_life()
        self._ears.begin_life()
        self.machine = Machine(self._scene, self._disk, self._chance)
        self._ears.is_dead = partial(getattr, self.machine, "is_dead")
        try:
            end = self.machine.run_until_complete(self._serve())
        except PowerCut:
            self._figures.crashes += 1
            open_intents = self._journal.query("SELECT count(*) FROM intents WHERE outcome IS NULL")
            self._figures.crashes_in_a_cancel += bool(open_intents and open_intents[0][0])
            end = "cut"
        finally:
            machine, self.machine, self.daemon = self.machine, None, None
            self._ears.end_life()
            machine.bury()
        self._trace.add(f"house: the daemon has ended ({end})")
        return end

    async def _serve(self) -> str:
        try:
            wiring = self._wiring(self.text)
            async with open_service(wiring, supervisor=Nobody(), read_again=self._read_again) as daemon:
                self.daemon = daemon
                await daemon.run()
        except CredentialsError:
            return "77"
        except ConfigError:
            return "78"
        except AlreadyRunning as error:
            self._trace.break_promise(f"a lock outlived its process: {error}")
        except TradeWardenError as error:
            self._trace.add(f"house: the start failed ({type(error).__name__}: {self._plain(str(error))})")
            return "failed"
        except Exception as error:  # nothing else may ever come out of it
            if self.machine is not None:  # and it is not being cleared away
                self._trace.break_promise(f"the daemon died of {type(error).__name__}: {self._plain(str(error))}")
            raise
        return "stopped"

    def _plain(self, text: str) -> str:
        return text.replace(str(self._folder), "STATE")

    async def _read_again(self) -> Wiring:
        return self._wiring(self.text)

    def _wiring(self, text: str) -> Wiring:
        return Wiring(
            rules=self._library.read(text),
            state=self._folder,
            api_url=self._url,
            credentials=Credentials(
                api_key=Secret(DEMO_KEY.key), api_secret=Secret(DEMO_KEY.secret), origin="the simulation"
            ),
            clock=self._timeline,
            observer=self._ears,
            transport=Wire(self._exchange, is_dead=self._ears.is_dead),
        )

    # --- what the owner does at the keyboard

    def arm(self, *, reason: str) -> None:
        """
        Run `arm`.
        """
        self._at_the_shell(lambda file: control.arm(file, reason=reason, now=self._timeline.now().wall))

    def disarm(self, *, reason: str) -> None:
        """
        Run `disarm`.
        """
        self._at_the_shell(
            lambda file: control.disarm(file, reason=reason, event="disarmed", now=self._timeline.now().wall)
        )

    def _at_the_shell(self, act: Callable[[Any], None]) -> None:
        if self._journal.connection is not None and self._journal.generation is not None:
            act(self._journal.connection)

    def start_a_second(self, *, in_another_folder: bool) -> None:
        """
        Start a second daemon beside the one that runs: it must be refused.
        """
        if self.machine is None or self.daemon is None:
            return
        wiring = self._wiring(self._library.any_text)
        if in_another_folder:
            wiring = replace(wiring, state=self._folder.with_name("other"))
        task = self.machine.create_task(self._second(wiring))
        task.add_done_callback(lambda _: None)

    async def _second(self, wiring: Wiring) -> None:
        try:
            async with open_service(wiring, supervisor=Nobody(), read_again=self._read_again):
                self._trace.break_promise("a second daemon was let in")
        except AlreadyRunning:
            self._trace.add("house: a second daemon was refused")


@contextmanager
def nothing_by_accident(seed: str, *, page: int | None, heartbeat_s: float) -> Iterator[None]:
    """
    Let what the daemon draws at random come from *seed*: its ids, the jitter of its timer and of its retries.

    *page* is a smaller page of the listing, so that a simulated owner has several. *heartbeat_s* is how often the timer
    looks at the clocks, and the daemon at itself: else most of a simulation would be that.
    """
    ids, retries = random.Random(f"{seed} ids"), random.Random(f"{seed} retries")  # noqa: S311
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=ids.getrandbits(128), version=4))
        patch.setattr("tradewarden.bootstrap.client.random", SimpleNamespace(Random=lambda: retries))
        patch.setattr("tradewarden.bootstrap.daemon.Timer", partial(Timer, heartbeat=timedelta(seconds=heartbeat_s)))
        patch.setattr("tradewarden.service.daemon.BEAT", timedelta(seconds=max(heartbeat_s, 10)))
        if page is not None:
            patch.setattr("tradewarden.threecommas.client.PER_PAGE", page)
        yield
