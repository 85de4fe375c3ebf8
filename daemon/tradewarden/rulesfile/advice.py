"""
What is valid but hardly meant: warnings about a file that loads.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tradewarden.model.settings import DEFAULT_API_URL
from tradewarden.rules.glob import matches_glob
from tradewarden.rules.ruleset import MatchKey, Where
from tradewarden.rulesfile.conditions import column_of, cut_comment
from tradewarden.rulesfile.problems import Issue, issue_at
from tradewarden.rulesfile.values import duration_text, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.model.settings import Settings
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rulesfile.document import Document, Path, Place
    from tradewarden.rulesfile.problems import Source

REQUESTS_OF_A_CANCEL = 6  # what a guarded cancel reserves before its second read
TINY_PERCENTAGE = Decimal("0.1")
QUOTES = frozenset({"USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR"})

_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")
_PERCENTAGE = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*%")
_MEASURED_IN_WHOLE_PERCENT = re.compile(r"\b(?:day_change|profit|roe)\b")
_CONTINUED = re.compile(r"#\s*(?:and|or|not)\b")


def advise(
    document: Document, source: Source, settings: Settings, ruleset: RuleSet, vocabulary: Vocabulary
) -> list[Issue]:
    """
    Return all warnings.
    """
    issues = list(_about_settings(document, settings))
    if not ruleset.enabled:
        message = "no rule is enabled, so nothing will ever be cancelled"
        issues.append(issue_at(document.key_span(("rules",)), message))
    for index, rule in enumerate(ruleset.rules):
        path: Path = ("rules", index)
        issues += _about_condition(document, source, (*path, "when"), vocabulary)
        if isinstance(rule.cancel, Where):
            issues += _about_condition(document, source, (*path, "cancel", "where"), vocabulary)
        issues += _about_match(document, path, rule, settings)
        issues += _about_hold(document, path, rule, settings)
    issues += _about_twins(document, ruleset)
    return issues


def _about_settings(document: Document, settings: Settings) -> Iterator[Issue]:
    requests = settings.api.requests_per_minute
    if requests < REQUESTS_OF_A_CANCEL:
        message = f"a cancel reserves {REQUESTS_OF_A_CANCEL} requests of one minute, so with {requests} none ever fits"
        hint = f"write {REQUESTS_OF_A_CANCEL} or more"
        yield issue_at(document.places["api", "requests_per_minute"].span, message, hint)
    host = urlsplit(settings.api.url).hostname or ""
    if not (host == "3commas.io" or host.endswith(".3commas.io") or is_loopback(host)):
        message = f"{host} is not 3Commas: it would receive the API key and signed requests"
        yield issue_at(document.places["api", "url"].span, message, f"theirs is {DEFAULT_API_URL}")


def _about_condition(document: Document, source: Source, path: Path, vocabulary: Vocabulary) -> Iterator[Issue]:
    place = document.places[path]
    text = _TEXTS.sub(lambda found: " " * len(found.group()), place.text or "")
    if not any(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text) for name in vocabulary):
        message = f"`{path[-1]}` asks for no fact, so it is always the same"
        yield issue_at(place.span, message, "`tradewarden vocabulary` lists the facts")
    if _CONTINUED.match(cut_comment(place, source) or ""):
        message = "YAML reads the rest of this line as a comment: it is not a part of the condition"
        span = place.span
        hint = "put the whole condition in single quotes, or reword the comment"
        yield Issue(line=span.end_line, column=span.end_column, message=message, hints=(hint,))
    if _MEASURED_IN_WHOLE_PERCENT.search(text):
        yield from _about_tiny_percentages(text, place, source)


def _about_tiny_percentages(text: str, place: Place, source: Source) -> Iterator[Issue]:
    for literal in _PERCENTAGE.finditer(text):
        if 0 < Decimal(literal[1]) < TINY_PERCENTAGE:
            column = column_of(place, source, literal.start())
            meant = f"{(Decimal(literal[1]) * 100).normalize():f}%"
            message = f"{literal[1]}% is less than a tenth of a percent"
            yield Issue(
                line=place.span.line,
                column=place.span.column if column is None else column,
                message=message,
                hints=(f"if {meant} is meant, write {meant}",),
                length=1 if column is None else len(literal.group()),
            )


def _about_match(document: Document, path: Path, rule: Rule, settings: Settings) -> Iterator[Issue]:
    for pattern in rule.match.patterns.get(MatchKey.PAIR, ()):
        base, _, quote = pattern.partition("_")
        if quote in QUOTES and base not in QUOTES:
            message = f"3Commas writes the quote first, so {pattern} hardly matches anything"
            yield issue_at(document.places[*path, "match", "pair"].span, message, f'write "{quote}_{base}"')
    patterns = rule.match.patterns.get(MatchKey.ACCOUNT_ID)
    allowed = settings.api.accounts
    if patterns is None or allowed is None:
        return
    if not any(matches_glob(str(account), pattern) for account in allowed for pattern in patterns):
        message = "no account of `api.accounts` matches, so this rule never fires"
        yield issue_at(document.places[*path, "match", "account_id"].span, message)


def _about_hold(document: Document, path: Path, rule: Rule, settings: Settings) -> Iterator[Issue]:
    every = (rule.schedule or settings.schedule).every
    if every is not None and 0 < rule.hold / every < 1:
        message = f"a cycle comes every {duration_text(every)}, so this hold is in fact {duration_text(every)} long"
        yield issue_at(document.places[*path, "for"].span, message)


def _about_twins(document: Document, ruleset: RuleSet) -> Iterator[Issue]:
    """
    Warn of a rule that wants the same step at the same time as an earlier one.
    """
    first: dict[str, tuple[str, int]] = {}
    for index, rule in enumerate(ruleset.rules):
        path: Path = ("rules", index)
        if not rule.enabled:
            continue
        cancel = document.places[*path, "cancel"].text or repr(_plain(document, (*path, "cancel")))
        asked = repr((rule.match, rule.except_, document.places[*path, "when"].text, cancel))
        line = document.key_span((*path, "name")).line + 1
        if asked in first:
            name, above = first[asked]
            message = f"this rule asks for the same as {name} on line {above}: each of them would cancel a step"
            yield issue_at(document.places[*path, "name"].span, message, "remove one, or make them differ")
        first.setdefault(asked, (rule.name, line))


def _plain(document: Document, below: Path) -> list[tuple[Path, str | None]]:
    depth = len(below)
    return [(path[depth:], place.text) for path, place in document.places.items() if path[:depth] == below]
