"""
What could run the code or the SQL of others: every use is in the lists below, each with its reason, or fails here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tradewarden

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(tradewarden.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
SQL = sorted(PACKAGE.rglob("*.sql"))

RUNNERS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "import_module",
    "exec_module",
    "run_path",
    "run_module",
    "FunctionType",
}
RUNNING_MODULES = {
    "code",
    "codeop",
    "ctypes",
    "dill",
    "imp",
    "marshal",
    "multiprocessing",
    "pickle",
    "pty",
    "runpy",
    "shelve",
}
RUNNING_MODULES |= {"subprocess", "telnetlib", "xmlrpc", "webbrowser"}
PROCESSES = re.compile(r"system|popen|fork|forkpty|posix_spawnp?|startfile|(spawn|exec)[lv]p?e?")
YAML_LOADERS = {
    "load",
    "load_all",
    "unsafe_load",
    "unsafe_load_all",
    "full_load",
    "full_load_all",
    "Loader",
    "UnsafeLoader",
}

ALLOWED = {
    ("rules/compiler.py", "compile"),  # our own tree of nodes, never a text; see test_confinement
    ("rules/compiler.py", "FunctionType"),
}
# What is executed and is neither a query of a .sql file nor a text that stands there in full.
ALLOWED_SQL = {
    ("journal/database.py", "begin"),  # one of two texts of that file
    ("journal/folder.py", "f'PRAGMA application_id = {APPLICATION_ID}'"),  # a constant, and a pragma takes no parameter
    ("journal/migrations.py", "statement"),  # of a .sql file of this package
}


def calls_in(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """
    Return each call with the last word of what is called.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            yield (
                node,
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else "",
            )


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_nothing_runs_code_but_the_compiler_of_conditions() -> None:
    """``re.compile`` takes patterns."""
    found = {
        (name_of(path), word)
        for path in SOURCES
        for call, word in calls_in(path)
        if word in RUNNERS and not ast.unparse(call.func).startswith("re.")
    }

    assert found == ALLOWED


def test_nothing_starts_a_process_or_reads_objects() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                found += [(name_of(path), module) for module in modules if module.partition(".")[0] in RUNNING_MODULES]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner, attribute = node.value.id, node.attr
                if (owner == "os" and PROCESSES.fullmatch(attribute)) or (
                    owner == "yaml" and attribute in YAML_LOADERS
                ):
                    found.append((name_of(path), f"{owner}.{attribute}"))
    assert found == []


def test_sql_gets_its_values_as_parameters() -> None:
    """What is executed is a query of a .sql file or a text without holes."""
    found = set()
    for path in SOURCES:
        for call, word in calls_in(path):
            if word not in {"execute", "executemany", "executescript"}:
                continue
            query = call.args[0]
            is_named = (
                isinstance(query, ast.Subscript) and isinstance(query.value, ast.Name) and query.value.id == "_SQL"
            )
            if not (is_named or isinstance(query, ast.Constant)):
                found.add((name_of(path), ast.unparse(query)))

    assert found == ALLOWED_SQL


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.name)
def test_no_query_has_a_hole_for_text(path: Path) -> None:
    queries = re.sub(r"--.*", "", path.read_text("utf-8"))

    assert re.findall(r"%[sd(]|[{}?$]", queries) == []
