"""
``check --say``: each rule read back in plain sentences.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from tradewarden.cli.terminal import plain
from tradewarden.engine.spoken import SPOKEN_ANSWERS, SPOKEN_NAMES
from tradewarden.rules.rule_speech import sentences_of
from tradewarden.rules.speech import Speech

if TYPE_CHECKING:
    from typing import TextIO

    from tradewarden.rulesfile.advice import Desk

WIDTH = 100
GLUE = "\N{NO-BREAK SPACE}"


def write_rules(desk: Desk, stream: TextIO) -> None:
    """
    Write what each rule does, in the order of the file.
    """
    speech = Speech(desk.vocabulary, SPOKEN_NAMES, SPOKEN_ANSWERS)
    settings = desk.settings
    for rule in desk.ruleset.rules:
        off = "" if rule.enabled else " (switched off)"
        stream.write(f"{plain(rule.name)}{off}\n")
        sentences = sentences_of(
            rule, speech, schedule=settings.schedule, timezone=str(settings.timezone), rules=desk.ruleset.rules
        )
        stream.writelines(map(_paragraph, sentences))
    if desk.ruleset.rules:
        stream.write("Where something that a condition asks for is unknown, its rule does not fire.\n\n")


def _paragraph(sentence: str) -> str:
    """
    Break a sentence into lines, never between a number and its percent sign.
    """
    together = plain(sentence).replace(" %", f"{GLUE}%")
    return "".join(
        f"{line.replace(GLUE, ' ')}\n" for line in wrap(together, WIDTH, initial_indent="  ", subsequent_indent="    ")
    )
