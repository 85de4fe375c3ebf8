"""
Tests for tradewarden.engine.health.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fakes import START
from journal_samples import SMART_TRADE, moment
from status_samples import make_known, make_question, make_status
from tradewarden.engine.findings import Ill, Known, Problem, Worth
from tradewarden.engine.health import SETTLES_WITHIN, judge
from tradewarden.model.daemon_status import Trouble
from tradewarden.model.memory import Ledger, Penalty, SetAside
from tradewarden.model.settings import Mode
from tradewarden.model.standing import Standing, Stop, Switch, Turn

if TYPE_CHECKING:
    from tradewarden.engine.health import Health

ARMED = Switch(armed=True)
EARLIER = START - timedelta(hours=2)
BY_HAND = Turn(event="disarmed", reason="a wild market", at=EARLIER)
BREACH = Turn(event="breach", reason="SmartTrade 1: the stop loss is gone", at=START)
PENALTY = Penalty(began=moment(START - timedelta(minutes=1)), pause=timedelta(minutes=5), bans=0, reason="429")


def problems(health: Health) -> list[Ill]:
    return [found.problem for found in health.problems]


def notes(health: Health) -> list[Worth]:
    return [found.note for found in health.notes]


def with_standing(**changes: Any) -> Known:
    return make_known(standing=replace(Standing(switch=ARMED), **changes))


def with_trouble(kind: str, *, times: int = 1) -> Known:
    return make_known(record=make_status(troubles=(Trouble(kind=kind, message="no way", since=EARLIER, times=times),)))


def test_a_daemon_that_does_its_work_is_healthy() -> None:
    health = judge(make_known())

    assert health.is_healthy
    assert (health.problems, health.notes) == ((), ())


def test_a_dry_run_is_healthy_and_said() -> None:
    health = judge(make_known(record=make_status(mode=Mode.DRY_RUN)))

    assert health.is_healthy
    assert notes(health) == [Worth.DRY_RUN]


def test_a_daemon_without_rules_is_healthy_and_said() -> None:
    health = judge(make_known(record=make_status(rules_enabled=0)))

    assert health.is_healthy
    assert notes(health) == [Worth.NO_RULES]


@pytest.mark.parametrize("known", [Known(now=moment()), make_known(is_alive=None), make_known(standing=None)])
def test_what_is_not_known_is_never_healthy(known: Known) -> None:
    assert problems(judge(known)) == [Ill.STATE_UNREADABLE]


def test_obstacles_are_problems() -> None:
    obstacle = Problem(problem=Ill.JOURNAL, message="it is damaged")

    assert judge(make_known(standing=None, ledger=None, obstacles=(obstacle,))).problems == (obstacle,)


def test_a_daemon_that_does_not_run_is_not_healthy() -> None:
    """What the record says of the dead counts no more; what the journal says does."""
    known = make_known(
        is_alive=False,
        pid=None,
        record=make_status(mode=Mode.DRY_RUN, troubles=(Trouble(kind="api", message="no way", since=EARLIER),)),
        standing=Standing(switch=Switch(armed=False, turns=(BY_HAND,)), questions=(make_question(EARLIER),)),
    )

    health = judge(known)

    assert problems(health) == [Ill.NOT_RUNNING, Ill.DISARMED, Ill.OPEN_QUESTION]
    assert health.notes == ()


class TestSwitch:
    def test_disarmed_by_hand(self) -> None:
        again = replace(BY_HAND, reason="again", at=START)
        (found,) = judge(with_standing(switch=Switch(armed=False, turns=(BY_HAND, again)))).problems

        assert (found.problem, found.since) == (Ill.DISARMED, EARLIER)
        assert found.message == "disarmed (a wild market): nothing is cancelled until `tradewarden arm`"

    def test_a_breach_comes_first(self) -> None:
        disarmed = Switch(armed=False, turns=(BY_HAND, BREACH))
        first, second = judge(make_known(is_alive=True, standing=Standing(switch=disarmed))).problems

        assert (first.problem, first.since) == (Ill.BREACH, START)
        assert first.message.startswith("SmartTrade 1: the stop loss is gone: ")
        assert second.problem is Ill.DISARMED

    def test_a_breach_alone_is_told_once(self) -> None:
        assert problems(judge(with_standing(switch=Switch(armed=False, turns=(BREACH,))))) == [Ill.BREACH]

    def test_disarmed_for_no_known_reason(self) -> None:
        (found,) = judge(with_standing(switch=Switch(armed=False))).problems

        assert (found.problem, found.since) == (Ill.DISARMED, None)

    def test_armed_again_is_healthy(self) -> None:
        armed = Turn(event="armed", reason="calm", at=START)

        assert judge(with_standing(switch=Switch(armed=True, turns=(armed,)))).is_healthy


class TestAccessAndPenalty:
    def test_an_account_that_was_stopped(self) -> None:
        (found,) = judge(with_standing(access=Stop(reason="401", since=EARLIER))).problems

        assert found == Problem(
            problem=Ill.ACCESS_STOPPED, message="acting for the account was stopped: 401", since=EARLIER
        )

    def test_a_penalty_that_runs(self) -> None:
        """The boot clock has not moved since: nothing is sure to have passed."""
        (found,) = judge(with_standing(penalty=PENALTY)).problems

        assert (found.problem, found.since) == (Ill.PENALTY, START - timedelta(minutes=1))
        assert found.message == "no request goes out until 2026-01-02 03:09:05 UTC: 429"

    def test_a_penalty_that_is_over(self) -> None:
        began = replace(moment(EARLIER), boot=timedelta(0))

        assert judge(with_standing(penalty=replace(PENALTY, began=began))).is_healthy

    @pytest.mark.parametrize(
        ("kind", "standing"),
        [
            ("access", Standing(switch=ARMED, access=Stop(reason="401", since=EARLIER))),
            ("penalty", Standing(switch=ARMED, penalty=PENALTY)),
        ],
    )
    def test_the_trouble_of_the_last_cycle_does_not_tell_it_twice(self, kind: str, standing: Standing) -> None:
        known = with_trouble(kind)

        assert len(judge(known).problems) == 1
        assert len(judge(replace(known, standing=standing)).problems) == 1

    def test_another_trouble_is_told_beside_it(self) -> None:
        known = replace(with_trouble("api"), standing=Standing(switch=ARMED, penalty=PENALTY))

        assert problems(judge(known)) == [Ill.PENALTY, Ill.API]


class TestQuestions:
    def test_a_young_one_is_ordinary(self) -> None:
        health = judge(with_standing(questions=(make_question(START - SETTLES_WITHIN + timedelta(seconds=1)),)))

        assert health.is_healthy
        assert notes(health) == [Worth.OPEN_QUESTION]

    def test_an_old_one_is_a_problem(self) -> None:
        (found,) = judge(with_standing(questions=(make_question(START - SETTLES_WITHIN),))).problems

        assert (found.problem, found.since) == (Ill.OPEN_QUESTION, START - SETTLES_WITHIN)
        assert "step 2 of SmartTrade 30428625 (USDT_DOGE)" in found.message

    def test_one_whose_age_cannot_be_told_is_a_problem(self) -> None:
        """Another boot, and the clock was set back."""
        known = with_standing(questions=(make_question(START + timedelta(hours=1)),))

        assert judge(known).is_healthy
        assert problems(judge(replace(known, now=replace(moment(), boot_id="boot-2")))) == [Ill.OPEN_QUESTION]

    def test_a_step_without_a_position_is_told_by_its_id(self) -> None:
        question = make_question(EARLIER)
        step = replace(question.intent.step, position=None)
        question = replace(question, intent=replace(question.intent, step=step))

        (found,) = judge(with_standing(questions=(question,))).problems

        assert "step 1008300674 of" in found.message


class TestTroubles:
    @pytest.mark.parametrize(
        ("kind", "problem"),
        [
            ("api", Ill.API),
            ("journal", Ill.JOURNAL),
            ("access", Ill.ACCESS_STOPPED),
            ("penalty", Ill.PENALTY),
            ("suspicious_reading", Ill.SUSPICIOUS_READING),
            ("rules", Ill.RULES_REFUSED),
            ("status", Ill.TROUBLE),
            ("of a later version", Ill.TROUBLE),
        ],
    )
    def test_each_has_its_word(self, kind: str, problem: Ill) -> None:
        (found,) = judge(with_trouble(kind)).problems

        assert (found.problem, found.since) == (problem, EARLIER)
        assert "no way" in found.message

    def test_how_often(self) -> None:
        assert judge(with_trouble("api")).problems[0].message == "no way"
        assert judge(with_trouble("api", times=7)).problems[0].message == "no way (7 times)"

    def test_one_without_a_word_is_told_by_its_kind(self) -> None:
        assert judge(with_trouble("status", times=2)).problems[0].message == "status: no way (2 times)"

    def test_refused_rules_say_what_goes_on(self) -> None:
        assert judge(with_trouble("rules")).problems[0].message == "no way; the last good rules go on"

    def test_a_smart_trade_that_cannot_be_read_is_worth_a_word(self) -> None:
        """The others go on; the owner cannot mend what 3Commas sends."""
        health = judge(with_trouble("unreadable_smart_trade"))

        assert health.is_healthy
        assert notes(health) == [Worth.UNREADABLE_SMART_TRADE]


def test_a_smart_trade_set_aside_is_worth_a_word() -> None:
    aside = {SMART_TRADE: SetAside(until=START, reason="step 1 changed")}

    health = judge(make_known(ledger=Ledger(armed=True, set_aside=aside)))

    assert health.is_healthy
    (note,) = health.notes
    assert note.note is Worth.SET_ASIDE
    assert note.message.startswith("SmartTrade 30428625 is left alone until 2026-01-02 03:04:05 UTC")
    assert judge(make_known(ledger=None)).notes == ()


def test_what_to_look_at_first_comes_first() -> None:
    """The order is that of the words, whatever was found first."""
    troubles = tuple(Trouble(kind=kind, message="no way", since=EARLIER) for kind in ("rules", "api", "journal"))
    health = judge(
        make_known(
            record=make_status(troubles=troubles, next_cycle_at=EARLIER),
            standing=Standing(
                switch=Switch(armed=False, turns=(BREACH,)),
                access=Stop(reason="401", since=EARLIER),
                penalty=PENALTY,
                questions=(make_question(EARLIER),),
            ),
            obstacles=(Problem(problem=Ill.NO_RECORD, message="it is damaged"),),
        )
    )

    words = problems(health)
    assert words == sorted(words, key=list(Ill).index)
    assert len(words) == 9
    assert words[0] is Ill.BREACH
