"""
Results for CI: XML that a strict parser reads, whatever stands in names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewarden.ruletests.junit import junit_xml
from unit.ruletests.conftest import test_of as body_of

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

PASSES = body_of("expect: []")
FAILS = body_of('name: "it\'s <wrong> & \\"so\\""\nset: {day_change: -6%}\nexpect: []')


def test_a_suite_for_each_file_and_a_case_for_each_test(desk: Desk) -> None:
    text = junit_xml([(Path("a & b.yaml"), desk.run(PASSES + FAILS)), (Path("c.yaml"), desk.run(PASSES))])

    root = ET.fromstring(text)  # noqa: S314 (our own)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert [suite.attrib["name"] for suite in root] == ["a & b.yaml", "c.yaml"]
    assert [(one.attrib["tests"], one.attrib["failures"]) for one in (root, *root)] == [
        ("3", "1"),
        ("2", "1"),
        ("1", "0"),
    ]
    good, bad = root[0]
    assert len(good) == 0
    assert bad.attrib["name"] == 'it\'s <wrong> & "so"'
    assert (bad.attrib["file"], bad.attrib["line"]) == (f"{desk.folder}/rules.test.yaml", "6")
    assert float(bad.attrib["time"]) >= 0
    assert bad[0].attrib["message"] == "1 thing not as expected"
    assert "happened: it cancels step 2 at 0.4" in (bad[0].text or "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text())
def test_no_name_breaks_it(desk: Desk, name: str) -> None:
    text = junit_xml([(Path("x.yaml").with_name(name.replace("/", "").replace("\0", "") or "x"), desk.run(PASSES))])

    ET.fromstring(text.encode("utf-8", "replace"))  # noqa: S314 (our own)
