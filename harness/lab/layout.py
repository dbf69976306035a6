"""Where a lab lives on loopback: one prefix a lab, one address a node, the described ports.

Lab N owns ``127.77.N.0/24``: node i of the description is ``127.77.N.i``, the control address
``127.77.N.254:8999``. Ports below 1024 need root, so in the lab they are 10000 higher (SSH: 10022). Linux
routes the whole of 127/8 to loopback, which is why no interface has to be configured.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.errors import LabError

CONTROL_HOST = 254
CONTROL_PORT = 8999
SSH_PORT = 22
_LABS = range(1, 255)
_MOST_NODES = 250


def lab_port(described: int) -> int:
    """The port in the lab of a described port: the same, or 10000 higher where it would need root."""
    return described if described >= 1024 else described + 10000


@dataclass(frozen=True)
class Layout:
    """The addresses of one lab: ``number`` picks the prefix,
    ``nodes`` stand in the order of the description.
    """

    number: int
    nodes: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """The first three parts of every address of this lab: ``127.77.1``."""
        return f"127.77.{self.number}"

    @property
    def control(self) -> tuple[str, int]:
        """Where the control application listens."""
        return f"{self.prefix}.{CONTROL_HOST}", CONTROL_PORT

    @property
    def control_url(self) -> str:
        """The control address as a URL, without a slash at its end."""
        return "http://{}:{}".format(*self.control)

    @property
    def ssh_port(self) -> int:
        """The port of every node's SSH server."""
        return lab_port(SSH_PORT)

    def address(self, node: str) -> str:
        """The address of a node; raises ``KeyError`` for a node that nobody described."""
        try:
            return f"{self.prefix}.{self.nodes.index(node) + 1}"
        except ValueError:
            raise KeyError(node) from None

    def addresses(self) -> dict[str, str]:
        """Every node with its address, in the order of the description."""
        return {node: self.address(node) for node in self.nodes}

    def socket_of(self, node: str, described: int) -> tuple[str, int]:
        """The address and port in the lab of a node's described port."""
        return self.address(node), lab_port(described)


def claim(nodes: Iterable[str], ports: Iterable[tuple[str, int]]) -> tuple[Layout, socket.socket]:
    """Take the first free prefix: the listening control socket is the claim,
    held for as long as it is open.

    ``ports`` are the (node, described port) pairs that the lab will listen on; a prefix where one of them
    is taken is passed over. Raises ``LabError`` where no prefix is free or loopback addresses cannot be
    had.
    """
    names, wanted = tuple(nodes), tuple(ports)
    if len(names) > _MOST_NODES:
        raise LabError(f"{len(names)} nodes described; the lab has addresses for {_MOST_NODES}")
    for layout in _layouts(names):
        held = _listen(layout.control)
        if held is None:
            continue
        if all(_free(layout.socket_of(node, port)) for node, port in wanted):
            return layout, held
        held.close()
    raise LabError(
        "no free lab prefix from 127.77.1 to 127.77.254: `deployday lab status` shows the labs that run, "
        "`deployday lab down --all` stops them"
    )


def _layouts(nodes: tuple[str, ...]) -> Iterator[Layout]:
    return (Layout(number, nodes) for number in _LABS)


def _listen(address: tuple[str, int]) -> socket.socket | None:
    """A listening socket, or None where another process has the address.

    Listening at once matters: with SO_REUSEADDR two processes may both bind, but only one may listen.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise LabError(
            f"cannot listen on {address[0]}:{address[1]} ({error.strerror}): the lab needs the loopback "
            "addresses 127.77.0.0/16, which Linux has without configuration"
        ) from None
    return sock


def _free(address: tuple[str, int]) -> bool:
    sock = _listen(address)
    if sock is not None:
        sock.close()
    return sock is not None
