"""
Who may ask, and whether the request was signed with their secret: HMAC-SHA256, hexadecimal, in either case.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewarden.simulator.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """
    A key with its secret. Without *can_write* it has SMART_TRADES_READ alone.
    """

    key: str
    secret: str = field(repr=False)
    can_read: bool = True
    can_write: bool = True


def is_signed(request: Request, secret: str) -> bool:
    """
    Tell whether the Signature header fits the request as it was sent.
    """
    given = (request.header("Signature") or "").lower()
    return any(
        hmac.compare_digest(given.encode(), hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode())
        for message in _messages(request)
    )


def _messages(request: Request) -> tuple[bytes, ...]:
    target = request.target.encode()
    if not request.body:
        return (target,)
    if "json" in (request.header("Content-Type") or ""):
        # Documented with a question mark; py3cw and others sign without it, and that works in the field.
        return (target + b"?" + request.body, target + request.body)
    return (target + b"?" + request.body,)
