"""
What an HTTP reply, or the lack of one, means: an error of ours for a read, an answer for the DELETE.

    reply                            a read                  the DELETE
    -------------------------------  ----------------------  ------------------------------------------
    2xx, an object or nothing        the body, or            accepted: the body proves nothing
    2xx, anything else               UnreadableReply         unknown
    401                              AccessDenied            rejected, access             (*)
    403                              AccessDenied            rejected, forbidden          (*)
    404, or error "Not found"        NotFound          (*)   rejected, other              (*)
    429 "... subscription plan ..."  PlanLimited             rejected, plan
    429, 418                         RateLimited             rejected, penalty
    408                              TransientError          unknown
    any other 4xx                    RequestRejected   (*)   rejected, other              (*)
    3xx (never followed), 1xx        UnreadableReply         unknown
    5xx                              TransientError          unknown
    time-out, broken connection      TransientError          unknown
    no connection, last check: no    TransientError          not sent

    (*) only with 3Commas' own error object; without it (HTML of a proxy, say): UnreadableReply, and unknown

Codes are matched, texts are only quoted: they are localized (api-facts 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from tradewarden.errors import (
    AccessDenied,
    ApiError,
    NotFound,
    PlanLimited,
    RequestRejected,
    TransientError,
    UnreadableReply,
)
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.threecommas.quote import quote
from tradewarden.threecommas.reply import TOO_MANY_REQUESTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from tradewarden.threecommas.reply import Reply

UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
REQUEST_TIMEOUT = 408
BANNED = 418
SERVER_ERRORS = 500

NOT_FOUND_CODES = frozenset({"not found", "not_found"})  # some pages of the documentation label it 400
BAD_SIGNATURE = "signature_invalid"
PLAN_REASON = "subscription_plan"

_ACCESS = "the API key, its permissions and its list of allowed IP addresses"
_SIGNED_WITH = "the secret (or the RSA key) first: it must be whole, and belong to this API key"

REFUSALS = {UNAUTHORIZED: Refusal.ACCESS, FORBIDDEN: Refusal.FORBIDDEN}


def is_penalty(reply: Reply) -> bool:
    """
    Tell whether every request must stop now.
    """
    return reply.status in {BANNED, TOO_MANY_REQUESTS} and not reply.speaks_of_the_plan


def read_error(reply: Reply, what: str) -> ApiError:
    """
    Return the error of a read *what* (``GET /path``) that got *reply*, which is neither a 2xx nor a penalty.
    """
    status, error = reply.status, reply.error
    said = f"{what}: {reply.saying} {reply.provenance}"
    if reply.speaks_of_the_plan:
        msg = f"3Commas says that the subscription plan does not allow {said}. Check the plan of the account"
        return PlanLimited(msg, request_id=reply.request_id)
    if status in {UNAUTHORIZED, FORBIDDEN}:
        is_signature = error is not None and error.code.casefold() == BAD_SIGNATURE
        check = f"{_SIGNED_WITH}. Then check {_ACCESS}" if is_signature else _ACCESS
        msg = f"3Commas denied {said}. Check {check}"
        return AccessDenied(msg, request_id=reply.request_id)
    if status >= SERVER_ERRORS or status == REQUEST_TIMEOUT:
        return TransientError(f"3Commas failed at {said}. It may work the next time", request_id=reply.request_id)
    if not reply.is_refusal or error is None:
        msg = f"3Commas, or something before it, gave an answer that is not its own to {said}. Check api.url"
        return UnreadableReply(msg, request_id=reply.request_id)
    kind = NotFound if status == NOT_FOUND or error.code.casefold() in NOT_FOUND_CODES else RequestRejected
    return kind(f"3Commas rejected {said}", status=status, code=error.code, request_id=reply.request_id)


def connection_error(error: httpx.HTTPError | OSError, what: str, *, hidden: Sequence[str]) -> TransientError:
    """
    Return the error of a read *what* that got no whole reply. Its text may quote what came in, but never *hidden*.
    """
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TransientError(f"3Commas did not answer {what} in time ({type(error).__name__})")
    return TransientError(
        f"the connection to 3Commas broke at {what} ({type(error).__name__}: {quote(str(error), hidden)})"
    )


def cancel_answer(reply: Reply, window: timedelta | None) -> CancelAnswer:
    """
    Return the answer of a DELETE that got *reply*.
    """
    error = reply.error
    detail = f"{reply.saying} {reply.provenance}"
    if reply.is_success and reply.is_object_or_nothing:
        return CancelAnswer(answer=Answer.ACCEPTED, detail=reply.provenance, window=window)
    if reply.speaks_of_the_plan:
        return _rejected(Refusal.PLAN, PLAN_REASON, detail, window)
    if is_penalty(reply):
        return _rejected(Refusal.PENALTY, f"http_{reply.status}", detail, window)
    if reply.is_refusal and reply.status != REQUEST_TIMEOUT and error is not None:
        return _rejected(REFUSALS.get(reply.status, Refusal.OTHER), error.code, detail, window)
    return CancelAnswer(answer=Answer.UNKNOWN, reason=f"http_{reply.status}", detail=detail, window=window)


def _rejected(refusal: Refusal, reason: str, detail: str, window: timedelta | None) -> CancelAnswer:
    return CancelAnswer(answer=Answer.REJECTED, reason=reason, refusal=refusal, detail=detail, window=window)


def unanswered(error: Exception | None, window: timedelta | None) -> CancelAnswer:
    """
    Return the answer of a DELETE whose bytes went out and that got no reply.
    """
    timed_out = isinstance(error, TimeoutError | httpx.TimeoutException)
    return CancelAnswer(
        answer=Answer.UNKNOWN,
        reason="timeout" if timed_out else "connection_lost",
        detail=f"no answer came back ({type(error).__name__})",
        window=window,
    )


def not_sent(reason: str, detail: str) -> CancelAnswer:
    """
    Return the answer of a DELETE of which no byte went out.
    """
    return CancelAnswer(answer=Answer.NOT_SENT, reason=reason, detail=detail)
