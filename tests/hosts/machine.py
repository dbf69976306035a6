"""An SSH server of our own: a folder under chroot, SFTP only, keys made on the spot."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh


@dataclass
class Machine:
    port: int
    root: Path
    client_key: Path
    known_hosts: Path
    entered: int = 0
    connections: list[Any] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)


class _Server(asyncssh.SSHServer):
    machine: Machine

    def connection_made(self, conn: Any) -> None:
        self.machine.entered += 1
        self.machine.connections.append(conn)
        self._connection = conn

    def connection_requested(self, host: str, port: int, *_: Any) -> Any:
        """It is a jump host, too, and knows names that nobody else does."""
        self.machine.asked.append((host, port))
        return self._connection.forward_connection(self.machine.names.get(host, host), port)


@contextmanager
def running(folder: Path) -> Iterator[Machine]:
    host_key, client_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    root = folder / "root"
    root.mkdir(parents=True)
    machine = Machine(0, root, folder / "key", folder / "known_hosts")
    client_key.write_private_key(str(machine.client_key))
    machine.client_key.chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        machine.port = free.getsockname()[1]
    public = host_key.export_public_key().decode().strip()
    machine.known_hosts.write_text(f"[127.0.0.1]:{machine.port} {public}\n")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        return await asyncssh.create_server(
            type("Server", (_Server,), {"machine": machine}),
            "127.0.0.1",
            machine.port,
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(client_key.export_public_key().decode()),
            sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=str(root).encode()),
            allow_scp=False,
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield machine
    finally:

        async def stop() -> None:
            server.close()
            for connection in machine.connections:
                connection.abort()
                await connection.wait_closed()
            await server.wait_closed()
            await asyncio.sleep(0.05)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
