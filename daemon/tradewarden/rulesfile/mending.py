"""
Fixes applied to a file's text, and the proof that nothing else in it has changed its meaning.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tradewarden.errors import UserError
from tradewarden.rulesfile.document import TooMuchError, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tradewarden.rulesfile import document
    from tradewarden.rulesfile.problems import Fix

_LINE_BREAK = re.compile(r"(\r\n|\r|\n)")


class NotMendedError(UserError):
    """
    The file is left as it was: the sentence says why.
    """


def mended(text: str, fixes: Iterable[Fix]) -> tuple[str, tuple[Fix, ...]]:
    """
    Return *text* with the safe ones of *fixes*, and those that were applied: each once, none inside another.
    """
    parts = _LINE_BREAK.split(text)
    applied: list[Fix] = []
    for fix in sorted(set(fixes), key=lambda one: (one.line, one.column), reverse=True):
        line = parts[2 * fix.line] if 2 * fix.line < len(parts) else ""
        overlaps = bool(applied) and applied[-1].line == fix.line and fix.end_column > applied[-1].column
        if not fix.is_safe or overlaps or line[fix.column : fix.end_column] != fix.written:
            continue
        parts[2 * fix.line] = line[: fix.column] + fix.replacement + line[fix.end_column :]
        applied.append(fix)
    return "".join(parts), tuple(reversed(applied))


def is_otherwise_the_same(before: str, after: str, fixes: Iterable[Fix]) -> bool:
    """
    Tell whether the two texts say the same to YAML but for the values that *fixes* touch. Of one a list may be made.
    """
    try:
        old, new = read_document(before), read_document(after)
    except (yaml.MarkedYAMLError, TooMuchError):
        return False
    touched = {path for path, place in old.places.items() if any(_holds(place, fix) for fix in fixes)}
    entries = {path for path, place in new.places.items() if path[:-1] in touched and place.text is not None}
    is_told = old.places.keys() == new.places.keys() - entries
    return is_told and _said(old.places, touched) == _said(new.places, touched | entries)


def replace_file(path: Path, content: bytes) -> None:
    """
    Put *content* in place of what the file holds, all at once; mode and owner stay. A link stays one.

    Raises NotMendedError if that cannot be done, and then nothing has changed.
    """
    target = Path(os.path.realpath(path))
    draft = None
    try:
        was = target.stat()
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), stat.S_IMODE(was.st_mode))
            if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), was.st_uid, was.st_gid)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
        draft = None
    except OSError as error:
        msg = f"{path} was not changed: it cannot be written: {error.strerror}. Run this as its owner, or as root."
        raise NotMendedError(msg) from error
    finally:
        if draft is not None:
            with contextlib.suppress(OSError):
                Path(draft).unlink()


def _holds(place: document.Place, fix: Fix) -> bool:
    span = place.span
    begins, ends = (fix.line, fix.column), (fix.line, fix.end_column)
    return place.text is not None and (span.line, span.column) <= begins and ends <= (span.end_line, span.end_column)


def _said(
    places: Mapping[document.Path, document.Place], touched: set[document.Path]
) -> dict[document.Path, tuple[str | None, str | None]]:
    return {path: (place.text, place.style) for path, place in places.items() if path not in touched}
