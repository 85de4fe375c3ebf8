from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.json_schema import rules_schema
from tradewarden.ruletests.json_schema import schema_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable

    from unit.cli.conftest import Said

PROGRAM = """
import sys
from tradewarden.cli.main import main
code = main(["schema"])
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def test_the_schema_is_all_that_is_printed(type_in: Callable[..., Said]) -> None:
    said = type_in("schema")

    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == rules_schema(VOCABULARY)


def test_that_of_test_files_is_all_that_is_printed(type_in: Callable[..., Said]) -> None:
    said = type_in("schema", "--tests")

    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == schema_of_tests(VOCABULARY)


@pytest.mark.process
def test_every_run_prints_the_same_and_loads_nothing_of_the_daemon() -> None:
    runs = [
        subprocess.run(  # noqa: S603 (this Python, our own program)
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]

    assert runs[0].stdout == runs[1].stdout
    assert json.loads(runs[0].stdout)
    assert not {"httpx", "sqlite3", "apscheduler", "msgspec"} & set(runs[0].stderr.split())
