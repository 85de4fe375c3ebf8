from __future__ import annotations

import re
from pathlib import Path

from tradewarden.logs.events import EVENTS
from tradewarden.logs.observer import LogObserver
from tradewarden.logs.stream import open_log
from unit.logs.listener import Terminal

DOCUMENT = Path(__file__).parents[3] / "docs" / "log-events.md"
SILENT = {"cycle.started", "cycle.evaluated"}  # heard, not told
OWN = {"cycle.more", "log.failed"}  # the log's own


def test_the_documentation_lists_every_event_with_its_levels() -> None:
    rows = re.findall(r"^\| `([a-z._]+)` \| ([a-z, ]+) \| \S", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)

    assert [(name, tuple(levels.split(", "))) for name, levels in rows] == list(EVENTS.items())


def test_every_event_is_heard() -> None:
    observer = LogObserver(open_log(Terminal(), {}))

    assert set(observer._hearings) - SILENT == EVENTS.keys() - OWN
