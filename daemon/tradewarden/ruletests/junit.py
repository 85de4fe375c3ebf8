"""
The result of tests as JUnit XML, which CI systems read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tradewarden.ruletests.report import difference_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tradewarden.ruletests.verdict import Verdict

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[tuple[Path, Sequence[Verdict]]]) -> str:
    """
    Write one test suite for each test file.
    """
    verdicts = [verdict for _, found in results for verdict in found]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="tradewarden" {_counts(verdicts)}>',
        *(line for path, found in results for line in _suite(path, found)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suite(path: Path, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield f"  <testsuite name={_attribute(str(path))} {_counts(verdicts)}>"
    for verdict in verdicts:
        file, line = verdict.test.place.rsplit(":", 2)[:2]
        opening = (
            f"    <testcase classname={_attribute(path.stem)} name={_attribute(verdict.test.name)} "
            f"file={_attribute(file)} line={_attribute(line)} time={_attribute(f'{verdict.took.total_seconds():.6f}')}"
        )
        if verdict.passed:
            yield f"{opening}/>"
            continue
        count = len(verdict.differences)
        message = f"{count} thing{'' if count == 1 else 's'} not as expected"
        text = "\n".join(text for difference in verdict.differences for text in difference_lines(difference))
        yield f"{opening}>"
        yield f'      <failure type="unexpected" message={_attribute(message)}>{escape(_clean(text))}</failure>'
        yield "    </testcase>"
    yield "  </testsuite>"


def _counts(verdicts: Sequence[Verdict]) -> str:
    failures = sum(not verdict.passed for verdict in verdicts)
    took = sum(verdict.took.total_seconds() for verdict in verdicts)
    return f'tests="{len(verdicts)}" failures="{failures}" errors="0" skipped="0" time="{took:.6f}"'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
