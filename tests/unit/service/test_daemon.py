"""
The daemon's life over ports in memory, on virtual time: start, cycles, reloads, the watchdog, the end.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from factories import (
    FAR,
    NOON,
    make_listing,
    make_question,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    without_step,
)
from port_fakes import FakeGateway, FakeJournal, Heard
from scenario.virtual_time import VirtualClock, VirtualTimeLoop
from tradewarden.engine.change import Impact, RulesChange
from tradewarden.errors import (
    AccessDenied,
    ConfigError,
    CredentialsError,
    JournalError,
    RateLimited,
    StateError,
    TransientError,
)
from tradewarden.model.cancel import Answer, CancelAnswer
from tradewarden.model.settings import Mode, Schedule
from tradewarden.service.access import Access
from tradewarden.service.crew import Crew
from tradewarden.service.cycle import Cycle
from tradewarden.service.daemon import END_WITHIN_S, FIRST_READ_WITHIN_S, HANGS_AFTER_S, DaemonLoop
from tradewarden.service.record import Identity
from tradewarden.service.settlings import Settlings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine
    from datetime import datetime

    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.model.daemon_status import DaemonStatus
    from tradewarden.model.settings import Settings
    from tradewarden.rules.ruleset import Rule

GONE = make_reading(without_step(make_smart_trade(), FAR))
MINUTELY, HOURLY = Schedule(every=timedelta(minutes=1)), Schedule(every=timedelta(hours=1))


class FakeTimer:
    """
    Falls due when a test says so.
    """

    def __init__(self) -> None:
        self.planned: list[frozenset[Schedule]] = []
        self.late = timedelta(0)
        self.closed = False
        self.next: datetime | None = NOON + timedelta(minutes=1)
        self._due: asyncio.Queue[frozenset[Schedule]] = asyncio.Queue()

    def start(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def plan(self, schedules: Collection[Schedule], timezone: object) -> None:
        assert timezone is not None
        self.planned.append(frozenset(schedules))

    def fall_due(self, *schedules: Schedule) -> None:
        self._due.put_nowait(frozenset(schedules or {MINUTELY}))

    async def due(self) -> frozenset[Schedule]:
        return await self._due.get()

    def next_due(self) -> datetime | None:
        return self.next

    def overdue(self) -> timedelta:
        return self.late


class FakeSupervisor:
    """
    Keeps what it heard; feeds are only counted.
    """

    watchdog_period: timedelta | None = timedelta(seconds=30)

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.feeds = 0

    def ready(self, status: str) -> None:
        self.heard.append(f"ready: {status}")

    def status(self, status: str) -> None:
        self.heard.append(f"status: {status}")

    def alive(self) -> None:
        self.feeds += 1

    def reloading(self) -> None:
        self.heard.append("reloading")

    def stopping(self, status: str) -> None:
        self.heard.append(f"stopping: {status}")


class Gateway(FakeGateway):
    """
    One whose methods a test may replace.
    """


class Journal(FakeJournal):
    """
    One whose methods a test may replace.
    """


class Rig:
    """
    A daemon at noon, on virtual time.
    """

    def __init__(self, *rules: Rule, **settings: Any) -> None:
        self.clock = VirtualClock(NOON)
        self.timer, self.supervisor, self.heard = FakeTimer(), FakeSupervisor(), Heard()
        self.gateway = Gateway(
            listings=[make_listing(make_smart_trade())], readings=[make_reading(), make_reading(), GONE]
        )
        self.journal = Journal()
        self.settlings = Settlings()
        self.access = Access(journal=self.journal, clock=self.clock, observer=self.heard)
        self.statuses: list[DaemonStatus] = []
        self.unwritable: Exception | None = None
        self.let_go = 0
        self.next_crews: list[Crew | Exception] = []
        self.settings = make_settings(**{"mode": Mode.LIVE, "schedule": MINUTELY, **settings})
        self.first = self.crew(*(rules or (make_rule(),)))
        self.daemon = DaemonLoop(
            crew=self.first,
            journal=self.journal,
            reload=self._reload,
            identity=Identity(version="1", pid=7, rules_file="rules.yaml", state="state", api_url="https://x.example"),
            timer=cast("Any", self.timer),
            settlings=self.settlings,
            access=self.access,
            clock=self.clock,
            observer=self.heard,
            supervisor=self.supervisor,
            write_status=self._write,
        )

    def crew(self, *rules: Rule, settings: Settings | None = None) -> Crew:
        ruleset = make_ruleset(*rules)
        settings = settings or self.settings
        cycle = Cycle(
            gateway=self.gateway,
            journal=self.journal,
            clock=self.clock,
            observer=self.heard,
            settings=settings,
            ruleset=ruleset,
            settlings=self.settlings,
            access=self.access,
            hold_gap_of=lambda _: timedelta(minutes=5),
            new_cycle_id=lambda: "cycle-1",
        )

        async def let_go() -> None:
            self.let_go += 1

        return Crew(
            settings=settings,
            ruleset=ruleset,
            cycle=cycle,
            gateway=self.gateway,
            requests_left=lambda: 44,
            let_go=let_go,
        )

    async def _reload(self) -> Crew:
        crew = self.next_crews.pop(0)
        if isinstance(crew, Exception):
            raise crew
        return crew

    def _write(self, status: DaemonStatus) -> None:
        if self.unwritable is not None:
            raise self.unwritable
        self.statuses.append(status)

    def play(self, script: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """
        Run the daemon, and *script* beside it; then stop it.
        """

        async def play() -> None:
            running = asyncio.ensure_future(self.daemon.run())
            try:
                await script()
            finally:
                self.daemon.stop("SIGTERM")
            await running

        with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(self.clock)) as runner:
            runner.run(play())

    def seen(self, event: str) -> list[dict[str, Any]]:
        return [cast("dict[str, Any]", data) for name, data in self.heard.told if name == event]


def test_a_life() -> None:
    rig = Rig()

    async def script() -> None:
        await asyncio.sleep(1)
        rig.timer.fall_due()
        await asyncio.sleep(5)

    rig.play(script)

    assert rig.gateway.asked[:2] == ["validate", "list"]
    assert rig.timer.planned == [frozenset({MINUTELY})]
    assert rig.heard.events[0] == "daemon.started"
    assert "cancel.settled" in rig.heard.events
    assert rig.heard.events[-2:] == ["daemon.stopping", "daemon.stopped"]
    assert rig.seen("daemon.stopping") == [{"signal": "SIGTERM"}]
    assert rig.supervisor.heard[0] == "ready: live, armed; no cycle yet; next 12:01:00 (UTC)"
    assert rig.supervisor.heard[-1].startswith("stopping: ")
    assert rig.timer.closed
    assert rig.let_go == 1
    last = rig.statuses[-1]
    assert last.stopped_at is not None
    assert last.last_cycle is not None
    assert (last.last_cycle.smart_trades_read, last.requests_left) == (1, 44)
    assert last.next_cycle_at is None


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (TransientError("out of reach"), "api"),
        (RateLimited("a pause", pause=timedelta(seconds=300), banned=False), "penalty"),
    ],
)
def test_the_start_is_over_when_the_first_read_has_failed(failure: Exception, kind: str) -> None:
    rig = Rig()
    rig.gateway.invalid = failure

    async def script() -> None:
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.supervisor.heard[0].startswith(f"ready: live, armed; {kind} trouble since 12:00:00 (1x): {failure}")
    assert [trouble.kind for trouble in rig.statuses[-1].troubles] == [kind]


def test_the_start_does_not_wait_for_an_api_that_does_not_answer() -> None:
    rig = Rig()

    async def never() -> None:
        await asyncio.Event().wait()

    rig.gateway.validate = never  # type: ignore[method-assign]  # the slowest of gateways

    async def script() -> None:
        await asyncio.sleep(FIRST_READ_WITHIN_S - 1)
        assert rig.supervisor.heard == []
        await asyncio.sleep(2)

    rig.play(script)

    assert rig.supervisor.heard[0].startswith("ready: ")


def test_a_stop_during_the_first_read_ends_it() -> None:
    rig = Rig()

    async def never() -> None:
        await asyncio.Event().wait()

    rig.gateway.validate = never  # type: ignore[method-assign]  # the slowest of gateways

    async def script() -> None:
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.timer.planned == []
    assert rig.heard.events[-1] == "daemon.stopped"


def test_rejected_credentials_end_the_start() -> None:
    rig = Rig()
    rig.gateway.invalid = AccessDenied("the key is wrong")

    async def script() -> None:
        await asyncio.sleep(1)

    with pytest.raises(CredentialsError, match="the key is wrong"):
        rig.play(script)

    assert not any(word.startswith("ready") for word in rig.supervisor.heard)
    assert rig.let_go == 1


@pytest.mark.parametrize(("after_s", "ends"), [(1, True), (3600, False)], ids=["at the start", "while running"])
def test_a_key_that_may_not_read_ends_the_start_but_not_a_running_daemon(after_s: float, *, ends: bool) -> None:
    rig = Rig()
    rig.gateway.listings = [AccessDenied("no permission to read")]

    async def script() -> None:
        await asyncio.sleep(after_s)
        rig.timer.fall_due()
        await asyncio.sleep(1)
        rig.timer.fall_due()
        await asyncio.sleep(1)

    if ends:
        with pytest.raises(CredentialsError, match="no permission"):
            rig.play(script)
        return
    rig.play(script)
    assert [trouble.kind for trouble in rig.statuses[-1].troubles] == ["access"]
    assert rig.gateway.asked == ["validate", "list"], "the second cycle is too early to ask again"


def test_only_the_rules_that_are_due_run() -> None:
    rig = Rig(make_rule(name="each-minute"), make_rule(name="each-hour", schedule=HOURLY))

    async def script() -> None:
        rig.timer.fall_due(HOURLY)
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.timer.planned == [frozenset({MINUTELY, HOURLY})]
    assert [data["proposal"].rule.name for data in rig.seen("cancel.judged")] == ["each-hour"]


def test_without_rules_the_account_is_still_read_on_the_file_s_schedule() -> None:
    rig = Rig(replace(make_rule(), enabled=False))

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1)

    rig.play(script)

    assert "list" in rig.gateway.asked


def test_what_is_due_by_a_plan_that_was_replaced_is_not_run() -> None:
    rig = Rig()

    async def script() -> None:
        rig.timer.fall_due(HOURLY)
        await asyncio.sleep(1)

    rig.play(script)

    assert "list" not in rig.gateway.asked


def test_holds_of_rules_that_were_not_due_stay_in_the_record() -> None:
    slow = make_rule(name="slow", hold=timedelta(minutes=2), schedule=HOURLY)
    rig = Rig(make_rule(when="day_change > 1000%", name="quick"), slow)

    async def script() -> None:
        rig.timer.fall_due(HOURLY)
        await asyncio.sleep(1)
        rig.timer.fall_due(MINUTELY)
        await asyncio.sleep(1)

    rig.play(script)

    assert [holding.rule for holding in rig.statuses[-1].holding] == ["slow"]


def test_trouble_is_counted_and_ends() -> None:
    rig = Rig()
    rig.gateway.listings = [TransientError("out of reach"), TransientError("out of reach"), make_listing()]

    async def script() -> None:
        for _ in range(3):
            rig.timer.fall_due()
            await asyncio.sleep(1)

    rig.play(script)

    assert rig.heard.events.count("trouble.began") == 1
    assert rig.seen("trouble.ended")[0]["trouble"].times == 2
    assert rig.statuses[-1].troubles == ()


# --- reload


def test_a_reload_takes_over_and_tells_its_impact() -> None:
    rig = Rig()
    rig.next_crews = [rig.crew(make_rule(), make_rule(name="new", schedule=HOURLY))]
    rig.gateway.listings = [make_listing(make_smart_trade())]

    async def script() -> None:
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)
        rig.timer.fall_due()
        await asyncio.sleep(5)

    rig.play(script)

    assert rig.seen("rules.reloaded") == [{"change": RulesChange(added=("new",)), "impact": (Impact("new", 1, 1),)}]
    assert rig.timer.planned[-1] == frozenset({MINUTELY, HOURLY})
    assert [word.partition(":")[0] for word in rig.supervisor.heard[:3]] == ["ready", "reloading", "ready"]
    assert rig.statuses[-1].rules_enabled == 2
    assert rig.let_go == 2, "of the first crew when it was retired, of the second at the end"


def test_a_reload_without_new_rules_reads_nothing() -> None:
    rig = Rig()
    rig.next_crews = [rig.crew(make_rule())]

    async def script() -> None:
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.seen("rules.reloaded") == [{"change": RulesChange(), "impact": ()}]
    assert rig.gateway.asked == ["validate"]


def test_going_live_tells_the_impact_of_every_rule() -> None:
    rig = Rig(mode=Mode.DRY_RUN)
    rig.next_crews = [rig.crew(make_rule(), settings=replace(rig.settings, mode=Mode.LIVE))]

    async def script() -> None:
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)

    rig.play(script)

    [told] = rig.seen("rules.reloaded")
    assert told["change"].mode is Mode.LIVE
    assert [impact.matching for impact in told["impact"]] == [1]
    assert rig.statuses[-1].mode is Mode.LIVE


def test_an_impact_that_cannot_be_read_is_told_as_that() -> None:
    rig = Rig()
    rig.next_crews = [rig.crew(make_rule(name="new"))]
    rig.gateway.listings = [TransientError("out of reach")]

    async def script() -> None:
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.seen("rules.reloaded")[0]["impact"] is None


@pytest.mark.parametrize(
    ("failure", "problems"),
    [
        (ConfigError(["rules.yaml:3:1: no", "rules.yaml:4:1: no"]), ("rules.yaml:3:1: no", "rules.yaml:4:1: no")),
        (JournalError("the disk is full"), ("the disk is full",)),
    ],
)
def test_a_reload_that_fails_changes_nothing_and_is_told(failure: Exception, problems: tuple[str, ...]) -> None:
    rig = Rig()
    rig.next_crews = [failure, rig.crew(make_rule())]

    async def script() -> None:
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)
        assert [trouble.kind for trouble in rig.statuses[-1].troubles] == ["rules"]
        rig.timer.fall_due()
        await asyncio.sleep(5)
        assert [trouble.kind for trouble in rig.statuses[-1].troubles] == ["rules"], "a good cycle does not mend it"
        rig.daemon.reload()
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.seen("rules.refused") == [{"problems": problems}]
    assert "cancel.settled" in rig.heard.events
    assert rig.statuses[-1].troubles == ()


def test_a_retired_crew_is_let_go_when_nothing_of_it_is_under_way() -> None:
    rig = Rig()
    rig.next_crews = [rig.crew(make_rule(name="new", when="day_change > 1000%"))]
    rig.gateway.readings = [make_reading()]  # what was sent stays unknown for 40 s

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1)
        rig.daemon.reload()
        await asyncio.sleep(1)
        rig.timer.fall_due()
        await asyncio.sleep(1)
        assert rig.let_go == 0
        await asyncio.sleep(60)
        rig.timer.fall_due()
        await asyncio.sleep(1)
        assert rig.let_go == 1

    rig.play(script)


# --- watched over


def test_the_watchdog_is_fed_while_all_is_sound() -> None:
    rig = Rig()

    async def script() -> None:
        await asyncio.sleep(3600)

    rig.play(script)

    assert rig.supervisor.feeds == pytest.approx(360, abs=2)


def test_a_timer_that_has_fallen_silent_is_not_fed() -> None:
    rig = Rig()

    async def script() -> None:
        await asyncio.sleep(1)
        rig.timer.late = timedelta(seconds=HANGS_AFTER_S + 1)
        fed = rig.supervisor.feeds
        await asyncio.sleep(600)
        assert rig.supervisor.feeds == fed

    rig.play(script)


def test_a_cycle_that_hangs_is_not_fed_and_one_that_gets_on_is() -> None:
    rig = Rig()
    hanging = asyncio.Event()

    async def hang() -> list[OpenQuestion]:
        await hanging.wait()
        return []

    rig.journal.open_questions = hang  # type: ignore[method-assign]  # a disk that does not answer

    async def script() -> None:
        await asyncio.sleep(1)
        rig.timer.fall_due()
        await asyncio.sleep(HANGS_AFTER_S + 20)
        fed = rig.supervisor.feeds
        await asyncio.sleep(600)
        assert rig.supervisor.feeds == fed
        rig.gateway.asked.append("it gets on")
        await asyncio.sleep(20)
        assert rig.supervisor.feeds > fed
        hanging.set()

    rig.play(script)


def test_the_record_is_kept_fresh_between_cycles() -> None:
    rig = Rig()

    async def script() -> None:
        await asyncio.sleep(600)

    rig.play(script)

    assert len(rig.statuses) == pytest.approx(600 / 30, abs=3)


def test_a_record_that_cannot_be_written_is_trouble_and_stops_nothing() -> None:
    rig = Rig()
    rig.unwritable = StateError("the disk is full")

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(60)
        rig.unwritable = None
        await asyncio.sleep(60)

    rig.play(script)

    assert "cancel.settled" in rig.heard.events
    assert [data["trouble"].kind for data in rig.seen("trouble.began")] == ["status"]
    assert [data["trouble"].kind for data in rig.seen("trouble.ended")] == ["status"]


def test_the_kill_switch_shows_before_the_next_cycle() -> None:
    rig = Rig()
    rig.journal.armed = False

    async def script() -> None:
        await asyncio.sleep(1)
        assert rig.supervisor.heard == ["ready: live, DISARMED; no cycle yet; next 12:01:00 (UTC)"]
        rig.journal.armed = True
        await asyncio.sleep(15)
        assert rig.supervisor.heard[-1].startswith("status: live, armed")
        rig.journal.failures["is_armed"] = JournalError("the disk is full")
        await asyncio.sleep(30)

    rig.play(script)


# --- the end


def test_a_stop_waits_for_what_was_just_sent() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(), make_reading(), make_reading(), make_reading(), GONE]

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1.2)  # the DELETE is out, two reads still show the step

    rig.play(script)

    assert [verdict.outcome for _, verdict in rig.journal.settled] == ["cancelled"]
    assert rig.heard.events[-2:] == ["cancel.settled", "daemon.stopped"]


def test_a_stop_does_not_wait_for_ever() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading()]
    began = rig.clock.now()

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1)

    rig.play(script)

    assert rig.journal.settled == []
    assert rig.clock.now().surely_since(began) < timedelta(seconds=END_WITHIN_S + 5)


def test_a_second_signal_interrupts_nothing_either() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(), make_reading(), make_reading(), make_reading(), GONE]

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1)
        rig.daemon.stop("SIGINT")
        await asyncio.sleep(0.1)
        rig.daemon.stop("SIGTERM")

    rig.play(script)

    assert [verdict.outcome for _, verdict in rig.journal.settled] == ["cancelled"]
    assert rig.seen("daemon.stopping") == [{"signal": "SIGINT"}]


def test_a_stop_lets_a_delete_that_is_out_get_its_answer_and_its_outcome() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(), GONE]
    answered = rig.gateway.cancel_step

    async def slowly(*ids: Any, **how: Any) -> CancelAnswer:
        answer = await answered(*ids, **how)
        await asyncio.sleep(10)
        return answer

    rig.gateway.cancel_step = slowly  # type: ignore[method-assign]  # a slow answer
    record_answer = rig.journal.record_answer

    async def remember(intent_id: int, **what: Any) -> None:
        await record_answer(intent_id, **what)
        question = replace(make_question(Answer.ACCEPTED), intent_id=intent_id)
        rig.journal.questions = [replace(question, intent=replace(question.intent, cycle_id="cycle-1"))]

    rig.journal.record_answer = remember  # type: ignore[method-assign]  # as the real one: it is an open question then

    async def script() -> None:
        rig.timer.fall_due()
        await asyncio.sleep(1)

    rig.play(script)

    assert [answer for _, answer, _ in rig.journal.answered] == [Answer.ACCEPTED]
    assert [verdict.outcome for _, verdict in rig.journal.settled] == ["cancelled"]
    assert rig.seen("cycle.ended")[0]["report"].errors[0].error == "interrupted"


def test_what_should_never_happen_ends_the_daemon_aloud() -> None:
    rig = Rig()

    async def script() -> None:
        await asyncio.sleep(1)
        rig.settlings.failure = ZeroDivisionError()
        await asyncio.sleep(20)

    with pytest.raises(ZeroDivisionError):
        rig.play(script)

    assert rig.heard.events[-1] == "daemon.stopped"
