"""
The entry: which commands there are, and how an error becomes a sentence and an exit code.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError
from rich.console import Console

from tradewarden import __version__
from tradewarden.cli.terminal import say
from tradewarden.errors import ConfigError, JournalError, TradeWardenError, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED = 1
WRONG_USAGE = 2

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
        error_console=Console(stderr=True),
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
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = build_app()(tokens)
        sys.stdout.flush()
    except CycloptsError as error:
        say(f"tradewarden: {error}\nSee `tradewarden --help`, or `tradewarden COMMAND --help`.")
        return WRONG_USAGE
    except UserError as error:
        if isinstance(error, ConfigError):
            say("\n".join(error.problems))
        else:
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
    except OSError as error:
        # Whoever read our output has gone (`| head`), or its disk is full: the rest has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            say(f"tradewarden: {error.strerror or error}: {error.filename or 'the output'}")
        return FAILED
    return result if isinstance(result, int) else 0
