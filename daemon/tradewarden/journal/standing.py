"""
How things stand, for `status`: a look at the journal that changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.journal import control, intents
from tradewarden.journal.database import snapshot
from tradewarden.model.standing import Standing

if TYPE_CHECKING:
    import sqlite3


def read_standing(connection: sqlite3.Connection) -> Standing:
    """
    Return how things stand, all of it from one state of the journal.
    """
    with snapshot(connection):
        return Standing(
            switch=control.switch(connection),
            access=control.stop_of_access(connection),
            penalty=control.penalty(connection),
            questions=tuple(intents.open_questions(connection)),
        )
