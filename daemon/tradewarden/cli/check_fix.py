"""
``check --fix``: writes the fixes that are safe, shows what changed, and leaves everything else to the owner.
"""

from __future__ import annotations

import sys
from difflib import unified_diff
from typing import TYPE_CHECKING

from tradewarden.cli.terminal import plain, say
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import InvalidRulesError, examine, read_file
from tradewarden.rulesfile.masking import masked_lines
from tradewarden.rulesfile.mending import NotMendedError, is_otherwise_the_same, mended, replace_file
from tradewarden.rulesfile.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tradewarden.rulesfile.problems import Issue

ROUNDS = 3  # what hides behind an error is seen once the error is mended


def fix_file(path: Path) -> None:
    """
    Mend the file at *path* as far as that is safe, and print the unified diff.

    Raises NotMendedError if the file cannot be written; ConfigError if it cannot be read.
    """
    before = after = read_file(path)
    written = 0
    for _ in range(ROUNDS):
        after, count = _mended(after, path)
        written += count
        if not count:
            break
    if not written:
        say(f"{path}: nothing that can be fixed without asking you")
        return
    counted = "1 fix" if written == 1 else f"{written} fixes"
    if any(issue.severity is Severity.ERROR for issue in _issues(after, path)):
        say(f"{path} was not changed: {counted} would be safe, but other errors are left: mend those first")
        return
    _show(before.decode(), after.decode(), path)
    replace_file(path, after)
    say(f"{path}: {counted} written")


def _mended(data: bytes, path: Path) -> tuple[bytes, int]:
    """
    Return the content with all fixes that are safe now, and how many those are. Raises NotMendedError.
    """
    fixes = [issue.fix for issue in _issues(data, path) if issue.fix is not None and issue.fix.is_safe]
    if not fixes:
        return data, 0
    text = data.decode()
    after, applied = mended(text, fixes)
    if not is_otherwise_the_same(text, after, applied):
        msg = f"{path} was not changed: a fix would have changed more than its own place. Write it yourself."
        raise NotMendedError(msg)
    return after.encode(), len(applied)


def _issues(data: bytes, path: Path) -> Iterable[Issue]:
    try:
        return examine(data, name=str(path), vocabulary=VOCABULARY).issues
    except InvalidRulesError as error:
        return error.issues


def _show(before: str, after: str, path: Path) -> None:
    old, new = (masked_lines(text.splitlines()) for text in (before, after))
    for line in unified_diff(old, new, str(path), str(path), lineterm=""):
        sys.stdout.write(f"{plain(line)}\n")
