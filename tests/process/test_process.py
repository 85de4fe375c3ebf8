"""
What other processes of this machine can see of the daemon: its arguments, its children, its memory.
"""

from __future__ import annotations

import resource
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tradewarden.simulator.api import Faults

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Request, Response

pytestmark = pytest.mark.process


class AtTheFirstRead(Faults):
    """
    Holds the first answer back while a test looks.
    """

    def __init__(self) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def before(self, request: Request) -> Response | None:
        del request
        self.arrived.set()
        self.go_on.wait(10)
        return None

    def after(self, request: Request, response: Response) -> Response:
        del request
        return response


def test_no_core_no_argument_and_no_child_holds_a_secret(
    start: Callable[..., subprocess.Popen[str]], exchange: Api
) -> None:
    """Also when it was started by hand from a shell that allows core dumps."""
    exchange.faults = watch = AtTheFirstRead()
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("no process may dump its core here")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        process = start("run", "--once")
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert watch.arrived.wait(20)

    here = Path("/proc") / str(process.pid)
    limits = (here / "limits").read_text("ascii")
    arguments = (here / "cmdline").read_bytes()
    children = (here / "task" / str(process.pid) / "children").read_text("ascii")
    links = [str(link.readlink()) for link in (here / "fd").iterdir() if link.is_symlink()]
    watch.go_on.set()
    process.communicate(timeout=30)

    [core] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]
    assert b"demo-secret" not in arguments
    assert b"demo-key" not in arguments
    assert children == ""
    assert [link for link in links if "demo-" in link] == []
