"""
How many requests went out in this minute, for the next process: a restart must not begin the minute anew.

Two numbers in a file of the state folder, overwritten in place with each request: a kill forgets none, and a full disk
does not matter. A power cut may, but no machine boots within its minute.
"""

from __future__ import annotations

import contextlib
import os
import struct
from typing import TYPE_CHECKING, Self

from tradewarden.errors import StateError
from tradewarden.journal.folder import open_private

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

COUNT_FILE = "requests"
_NUMBERS = struct.Struct("<qq")  # the minute since the epoch, and the requests in it


class RequestCount:
    """
    Fulfils the port `RequestTally` with a file of the state folder. Raises StateError if it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / COUNT_FILE
        try:
            self._descriptor = open_private(path, create=True)
        except OSError as error:
            msg = f"{path} cannot be opened: {error.strerror}. Run this as the daemon's user, or as root."
            raise StateError(msg) from error

    def __enter__(self) -> Self:
        """
        Return itself, open.
        """
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Close the file.
        """
        os.close(self._descriptor)

    def sent_in(self, minute: int) -> int:
        """
        Return how many requests are known to have gone out in *minute*, or in a later one: the clock was set back then.
        """
        with contextlib.suppress(OSError, struct.error):
            last, count = _NUMBERS.unpack(os.pread(self._descriptor, _NUMBERS.size, 0))
            return max(int(count), 0) if last >= minute else 0
        return 0

    def note(self, minute: int, count: int) -> None:
        """
        Keep that *count* requests have gone out in *minute*.
        """
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, _NUMBERS.pack(minute, count), 0)
