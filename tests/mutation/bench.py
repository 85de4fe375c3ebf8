"""
Tries mutants: each in a fork of a process that stands ready.

A process of its own for each mutant costs three seconds, most of it imports. Two ways are quicker:

- *Patched*: the tests are collected once, in a process that forks for each mutant and there puts new code into the
  functions that differ. Costs what the tests take up to the first that fails.
- *Planted*: for a mutant outside of functions (a constant, a table, a field), and for one that survived patched, since
  what the tests' modules made at import was made by the original. pytest and the libraries stand ready, nothing of
  ours is imported yet; the fork imports the mutated module instead of the true one, and collects the tests anew.

Neither mutmut nor Cosmic Ray does that: the one leaves out module level and every decorated class (all of our frozen
values), the other starts a process for each mutant; both lack what matters most here, left-out statements and checks.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import _hypothesis_pytestplugin  # type: ignore[import-untyped]  # it has no types
import apscheduler.schedulers.base
import cyclopts
import httpx
import hypothesis.internal.conjecture.engine
import hypothesis.strategies
import lark
import msgspec
import pydantic
import pytest
import pytest_asyncio.plugin
import pytest_timeout  # type: ignore[import-untyped]  # it has no types
import rich.console
import structlog
import yaml

from mutation.patching import new_codes, patch
from mutation.targets import PACKAGE, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from types import CodeType, ModuleType

    from mutation.mutants import Mutant

READY: tuple[ModuleType, ...] = (
    apscheduler,
    cyclopts,
    httpx,
    hypothesis,
    lark,
    msgspec,
    pydantic,
    rich,
    structlog,
    yaml,
)
PLUGINS = (_hypothesis_pytestplugin, pytest_asyncio.plugin, pytest_timeout)
MEMORY = 4 * 1024**3  # bytes of address space: a mutant that eats memory is dead
WAITS_AT_MOST_S = 240
NO_TEST_FAILED = 0
KILLED_BY_IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What tests said: *killer* is the first that failed, `import` if there was none to be asked, ``None`` if none did.
    """

    killer: str | None
    timed_out: bool
    cpu_s: float  # what it cost: how long that takes depends on who else is at work


@dataclass(slots=True)
class Running:
    """
    A fork at work.
    """

    pid: int
    reader: int
    deadline: float  # for one that waits; one that is busy is ended by its limit of processor time

    def poll(self) -> Trial | None:
        """
        Return what came of it; ``None`` while it runs.
        """
        pid, status, used = os.wait4(self.pid, os.WNOHANG)
        if pid == 0 and time.monotonic() < self.deadline:
            return None
        if pid == 0:
            os.killpg(self.pid, signal.SIGKILL)
            _, status, used = os.wait4(self.pid, 0)
        killer = os.read(self.reader, 4096).decode()
        os.close(self.reader)
        code = os.waitstatus_to_exitcode(status)
        cpu_s = used.ru_utime + used.ru_stime
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            return Trial(None, timed_out=True, cpu_s=cpu_s)
        return Trial(None if code == NO_TEST_FAILED else killer or KILLED_BY_IMPORT, timed_out=False, cpu_s=cpu_s)


class _Witness:
    """
    Notes the first test that fails.
    """

    def __init__(self, writer: int) -> None:
        self._writer = writer
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = True
            os.write(self._writer, report.nodeid.encode()[:4000])


class _ExamplesFirst:
    """
    Puts the properties behind the examples, which cost far less and notice most mutants.
    """

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


class _MutatedLoader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.get_filename(fullname), "exec", dont_inherit=True)


class _Planted(importlib.abc.MetaPathFinder):
    """
    Imports one module in its mutated form.
    """

    def __init__(self, mutant: Mutant) -> None:
        self._path = PACKAGE / mutant.module
        self._name = mutant.import_name
        self._source = mutant.applied_to(self._path.read_text("utf-8"))

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _MutatedLoader(fullname, str(self._path), self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def plant(mutant: Mutant | None, tests: Sequence[str], *, cpu_s: float) -> Running:
    """
    Start *tests* with the mutated module imported, up to the first that fails; without a mutant, as things are.
    """

    def work(writer: int) -> int:
        if mutant is not None:
            sys.meta_path.insert(0, _Planted(mutant))
        return run_pytest(tests, _Witness(writer))

    return _fork(work, cpu_s)


def run_pytest(tests: Sequence[str], plugin: object) -> int:
    """
    Run pytest in this process, with a plugin of ours.
    """
    options = ["-x", "-q", "-s", "-p", "no:cacheprovider", f"--timeout={WAITS_AT_MOST_S}", "--rootdir", str(ROOT)]
    return int(pytest.main([*options, *tests], plugins=[*PLUGINS, _ExamplesFirst(), plugin]))


def patch_in(
    mutant: Mutant | None, session: pytest.Session, *, likely: Collection[str], cpu_s: float
) -> Running | None:
    """
    Start the collected tests with the functions of the mutant patched, those that are *likely* to notice first.

    ``None`` if it is not in functions alone.
    """
    codes = {} if mutant is None else new_codes(mutant)
    if codes is None:
        return None

    def work(writer: int) -> int:
        if mutant is not None:
            patch(mutant.import_name, codes)
        witness = _Witness(writer)
        session.config.pluginmanager.register(witness)
        items = sorted(session.items, key=lambda item: item.nodeid not in likely)
        for item, following in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if witness.failed:
                return 1
        return NO_TEST_FAILED

    return _fork(work, cpu_s)


def _fork(work: Callable[[int], int], cpu_s: float) -> Running:
    """
    Do *work* in a fork, silently. It is given a pipe to name the killer, and returns the exit code.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Running(pid, reader, time.monotonic() + WAITS_AT_MOST_S)
    code = 1
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = work(writer)
    finally:
        os._exit(code)
