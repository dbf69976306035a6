"""A machine of our own: an SSH server that runs this machine's ``/bin/sh``, and a sudo that can be told."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from harness.hostlist import Host
from harness.site import Ssh

SUDO = """\
#!/bin/sh
# What sudo does as far as it can be seen: -n refuses, -S asks on stderr and reads one line a time.
folder=$(dirname "$0")
wanted=$(cat "$folder/password")
how=; prompt='[sudo] password: '
while [ $# -gt 0 ]; do
    case $1 in
        -n) how=n; shift;;
        -S) how=S; shift;;
        -p) prompt=$2; shift 2;;
        --) shift; break;;
        *) break;;
    esac
done
echo "$how" >> "$folder/asked"
if [ -n "$wanted" ]; then
    [ "$how" = n ] && { echo 'sudo: a password is required' >&2; exit 1; }
    tries=0
    while :; do
        printf %s "$prompt" >&2
        IFS= read -r given || { echo 'sudo: no password was provided' >&2; exit 1; }
        echo "$given" >> "$folder/given"
        [ "$given" = "$wanted" ] && break
        echo 'Sorry, try again.' >&2
        tries=$((tries + 1))
        [ $tries = 3 ] && { echo 'sudo: 3 incorrect password attempts' >&2; exit 1; }
    done
fi
BECAME=root; export BECAME
exec "$@"
"""


@dataclass
class Posix:
    """The machine while it runs; ``opened`` counts channels, ``entered`` connections."""

    folder: Path
    port: int = 0
    entered: int = 0
    opened: int = 0
    users: list[str] = field(default_factory=list)
    forwards: bool = True
    forwarded: list[tuple[str, int]] = field(default_factory=list)
    connections: list[Any] = field(default_factory=list)
    running: set[Any] = field(default_factory=set)

    loop: Any = None

    def cut(self) -> None:
        """Break every connection."""
        for connection in self.connections:
            self.loop.call_soon_threadsafe(connection.abort)

    @property
    def host(self) -> Host:
        return Host("127.0.0.1", self.port)

    def ssh(self, **changes: object) -> Ssh:
        given = {"user": "ops", "key_file": self.folder / "key", "known_hosts": self.folder / "known_hosts"}
        return Ssh.model_validate(given | changes)

    def wants(self, password: str) -> None:
        """What its sudo asks for; "" for nothing."""
        (self.folder / "bin/password").write_text(password)

    def given(self, name: str = "given") -> list[str]:
        """What its sudo was given; with ``asked``, how it was called."""
        path = self.folder / "bin" / name
        return path.read_text().splitlines() if path.exists() else []


class _Server(asyncssh.SSHServer):
    machine: Posix

    def connection_made(self, conn: Any) -> None:
        self.machine.entered += 1
        self.machine.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        self.machine.users.append(username)
        return True

    def connection_requested(self, host: str, port: int, *_: Any) -> bool:
        self.machine.forwarded.append((host, port))
        if not self.machine.forwards:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "no")
        return True


async def _run(machine: Posix, process: Any) -> None:
    """What sshd does: the line goes to a shell, with pipes."""
    machine.opened += 1
    path = f"{machine.folder}/bin:{os.environ['PATH']}"
    child = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        process.command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PATH": path},
        start_new_session=True,
    )
    machine.running.add(child)
    told = asyncio.ensure_future(_feed(process.stdin, child.stdin))
    heard = asyncio.gather(_drain(child.stdout, process.stdout), _drain(child.stderr, process.stderr))
    gone = asyncio.ensure_future(process.wait_closed())
    try:
        await asyncio.wait({heard, gone}, return_when=asyncio.FIRST_COMPLETED)
        if heard.done():
            status = await child.wait()
            process.exit(status) if status >= 0 else process.exit_with_signal("KILL")
    finally:
        _kill(child)
        for task in (told, heard, gone):
            task.cancel()
        await asyncio.gather(told, heard, gone, return_exceptions=True)
        child._transport.close()  # what it left behind may still hold its pipes
        machine.running.discard(child)


async def _feed(source: Any, into: Any) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await source.read(65536):
            into.write(data)
            await into.drain()
    into.close()


async def _drain(source: Any, into: Any) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await source.read(65536):
            into.write(data)
            await into.drain()


def _kill(child: Any) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def posix(folder: Path, **options: Any) -> Iterator[Posix]:
    """The machine; ``options`` are those of asyncssh's server, such as the algorithms that it offers."""
    machine = Posix(folder)
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/sudo").write_text(SUDO)
    (folder / "bin/sudo").chmod(0o755)
    machine.wants("")
    kinds = (options.pop("key", "ssh-ed25519"), options.pop("client", "ssh-ed25519"))
    host_key, client_key = (asyncssh.generate_private_key(kind) for kind in kinds)
    client_key.write_private_key(str(folder / "key"))
    (folder / "key").chmod(0o600)
    machine.loop = loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        machine.port = free.getsockname()[1]
    public = host_key.export_public_key().decode().strip()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{machine.port} {public}\n")

    async def start() -> Any:
        return await asyncssh.create_server(
            type("Server", (_Server,), {"machine": machine}),
            "127.0.0.1",
            machine.port,
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(client_key.export_public_key().decode()),
            process_factory=lambda process: _run(machine, process),
            encoding=None,
            **options,
        )

    async def stop(server: Any) -> None:
        server.close()
        for child in list(machine.running):
            _kill(child)
        for connection in machine.connections:
            connection.abort()
        await server.wait_closed()
        while machine.running:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield machine
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
