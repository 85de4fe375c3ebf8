"""
The strict YAML reader: plain values, the place of each, and what YAML would have let pass in silence.

It reads libyaml's events one by one. So an alias, a tag or a bomb is met before anything is built of it, a key given
twice is seen, and one fault does not hide the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import yaml

from tradewarden.rulesfile.problems import Issue, Span, issue_at, shortened
from tradewarden.rulesfile.scalars import TEXT_KEYS, is_null, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NODES = 60_000  # a thousand rules with every key have half of it
MAX_DEPTH = 10
MAX_KEYS = 50  # of one mapping: the longest that is known has fourteen

Loader = type[yaml.CSafeLoader | yaml.SafeLoader]

FASTEST_LOADER: Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where a value stands, with its *key* if it has one. *text* and *style* (``'``, ``"``, ``|``, ``>``) of a scalar.
    """

    span: Span
    key: Span | None
    text: str | None = None
    style: str | None = None

    @property
    def is_null(self) -> bool:
        """
        Tell whether nothing stands there.
        """
        return self.text is not None and self.style is None and is_null(self.text)


@dataclass(slots=True)
class Document:
    """
    A file as it was read. Of what stands at or below a *broken* path nothing more need be said.
    """

    data: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)

    def key_span(self, path: Path) -> Span:
        """
        Return where the key of *path* stands; of a list's entry or the root, where it begins.
        """
        place = self.places[path]
        return place.span if place.key is None else place.key

    def is_broken(self, path: Path) -> bool:
        """
        Tell whether the value at *path* or one around it could not be read.
        """
        return any(path[:depth] in self.broken for depth in range(len(path) + 1))


class TooMuchError(Exception):
    """
    The file is nested too deep or has too many parts: no rules file needs that.
    """

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


def read_document(text: str, *, loader: Loader = FASTEST_LOADER) -> Document:
    """
    Read the one document of *text*. Raises TooMuchError, or yaml.MarkedYAMLError at the first error of syntax.
    """
    document = Document()
    _Reader(text, document, loader).read()
    return document


class _Reader:
    def __init__(self, text: str, document: Document, loader: Loader) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
        self._document = document
        self._nodes = 0

    def read(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report(event, "the file holds more than one YAML document", "keep one file per rules file")
                    return
            elif isinstance(event, yaml.NodeEvent):
                self._document.data = self._value(event, (), None)

    def _value(self, event: yaml.Event, path: Path, key: Span | None) -> object:
        self._count(event, path)
        self._refuse_marks_of_yaml(event, path)
        if isinstance(event, yaml.ScalarEvent):
            place = Place(span=_span(event), key=key, text=event.value, style=_style(event))
            self._document.places[path] = place
            return _scalar(event, path)
        self._document.places[path] = Place(span=_span(event), key=key)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, path)
        return None

    def _list(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items)), None))
        return items

    def _mapping(self, start: yaml.Event, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        count = 0
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            count += 1
            if count > MAX_KEYS:
                raise TooMuchError(issue_at(_span(start), f"a mapping here has more than {MAX_KEYS} keys"))
            key = self._key(event, path)
            if key is None or key in values:
                aside = (*path, key or "?", count)  # its faults are not those of the file, but its secrets are secret
                self._document.broken.add(aside)
                if key is not None:
                    first = f"`{shortened(key)}` stands here a second time, first on line {lines[key]}"
                    self._report(event, first, "remove one of the two")
                self._value(next(self._events), aside, _span(event))
                continue
            lines[key] = _span(event).line + 1
            values[key] = self._value(next(self._events), (*path, key), _span(event))
        return values

    def _key(self, event: yaml.Event, path: Path) -> str | None:
        """
        Return the text of a key; ``None`` if it is none that can be read.
        """
        if not isinstance(event, yaml.ScalarEvent):
            aside = (*path, "?")
            self._document.broken.add(aside)
            if not isinstance(event, yaml.AliasEvent):
                self._report(event, "a key must be a plain word", "write `key: value`")
            self._value(event, aside, None)
            return None
        self._refuse_marks_of_yaml(event, (*path, event.value))
        if event.value == "<<":
            self._report(event, "merge keys (`<<`) are not accepted", "write the keys out")
            return None
        return event.value

    def _refuse_marks_of_yaml(self, event: yaml.Event, path: Path) -> None:
        """
        Refuse aliases, anchors and tags: none is needed here, and each can hide what a rule does.
        """
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) and path[-1:] in {("when",), ("where",)}:
            message = "a condition cannot begin with `*`: YAML reads an alias there"
            self._report(event, message, 'begin it with a fact, or in quotes: "day_change < -5%"')
        elif isinstance(event, yaml.AliasEvent):
            hint = f'put the whole value in quotes: "*{shortened(event.anchor or "")}"'
            self._report(event, "`*` at the start of a value is an alias in YAML, and aliases are not accepted", hint)
        elif anchor is not None:
            message = "`&` at the start of a value is an anchor in YAML, and anchors are not accepted"
            self._report(event, message, f"remove the `&{shortened(anchor)}`, or put the whole value in quotes")
        elif tag is not None:
            self._report(event, "`!` at the start of a value is a tag in YAML, and tags are not accepted")
        else:
            return
        self._document.broken.add(path)

    def _report(self, event: yaml.Event, message: str, hint: str = "put the whole value in quotes") -> None:
        self._document.issues.append(issue_at(_span(event), message, hint))

    def _count(self, event: yaml.Event, path: Path) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TooMuchError(issue_at(_span(event), f"the file has more than {MAX_NODES:,} values"))
        if len(path) > MAX_DEPTH:
            raise TooMuchError(issue_at(_span(event), f"the file is nested more than {MAX_DEPTH} levels deep here"))


def _span(event: yaml.Event) -> Span:
    # Both are there in every event that was read.
    start, end = cast("yaml.Mark", event.start_mark), cast("yaml.Mark", event.end_mark)
    return Span(start.line, start.column, end.line, end.column)


def _style(event: yaml.ScalarEvent) -> str | None:
    """
    Return the quotes of a scalar; ``None`` if it is plain. (libyaml says "", the pure parser says None.)
    """
    return event.style or None


def _scalar(event: yaml.ScalarEvent, path: Path) -> object:
    if _style(event) is not None:
        return event.value
    key = next((part for part in reversed(path) if isinstance(part, str)), None)
    return event.value if key in TEXT_KEYS and not is_null(event.value) else resolve(event.value)
