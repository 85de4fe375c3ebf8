"""
What is valid but hardly meant: warnings and notes about a file that loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rulesfile.advice.desk import Desk
from tradewarden.rulesfile.advice.files import about_file
from tradewarden.rulesfile.advice.logic import about_logic
from tradewarden.rulesfile.advice.match import about_match
from tradewarden.rulesfile.advice.overlap import about_overlaps
from tradewarden.rulesfile.advice.pairs import about_pairs
from tradewarden.rulesfile.advice.requests import about_requests
from tradewarden.rulesfile.advice.steps import about_status, about_steps, about_stop_loss
from tradewarden.rulesfile.advice.timing import about_rule_timing, about_timing
from tradewarden.rulesfile.advice.written import about_written

if TYPE_CHECKING:
    from tradewarden.rulesfile.problems import Issue

__all__ = ["Desk", "advise"]

_ABOUT_A_RULE = (
    about_written,
    about_logic,
    about_pairs,
    about_match,
    about_steps,
    about_stop_loss,
    about_status,
    about_rule_timing,
)


def advise(desk: Desk, *, pages: int | None = None) -> list[Issue]:
    """
    Return all warnings and notes. *pages* of the listing, if the account was asked.
    """
    issues = [*about_file(desk), *about_requests(desk, pages=pages), *about_timing(desk)]
    for index, rule in enumerate(desk.ruleset.rules):
        for about in _ABOUT_A_RULE:
            issues += about(desk, index, rule)
    issues += about_overlaps(desk)
    return issues
