"""
Sets of texts: what lists, equalities and globs leave a fact to be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.rules.glob import matches_glob
from tradewarden.rules.glob_sets import glob_covers, globs_meet, is_literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Texts:
    """
    The texts among *allowed* (None: all), not *refused*, like one of each group of *like*, and like none of *unlike*.
    """

    allowed: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()
    like: tuple[tuple[str, ...], ...] = ()
    unlike: tuple[str, ...] = ()

    def among(self, texts: Iterable[str]) -> Texts:
        """
        Return those that are among *texts*.
        """
        given = frozenset(texts)
        return replace(self, allowed=given if self.allowed is None else self.allowed & given)

    def without(self, texts: Iterable[str]) -> Texts:
        """
        Return those that are not among *texts*.
        """
        return replace(self, refused=self.refused | frozenset(texts))

    def like_one_of(self, globs: Iterable[str]) -> Texts:
        """
        Return those that match one of *globs*.
        """
        group = tuple(globs)
        return self.among(group) if all(map(is_literal, group)) else replace(self, like=(*self.like, group))

    def like_none_of(self, globs: Iterable[str]) -> Texts:
        """
        Return those that match none of *globs*.
        """
        return replace(self, unlike=(*self.unlike, *globs))

    def __contains__(self, text: str) -> bool:
        """
        Tell whether *text* is in it.
        """
        return (
            (self.allowed is None or text in self.allowed)
            and text not in self.refused
            and all(any(matches_glob(text, glob) for glob in group) for group in self.like)
            and not any(matches_glob(text, glob) for glob in self.unlike)
        )

    @property
    def is_surely_empty(self) -> bool:
        """
        Tell whether no text is in it. Where that is hard to say it says no.
        """
        if self.allowed is not None:
            return not any(text in self for text in self.allowed)
        if "*" in self.unlike:
            return True
        # Of each group only the globs count of which something is left.
        groups = [[glob for glob in group if not self._is_refused(glob)] for group in self.like]
        return any(
            not any(globs_meet(one, other) for one in first for other in second)
            for at, first in enumerate(groups)
            for second in groups[at:]
        )

    def some(self) -> str | None:
        """
        Return a text of it, as plain as possible; ``None`` if none is found.
        """
        if self.allowed is not None:
            return min((text for text in self.allowed if text in self), default=None)
        globs = [glob for group in self.like for glob in group] or ["*"]
        tried = (glob.replace("?", letter).replace("*", letter) for glob in globs for letter in ("", "A", "B", "AB"))
        return next((text for text in tried if text in self), None)

    def _is_refused(self, glob: str) -> bool:
        if is_literal(glob):
            return glob in self.refused or any(matches_glob(glob, other) for other in self.unlike)
        return any(glob_covers(other, glob) for other in self.unlike)
