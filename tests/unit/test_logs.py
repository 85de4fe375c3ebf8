from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from tradewarden.logs import LogObserver, goes_to_journald, open_log

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_json_lines() -> None:
    stream = io.StringIO()

    open_log(stream, {}).info("cycle.ended", outcomes={"cancelled": 1}, note="ä")

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["outcomes"], line["note"]) == (
        "cycle.ended",
        "info",
        {"cancelled": 1},
        "ä",
    )
    assert line["timestamp"].endswith("Z")


def test_a_terminal_gets_text() -> None:
    stream = Terminal()

    open_log(stream, {"NO_COLOR": "1"}).warning("access.stopped", reason="no")

    assert "access.stopped" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(("method", "priority"), [("info", 6), ("warning", 4), ("error", 3), ("critical", 2)])
def test_journald_gets_priorities(tmp_path: Path, method: str, priority: int) -> None:
    """The prefix is what journald reads; the rest of the line is JSON."""
    with (tmp_path / "journal").open("w+", encoding="utf-8") as stream:
        status = os.fstat(stream.fileno())
        log = open_log(stream, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        getattr(log, method)("cancel.settled")
        stream.seek(0)
        line = stream.read()

    assert line.startswith(f"<{priority}>{{")
    assert json.loads(line[3:])["priority"] == priority


def test_another_stream_is_not_journalds(tmp_path: Path) -> None:
    """A JOURNAL_STREAM that was inherited, while stderr goes elsewhere, makes no prefix."""
    with (tmp_path / "file").open("w", encoding="utf-8") as stream:
        assert not goes_to_journald(stream, {"JOURNAL_STREAM": "1:2"})
    assert not goes_to_journald(io.StringIO(), {"JOURNAL_STREAM": "1:2"})


def test_what_is_not_for_the_log_stays_out() -> None:
    with structlog.testing.capture_logs() as lines:
        observer = LogObserver(structlog.get_logger())
        observer.tell("cycle.started", cycle_id="1")
        observer.tell("access.regained")
        observer.tell("access.stopped", reason="401")
        observer.tell("rule.chose_nothing", rule="r", smart_trade_id=1, why="the price of a step is unknown")

    shown: list[Any] = [(line["event"], line["log_level"]) for line in lines if line["log_level"] != "debug"]
    assert shown == [("access.regained", "info"), ("access.stopped", "error"), ("rule.chose_nothing", "info")]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Between an intent and its DELETE nothing may fail because a pipe was closed or a disk is full."""
    stream = (tmp_path / "log").open("w", encoding="utf-8")
    observer = LogObserver(open_log(stream, {}))
    stream.close()

    observer.tell("access.regained")
