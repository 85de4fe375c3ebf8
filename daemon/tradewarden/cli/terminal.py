"""
What people read beside the result: sentences on stderr.
"""

from __future__ import annotations

import contextlib
import sys


def say(text: str) -> None:
    """
    Write a line to stderr. If nobody can read it (a closed pipe, a full disk), that stops nothing.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
