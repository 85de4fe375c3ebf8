"""
``tradewarden schema``: the JSON Schema of the rules file, or of a test file, for editors.
"""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import json_text
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.json_schema import rules_schema


def schema(
    *,
    tests: Annotated[bool, Parameter(negative="", help="That of a test file, not of the rules file.")] = False,
    options: Options = DEFAULTS,  # noqa: ARG001 (every command takes them)
) -> None:
    """
    Print the schema: what may stand in the rules file, and what each key means.

    `tradewarden schema > rules.schema.json` beside the rules file: its first line names it to the editor. For a test
    file it is `tradewarden schema --tests > rules.test.schema.json`.
    """
    if tests:
        from tradewarden.ruletests.json_schema import schema_of_tests  # noqa: PLC0415 (it draws in what plays tests)

        drawn = schema_of_tests(VOCABULARY)
    else:
        drawn = rules_schema(VOCABULARY)
    sys.stdout.write(json_text(drawn, sys.stdout) + "\n")
