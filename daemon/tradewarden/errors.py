"""
The errors of TradeWarden, grouped by what the caller can do about them.

    TradeWardenError
     +-- UserError                  a person can act: the text is shown without a traceback
     |    +-- UsageError            the command was typed wrong                       exit 2
     |    +-- NotAvailableYet       a command or key whose time has not come          exit 2
     |    +-- AlreadyRunning        another daemon has this account or state          exit 75
     |    +-- CredentialsError      credentials missing, unreadable or rejected       exit 77
     |    +-- ConfigError           the rules file is invalid; carries all problems   exit 78
     |    +-- StateError            the state folder is missing or cannot be used     exit 1
     |    +-- NotRecorded           no readings are kept of the time that was asked  exit 1
     +-- ApiError                   the 3Commas API, or the way to it
     |    +-- TransientError        a read may be tried again
     |    +-- RateLimited           429 or 418: every request stops for `pause`
     |    +-- PlanLimited           429 that speaks of the subscription plan: stop acting
     |    +-- AccessDenied          401, or 403 on a read: stop acting
     |    +-- RequestRejected       a definite no, with the API's own error code
     |    |    +-- NotFound         404
     |    +-- UnreadableReply       an answer that is not what the API is known to send
     |    +-- BudgetExhausted       the request does not fit the budget of this minute
     +-- JournalError               the journal cannot be read or written: nothing is sent
          +-- NotPermitted          an intent was refused: disarmed, another mode, another generation
          +-- DuplicateIntent       an intent was refused: one is open, or the step had its DELETE
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


class TradeWardenError(Exception):
    """
    The root of all errors that are ours.
    """


class UserError(TradeWardenError):
    """
    A person can act on this: the text is shown as it is, without a traceback.
    """

    exit_code = 1


class UsageError(UserError):
    """
    The command was typed wrong.
    """

    exit_code = 2


class NotAvailableYet(UserError):
    """
    A command whose time has not come.
    """

    exit_code = 2


class AlreadyRunning(UserError):
    """
    Another daemon has this account or this state folder.
    """

    exit_code = 75


class CredentialsError(UserError):
    """
    Credentials are missing or unreadable, or the API rejected them at start-up.
    """

    exit_code = 77


class ConfigError(UserError):
    """
    The rules file is invalid. *problems* are the complete, ready-to-print texts, in the order of the file.
    """

    exit_code = 78

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class StateError(UserError):
    """
    The state folder is missing or cannot be used.
    """


class NotRecorded(UserError):
    """
    No readings are kept of the time that was asked for.
    """


class ApiError(TradeWardenError):
    """
    The 3Commas API, or the way to it. *request_id* is the reply's X-Request-Id, for their support.
    """

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


class TransientError(ApiError):
    """
    A time-out, a broken connection or a 5xx: a read may be tried again.
    """


class RateLimited(ApiError):
    """
    429 or 418: every request stops for *pause*; *banned* tells a 418 from a 429.
    """

    def __init__(self, message: str, *, pause: timedelta, banned: bool, request_id: str | None = None) -> None:
        super().__init__(message, request_id=request_id)
        self.pause = pause
        self.banned = banned


class PlanLimited(ApiError):
    """
    429 that speaks of the subscription plan (api-facts 4): waiting does not help, stop acting.
    """


class AccessDenied(ApiError):
    """
    401, or 403 on a read: the key is wrong, expired, lacks a permission, or the IP is not on its list. Stop acting.
    """


class RequestRejected(ApiError):
    """
    A 4xx with the API's own error object: *code* is its ``error``.
    """

    def __init__(self, message: str, *, status: int, code: str, request_id: str | None = None) -> None:
        super().__init__(message, request_id=request_id)
        self.status = status
        self.code = code


class NotFound(RequestRejected):
    """
    404: a wrong or foreign id, or the wrong mode.
    """


class UnreadableReply(ApiError):
    """
    An answer that is not what the API is known to send: not JSON, not a list, no id.
    """


class BudgetExhausted(ApiError):
    """
    The request does not fit the budget of this minute, and waiting would outlast its use.
    """


class JournalError(TradeWardenError):
    """
    The journal cannot be read or written. Without a journal nothing is sent.
    """


class NotPermitted(JournalError):
    """
    An intent was refused: disarmed, not live, or a newer generation of the rules file.
    """


class DuplicateIntent(JournalError):
    """
    An intent was refused by a unique index: one is open for the SmartTrade, or the step had its DELETE.
    """
