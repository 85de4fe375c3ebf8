"""
The entry: which commands there are, and how an error becomes a sentence and an exit code.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError
from rich.console import Console

from tradewarden import __version__
from tradewarden.cli.terminal import abandon_stdout, fitting, prepare_streams, say
from tradewarden.cli.wrong_usage import sentence_of
from tradewarden.errors import ConfigError, JournalError, TradeWardenError, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED = 1
WRONG_USAGE = 2
NO_OUTPUT = frozenset({errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF})

ABOUT = """
Cancel single take-profit steps of 3Commas SmartTrades by rule, and never the SmartTrade.

See it work: `tradewarden demo`. Then write rules, `tradewarden check rules.yaml`, and look at what they would do:
`tradewarden run --once --dry-run`.
"""

COMMANDS = {
    "demo": "See the main job in under half a minute, on an embedded 3Commas: no account needed.",
    "run": "Read the SmartTrades, apply the rules, cancel what they want if every safety check holds.",
    "check": "Check a rules file: every error at once, with its place.",
    "journal": "Show what was cancelled, denied or deferred, and why, newest first.",
    "disarm": "The kill switch: no DELETE goes out any more, until `arm`.",
    "arm": "Switch acting on again after `disarm` or a breach.",
    "simulate": "Serve the embedded 3Commas on loopback, to try rules on.",
    "vocabulary": "Show every fact that a rule may use.",
}

NOT_YET = {
    "test": "Unit tests for rules.",
    "explain": "Show for each SmartTrade and rule why it fires or not.",
    "replay": "Play a recording through the rules.",
    "status": "Tell whether the daemon is alive, armed and live.",
    "schema": "Print the JSON Schema of the rules file.",
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
        console=fitting(Console()),
        error_console=fitting(Console(stderr=True)),
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
    code = FAILED
    try:
        code = _answer(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except OSError as error:
        is_output = error.filename is None and error.errno in NO_OUTPUT
        if is_output:
            abandon_stdout()
        # Of a reader that has gone (`| head`) nothing needs to be said.
        if not isinstance(error, BrokenPipeError):
            say(f"tradewarden: {_os_sentence(error, is_output=is_output)}")
        return code or FAILED
    return code


def _answer(tokens: Sequence[str]) -> int:
    """
    Run one command; tell in a sentence what keeps it from its end. Raises OSError.
    """
    try:
        result = build_app()(list(tokens))
    except CycloptsError as error:
        say(f"tradewarden: {sentence_of(error)}")
        return WRONG_USAGE
    except ConfigError as error:
        say("\n".join(error.problems))
        return error.exit_code
    except UserError as error:
        say(f"tradewarden: {error}")
        return error.exit_code
    except JournalError as error:
        say(f"tradewarden: the journal cannot be used: {error}")
        return FAILED
    except TradeWardenError as error:
        say(f"tradewarden: {error}")
        return FAILED
    except KeyboardInterrupt:
        say("tradewarden: interrupted")
        return FAILED
    return result if isinstance(result, int) else 0


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
