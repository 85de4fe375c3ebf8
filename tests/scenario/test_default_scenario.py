"""
The main job: a market that falls through -5 %, and the one cancel that the rule wants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.scripts import FAR, ID, errors, only, rule, rules, smart_trade, told
from tradewarden.simulator.scenarios import shipped_scenario

if TYPE_CHECKING:
    from scenario.stage import Stage

DOGE, STEP_1, STEP_2 = 30428625, 1008300673, 1008300674


def test_the_documented_smart_trade_loses_exactly_its_second_step(stage: Stage) -> None:
    stage.use(shipped_scenario("default").api(now=stage.seconds))
    stage.open(rules(rule(for_="2m")))

    before = stage.cycles(3, minutes=1)
    report = stage.cycle(minutes=1, seconds=30)

    assert [told(early) for early in before] == [[], [], []]
    row = only(report)
    assert (row.outcome.value, row.trade_id, row.reason) == ("cancelled", STEP_2, None)
    assert all(check.holds for check in row.invariants)
    assert len(row.invariants) == 15
    assert str(row.share_without_target_pct) == "65.0"
    assert row.window is not None
    assert errors(report) == []
    assert [step.id for step in stage.world.smart_trade(DOGE).steps] == [STEP_1]
    assert stage.world.smart_trade(DOGE).status == "waiting_targets"


def test_the_requests_of_a_cancel_are_a_listing_two_reads_one_delete_and_reads(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())

    report = stage.cycle()

    entity, trades = f"GET /v2/smart_trades/{ID}", f"GET /v2/smart_trades/{ID}/trades"
    listing = "GET /v2/smart_trades?order_by=created_at&order_direction=asc&page=1&per_page=100&status=active"
    assert stage.requests[0] == listing
    assert sorted(stage.requests[1:3]) == [entity, trades]
    assert stage.requests[3] == f"DELETE /v2/smart_trades/{ID}/trades/{FAR}"
    assert set(stage.requests[4:]) == {entity, trades}
    assert report.requests == len(stage.requests)
    assert told(report) == [(ID, "cancelled", None)]
