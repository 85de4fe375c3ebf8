"""
Texts that must never be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Secret:
    """
    An API key or secret. Printing, formatting, copying or pickling one gives nothing away; `reveal` is the only way in.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """
        Return the text, for the one place that signs or sends it.
        """
        return self._text

    def __repr__(self) -> str:
        """
        Hide it, in tracebacks and in the fields of a dataclass too.
        """
        return "Secret(***)"

    def __str__(self) -> str:
        """
        Hide it.
        """
        return "***"

    def __format__(self, format_spec: str) -> str:
        """
        Hide it, whatever the format.
        """
        return format(str(self), format_spec)

    def __eq__(self, other: object) -> bool:
        """
        Compare with another secret; a plain text is never equal.
        """
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """
        Hash as the text does, within this process.
        """
        return hash((Secret, self._text))

    def __copy__(self) -> Self:
        """
        Return itself: it does not change.
        """
        return self

    def __deepcopy__(self, memo: Mapping[int, object]) -> Self:
        """
        Return itself: it does not change.
        """
        return self

    def __reduce__(self) -> NoReturn:
        """
        Refuse to be pickled: that would write it somewhere.
        """
        msg = "a Secret cannot be pickled"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class RsaKey:
    """
    A private RSA key as it stands in its file, not looked at yet; *origin* is that file.
    """

    pem: Secret
    origin: str
