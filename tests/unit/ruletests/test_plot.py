"""
The picture of a rule test shows what was seen, what it was compared with, and what happened.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from tradewarden.ruletests.plot import COLOURS, HOLDING, LIMIT, SEEN, plot

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

SVG = "{http://www.w3.org/2000/svg}"
RED_DAY = "series: {every: 1m, day_change: [-4%, -6%, unknown, -6%, -6%, -6%]}\nexpect: []"


def _drawn(desk: Desk, body: str) -> ET.Element:
    return ET.fromstring(plot(desk.one(body).played))  # noqa: S314 (our own)


def _texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def _states(root: ET.Element) -> list[str]:
    return [rect[0].text or "" for rect in root.iter(f"{SVG}rect") if len(rect)]


def test_it_shows_the_fact_its_threshold_the_states_and_what_happened(desk: Desk) -> None:
    root = _drawn(desk, RED_DAY)

    texts = _texts(root)
    assert {"red-day, SmartTrade 30428625", "day_change", "-5 %", "start", "5m"} <= set(texts)
    assert "5m: cancels step 2 at 0.4 of SmartTrade 30428625" in texts
    assert _states(root) == ["false", HOLDING, "unknown", HOLDING, HOLDING, "true"]
    assert [rect.attrib["fill"] for rect in root.iter(f"{SVG}rect") if len(rect)] == [
        COLOURS[state] for state in _states(root)
    ]
    assert len(list(root.iter(f"{SVG}path"))) == 1  # the mark of the cancel


def test_a_curve_has_a_gap_where_its_fact_is_unknown(desk: Desk) -> None:
    lines = list(_drawn(desk, RED_DAY).iter(f"{SVG}polyline"))

    assert [len(line.attrib["points"].split()) for line in lines] == [2, 3]
    assert {line.attrib["stroke"] for line in lines} == {SEEN}


def test_what_is_lower_is_drawn_lower(desk: Desk) -> None:
    root = _drawn(desk, RED_DAY)

    heights = [
        float(point.split(",")[1]) for line in root.iter(f"{SVG}polyline") for point in line.attrib["points"].split()
    ]
    (limit,) = (float(line.attrib["y1"]) for line in root.iter(f"{SVG}line") if line.attrib["stroke"] == LIMIT)
    assert heights[0] < limit < heights[1] == heights[2]


def test_names_are_escaped_and_long_ones_shortened(desk: Desk) -> None:
    desk.rules(
        "version: 1\nrules:\n  - name: 'a <b> & \"c\"'\n"
        "    when: change(stop_loss_distance, 15m) < -5% and live_steps >= 2\n    cancel: farthest\n"
    )
    root = _drawn(desk, "name: is 1 < 2?\nset: {day_change: -6%}\nexpect: []")

    assert root[0].text == "is 1 < 2?"
    assert any(text.startswith('a <b> & "c"') for text in _texts(root))
    assert "change(stop_loss_dist…" in _texts(root)


def test_a_test_in_which_nothing_happens_shows_its_first_rule(desk: Desk) -> None:
    root = _drawn(desk, "set: {day_change: -1%}\nexpect: []")

    assert _states(root)
    assert set(_states(root)) == {"false"}
    assert not list(root.iter(f"{SVG}path"))


def test_a_reading_at_which_a_rule_is_not_asked_has_no_state(desk: Desk) -> None:
    desk.rules(
        "version: 1\nrules:\n  - name: slow\n    every: 2m\n    when: day_change < -5%\n    cancel: farthest\n"
        "  - name: quick\n    when: day_change < -50%\n    cancel: farthest\n"
    )
    root = _drawn(desk, "series: {every: 1m, day_change: [-6%, -6%, -6%]}\nexpect: []")

    assert _states(root) == ["true", "true"]
