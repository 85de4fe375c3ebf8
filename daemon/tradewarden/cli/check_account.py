"""
``check --account``: what the rules match now, and which accounts and pairs of the file do not occur or do not exist.
Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.bootstrap import open_reader
from tradewarden.cli.asked_pairs import MOST_ASKED, REQUESTS_OF_A_QUESTION, answers_to
from tradewarden.cli.awaited import awaited
from tradewarden.cli.report_text import count
from tradewarden.cli.terminal import say
from tradewarden.cli.wired import find_all, open_observer
from tradewarden.errors import AccessDenied, CredentialsError
from tradewarden.rulesfile.advice.account import about_account, matched_by
from tradewarden.rulesfile.advice.asked_pairs import questions_of
from tradewarden.rulesfile.advice.requests import CODE, about_requests
from tradewarden.threecommas.client import PER_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.bootstrap import Wiring
    from tradewarden.cli.options import Options
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rulesfile.advice import Desk
    from tradewarden.rulesfile.advice.asked_pairs import Answers
    from tradewarden.rulesfile.problems import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAnswer:
    """
    What the account says of a file: *found* about it, and *lines* that tell what each rule matches.
    """

    found: tuple[Issue, ...]
    lines: tuple[str, ...]

    def issues(self, others: Iterable[Issue]) -> tuple[Issue, ...]:
        """
        Return *others* with what the account says, which knows better how many requests a cycle takes.
        """
        return (*(issue for issue in others if issue.code != CODE), *self.found)


def ask_account(desk: Desk, options: Options) -> AccountAnswer:
    """
    Read the open SmartTrades and compare the file with them.

    Raises CredentialsError if credentials are missing or rejected, ApiError if 3Commas cannot be reached.
    """
    found = find_all(options, dry_run=True, observer=open_observer())
    for warning in found.wiring.credentials.warnings:
        say(warning)
    try:
        listing, answers = awaited(_read(found.wiring, desk))
    except AccessDenied as error:
        raise CredentialsError(str(error)) from error
    pages = (len(listing.smart_trades) + len(listing.unreadable)) // PER_PAGE + 1
    issues = (*about_requests(desk, pages=pages), *about_account(desk, listing.smart_trades, answers))
    return AccountAnswer(found=issues, lines=tuple(_lines(desk, listing, pages)))


async def _read(wiring: Wiring, desk: Desk) -> tuple[Listing, Answers]:
    async with open_reader(wiring) as gateway:
        listing = await gateway.list_open()
        left = desk.settings.api.requests_per_minute - gateway.requests_sent
        questions = questions_of(desk, listing.smart_trades)[: max(0, min(MOST_ASKED, left // REQUESTS_OF_A_QUESTION))]
        return listing, await answers_to(questions, gateway, listing.smart_trades)


def _lines(desk: Desk, listing: Listing, pages: int) -> Iterable[str]:
    trades = listing.smart_trades
    unreadable = f", {len(listing.unreadable)} more cannot be read" if listing.unreadable else ""
    yield f"{count(len(trades), 'open SmartTrade')} on {count(pages, 'page')} of the listing{unreadable}"
    width = max((len(rule.name) for rule in desk.ruleset.enabled), default=0)
    for rule in desk.ruleset.enabled:
        matched = matched_by(desk, rule, trades)
        yield f"  {rule.name:<{width}}  matches {len(matched)} of {len(trades)}"
