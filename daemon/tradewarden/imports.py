"""
Imports without what the daemon never uses: some libraries take others along whenever these are installed.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """
    Let the block import as if the modules of these *names* were not installed; one that is imported already stays.

    For optional dependencies only: whoever imports one without being ready for its absence gets an ImportError.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's own word for "not there"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
