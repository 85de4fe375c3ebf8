"""
Advice about the file as a whole: where it sends the key, and whether anything in it can act.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tradewarden.model.settings import DEFAULT_API_URL
from tradewarden.rulesfile.problems import Severity, issue_at
from tradewarden.rulesfile.values import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue


def about_file(desk: Desk) -> Iterator[Issue]:
    """
    Warn of a foreign address, and of a file without a rule that is switched on.
    """
    host = urlsplit(desk.settings.api.url).hostname or ""
    if not (host == "3commas.io" or host.endswith(".3commas.io") or is_loopback(host)):
        message = f"{host} is not 3Commas: it would receive the API key and signed requests"
        yield desk.warn(("api", "url"), "foreign-url", message, f"theirs is {DEFAULT_API_URL}")
    if not desk.ruleset.enabled:
        message = "no rule is enabled, so nothing will ever be cancelled"
        issue = issue_at(desk.document.key_span(("rules",)), message, "switch one on with `enabled: true`")
        yield replace(issue, severity=Severity.WARNING, code="no-rule-enabled")
