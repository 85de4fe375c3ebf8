from __future__ import annotations

import errno
import gc
import io
import json
import sys
from typing import TYPE_CHECKING, cast

import pytest
from rich.console import Console

from tradewarden.cli.main import main
from tradewarden.cli.report_text import quoted
from tradewarden.cli.terminal import NARROWEST, WIDEST, LateConsole, fitting, json_text, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said

ESCAPE, C1, RIGHT_TO_LEFT, SURROGATE = "\x1b", "\x9b", "\u202e", "\udcf6"
FORGED = f"a{ESCAPE}[2Jb{C1}c{RIGHT_TO_LEFT}d{SURROGATE}e\u2028f"


class FailingOutput(io.TextIOWrapper):
    """
    A stdout that cannot be written, as on a full disk or without a reader.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self._error = error

    def write(self, text: str) -> int:
        """
        Fail.
        """
        del text
        raise self._error


def test_plain_text_holds_nothing_that_a_terminal_obeys() -> None:
    assert plain(FORGED) == "a\ufffd[2Jb\ufffdc\ufffdd\ufffde\ufffdf"
    assert plain("one\ntwo\tthree\rfour") == "one two three four"
    assert plain("Börse 株 100 %") == "Börse 株 100 %"
    assert quoted(f"[red]{ESCAPE}") == "\\[red]\ufffd"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_can_be_written_in_any_encoding_and_says_the_same(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    stream.write(json_text({"reason": FORGED + "Börse \U000e0041"}, stream))
    stream.flush()

    text = raw.getvalue().decode(encoding)
    assert json.loads(text) == {"reason": FORGED + "Börse \U000e0041"}
    assert all(c.isprintable() for c in text if c != "\n")
    assert ("ö" in text) == (encoding == "utf-8")


@pytest.mark.parametrize("columns", ["0", "1", "2", "99999999999"])
def test_no_width_is_too_odd(type_in: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    assert type_in("run", "--help").code == 0
    assert NARROWEST <= fitting(Console()).width <= WIDEST


def test_a_late_console_fits_and_writes_where_it_should(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "0")
    console = cast("Console", LateConsole(stderr=True))

    console.print("told")

    assert console.width == NARROWEST
    assert capsys.readouterr() == ("", "told\n")


@pytest.mark.parametrize("words", [("--version",), ("no-such-command",)])
def test_garbage_is_collected_again_when_a_command_begins(words: tuple[str, ...], type_in: Callable[..., Said]) -> None:
    type_in(*words)

    assert gc.isenabled()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_closed_stream_changes_no_exit_code(
    environment: Path, monkeypatch: pytest.MonkeyPatch, write_rules: Callable[[str], Path], name: str
) -> None:
    del environment
    write_rules("dry-run")
    for words, code in ((("check",), 0), (("check", "nowhere.yaml"), 78)):
        monkeypatch.setattr(sys, name, None)
        assert main(words) == code
        getattr(sys, name).close()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_the_encoding_lacks_is_escaped(
    environment: Path, monkeypatch: pytest.MonkeyPatch, write_rules: Callable[[str], Path], name: str
) -> None:
    write_rules("dry-run").rename(environment / "Börse.yaml")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding="ascii"))

    main(["check", "Börse.yaml" if name == "stdout" else "Bö.yaml"])

    assert raw.getvalue().startswith(rb"B\xf6")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "tradewarden: No space left on device: the output\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ""),
        (OSError(errno.EMFILE, "Too many open files"), "tradewarden: Too many open files\n"),
        (OSError(errno.EIO, "I/O error", "/disk/file"), "tradewarden: I/O error: /disk/file\n"),
        (OSError(errno.EIO, "I/O error", 7), "tradewarden: I/O error: 7\n"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/state/lock"),
            "tradewarden: Permission denied: /state/lock. Run this as the daemon's user, or as root.\n",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory"),
            "tradewarden: the current folder is not there any more: change into another one, or name absolute paths.\n",
        ),
    ],
    ids=["full", "reader-gone", "no-file", "file", "descriptor", "permission", "folder-gone"],
)
def test_what_the_system_refuses_is_a_sentence(
    type_in: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    """Only what fails while the result is written is called the output; a file is named."""
    monkeypatch.setattr(sys, "stdout", FailingOutput(error))

    said = type_in("vocabulary", "--json")

    assert said.code == 1
    assert said.err == told


def test_a_folder_that_cannot_be_looked_into_is_named(type_in: Callable[..., Said]) -> None:
    name = "n" * 300

    said = type_in("journal", "--state", name)

    assert (said.code, said.err) == (1, f"tradewarden: File name too long: {name}\n")
