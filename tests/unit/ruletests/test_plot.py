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


def test_names_are_escaped_and_long_ones_stand_above_their_panel(desk: Desk) -> None:
    desk.rules(
        "version: 1\nrules:\n  - name: 'a <b> & \"c\"'\n"
        '    when: market("USDT_BTC").day_change < -5% and live_steps >= 2\n    cancel: farthest\n'
    )
    root = _drawn(desk, "name: is 1 < 2?\nset: {day_change: -6%}\nexpect: []")

    assert root[0].text == "is 1 < 2?"
    assert any(text.startswith('a <b> & "c"') for text in _texts(root))
    places = {text.text: (float(text.attrib["x"]), float(text.attrib["y"])) for text in root.iter(f"{SVG}text")}
    frames = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib["fill"] == "none"]
    left, top = float(frames[0].attrib["x"]), float(frames[0].attrib["y"])
    name_left, name_top = places['market("USDT_BTC").day_change']
    assert name_left >= left
    assert name_top < top
    assert places["live_steps"][0] < left


def test_a_name_that_is_longer_than_the_panel_is_cut(desk: Desk) -> None:
    long = " + ".join(["entry_price"] * 9)
    desk.rules(f"version: 1\nrules:\n  - {{name: long, when: 'last < {long}', cancel: farthest}}\n")

    (text,) = (text for text in _texts(_drawn(desk, "expect: []")) if text.startswith("dashed: "))

    assert text.endswith("…")
    assert len(text) == 80


def test_a_threshold_that_is_calculated_moves(desk: Desk) -> None:
    desk.rules(
        "version: 1\nrules:\n  - {name: falls, when: 'day_change < highest(day_change, 2m) - 1%', cancel: farthest}\n"
    )
    root = _drawn(desk, "series: {every: 1m, day_change: [-4%, -3%, -2%, -2.5%, -4%, -4.5%]}\nexpect: []")

    assert "dashed: highest(day_change, 2m) - 1%" in _texts(root)
    limits = [line for line in root.iter(f"{SVG}polyline") if line.attrib["stroke"] == LIMIT]
    seen = [line for line in root.iter(f"{SVG}polyline") if line.attrib["stroke"] == SEEN]
    (limit,) = limits
    heights = [float(point.split(",")[1]) for point in limit.attrib["points"].split()]
    assert len(heights) == 4  # the window is filled from 2m on: then -3 %, and once -2 % has left it, less
    assert heights[0] == heights[1] == heights[2] < heights[3]
    at_2m, at_4m = (float(seen[0].attrib["points"].split()[index].split(",")[1]) for index in (2, 4))
    assert at_2m < heights[0] < at_4m


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
