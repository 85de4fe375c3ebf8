"""
A file that holds a credential is refused, whatever else it says, and the credential is hidden from every message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rulesfile.masking import credential_lines, find_secret, is_credential_key, key_lines
from tradewarden.rulesfile.problems import Issue, issue_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rulesfile.document import Document
    from tradewarden.rulesfile.problems import Source, Span

MESSAGE = "credentials never belong in this file"
HINTS = (
    "put them into the files threecommas_api_key and threecommas_api_secret in /etc/tradewarden/credentials (0600)",
    "if anybody else could read this file, make a new key at 3Commas and delete this one",
)


def credential_issues(document: Document, source: Source) -> list[Issue]:
    """
    Return an issue for each credential, and hide it: by the name of its key, and by what it looks like.
    """
    issues = []
    covered: set[int] = set()
    for path, place in document.places.items():
        keys = [key for key in path if isinstance(key, str) and is_credential_key(key)]
        if not keys:
            continue
        source.hide(place.span)
        covered.update(range(place.span.line, place.span.end_line + 1))
        last = path[-1] if isinstance(path[-1], str) else path[-2]  # a key that stands twice has a number after it
        if place.key is not None and last == keys[0]:
            issues.append(issue_at(document.key_span(path), MESSAGE, *HINTS))
        document.broken.add(path)
    issues += [issue for issue in _by_looks(source) if issue.line not in covered]
    covered.update(issue.line for issue in issues)
    return issues + _by_meaning(document, source, covered)


def _by_meaning(document: Document, source: Source, covered: set[int]) -> list[Issue]:
    """
    Return an issue for each text that is a credential only when it is read: its lines, joined, say what none says.
    """
    issues = []
    for span, text in _texts(document):
        lines = range(span.line, span.end_line + 1)
        if covered.isdisjoint(lines) and any(map(find_secret, text.split("\n"))):
            source.hide(span)
            covered.update(lines)
            issues.append(issue_at(span, MESSAGE, *HINTS))
    return issues


def _texts(document: Document) -> Iterator[tuple[Span, str]]:
    for path, place in document.places.items():
        if place.text is not None:
            yield place.span, place.text
        if place.key is not None and isinstance(path[-1], str):
            yield place.key, path[-1]


def credential_issues_in_text(source: Source) -> list[Issue]:
    """
    Return an issue for each credential in a text that is not YAML.
    """
    by_key = [_issue(*place) for place in key_lines(source.lines)]
    lines = {issue.line for issue in by_key}
    return by_key + [issue for issue in _by_looks(source) if issue.line not in lines]


def _by_looks(source: Source) -> list[Issue]:
    return [_issue(*place) for place in credential_lines(source.lines)]


def _issue(line: int, column: int, length: int) -> Issue:
    return Issue(line=line, column=column, message=MESSAGE, hints=HINTS, length=length)
