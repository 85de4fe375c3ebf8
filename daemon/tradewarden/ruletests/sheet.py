"""
A test file while it is checked: its values with their places, and what is wrong with them so far.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from tradewarden.rulesfile.problems import describe, did_you_mean, issue_at, shortened
from tradewarden.rulesfile.values import InvalidValueError
from tradewarden.rulesfile.wording import subject
from tradewarden.ruletests.decimal_comma import meant_in_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tradewarden.rulesfile.document import Document, Path
    from tradewarden.rulesfile.problems import Issue, Source, Span

    T = TypeVar("T")

NO_VALUE = "give it one, or remove the line"
NOTHING_MEANT: Mapping[str, str] = MappingProxyType({})


class Sheet:
    """
    Collects issues. What is broken or reads as nothing is told once and then left out.
    """

    def __init__(self, source: Source, document: Document) -> None:
        self.source = source
        self.document = document
        self.issues: list[Issue] = list(document.issues)

    def refuse(self, path: Path, message: str, *hints: str | None) -> None:
        """
        Say what is wrong with the value at *path*.
        """
        self._add(self.document.places[path].span, message, hints)

    def refuse_key(self, path: Path, message: str, *hints: str | None) -> None:
        """
        Say what is wrong at the key of *path*; of a list's entry, where it begins.
        """
        self._add(self.document.key_span(path), message, hints)

    def mapping(
        self,
        path: Path,
        value: object,
        known: Collection[str] | None = None,
        *,
        may_be_empty: Collection[str] = (),
        meant: Mapping[str, str] = NOTHING_MEANT,
        example: str = "write `key: value` lines below it",
    ) -> Mapping[str, object] | None:
        """
        Return the keys of a mapping that can be read on; ``None`` if it is none, which an *example* helps with.

        A key that is not *known* (``None``: any) is told, and so is one without a value, unless it *may_be_empty*.
        *meant* is the help to keys that are unknown or have no value, where there is a better one than for any key.
        """
        if self.document.is_broken(path):
            return None
        if not isinstance(value, dict):
            message = f"{_named(path)} must be a mapping of keys, not {describe(value)}"
            self.refuse(path, message, example)
            return None
        found: dict[str, object] = {}
        for key, inner in value.items():
            at = (*path, key)
            if known is not None and key not in known:
                hint = meant.get(key) or did_you_mean(key, known) or f"known here: {', '.join(known)}"
                self.refuse_key(at, f"`{shortened(key)}` is not a key of {_named(path)}", hint)
            elif self.document.is_broken(at):
                continue
            elif inner is None and key not in may_be_empty:
                self.refuse_key(at, f"`{shortened(key)}` has no value", self._why_empty(at) or meant.get(key, NO_VALUE))
            else:
                found[key] = inner
        return found

    def entries(self, path: Path, value: object) -> list[object] | None:
        """
        Return the entries of a list; ``None`` if it is none.
        """
        if isinstance(value, list):
            return value
        message = f"{_named(path)} must be a list, not {describe(value)}"
        self.refuse(path, message, "write [ ] around it, or one `- ` entry per line")
        return None

    def read(self, path: Path, value: object, reader: Callable[[object], T]) -> T | None:
        """
        Return what *reader* makes of the value; ``None`` if it refuses, which is told.
        """
        if self.document.is_broken(path):
            return None
        try:
            return reader(value)
        except InvalidValueError as error:
            self.refuse(path, f"{_named(path)} {error.predicate}", error.hint)
            return None

    def place(self, path: Path) -> str:
        """
        Return where the value at *path* begins, as people read it: FILE:LINE:COLUMN.
        """
        span = self.document.places[path].span
        return f"{self.source.name}:{span.line + 1}:{span.column + 1}"

    def _why_empty(self, path: Path) -> str | None:
        """
        Say what to do about a key without a value that is half a number: to YAML one is `5%` in {day_change: -6,5%}.
        """
        span = self.document.key_span(path)
        meant = meant_in_line(self.source.line(span.line), span.column, needs_unit=False)
        return None if meant is None else f"write {meant}: a comma begins the next key"

    def _add(self, span: Span, message: str, hints: tuple[str | None, ...]) -> None:
        self.issues.append(issue_at(span, message, *hints))


def _named(path: Path) -> str:
    if path[-2:-1] == ("tests",):
        return "a test"
    return subject(path)
