"""One SSH server a node.

A key opens it, SFTP shows the node's folder as ``/``, and every command has a room of its own in there
(``sessions``); where the machine allows no rooms there are a few commands (``commands``) and no shell. As a
jump host it leads to the guests that a node of the cloud would reach, and a node with rings to the storage
servers.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from harness.lab.hostside.commands import NO_SHELL, Commands
from harness.lab.hostside.keys import host_key
from harness.lab.hostside.sessions import Manner, Rooms, attend
from harness.lab.hostside.user import USER

_BACKLOG = 64
Onward = Callable[[str, str, int], Awaitable[Any]]
"""``onward(node, address, port)`` gives what a channel is connected with, or raises ``ChannelOpenError``."""


class _Door(asyncssh.SSHServer):
    """Lets in the lab's user with the lab's key; keeps count of who is inside."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember a connection, so that it can be cut."""
        self.connection = conn
        self.node.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.node.connections.discard(self.connection)

    def begin_auth(self, username: str) -> bool:
        """Everyone has to show a key; one user has one."""
        if username == USER:
            self.connection.set_authorized_keys(str(self.node.authorized_keys))
        return True

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> Any:
        """A jump: on to what the node reaches: storage servers and guests, and nothing else."""
        if (dest_host, dest_port) in self.node.inner:
            return True
        if self.node.onward is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "No route to host")
        return self.node.onward(self.node.name, dest_host, dest_port)

    def public_key_auth_supported(self) -> bool:
        """Keys, and nothing else."""
        return True


@dataclass
class Node:
    """The SSH server of one node; ``folder`` is what its clients see as ``/``."""

    name: str
    address: tuple[str, int]
    folder: Path
    key_path: Path
    authorized_keys: Path
    onward: Onward | None = None
    commands: Commands | None = None
    rooms: Rooms | None = None
    manner: Manner = field(default_factory=Manner)
    inner: frozenset[tuple[str, int]] = frozenset()
    """Addresses and ports of the cloud's own servers that the node forwards to."""
    connections: set[asyncssh.SSHServerConnection] = field(default_factory=set)
    _listening: socket.socket | None = None
    _acceptor: Any = None

    async def start(self) -> None:
        """Listen and serve."""
        self.bind()
        await self.accept()

    def bind(self) -> None:
        """Take the address at once; connections wait until ``accept``."""
        self._listening = socket.create_server(self.address, backlog=_BACKLOG)

    async def accept(self) -> None:
        """Serve the connections that come in."""
        if self._listening is None:
            return
        self._acceptor = await asyncssh.listen(
            sock=self._listening,
            server_factory=lambda: _Door(self),
            server_host_keys=[host_key(self.key_path)],
            sftp_factory=_rooted(self.folder),
            process_factory=self._execute,
            allow_scp=False,
            encoding=None,
            line_editor=False,
            password_auth=False,
            kbdint_auth=False,
            gss_host=None,
            agent_forwarding=False,
            login_timeout=20,
        )

    async def _execute(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """One session: in a room, or what can be had without one."""
        if process.command is None and process.term_type is not None:
            process.stderr.write(b"this node has no terminal: say the command\n")
            process.exit(1)
            return
        refusal = await self.rooms.refusal() if self.rooms is not None else "this node has no shell"
        if self.rooms is not None and not refusal:
            await attend(process, self.rooms, self.folder, self.manner)
        else:
            await self._without_room(process, refusal)

    async def _without_room(self, process: asyncssh.SSHServerProcess[bytes], refusal: str) -> None:
        """A command that may block, and is carried out to its end, whoever goes away meanwhile."""
        if process.command is None or self.commands is None:
            process.stderr.write(f"{refusal}\n".encode())
            process.exit(NO_SHELL)
            return
        done = await asyncio.to_thread(self.commands, self.name, process.command)
        process.stdout.write(done.out.encode())
        process.stderr.write((done.err or (f"{refusal}\n" if done.status == NO_SHELL else "")).encode())
        process.exit(done.status)

    def stop(self) -> None:
        """Stop listening and cut who is connected, as when ``sshd`` is killed."""
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for connection in list(self.connections):
            connection.abort()

    def stopped(self) -> Callable[[], None]:
        """Stop now; what is returned starts it again, from within the running loop."""
        self.stop()

        def again() -> None:
            self.bind()
            self._restarted = asyncio.get_running_loop().create_task(self.accept())

        return again


def _rooted(folder: Path) -> Callable[[asyncssh.SSHServerChannel[Any]], asyncssh.SFTPServer]:
    return lambda channel: _Files(channel, chroot=str(folder).encode())


class _Files(asyncssh.SFTPServer):
    """A node's files; a link that leads out of its folder leads nowhere, as it would on a host of its own."""

    def map_path(self, path: bytes) -> bytes:
        """The real path of a client's path."""
        mapped = super().map_path(path)
        root = os.path.realpath(self._chroot or b"/")
        real = os.path.realpath(mapped)
        if real != root and not real.startswith(root + b"/"):
            raise asyncssh.SFTPNoSuchFile("No such file")
        return mapped
