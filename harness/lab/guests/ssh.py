"""The SSH server of a guest. It has no address: a node's jump hands it one end of a pair of sockets."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import asyncssh
from asyncssh.forward import SSHForwarder

from harness.lab.guests.guest import Guest
from harness.lab.guests.paths import SSH, Outcome, from_node
from harness.lab.guests.policies import policies
from harness.lab.guests.roots import PASSWORDS
from harness.lab.guests.shell import Session
from harness.lab.world import World

_log = logging.getLogger(__name__)
_SECONDS: dict[Outcome, float] = {"open": 0.0, "refused": 0.0, "no route": 0.2, "timeout": 0.8}
"""How long a node waits before it says so. A real one waits three seconds for a neighbour that is not there,
and two minutes for one that drops what comes.
"""
_WORDS: dict[Outcome, str] = {
    "refused": "Connection refused", "no route": "No route to host", "timeout": "Connection timed out",
}  # fmt: skip
_INPUT = 64 << 20


class _Door(asyncssh.SSHServer):
    """Lets in the user of the image with the keys in its home, or by the password of the image."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember a connection, so that it can be cut."""
        self.connection = conn
        self.guest.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.guest.connections.discard(self.connection)

    def begin_auth(self, username: str) -> bool:
        """Everyone has to prove something."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """As the guest's policy has it."""
        return policies(self.guest.world).opens(self.guest, username, key.export_public_key().decode())

    def public_key_auth_supported(self) -> bool:
        """Keys, always."""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords where the image has one."""
        return self.guest.login in PASSWORDS

    def validate_password(self, username: str, password: str) -> bool:
        """The image's own; nova sets no password in a guest of libvirt."""
        return username == self.guest.login and password == PASSWORDS.get(username)


async def _process(guest: Guest, process: asyncssh.SSHServerProcess[bytes]) -> None:
    session = Session(guest, user=guest.login)
    if process.command is None:
        process.stderr.write(b"this guest has no terminal: say the command\n")
        process.exit(1)
        return

    async def typed() -> bytes:
        data = bytearray()
        while len(data) < _INPUT and (piece := await process.stdin.read(_INPUT - len(data))):
            data += piece
        return bytes(data)

    running = asyncio.get_running_loop().create_task(session.run(process.command, typed))
    gone = asyncio.get_running_loop().create_task(process.channel.wait_closed())
    await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not running.done():
        running.cancel()
        return
    done = running.result()
    process.stdout.write(done.out)
    process.stderr.write(done.err)
    process.exit(done.status)


async def _serve(guest: Guest, sock: socket.socket) -> None:
    try:
        await asyncssh.run_server(
            sock,
            server_factory=lambda: _Door(guest),
            server_host_keys=[guest.host_key],
            process_factory=lambda process: _process(guest, process),
            encoding=None,
            sftp_factory=None,
            allow_scp=False,
            kbdint_auth=False,
            gss_host=None,
            agent_forwarding=False,
            login_timeout=20,
        )
    except (OSError, asyncssh.Error) as error:
        _log.info("%s: %s", guest.server.key, error)


async def jump(world: World, node: str, address: str, port: int) -> Any:
    """What a node connects a channel with; raises ``ChannelOpenError`` in the words of a kernel."""
    reached = from_node(world, node, address, port)
    if reached.outcome != "open" or reached.guest is None:
        await asyncio.sleep(_SECONDS[reached.outcome])
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, _WORDS[reached.outcome])
    mine, theirs = socket.socketpair()
    if port == SSH:
        serving = asyncio.get_running_loop().create_task(_serve(reached.guest, theirs))
        reached.guest.tasks.add(serving)
        serving.add_done_callback(reached.guest.tasks.discard)
    else:
        reached.guest.listeners[port].take(theirs)
    _, peer = await asyncio.get_running_loop().create_connection(SSHForwarder, sock=mine)
    return SSHForwarder(peer)
