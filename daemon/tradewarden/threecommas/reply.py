"""
One reply of the API as it came: status, headers, body, and what can be told from them without knowing the request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tradewarden.threecommas.quote import LONGEST_GLANCE, SHORTEST_PART, quote
from tradewarden.threecommas.scalars import Malformed, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.model.moment import Moment

LONGEST_PAUSE = timedelta(days=3)  # the longest ban that 3Commas documents
TOO_MANY_REQUESTS = 429
PLAN_WORDS = "subscription plan"
SERVED_FROM_CACHE = ("HIT", "STALE", "UPDATING")


@dataclass(frozen=True, slots=True)
class ErrorObject:
    """
    3Commas' own error object: *code* is its ``error``, which is stable; *description* is localized (api-facts 5).
    """

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A reply. *asked_at* is the moment just before the first byte of its request; *hidden* must never be quoted.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    asked_at: Moment
    hidden: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_success(self) -> bool:
        """
        Tell whether it is a 2xx.
        """
        return 200 <= self.status < 300  # noqa: PLR2004 (that is what 2xx means)

    @property
    def is_object_or_nothing(self) -> bool:
        """
        Tell whether the body can be theirs after a write: a SmartTrade or nothing; not a page, a list or an error.
        """
        if not self.body.strip():
            return True
        try:
            body = parse(self.body)
        except Malformed:
            return False
        return isinstance(body, dict) and "error" not in body

    @property
    def repeats_a_secret(self) -> bool:
        """
        Tell whether the body repeats the API key or the signature: 3Commas never does.
        """
        return any(len(secret) >= SHORTEST_PART and secret.encode() in self.body for secret in self.hidden)

    @property
    def is_refusal(self) -> bool:
        """
        Tell whether it is a 4xx.
        """
        return 400 <= self.status < 500  # noqa: PLR2004 (that is what 4xx means)

    @property
    def request_id(self) -> str | None:
        """
        Return X-Request-Id, for 3Commas' support.
        """
        found = self.headers.get("x-request-id")
        return None if found is None else self.quote(found)

    @property
    def provenance(self) -> str:
        """
        Return status and ids, as every message ends with them.
        """
        ids = [
            f"{name} {self.quote(self.headers[name])}" for name in ("X-Request-Id", "Cf-Ray") if name in self.headers
        ]
        return f"({', '.join([f'HTTP {self.status}', *ids])})"

    @property
    def error(self) -> ErrorObject | None:
        """
        Return 3Commas' error object; ``None`` if the body is not one (HTML, text, nothing).
        """
        try:
            body = parse(self.body)
        except Malformed:
            return None
        code = body.get("error") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(code, str) or not code:
            return None
        description = body.get("error_description")
        return ErrorObject(self.quote(code), self.quote(description) if isinstance(description, str) else "")

    @property
    def saying(self) -> str:
        """
        Return what the server said, in its own words, cut short.
        """
        error = self.error
        if error is None:
            return self.quote(self.body[:LONGEST_GLANCE].decode(errors="replace")) or "an empty answer"
        return f"{error.code}: {error.description}" if error.description else error.code

    @property
    def speaks_of_the_plan(self) -> bool:
        """
        Tell whether this 429 is no rate limit but the subscription plan's (api-facts 4).
        """
        if self.status != TOO_MANY_REQUESTS:
            return False
        return PLAN_WORDS in " ".join(self.body[:LONGEST_GLANCE].decode(errors="replace").split()).casefold()

    @property
    def cache_evidence(self) -> str | None:
        """
        Return the header that betrays a cache; an ``Age`` that cannot be read counts.
        """
        age = self.headers.get("age")
        if age is not None and age.strip() != "0":
            return f"Age: {self.quote(age)}"
        for name in ("CF-Cache-Status", "X-Cache"):
            value = self.headers.get(name, "")
            if any(word in value.upper() for word in SERVED_FROM_CACHE):
                return f"{name}: {self.quote(value)}"
        return None

    @property
    def retry_after(self) -> timedelta | None:
        """
        Return what Retry-After asks for, in seconds or as a date; ``None`` if there is none that can be read.
        """
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return min(timedelta(seconds=int(value[:9])), LONGEST_PAUSE)
        until = _instant(value)
        if until is None:
            return None
        # Both dates are the server's, so that a wrong clock of ours does not matter.
        now = _instant(self.headers.get("date", "")) or self.asked_at.wall
        return min(max(until - now, timedelta(0)), LONGEST_PAUSE)

    def quote(self, text: str) -> str:
        """
        Make a text of the server fit for a message: nothing hidden, no control characters, one line, cut short.
        """
        return quote(text, self.hidden)


def _instant(text: str) -> datetime | None:
    """
    Read a date of a header; ``None`` if it is none.
    """
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
