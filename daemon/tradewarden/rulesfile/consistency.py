"""
What concerns several keys at once: names that are given twice, keys that exclude one another.

It looks at the plain values, not at the models, so that a file with a wrong value elsewhere hears of this too.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tradewarden.rulesfile.problems import Issue, issue_at, shortened
from tradewarden.rulesfile.rule_shape import RuleShape, ScheduleShape, SelectorShape
from tradewarden.rulesfile.values import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradewarden.rulesfile.document import Document, Path


def rules_of(document: Document) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """
    Yield path and keys of everything that stands where a rule should.
    """
    rules = mapping(document.data).get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict):
            yield ("rules", index), rule


def mapping(value: object) -> Mapping[str, object]:
    """
    Return *value* if it is a mapping, else an empty one.
    """
    return value if isinstance(value, dict) else {}


def consistency_issues(document: Document) -> list[Issue]:
    """
    Return everything that does not go together.
    """
    issues = [*_repeated_names(document), *_schedule(document, (), mapping(document.data))]
    for path, rule in rules_of(document):
        issues += _schedule(document, path, rule)
        issues += _selector(document, path, rule)
        if all(key in rule for key in RuleShape.at_most_one):
            span = document.key_span((*path, "schedule"))
            issues.append(issue_at(span, "a rule has `every` or `schedule`, not both", "remove one of the two"))
        if rule.get("except") == {}:
            message = "`except` is empty, which would except every SmartTrade"
            issues.append(issue_at(document.key_span((*path, "except")), message, "name what to except, or remove it"))
    return issues


def _repeated_names(document: Document) -> Iterator[Issue]:
    first: dict[str, int] = {}
    for path, rule in rules_of(document):
        name = rule.get("name")
        if isinstance(name, str) and name.strip():
            span = document.places[*path, "name"].span
            same = unicodedata.normalize("NFC", name.strip())  # what looks the same is the same
            if same in first:
                message = f"two rules are named {shortened(name)}: the first on line {first[same] + 1}"
                yield issue_at(span, message, "`repeat` remembers rules by name, so each needs its own")
            first.setdefault(same, span.line)


def _schedule(document: Document, above: Path, owner: Mapping[str, object]) -> Iterator[Issue]:
    path = (*above, "schedule")
    schedule = owner.get("schedule")
    if not isinstance(schedule, dict) or document.is_broken(path):
        return
    given = set(ScheduleShape.exactly_one) & schedule.keys()
    if len(given) != 1:
        message = "`schedule` has both `every` and `cron`" if given else "`schedule` has neither `every` nor `cron`"
        yield issue_at(document.key_span(path), message, 'write {every: 60s} or {cron: "*/5 8-20 * * mon-fri"}')
    every, jitter = (parse_duration(str(schedule.get(key))) for key in ("every", "jitter"))
    if every is not None and jitter is not None and jitter >= every:
        yield issue_at(document.places[*path, "jitter"].span, "`jitter` must be less than `every`")


def _selector(document: Document, path: Path, rule: Mapping[str, object]) -> Iterator[Issue]:
    cancel = rule.get("cancel")
    if isinstance(cancel, dict) and len(set(SelectorShape.exactly_one) & cancel.keys()) != 1:
        message = "`cancel` names one step: by its `position` or by a condition `where`"
        yield issue_at(document.key_span((*path, "cancel")), message, "write one of the two")
