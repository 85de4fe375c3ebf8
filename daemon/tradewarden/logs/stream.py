"""
Where the log goes and in which form: JSON lines, with journald's priorities if it is the reader; text on a terminal.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}  # syslog's, as journald reads them
COLOURS = {"warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[1;31m"}
PLAIN_AGAIN = "\x1b[0m"
HEAD = ("timestamp", "priority", "level", "event", "message", "cycle_id")
LONGEST_LINE = 12_000  # characters: journald cuts a line of more than 48 KiB in two, and half a JSON is none


def goes_to_journald(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """
    Tell whether *stream* is the one that systemd connected to the journal.
    """
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def open_log(stream: TextIO, environ: Mapping[str, str]) -> structlog.typing.FilteringBoundLogger:
    """
    Make the logger that writes to *stream* in the form that its reader understands.
    """
    journald = goes_to_journald(stream, environ)
    is_terminal = not journald and stream.isatty()
    processors: list[structlog.typing.Processor] = [structlog.processors.add_log_level]
    if not journald:  # journald has a clock of its own
        processors.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
    if is_terminal:
        processors.append(TerminalLine(is_coloured=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"))
    else:
        processors.append(JsonLine(for_journald=journald, is_utf8=_is_utf8(stream)))
    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    ).bind()
    return log


class JsonLine:
    """
    Renders an event as one line of JSON. What a terminal would obey is escaped: people page through logs too.
    """

    def __init__(self, *, for_journald: bool, is_utf8: bool) -> None:
        self._for_journald = for_journald
        self._is_utf8 = is_utf8

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, object]) -> str:
        """
        Render *event*, the head first.
        """
        priority = PRIORITIES.get(method, PRIORITIES["info"])
        if self._for_journald:
            event["priority"] = priority
        text = self._text({**{name: event[name] for name in HEAD if name in event}, **event})
        if len(text) > LONGEST_LINE:
            head = {name: event[name] for name in HEAD if name in event}
            text = self._text({**head, "message": str(event.get("message"))[: LONGEST_LINE // 10], "is_cut": True})
        return f"<{priority}>{text}" if self._for_journald else text

    def _text(self, event: Mapping[str, object]) -> str:
        text = json.dumps(event, ensure_ascii=not self._is_utf8, default=str)
        if text.isprintable():
            return text
        return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


class TerminalLine:
    """
    Renders an event for the eyes: time, level, sentence, name; problems of the rules file below it.
    """

    def __init__(self, *, is_coloured: bool) -> None:
        self._is_coloured = is_coloured

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, object]) -> str:
        """
        Render *event*.
        """
        time, name = str(event["timestamp"])[:19].replace("T", " "), str(event["event"])
        message = event.get("message")
        if message is None:
            values = [f"{key}={value}" for key, value in event.items() if key not in HEAD]
            message, tail = " ".join([name, *values]), ""
        else:
            cycle_id = event.get("cycle_id")
            tail = f"  ({name})" if cycle_id is None else f"  ({name}, cycle {cycle_id})"
        text = f"{time}Z {method:<8} {plain(str(message))}"
        colour = COLOURS.get(method) if self._is_coloured else None
        if colour is not None:
            text = f"{colour}{text}{PLAIN_AGAIN}"
        return "\n".join([text + plain(tail), *_problem_lines(event.get("problems"))])


def plain(text: str) -> str:
    """
    Replace what a terminal would obey or hide, so that no text of others can forge ours. Line breaks become spaces.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else " " if one.isspace() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _problem_lines(problems: object) -> list[str]:
    """
    Indent each problem; its own lines stay lines, or the caret would point nowhere.
    """
    texts = problems if isinstance(problems, list) else []
    return [f"    {plain(line)}" for text in texts for line in str(text).split("\n")]


def _is_utf8(stream: TextIO) -> bool:
    encoding = getattr(stream, "encoding", None)
    return encoding is None or encoding.lower().replace("-", "").replace("_", "") == "utf8"
