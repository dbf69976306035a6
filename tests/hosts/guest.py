"""A guest of our own: an SSH server that answers a few commands, of today or of 2012."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from harness.hosts.ways import Line, Way

OLD: dict[str, Any] = {
    "signature_algs": ["ssh-rsa"],
    "encryption_algs": ["aes128-ctr"],
    "mac_algs": ["hmac-sha1"],
}
"""What an SSH server of 2012 spoke; it also says nothing of the signatures that it knows."""


@contextmanager
def _mute_of_signatures() -> Iterator[None]:
    kind: Any = asyncssh.connection.SSHConnection
    kind._can_send_ext_info = property(lambda _: False, lambda *_: None)
    try:
        yield
    finally:
        del kind._can_send_ext_info


@dataclass
class Inside:
    """A guest while it runs; ``commands`` are what it was told, ``answers`` what it says to them."""

    port: int = 0
    host_key: Any = None
    commands: list[str] = field(default_factory=list)
    entered: int = 0
    answers: dict[str, Callable[[Any], int | None]] = field(default_factory=dict)
    connections: list[Any] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The fingerprint of its host key as cloud-init of 2012 printed it."""
        text = hashlib.md5(self.host_key.public_data).hexdigest()
        return ":".join(text[at : at + 2] for at in range(0, 32, 2))


class _Server(asyncssh.SSHServer):
    inside: Inside

    def connection_made(self, conn: Any) -> None:
        self.inside.connections.append(conn)

    def auth_completed(self) -> None:
        self.inside.entered += 1


async def _process(inside: Inside, process: Any) -> None:
    inside.commands.append(process.command)
    answer = inside.answers.get(process.command)
    if answer is None:
        process.stderr.write(b"sh: not found\n")
        process.exit(127)
        return
    status = answer(process)
    if status is not None:
        process.exit(status)


@contextmanager
def a_guest(authorized: str, *, old: bool = False) -> Iterator[Inside]:
    """A guest that lets in who has the private half of ``authorized``."""
    with _mute_of_signatures() if old else nullcontext():
        yield from _serving(authorized, OLD if old else {})


def _serving(authorized: str, options: dict[str, Any]) -> Iterator[Inside]:
    inside = Inside(host_key=asyncssh.generate_private_key("ssh-rsa", key_size=2048))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        return await asyncssh.create_server(
            type("Server", (_Server,), {"inside": inside}),
            "127.0.0.1",
            0,
            server_host_keys=[inside.host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(authorized),
            process_factory=lambda process: _process(inside, process),
            encoding=None,
            **options,
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    inside.port = server.sockets[0].getsockname()[1]
    try:
        yield inside
    finally:

        async def stop() -> None:
            server.close()
            for connection in inside.connections:
                connection.abort()
            await server.wait_closed()
            await asyncio.sleep(0.05)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@dataclass
class Mapped:
    """A way on which every address is the guest, as in a cloud of its own."""

    way: Way
    inside: Inside
    name: str = "jump"
    asked: list[tuple[str, int]] = field(default_factory=list)

    def line_to(self, address: str, port: int) -> Line:
        self.asked.append((address, port))
        return self.way.line_to("127.0.0.1", self.inside.port)
