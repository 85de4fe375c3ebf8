"""
The way to the reader: streams that can always be written, consoles that fit, and text that a terminal will not obey.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

PIPED_WIDTH = 140
NARROWEST, WIDEST = 40, 500
STANDARD_STREAMS = 3
ERROR_PRIORITY = "<3>"  # at the start of a line, as journald reads it
# Control, formatting (bidi), lone surrogates, separators of lines and paragraphs: they move, hide or reorder text.
OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def prepare_streams() -> None:
    """
    Make stdout and stderr writable, whatever this process was started with.

    One that is closed becomes the null device: else the next file that is opened would get its number, and our words.
    What the encoding cannot say is written as an escape.
    """
    with contextlib.suppress(OSError):
        descriptor = 0
        while descriptor < STANDARD_STREAMS:
            descriptor = os.open(os.devnull, os.O_RDWR)
        os.close(descriptor)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 (until the process ends)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def abandon(stream: TextIO) -> None:
    """
    Throw away what *stream* still holds: nobody can have it any more, and Python would complain of it at exit.
    """
    with contextlib.suppress(OSError, ValueError):
        descriptor = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)
        os.close(null)


def say(text: str) -> None:
    """
    Write a line to stderr. If nobody can read it (a closed pipe, a full disk), that stops nothing.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write("\n".join(plain(line) for line in text.split("\n")) + "\n")
        sys.stderr.flush()


def complain(text: str) -> None:
    """
    Say what went wrong; in systemd's journal with the priority of an error.
    """
    status = os.environ.get("JOURNAL_STREAM", "")
    with contextlib.suppress(OSError, ValueError):
        stream = os.fstat(sys.stderr.fileno())
        if status == f"{stream.st_dev}:{stream.st_ino}":
            text = "\n".join(f"{ERROR_PRIORITY}{line}" for line in text.split("\n"))
    say(text)


def plain(text: str) -> str:
    """
    Replace what a terminal would obey or hide, so that no text of others can forge ours. Line breaks become spaces.
    """
    return "".join(_shown(character) for character in text)


def json_text(document: object, stream: TextIO) -> str:
    """
    Write *document* as JSON that *stream* can encode, with an escape for all that a terminal would obey or hide.
    """
    is_utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, indent=2, ensure_ascii=not is_utf8)
    return "".join(json.dumps(c)[1:-1] if c != "\n" and _is_obeyed(c) else c for c in text)


def open_console(stream: TextIO) -> Console:
    """
    Make a console that fits a terminal, and gives wide plain text in a pipe.
    """
    from rich.console import Console  # noqa: PLC0415 (the daemon draws nothing)

    return fitting(
        Console(file=stream, highlight=False, width=None if stream.isatty() else PIPED_WIDTH, soft_wrap=False)
    )


def fitting(console: Console) -> Console:
    """
    Hold a console to a width that words fit in: rich takes any $COLUMNS for true, 0 and a billion too.
    """
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console


class LateConsole:
    """
    Stands in for a console on stdout or stderr that is made when it is first used, if ever: the daemon draws nothing.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    def __getattr__(self, name: str) -> object:
        """
        Return what the real console has there.
        """
        return getattr(self._real, name)

    @cached_property
    def _real(self) -> Console:
        from rich.console import Console  # noqa: PLC0415 (see above)

        return fitting(Console(stderr=self._stderr))


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if _is_obeyed(character) else character


def _is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in OBEYED
