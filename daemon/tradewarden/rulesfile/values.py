"""
The values of the rules file as people write them: `90s`, `1h30m`, `0.5%`, an address, a time zone.

Each reader returns the value or raises InvalidValueError with the predicate of a sentence whose subject is the key.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from tradewarden.rules.literals import calendar_hint, has_ordered_units, read_duration, read_percentage, show
from tradewarden.rules.schema import Kind
from tradewarden.rulesfile.problems import describe, did_you_mean

DURATION_FORM = r"(?:[0-9]{1,6}(?:\.[0-9]{1,6})?[wdhms]){1,5}"
PERCENTAGE_FORM = r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?%"

_DURATION = re.compile(DURATION_FORM, re.ASCII)
_PERCENTAGE = re.compile(PERCENTAGE_FORM, re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
_LOOSE_PART = re.compile(r"([0-9.]{1,12})\s*(ms|m(?!o)|[wdhs])[a-z]*[\s,]*(?:and\s+)?", re.ASCII)
_CALENDAR = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]+)", re.ASCII)
_CAPITAL_M = re.compile(r"([0-9]{1,9})\s*M", re.ASCII)
_LONGEST_URL = 300
_IPV6_HOST = re.compile(r"\[[^\[\]]+\](?::[0-9]*)?", re.ASCII)
_VISIBLE_ASCII = re.compile(f"[!-~]{{1,{_LONGEST_URL}}}")
_NUMBER_OF_IP = "(?:[1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_PORT = "(?::(?:0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?)?"
_URL = (
    rf"^(?:[Hh][Tt][Tt][Pp][Ss]://(?:[^\[\]/?#:@\\]+|\[[^\[\]/?#@\\]+\])"
    rf"|[Hh][Tt][Tt][Pp]://(?:[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|127(?:\.{_NUMBER_OF_IP}){{3}}|\[[0-9A-Fa-f:.]+\]))"
    rf"{_PORT}(?:/[^?#\\]*)?$"
)

DURATIONS_CARRY_UNITS = "a duration carries its unit: 60s, 2m, 1h30m, 1d"
LARGEST_SUGGESTION = 1_000_000
ONE_MICROSECOND = timedelta(microseconds=1)


EntryErrors = tuple[tuple[int, "InvalidValueError"], ...]


class InvalidValueError(ValueError):
    """
    A value is not what its key takes. *predicate* completes "`key` ..."; *entries* are the errors of a list's entries.
    """

    def __init__(self, predicate: str, hint: str | None = None, *, entries: EntryErrors = ()) -> None:
        super().__init__(predicate)
        self.predicate = predicate
        self.hint = hint
        self.entries = entries


def parse_duration(text: str) -> timedelta | None:
    """
    Return the duration that *text* names; ``None`` if it names none.
    """
    if _DURATION.fullmatch(text) is None or not has_ordered_units(text):
        return None
    return timedelta(microseconds=int(read_duration(text) * 1_000_000))


def duration_text(duration: timedelta) -> str:
    """
    Write a duration as it is written in the file: 1h30m.
    """
    return show(Decimal(duration // ONE_MICROSECOND) / 1_000_000, Kind.DURATION)


def suggest_duration(value: object) -> str:
    """
    Say how the duration that was meant may be written.
    """
    if isinstance(value, Decimal) and 0 <= value < LARGEST_SUGGESTION and value == value.to_integral_value():
        return f"if seconds are meant, write {int(value)}s"
    text = str(value).strip().lower()
    if clock := _CLOCK.fullmatch(text):
        return _suggest_clock(*clock.groups())
    if capital := _CAPITAL_M.fullmatch(str(value).strip()):
        return f"there is no unit M: minutes are {capital[1]}m, a month is 30d"
    calendar = _CALENDAR.fullmatch(text)
    if calendar and (hint := calendar_hint(*calendar.groups())):
        return hint
    parts = _LOOSE_PART.findall(text)
    compact = "".join(amount + unit for amount, unit in parts)
    if parts and _LOOSE_PART.sub("", text) == "" and parse_duration(compact) is not None:
        return f"write {compact}"
    return DURATIONS_CARRY_UNITS


def _suggest_clock(first: str, second: str, third: str | None) -> str:
    if third is not None:
        return f"write {int(first)}h{int(second)}m{int(third)}s"
    seconds = int(first) * 60 + int(second)
    return f"write {seconds}s if minutes and seconds are meant, {int(first)}h{int(second)}m if hours and minutes are"


def parse_percentage(text: str) -> Decimal | None:
    """
    Return the percent points that *text* names: 5 for ``5%``; ``None`` if it names none.
    """
    return read_percentage(text) if _PERCENTAGE.fullmatch(text) else None


def suggest_percentage(value: object) -> str:
    """
    Say how the percentage that was meant may be written.
    """
    if isinstance(value, Decimal) and abs(value.adjusted()) < len("1234567"):
        points = f"{format(value, 'f')}%"
        if 0 < abs(value) < 1:
            return f"write {points} or {(value * 100).normalize():f}%: one is a hundredth of the other"
        return f"write {points}"
    return "a percentage is written as 1% or 0.5%"


def url_schema() -> dict[str, Any]:
    """
    Return the JSON Schema of what `read_url` accepts; whether an IPv6 address is one, only that can tell.
    """
    return {
        "type": "string",
        "pattern": f"^[!-~]{{1,{_LONGEST_URL}}}$",
        "allOf": [{"pattern": _URL, "patternErrorMessage": "must be an https:// address without user, `?` and `#`"}],
        "patternErrorMessage": f"must have 1 to {_LONGEST_URL} characters without spaces",
    }


def read_url(value: object) -> str:
    """
    Return the address of the API without a slash at its end. Raises InvalidValueError.
    """
    if not isinstance(value, str) or _VISIBLE_ASCII.fullmatch(value) is None or "\\" in value:
        msg = f"must be an address such as https://api.3commas.io/public/api, not {describe(value)}"
        raise InvalidValueError(msg)
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        has_port = parts.port is None or parts.port > 0
        if "[" in parts.netloc and _IPV6_HOST.fullmatch(parts.netloc.rpartition("@")[2]) is None:
            host = ""  # urlsplit drops what stands around the brackets; the client does not
    except ValueError:
        host, has_port = "", False
    if not host or not has_port:
        msg = f"is not an address: {describe(value)}"
        raise InvalidValueError(msg, "write https://api.3commas.io/public/api")
    _check_parts(value, parts, host)
    return value.rstrip("/")


def _check_parts(value: str, parts: SplitResult, host: str) -> None:
    if parts.username is not None or parts.password is not None:
        raise InvalidValueError("must not hold a user or password: credentials never belong in this file")
    if "?" in value or "#" in value:
        raise InvalidValueError("must end with its path: no `?` and no `#`")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidValueError("must begin with https:// (http is accepted to this machine's own address only)")
    if parts.scheme not in {"http", "https"}:
        raise InvalidValueError("must begin with https://")


def is_loopback(host: str) -> bool:
    """
    Tell whether *host* is this machine by its name or number alone: nothing is looked up.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def timezone_schema() -> dict[str, Any]:
    """
    Return the JSON Schema of a name of a time zone; which there are depends on the machine.
    """
    return {
        "type": "string",
        "pattern": "^[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*$",
        "patternErrorMessage": "must be the name of a time zone, such as Europe/Berlin",
        "examples": ["Europe/Berlin", "America/New_York", "UTC"],
    }


def read_timezone(value: object) -> ZoneInfo:
    """
    Return the time zone of that name. Raises InvalidValueError.
    """
    name = value if isinstance(value, str) else ""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        hint = did_you_mean(name, available_timezones()) or _by_city(name) or "names look like Europe/Berlin, or UTC"
        msg = f"is not a time zone: {describe(value)}"
        raise InvalidValueError(msg, hint) from None


def _by_city(name: str) -> str | None:
    """
    Suggest the zone whose last part is *name*.
    """
    city = name.strip().replace(" ", "_").lower()
    found = sorted(zone for zone in available_timezones() if zone.rpartition("/")[2].lower() == city)
    return f"did you mean {found[0]}?" if found else None
