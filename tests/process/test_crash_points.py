"""
The real process is killed at each step of a guarded cancel, and started again: that costs a delay, and nothing else.
"""

from __future__ import annotations

import json
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import tradewarden
from holding import AtTheDelete
from process.running import MORTAL, PATIENCE_S, Running, deletes, events, until
from scenario.scripts import ID, smart_trade
from tradewarden.simulator.api import Api
from tradewarden.simulator.habits import Habits
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tradewarden.simulator.api import LogEntry

pytestmark = pytest.mark.process

STEP = 1013
SUSPENDED_S = "480"  # longer than an intent without an answer stays open (2 min), and than a back-off (5 min)

WITHOUT_AN_INTENT = [
    *(f"{side} {name}" for name in ("list_open", "save_memory") for side in ("before", "after")),
    *(f"{side} {name}" for name in ("reserve_cancel", "read") for side in ("before", "after")),
    "before record_intent",
    "before the commit of record_intent",
]
BEFORE_THE_DELETE = [
    "after record_intent",
    "before cancel_step",
    "before last_check",
    "before is_armed",
    "after is_armed",
    "after last_check",
    "amid the request line",
]
FIRST_AND_LAST_BEFORE_THE_DELETE = [
    "after the commit of record_intent",
    "before the first byte",
    "before the last byte",
]
WITH_THE_DELETE_OUT = {
    "after the last byte": (None, None),
    "after cancel_step": (None, None),
    "before record_answer": (None, None),
    "before the commit of record_answer": (None, None),
    "after the commit of record_answer": ("accepted", None),
    "after record_answer": ("accepted", None),
    "before settle": ("accepted", None),
    "before the commit of settle": ("accepted", None),
    "after the commit of settle": ("accepted", "cancelled"),
    "after settle": ("accepted", "cancelled"),
}


class Promises:
    """
    What holds whatever happens to the process: asked at the end of every test.
    """

    def __init__(self, exchange: Api, journal: Path) -> None:
        self._exchange = exchange
        self._watch = exchange.faults = AtTheDelete(journal)
        self._rest = self._legs()

    def hold(self) -> None:
        """
        One step is gone by one DELETE, which had its intent on disk; everything else is as it was.
        """
        assert deletes(self._exchange) == 1
        assert self._watch.open_intents == [1]
        trade = self._exchange.world.smart_trade(ID)
        assert trade.status == "waiting_targets"
        assert [leg.id for leg in trade.steps] == [1011, 1012]
        assert self._legs() == self._rest
        assert [event.trade_id for event in self._exchange.world.events if event.by == "api"] == [STEP, STEP]

    def nothing_was_sent(self) -> None:
        """
        No DELETE has arrived, whole or in part, and nothing has happened.
        """
        assert deletes(self._exchange) == 0
        assert self._exchange.world.events == []
        assert len(self._exchange.world.smart_trade(ID).steps) == 3

    def _legs(self) -> list[dict[str, Any]]:
        return [asdict(leg) for leg in self._exchange.world.smart_trade(ID).legs if leg.id != STEP]


@pytest.fixture
def exchange() -> Api:
    """
    Make a SmartTrade with three steps: a second cancel by mistake would not be stopped by `keep`.
    """
    world = World(now=time.time, habits=Habits(cancel_lag_s=0.2))
    world.add_smart_trade(smart_trade(prices=("150", "200", "250")))
    world.set_prices(day_change="-6")
    return Api(world)


@pytest.fixture
def promises(exchange: Api, environ: dict[str, str], tmp_path: Path) -> Promises:
    """
    Watch over them from the start.
    """
    assert environ  # which serves the exchange
    return Promises(exchange, tmp_path / "state" / "journal.sqlite3")


def _killed(begin: Callable[..., Running], moment: str) -> Running:
    daemon = begin({"MORTAL_MOMENT": moment})
    daemon.killed()
    return daemon


def _ended(again: Running, *outcomes: tuple[str | None, str | None]) -> list[str]:
    """
    Wait until the intents have come to these ends, end it, and return the names of what was logged.
    """
    again.until(lambda: again.intents() == [*outcomes], f"it ends as {outcomes}")
    told = events(again.end())
    assert again.intents() == [*outcomes]
    return told


@pytest.mark.parametrize("moment", WITHOUT_AN_INTENT)
def test_a_kill_before_the_intent_is_on_disk_leaves_nothing_behind(
    begin: Callable[..., Running], promises: Promises, moment: str
) -> None:
    dead = _killed(begin, moment)
    assert dead.intents() == []
    promises.nothing_was_sent()

    again = begin()

    assert "settling.taken_up" not in _ended(again, ("accepted", "cancelled"))
    promises.hold()


@pytest.mark.parametrize("moment", BEFORE_THE_DELETE)
def test_a_kill_between_intent_and_delete_leaves_a_question_open(
    begin: Callable[..., Running], promises: Promises, moment: str
) -> None:
    """That goes on for two minutes: here it is seen that nothing is done to the SmartTrade meanwhile."""
    _killed(begin, moment)
    promises.nothing_was_sent()

    again = begin()
    again.until_cycle()

    assert "settling.taken_up" in _ended(again, (None, None))
    promises.nothing_was_sent()


@pytest.mark.parametrize("moment", FIRST_AND_LAST_BEFORE_THE_DELETE)
def test_a_delete_that_never_went_out_is_not_applied_and_tried_again(
    begin: Callable[..., Running], promises: Promises, moment: str
) -> None:
    dead = _killed(begin, moment)
    assert dead.intents() == [(None, None)]

    again = begin({"MORTAL_JUMP_S": SUSPENDED_S})
    again.until_cycle()
    assert again.intents() == [(None, None)]
    promises.nothing_was_sent()
    again.process.send_signal(signal.SIGUSR1)

    _ended(again, (None, "not_applied"), ("accepted", "cancelled"))
    promises.hold()


@pytest.mark.parametrize("moment", WITH_THE_DELETE_OUT)
def test_a_kill_with_the_delete_out_is_settled_by_reading(
    begin: Callable[..., Running], promises: Promises, exchange: Api, moment: str
) -> None:
    answer, outcome = WITH_THE_DELETE_OUT[moment]
    dead = _killed(begin, moment)
    assert dead.intents() == [(answer, outcome)]
    until(lambda: deletes(exchange) == 1, "what was out arrives")

    again = begin()

    again.until_cycle()
    assert ("settling.taken_up" in _ended(again, (answer, "cancelled"))) is (outcome is None)
    promises.hold()


@pytest.mark.parametrize("moment", ["after read", "before the commit of settle", "after the commit of settle"])
def test_a_second_kill_while_it_is_settled_costs_another_delay(
    begin: Callable[..., Running], promises: Promises, moment: str
) -> None:
    _killed(begin, "after the last byte")
    _killed(begin, moment)

    again = begin()

    again.until_cycle()
    _ended(again, (None, "cancelled"))
    promises.hold()


def _stopped(daemon: Running, exchange: Api) -> list[LogEntry]:
    """
    Wait until it stands still, let its second read grow old, wake it, and return the requests up to its DELETE.
    """
    daemon.until_stopped()
    time.sleep(1.2)
    assert deletes(exchange) == 0
    before = len(exchange.requests)
    daemon.process.send_signal(signal.SIGCONT)
    daemon.until(lambda: daemon.intents()[-1:] == [("accepted", "cancelled")], "the cancel, on a fresh read")
    daemon.end()
    later = exchange.requests[before:]
    return later[: 1 + next(index for index, entry in enumerate(later) if entry.method == "DELETE")]


def _last_two_reads_were_fresh(requests: list[LogEntry]) -> bool:
    *reads, delete = requests[-3:]
    return [entry.method for entry in reads] == ["GET", "GET"] and all(delete.at - entry.at < 1 for entry in reads)


def test_a_stop_after_the_second_read_lets_it_read_once_more(
    begin: Callable[..., Running], promises: Promises, exchange: Api
) -> None:
    daemon = begin({"MORTAL_MOMENT": "after read", "MORTAL_SIGNAL": "SIGSTOP"}, age="1s")

    requests = _stopped(daemon, exchange)

    assert _last_two_reads_were_fresh(requests)
    promises.hold()


@pytest.mark.parametrize(
    "moment",
    [
        "before record_intent",
        "before the commit of record_intent",
        "after record_intent",
        "before last_check",
        "before is_armed",
        "after is_armed",
    ],
)
def test_a_stop_between_the_second_read_and_the_delete_sends_nothing_on_what_is_stale(
    begin: Callable[..., Running], promises: Promises, exchange: Api, moment: str
) -> None:
    """SIGSTOP, when the last two of its reads are judged, or the intent is on disk, or the connection stands too."""
    daemon = begin({"MORTAL_MOMENT": moment, "MORTAL_SIGNAL": "SIGSTOP"}, age="1s")

    requests = _stopped(daemon, exchange)

    first, *_ = daemon.query("SELECT answer, outcome, answer_reason FROM intents ORDER BY id")
    assert first == ("not_sent", "not_sent", "stale")
    assert len(requests) > 3, "it lists and reads anew"
    assert _last_two_reads_were_fresh(requests)
    promises.hold()


def test_the_product_has_no_switch_for_this(start: Callable[..., subprocess.Popen[str]], promises: Promises) -> None:
    """Its moments are named in vain to `python -m tradewarden`, and no file of it knows the names."""
    process = start("run", "--once", "--json", MORTAL_MOMENT="before list_open", MORTAL_JUMP_S="480")
    out, _ = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0
    assert [row["outcome"] for row in json.loads(out)["outcomes"]] == ["cancelled"]
    promises.hold()
    files = [path for path in Path(tradewarden.__file__).parent.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [path.name for path in files if b"MORTAL_" in path.read_bytes()] == []


def test_a_moment_that_does_not_exist_is_an_error(start: Callable[..., subprocess.Popen[str]]) -> None:
    """A test that names one by mistake would else see an ordinary run."""
    process = start("run", "--once", launcher=MORTAL, MORTAL_MOMENT="before lunch")

    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, "before lunch" in err) == (1, True)
