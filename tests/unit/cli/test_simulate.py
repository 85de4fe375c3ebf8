from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said


@pytest.mark.parametrize("port", ["99999", "65536", "-1"])
def test_what_is_no_port_is_refused(type_in: Callable[..., Said], port: str) -> None:
    said = type_in("simulate", "--port", port)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"tradewarden: --port {port} is no port")


def test_a_taken_port_is_refused(type_in: Callable[..., Said]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = type_in("simulate", "--port", str(port))

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"tradewarden: port {port} cannot be used: Address already in use.")


@pytest.mark.parametrize(("name", "problem"), [("", "--scenario is empty"), (".", "Is a directory"), ("none", "none")])
def test_what_is_no_scenario_is_refused(
    type_in: Callable[..., Said], environment: Path, name: str, problem: str
) -> None:
    del environment
    said = type_in("simulate", "--port", "0", "--scenario", name)

    assert (said.code, said.out) == (2, "")
    assert problem in said.err
