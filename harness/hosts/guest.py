"""A guest: the inside of a server, entered with the run's key through the site's way to guests.

What a guest says is hostile: bounded in size and time, decoded with replacement, and recorded in part.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass

import paramiko
from paramiko.ssh_exception import AuthenticationException

from harness.hosts.commands import COMMAND_TIMEOUT, RECORDED, Output, execute
from harness.hosts.connection import FAILURES, reason
from harness.hosts.errors import HostError, HostUnreachable, LoginRefused
from harness.hosts.node import Record
from harness.hosts.ways import NotTaken, Way, banner

COMPONENT = "nova"
"""Guests are compute's and its network's work."""
ENTER_TIMEOUT = 15.0
_SHA2 = ("rsa-sha2-512", "rsa-sha2-256")


@dataclass(frozen=True)
class Entry:
    """Who enters: a user of the guest and a key; ``check`` raises ``HostError`` for a strange host key."""

    login: str
    key: paramiko.PKey
    check: Callable[[paramiko.PKey], None]


class Guest:
    """A server that can be entered at ``address``.

    >>> guest.run("hostname").text.strip()
    'web-1'
    >>> guest.expect("dd", "if=/dev/zero", "of=/dev/vdb", "bs=1M", "count=1")
    """

    def __init__(self, name: str, address: str, way: Way, entry: Entry, record: Record) -> None:
        self.name = name
        self.address = address
        self._way = way
        self._entry = entry
        self._record = record
        self._transport: paramiko.Transport | None = None
        self._old = False

    def answers(self) -> bool:
        """Whether an SSH server answers at its address now; what was open before is given up."""
        self.close()
        begin = time.perf_counter()
        said, why = "", ""
        try:
            with closing(self._way.line_to(self.address, 22)) as line:
                said = banner(line)
                why = "" if said else "the connection was taken up, and no SSH server spoke"
        except NotTaken as error:
            why = str(error)
        self._note("ssh banner", int(not said), said, why, begin)
        return bool(said)

    def run(self, command: str, *args: str, stdin: bytes = b"", timeout: float = COMMAND_TIMEOUT) -> Output:
        """Run one command with its arguments, each a word of its own, and give what came of it.

        A shell sees no meaning in the words; ``sh`` runs a script. Raises ``HostError`` where the guest
        cannot be entered, prints more than 1 MB or is not done within ``timeout`` seconds.
        """
        line = shlex.join((command, *args))
        begin = time.perf_counter()
        try:
            output = execute(self._entered(), line, stdin, timeout)
        except (HostError, *FAILURES) as error:
            late = isinstance(error, TimeoutError) and self._transport is not None
            why = f"it was not done within {timeout:g} s" if late else reason(error)
            self.close()
            row = self._note(line, 255, "", why, begin)
            message = f"{self.name} ({self.address}): {line[:200]}: {why}"
            raise _kind(error)(message, component=COMPONENT, cites=(row,)) from error
        self._note(line, output.status, output.text, output.error, begin)
        return output

    def expect(
        self, command: str, *args: str, stdin: bytes = b"", timeout: float = COMMAND_TIMEOUT
    ) -> Output:
        """The same; raises ``HostError`` where it does not end with 0."""
        output = self.run(command, *args, stdin=stdin, timeout=timeout)
        if not output.ok:
            raise HostError(f"{self.name}: {output}", component=COMPONENT)
        return output

    def sh(self, script: str, *, stdin: bytes = b"", timeout: float = COMMAND_TIMEOUT) -> Output:
        """Run a script of the guest's shell, ``a && b > c``; whoever writes it quotes."""
        return self.run("sh", "-c", script, stdin=stdin, timeout=timeout)

    def pings(self, address: str, *, seconds: int = 2) -> bool:
        """Whether an echo comes back from an address within so many seconds."""
        return self.run("ping", "-c", "1", "-w", str(seconds), address, timeout=seconds + 10).ok

    def connects(self, address: str, port: int = 22, *, seconds: int = 2) -> bool:
        """Whether the guest can open TCP to an address within so many seconds."""
        words = ("-w", str(seconds), address, str(port))
        return self.run("nc", *words, timeout=seconds + 10).ok

    def opens_with(self, key: paramiko.PKey) -> bool:
        """Whether another key opens it, too."""
        begin = time.perf_counter()
        try:
            self._let_in(key).close()
            opened, why = True, ""
        except AuthenticationException as error:
            opened, why = False, str(error)
        except (HostError, *FAILURES) as error:
            row = self._note("ssh with another key", 255, "", reason(error), begin)
            message = f"{self.name} ({self.address}): {reason(error)}"
            raise HostUnreachable(message, component=COMPONENT, cites=(row,)) from error
        self._note("ssh with another key", int(not opened), "entered" if opened else "", why, begin)
        return opened

    def opens_to_a_stranger(self) -> bool:
        """Whether a key that nobody ever gave it opens it."""
        return self.opens_with(paramiko.RSAKey.generate(2048))

    def close(self) -> None:
        """Give the connection back; the next command opens another."""
        if self._transport is not None:
            with suppress(*FAILURES):
                self._transport.close()
        self._transport = None

    def _entered(self) -> paramiko.Transport:
        """The open transport, or a new one."""
        if self._transport is not None and self._transport.is_active():
            return self._transport
        try:
            self._transport = self._let_in(self._entry.key)
        except AuthenticationException as error:
            who = self._entry.login
            raise LoginRefused(f"it does not let {who} in with the run's key: {error}") from None
        return self._transport

    def _let_in(self, key: paramiko.PKey) -> paramiko.Transport:
        """A transport past the door; raises ``AuthenticationException``.

        A server that does not say which signatures it knows is of an age when RSA meant SHA-1: it is asked
        again in that way, so that a refusal is one of the key.
        """
        for old in (True,) if self._old else (False, True):
            transport = self._knocked()
            transport.disabled_algorithms = {"pubkeys": list(_SHA2)} if old else {}
            try:
                transport.auth_publickey(self._entry.login, key)
            except BaseException as error:
                told = "server-sig-algs" in transport.server_extensions
                transport.close()
                if not isinstance(error, AuthenticationException) or old or told:
                    raise
            else:
                self._old = old
                return transport
        raise AssertionError("the second time either enters or raises")

    def _knocked(self) -> paramiko.Transport:
        """A transport whose other end has shown its host key, and nobody is let in yet."""
        transport = paramiko.Transport(self._way.line_to(self.address, 22))
        transport.banner_timeout = transport.auth_timeout = ENTER_TIMEOUT
        try:
            transport.start_client(timeout=ENTER_TIMEOUT)
            self._entry.check(transport.get_remote_server_key())
        except BaseException:
            transport.close()
            raise
        return transport

    def _note(self, command: str, status: int, text: str, error: str, begin: float) -> str:
        return self._record.write(
            "command",
            component=COMPONENT,
            host=f"guest {self.name}",
            via=self._way.name,
            command=command[:RECORDED],
            status=status,
            stdout=text[:RECORDED],
            stderr=error[:RECORDED],
            ms=round((time.perf_counter() - begin) * 1000, 1),
        )


def _kind(error: BaseException) -> type[HostError]:
    """The error that a caller may tell from others."""
    if isinstance(error, LoginRefused):
        return LoginRefused
    return HostUnreachable if isinstance(error, HostUnreachable | NotTaken) else HostError
