"""The sockets that wait at a node's address, as the machine's kernel has them."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.lab.layout import lab_port

_WAITS = "0A"
_UDP_OPEN = "07"


def waiting(address: str, proc: Path = Path("/proc/net")) -> Iterator[tuple[str, int]]:
    """Protocol and lab's port of every socket that waits at an address."""
    wanted = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}"
    for kind, state in (("tcp", _WAITS), ("udp", _UDP_OPEN)):
        try:
            rows = (proc / kind).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            words = row.split(maxsplit=4)
            place, _, port = words[1].partition(":")
            if place == wanted and words[3] == state:
                yield kind, int(port, 16)


def described_port(port: int, described: Iterable[int]) -> int:
    """The port of the description behind one of the lab: below 1024 they are 10000 higher."""
    return next((one for one in described if lab_port(one) == port), port)
