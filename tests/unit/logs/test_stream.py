from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.logs.stream import LONGEST_LINE, goes_to_journald, open_log, plain
from unit.logs.listener import Terminal

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "a\x1b[2J\x7f\x9b\u202e\u2028b\nc\ud800"


def encoded_stream(encoding: str) -> tuple[io.BytesIO, io.TextIOWrapper]:
    raw = io.BytesIO()
    return raw, io.TextIOWrapper(raw, encoding=encoding, write_through=True)


def test_a_pipe_gets_json_lines() -> None:
    stream = io.StringIO()

    open_log(stream, {}).info("cycle.ended", outcomes={"cancelled": 1}, note="ä", message="Cycle.", cycle_id="c")

    line = json.loads(stream.getvalue())
    assert list(line) == ["timestamp", "level", "event", "message", "cycle_id", "outcomes", "note"]
    assert (line["event"], line["level"], line["outcomes"]) == ("cycle.ended", "info", {"cancelled": 1})
    assert line["timestamp"].endswith("Z")
    assert '"note": "ä"' in stream.getvalue()


def test_json_has_no_character_that_a_terminal_obeys() -> None:
    """One line stays one line, and paging through the log is safe; the text is still there."""
    raw, stream = encoded_stream("utf-8")

    open_log(stream, {}).info("cancel.settled", note=HOSTILE)

    text = raw.getvalue().decode("utf-8")
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text)["note"] == HOSTILE


@given(st.text())
def test_any_text_survives_in_json(text: str) -> None:
    raw, stream = encoded_stream("utf-8")

    open_log(stream, {}).info("cancel.settled", note=text)

    assert raw.getvalue().count(b"\n") == 1
    assert json.loads(raw.getvalue())["note"] == text


def test_a_stream_of_another_encoding_gets_ascii() -> None:
    raw, stream = encoded_stream("latin-1")

    open_log(stream, {}).info("cancel.settled", note="ж")

    assert b"\\u0436" in raw.getvalue()


@pytest.mark.parametrize("encoding", ["UTF-8", "utf8"])
def test_utf8_has_many_names(encoding: str) -> None:
    raw, stream = encoded_stream(encoding)

    open_log(stream, {}).info("cancel.settled", note="ж")

    assert "ж".encode() in raw.getvalue()


@pytest.mark.parametrize(("method", "priority"), [("info", 6), ("warning", 4), ("error", 3), ("critical", 2)])
def test_journald_gets_priorities(tmp_path: Path, method: str, priority: int) -> None:
    """The prefix is what journald reads; the rest of the line is JSON, without a time: journald has its own."""
    with (tmp_path / "journal").open("w+", encoding="utf-8") as stream:
        status = os.fstat(stream.fileno())
        log = open_log(stream, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        getattr(log, method)("cancel.settled")
        stream.seek(0)
        line = stream.read()

    assert line.startswith(f"<{priority}>{{")
    assert json.loads(line[3:]) == {"priority": priority, "level": method, "event": "cancel.settled"}


def test_another_stream_is_not_journalds(tmp_path: Path) -> None:
    """A JOURNAL_STREAM that was inherited, while stderr goes elsewhere, makes no prefix."""
    with (tmp_path / "file").open("w", encoding="utf-8") as stream:
        assert not goes_to_journald(stream, {"JOURNAL_STREAM": "1:2"})
    assert not goes_to_journald(io.StringIO(), {"JOURNAL_STREAM": "1:2"})


def test_a_line_is_never_longer_than_journald_takes() -> None:
    """Half a JSON is none: what is too long loses its values, not its name."""
    stream = io.StringIO()

    open_log(stream, {}).info("cancel.settled", message="m" * 50_000, cycle_id="c", values=["x" * 50_000])

    line = json.loads(stream.getvalue())
    assert len(stream.getvalue()) < LONGEST_LINE
    assert (line["event"], line["cycle_id"], line["is_cut"]) == ("cancel.settled", "c", True)
    assert line["message"].startswith("mmm")
    assert "values" not in line


def test_debug_is_not_written() -> None:
    stream = io.StringIO()

    open_log(stream, {}).debug("cycle.started")

    assert stream.getvalue() == ""


def test_a_terminal_gets_text() -> None:
    stream = Terminal()

    open_log(stream, {"NO_COLOR": "1"}).warning(
        "access.stopped", message="Access is denied.", reason="no", cycle_id="c"
    )

    time, _, rest = stream.getvalue().partition("Z ")
    assert len(time) == len("2026-01-02 03:04:05")
    assert rest == "warning  Access is denied.  (access.stopped, cycle c)\n"


def test_a_line_without_a_sentence_shows_its_values() -> None:
    stream = Terminal()

    open_log(stream, {"NO_COLOR": "1"}).info("access.stopped", reason="no")

    assert stream.getvalue().endswith(" access.stopped reason=no\n")


@pytest.mark.parametrize(
    ("environ", "is_coloured"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["colour", "empty", "no-color", "dumb"],
)
def test_colour_is_for_who_wants_it(environ: dict[str, str], *, is_coloured: bool) -> None:
    stream = Terminal()

    open_log(stream, environ).error("access.stopped", message="No.")

    assert ("\x1b[31m" in stream.getvalue()) is is_coloured


def test_an_ordinary_line_has_no_colour() -> None:
    stream = Terminal()

    open_log(stream, {}).info("access.regained", message="Yes.")

    assert "\x1b" not in stream.getvalue()


def test_text_of_others_cannot_command_a_terminal() -> None:
    """No colour, no cursor, no second line that looks like ours."""
    stream = Terminal()

    open_log(stream, {"NO_COLOR": "1"}).info("cancel.settled", message=HOSTILE)

    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().removesuffix("\n").isprintable()
    assert plain("a\tb\r\nc\u2029d\x1be") == "a b  c d\N{REPLACEMENT CHARACTER}e"
    assert plain("жä 1") == "жä 1"


def test_problems_keep_their_lines_on_a_terminal() -> None:
    """Else the caret would point nowhere."""
    stream = Terminal()

    open_log(stream, {"NO_COLOR": "1"}).error(
        "rules.refused", message="Refused.", problems=["rules.yaml:3:5: no\n  mode: x\x1b\n        ^"]
    )

    assert stream.getvalue().splitlines()[1:] == [
        "    rules.yaml:3:5: no",
        "      mode: x\N{REPLACEMENT CHARACTER}",
        "            ^",
    ]
