"""Ways to an address that only the cloud knows: from this machine, or through a node that forwards."""

from __future__ import annotations

import socket
from typing import Any, Protocol

import paramiko
from paramiko import Channel

from harness.errors import OutOfReach
from harness.hosts.connection import CONNECT_TIMEOUT, FAILURES, reason
from harness.hosts.errors import HostError, HostUnreachable

_PROHIBITED = 1
"""What SSH answers where a server forbids forwarding, and not where the other end does not answer."""
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


def tunnel(transport: paramiko.Transport, name: str, address: str, port: int) -> Channel:
    """A TCP connection that the host at the other end opens for us, within five seconds.

    ``name`` is the host's, for the words of an error. Raises what ``Way.line_to`` does.
    """
    try:
        return transport.open_channel(
            "direct-tcpip", (address, port), ("127.0.0.1", 0), timeout=CONNECT_TIMEOUT
        )
    except paramiko.ChannelException as error:
        if error.code == _PROHIBITED:
            raise OutOfReach(f"{name} forwards no connections (AllowTcpForwarding)") from error
        raise NotTaken(f"{address}:{port} from {name}: {error.text or reason(error)}") from error
    except FAILURES as error:
        if not transport.is_active():
            raise HostUnreachable(f"{name}: {reason(error)}", component="ssh") from error
        raise NotTaken(f"{address}:{port} from {name}: {reason(error)}") from error


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
