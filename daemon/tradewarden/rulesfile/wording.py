"""
What pydantic found, in sentences about the file: each at its place, with what was probably meant.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ValidationError

from tradewarden.rulesfile.problems import MAX_SHOWN, Issue, describe, did_you_mean, issue_at, shortened
from tradewarden.rulesfile.shape import MAX_RULES, FileShape
from tradewarden.rulesfile.values import InvalidValueError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from tradewarden.rulesfile.document import Document, Path

_LATER = frozenset({"watch", "journal"})  # keys of the product whose time has not come, and all that begin with notif
_BLOCK_TRAP = "YAML reads `{}` at the start of a value as a block of text: put the whole value in quotes"
_CRON = re.compile(r"[0-9*][^\s\"]*(?: [^\s\"]+){4}")
_MEANT_IN_CANCEL = dict.fromkeys(("step", "number", "index", "nr", "pos"), "position")
_MEANT = {
    "action": "cancel",
    "condition": "when",
    "cooldown": "repeat",
    "dry_run": "mode",
    "exclude": "except",
    "hold": "for",
    "if": "when",
    "interval": "every",
    "live": "mode",
    "select": "cancel",
    "step": "cancel",
    "symbol": "pair",
    "type": "kind",
    "tz": "timezone",
}


def _keys_of(model: type[BaseModel], below: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """
    Yield each known key with the keys above it, entries of lists left out.
    """
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield below, key
        for inner in _models_in(field.annotation):
            yield from _keys_of(inner, (*below, key))


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


_KEYS: dict[tuple[str, ...], list[str]] = {}
for _above, _key in _keys_of(FileShape):
    _KEYS.setdefault(_above, []).append(_key)


def shape_issues(error: ValidationError, document: Document) -> list[Issue]:
    """
    Return an issue for each error that says something new; what is broken or empty already has its own.
    """
    issues: list[Issue] = []
    unknown: set[Path] = set()
    for details in error.errors(include_url=False):
        path = _path(details["loc"], document)
        if document.is_broken(path) or len(issues) > MAX_SHOWN:
            continue
        if details["type"] == "extra_forbidden":
            unknown.add(path)
            issues.append(replace(_unknown_key(path, document), code="unknown-key"))
        elif not document.places[path].is_null:
            issues += _issues(details, path, document)
    document.broken |= unknown  # whatever else is wrong inside them does not matter
    return issues


def null_issues(document: Document) -> list[Issue]:
    """
    Return an issue for each key or entry without a value: it is as likely forgotten as meant.
    """
    issues = []
    for path, place in document.places.items():
        if place.is_null and path and path != ("rules",) and not document.is_broken(path):
            what = f"`{shortened(str(path[-1]))}` has no value" if place.key else "this entry of the list is empty"
            issues.append(issue_at(document.key_span(path), what, "give it one, or remove the line"))
    return issues


def subject(path: Path) -> str:
    """
    Name what stands at *path*.
    """
    if not path:
        return "the file"
    if path[-2:-1] == ("rules",) and isinstance(path[-1], int):
        return "a rule"
    if isinstance(path[-1], int):
        return f"an entry of {subject(path[:-1])}"
    return f"`{shortened(path[-1])}`"


def _path(location: tuple[int | str, ...], document: Document) -> Path:
    """
    Return the path of an error in the file: pydantic's also names missing keys and branches of unions.
    """
    path: Path = ()
    for part in location:
        if (*path, part) in document.places:
            path = (*path, part)
    return path


def _issues(details: ErrorDetails, path: Path, document: Document) -> list[Issue]:
    error = details.get("ctx", {}).get("error")
    if not isinstance(error, InvalidValueError):
        return [_shape_issue(details, path, document)]
    at = [((*path, index), entry) for index, entry in error.entries] or [(path, error)]
    return [_value_issue(entry, inner, document) for inner, entry in at if not document.places[inner].is_null]


def _value_issue(error: InvalidValueError, path: Path, document: Document) -> Issue:
    place = document.places[path]
    hint = _BLOCK_TRAP.format(place.style) if place.style in {">", "|"} else None
    return issue_at(place.span, f"{subject(path)} {error.predicate}", error.hint or hint)


def _shape_issue(details: ErrorDetails, path: Path, document: Document) -> Issue:
    place = document.places[path]
    kind = details["type"]
    if kind == "missing":
        return issue_at(document.key_span(path), f"{subject(path)} has no `{details['loc'][-1]}`", None)
    if kind == "too_short":
        return issue_at(place.span, f"{subject(path)} must have at least one entry", "to allow all, leave the key out")
    if kind == "too_long":
        return issue_at(document.key_span(path), f"{subject(path)} must have at most {MAX_RULES:,} entries")
    expected, hint = ("a list", "write [ ] around it, or one `- ` entry per line")
    if kind == "model_type":
        expected, hint = ("a mapping of keys", _as_schedule(path, details["input"]))
    return issue_at(place.span, f"{subject(path)} must be {expected}, not {describe(details['input'])}", hint)


def _as_schedule(path: Path, value: object) -> str:
    """
    Write ``60s`` and ``*/5 * * * *`` as a schedule; of other values say how a mapping is written.
    """
    if path[-1:] == ("schedule",) and isinstance(value, str):
        if parse_duration(value) is not None:
            return f"write `{{every: {value}}}`"
        if _CRON.fullmatch(value):
            return f'write `{{cron: "{value}"}}`'
    return "write `key: value` lines below it"


def _unknown_key(path: Path, document: Document) -> Issue:
    key = str(path[-1])
    above = tuple(part for part in path[:-1] if isinstance(part, str))
    span = document.key_span(path)
    if key in _LATER or key.startswith("notif"):
        return issue_at(span, f"`{shortened(key)}` is not available yet", "remove it: a later version will know it")
    known = _KEYS.get(above, [])
    glued, _, value = key.partition(":")
    if glued in known and value:
        space = f"a space is missing behind the colon: `{glued}: {shortened(value)}`"
        return issue_at(span, f"`{shortened(key)}` is not a key {_where(above)}", space)
    hint = did_you_mean(key, known)
    meant = (_MEANT_IN_CANCEL if above[-1:] == ("cancel",) else _MEANT).get(key.lower())
    if meant in known:
        hint = f"did you mean {meant}?"
    elsewhere = [places for places, keys in _KEYS.items() if key in keys]
    if hint is None and elsewhere:
        hint = f"it is a key {_where(min(elsewhere, key=len))}"
    if hint is None and document.places[path].is_null:
        hint = "a text that holds commas must stand in quotes"
    return issue_at(span, f"`{shortened(key)}` is not a key {_where(above)}", hint or f"known here: {', '.join(known)}")


def _where(above: tuple[str, ...]) -> str:
    if not above:
        return "at the top of the file"
    return "of a rule" if above == ("rules",) else f"of `{above[-1]}`"
