"""
What was typed wrong, as a sentence.
"""

from __future__ import annotations

from cyclopts import CycloptsError, UnknownCommandError, UnknownOptionError, UnusedCliTokensError

SEE_HELP = "See `tradewarden --help`, or `tradewarden COMMAND --help`."


def sentence_of(error: CycloptsError) -> str:
    """
    Say what is wrong with the words of a command line, and where to look.
    """
    return f"{_problem(error)}\n{SEE_HELP}"


def _problem(error: CycloptsError) -> str:
    extra = error.unused_tokens or []
    match error:
        case UnknownOptionError() if _name(error.token.keyword or error.token.value) == "--live":
            return "there is no option --live: going live is the line `mode: live` of the rules file."
        case UnknownCommandError() if extra and extra[0].startswith("-"):
            name = _name(extra[0])
            return f"{name} stands before the command: options come after it, as in `tradewarden check --rules F`."
        case UnusedCliTokensError() if extra:
            return f"too much: {' '.join(extra)}"
        case _:
            return str(error)


def _name(option: str) -> str:
    return option.partition("=")[0]
