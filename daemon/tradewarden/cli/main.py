"""
The entry: which commands there are, and how an error becomes a sentence and an exit code.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING, cast

from cyclopts import App, CycloptsError

from tradewarden import __version__
from tradewarden.cli.terminal import LateConsole, abandon, complain, prepare_streams
from tradewarden.cli.wrong_usage import sentence_of
from tradewarden.errors import ConfigError, JournalError, TradeWardenError, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from inspect import BoundArguments

    from rich.console import Console

FAILED = 1
WRONG_USAGE = 2
NO_OUTPUT = frozenset({errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF})

ABOUT = """
Cancel single take-profit steps of 3Commas SmartTrades by rule, and never the SmartTrade.

See it work: `tradewarden demo`. Then write rules, `tradewarden check rules.yaml`, and look at what they would do:
`tradewarden run --once --dry-run`. As a service it goes on by itself, and `tradewarden status` tells how it fares.
"""

COMMANDS = {
    "demo": "See the main job in under half a minute, on an embedded 3Commas: no account needed.",
    "run": "Read the SmartTrades, apply the rules, cancel what they want if every safety check holds.",
    "check": "Check a rules file: every error at once, with its place.",
    "test": "Play unit tests of rules: what they must do, and must not.",
    "explain": "Show for each SmartTrade and rule why it acts or not, and how near it is to it.",
    "status": "Tell whether the daemon is alive, armed and live, and what is wrong.",
    "journal": "Show what was cancelled, denied or deferred, and why, newest first.",
    "capture": "Write a test of a rule from a decision in the journal, with its data.",
    "disarm": "The kill switch: no DELETE goes out any more, until `arm`.",
    "arm": "Switch acting on again after `disarm` or a breach.",
    "simulate": "Serve the embedded 3Commas on loopback, to try rules on.",
    "schema": "Print the JSON Schema of the rules file or of a test file, for editors.",
    "vocabulary": "Show every fact that a rule may use.",
}

NOT_YET = {
    "replay": "Play a recording through the rules.",
    "install": "Make TradeWarden a service of this machine.",
    "doctor": "Look for what would keep the daemon from working.",
    "backup": "Copy the journal while the daemon runs.",
}


def build_app() -> App:
    """
    Build the command line; a command's module is imported when it is used.
    """
    app = App(
        name="tradewarden",
        help=ABOUT,
        version=__version__,
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        console=cast("Console", LateConsole()),
        error_console=cast("Console", LateConsole(stderr=True)),
        help_format="markdown",
    )
    for order, (name, text) in enumerate(COMMANDS.items()):
        module = "arming" if name in {"arm", "disarm"} else name
        app.command(f"tradewarden.cli.{module}:{name}", name=name, help=text, sort_key=order)
    for name, text in NOT_YET.items():
        app.command(f"tradewarden.cli.not_yet:{name}", name=name, help=f"(Not available yet.) {text}", show=False)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code.
    """
    prepare_streams()
    try:
        return _run(arguments)
    finally:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            abandon(sys.stderr)  # a log that nobody can have any more: the work was done nevertheless


def _run(arguments: Sequence[str] | None) -> int:
    code = FAILED
    try:
        code = _answer(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except OSError as error:
        is_output = error.filename is None and error.errno in NO_OUTPUT
        if is_output:
            abandon(sys.stdout)
        # Of a reader that has gone (`| head`) nothing needs to be said.
        if not isinstance(error, BrokenPipeError):
            complain(f"tradewarden: {_os_sentence(error, is_output=is_output)}")
        return code or FAILED
    return code


def _answer(tokens: Sequence[str]) -> int:
    """
    Run one command; tell in a sentence what keeps it from its end. Raises OSError.
    """
    try:
        command, given = _read(tokens)
        result = command(*given.args, **given.kwargs)
    except CycloptsError as error:
        complain(f"tradewarden: {sentence_of(error)}")
        return WRONG_USAGE
    except ConfigError as error:
        complain("\n".join(error.problems))
        return error.exit_code
    except UserError as error:
        complain(f"tradewarden: {error}")
        return error.exit_code
    except JournalError as error:
        complain(f"tradewarden: the journal cannot be used: {error}")
        return FAILED
    except TradeWardenError as error:
        complain(f"tradewarden: {error}")
        return FAILED
    except KeyboardInterrupt:
        complain("tradewarden: interrupted")
        return FAILED
    return result if isinstance(result, int) else 0


def _read(tokens: Sequence[str]) -> tuple[Callable[..., object], BoundArguments]:
    """
    Import the command that *tokens* name, and return it with what they give it. Raises CycloptsError.
    """
    gc.disable()  # what is imported stays: to look for garbage meanwhile takes a tenth of the daemon's start
    try:
        command, given, _ = build_app().parse_args(list(tokens))
    finally:
        gc.enable()
    return command, given


def _os_sentence(error: OSError, *, is_output: bool) -> str:
    problem = error.strerror or str(error)
    if is_output:
        return f"{problem}: the output"
    if isinstance(error, PermissionError) and error.filename is not None:
        return f"{problem}: {_path_text(error.filename)}. Run this as the daemon's user, or as root."
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return "the current folder is not there any more: change into another one, or name absolute paths."
    return problem if error.filename is None else f"{problem}: {_path_text(error.filename)}"


def _path_text(filename: str | bytes | int) -> str:
    return str(filename) if isinstance(filename, int) else os.fsdecode(filename)
