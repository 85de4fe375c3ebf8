"""
Runs in place of the daemon, under the unit's own settings, and prints as JSON what it could do.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
KERNEL_FILES = {"/proc", "/sys"}
LEVELS = 3


def called(result: int) -> None:
    """
    Raise what a C function left in errno.
    """
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def open_socket(family: int, kind: int, protocol: int = 0) -> None:
    socket.socket(family, kind, protocol).close()


def map_code() -> None:
    mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def make_setuid() -> None:
    path = Path(os.environ["STATE_DIRECTORY"], "setuid")
    path.touch()
    path.chmod(0o4755)


def get_root() -> None:
    os.setuid(0)


def run_as_root() -> None:
    """
    Use what is setuid on most systems: no gain of privileges lets it see root's files.
    """
    if subprocess.run(["/bin/su", "-c", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode:
        raise PermissionError


def realtime() -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def kill_the_first() -> None:
    os.kill(1, 0)


ACTS: dict[str, Callable[[], object]] = {
    "read /etc/shadow": Path("/etc/shadow").read_bytes,
    "read the credentials' files": lambda: list(Path("/etc/tradewarden/credentials").iterdir()),
    "read the files of root": lambda: list(Path("/root").iterdir()),
    "see other processes": lambda: Path("/proc/1/status").read_bytes(),
    "signal other processes": kill_the_first,
    "open raw sockets": lambda: open_socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "open packet sockets": lambda: open_socket(socket.AF_PACKET, socket.SOCK_DGRAM),
    "open netlink sockets": lambda: open_socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "become root": get_root,
    "run a setuid program": run_as_root,
    "make a setuid program": make_setuid,
    "mount": lambda: called(LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
    "trace": lambda: called(LIBC.ptrace(0, 0, 0, 0)),
    "name the host": lambda: socket.sethostname(socket.gethostname()),
    "set the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "write the kernel's settings": lambda: os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)),
    "read the kernel's log": lambda: called(LIBC.klogctl(3, ctypes.create_string_buffer(16), 16)),
    "map memory to write and run": map_code,
    "run with priority": realtime,
    "become another architecture": lambda: called(LIBC.personality(8)),
    "make a namespace": lambda: called(LIBC.unshare(CLONE_NEWUSER)),  # at the end: in it, root may do less
}


def attempt(act: Callable[[], object]) -> bool:
    """
    Tell whether *act* could be done.
    """
    try:
        act()
    except (OSError, LookupError):
        return False
    return True


def writable_folders() -> list[str]:
    """
    Look for folders in which something can be made, a few levels deep and in every mount.
    """
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines()]
    found = set()
    for start in {"/", *mounts}:
        top = start.rstrip("/").count("/")
        for folder, below, _ in os.walk(start):
            if folder in KERNEL_FILES or folder.rstrip("/").count("/") - top >= LEVELS:
                below.clear()
            if folder not in KERNEL_FILES and os.access(folder, os.W_OK):
                found.add(folder)
                below.clear()
    return sorted(found)


def own_status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def main() -> None:
    """
    Print one JSON document.
    """
    credentials = Path(os.environ["CREDENTIALS_DIRECTORY"])
    status = own_status()
    print(  # noqa: T201 (its only way to tell)
        json.dumps(
            {
                "could": [name for name, act in ACTS.items() if attempt(act)],
                "writable": writable_folders(),
                "in_tmp": [path.name for path in Path("/tmp").iterdir()],  # noqa: S108 (its own)
                "uid": os.getuid(),
                "capabilities": [status["CapBnd"], status["CapEff"], status["CapAmb"]],
                "no_new_privileges": status["NoNewPrivs"],
                "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip(),
                "rules": Path("/etc/tradewarden/rules.yaml").read_text("utf-8"),
                "credentials": {path.name: path.read_text("utf-8") for path in sorted(credentials.iterdir())},
                "variables": sorted(os.environ),
                "python": sys.version.split()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
