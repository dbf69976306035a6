"""Ways to an address that only the cloud knows: from this machine, or through a node that forwards."""

from __future__ import annotations

import socket
from typing import Any, Protocol

from paramiko import Channel

from harness.hosts.connection import CONNECT_TIMEOUT, reason
from harness.hosts.errors import HostError

Line = socket.socket | Channel
"""An open TCP connection; paramiko takes either."""


class NotTaken(HostError):  # noqa: N818 - named as the field speaks
    """Nothing takes the connection up: it is refused, dropped, or there is no such address."""


class Way(Protocol):
    """Opens connections from one vantage point."""

    name: str

    def line_to(self, address: str, port: int) -> Line:
        """Open a TCP connection within five seconds.

        Raises ``NotTaken``, ``HostUnreachable`` where the vantage point itself cannot be entered, and
        ``OutOfReach`` where it forwards nothing.
        """
        ...


class Direct:
    """From this machine."""

    name = "this machine"

    def line_to(self, address: str, port: int) -> Line:
        """Open a TCP connection."""
        try:
            return socket.create_connection((address, port), CONNECT_TIMEOUT)
        except OSError as error:
            raise NotTaken(f"{address}:{port}: {reason(error)}") from error


def banner(line: Any) -> str:
    """The first line of an SSH server, within five seconds; "" where it is none."""
    line.settimeout(CONNECT_TIMEOUT)
    text = b""
    try:
        while b"\n" not in text and len(text) < 255:
            piece = line.recv(255 - len(text))
            if not piece:
                break
            text += piece
    except (OSError, EOFError):
        return ""
    found = text.split(b"\n")[0].decode("utf-8", "replace").strip()
    return found if found.startswith("SSH-") else ""
