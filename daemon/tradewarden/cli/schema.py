"""
``tradewarden schema``: the JSON Schema of the rules file, for editors.
"""

from __future__ import annotations

import sys

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import json_text
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.json_schema import rules_schema


def schema(*, options: Options = DEFAULTS) -> None:  # noqa: ARG001 (every command takes them)
    """
    Print the schema: what may stand in the rules file, and what each key means.

    `tradewarden schema > rules.schema.json` beside the rules file: its first line names it to the editor.
    """
    sys.stdout.write(json_text(rules_schema(VOCABULARY), sys.stdout) + "\n")
