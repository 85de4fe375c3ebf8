from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from unit.cli.conftest import Said

CONTRACT = """
pair quote account_id exchange kind side status note leverage
day_change bid ask last spread quote_volume
profit profit_usd roe entry_price units total
age idle_for
live_steps filled_steps
stop_loss stop_loss_price stop_loss_distance breakeven
hour weekday
step.position step.price step.distance step.share
step.order_type step.trailing step.status
"""


def test_the_facts_are_those_of_the_contract() -> None:
    assert list(VOCABULARY) == CONTRACT.split()


def test_every_fact_is_printed(type_in: Callable[..., Said]) -> None:
    words = type_in("vocabulary").out.split()

    assert all(name in words for name in VOCABULARY)


def test_as_json(type_in: Callable[..., Said]) -> None:
    facts = json.loads(type_in("vocabulary", "--json").out)

    assert [fact["name"] for fact in facts] == list(VOCABULARY)
    assert all(fact["meaning"] and fact["unit"] and fact["source"] and fact["unknown_when"] for fact in facts)
