"""A node: one connection, kept for the process; a node that cannot be entered is asked once."""

from __future__ import annotations

import hashlib
import shlex
import threading
from dataclasses import replace

import paramiko
from fabric import Connection

from harness.errors import OutOfReach
from harness.hosts.backend import Looks
from harness.hosts.becoming import Become, shell
from harness.hosts.commands import COMMAND_TIMEOUT, Asked, Output, ask, execute, execute_as_root
from harness.hosts.connection import FAILURES, reason
from harness.hosts.errors import HostError, HostUnreachable
from harness.hosts.journal import NO_FILE, Journal, Record
from harness.hosts.shell import Ran, Shell
from harness.hosts.streams import Streams
from harness.hosts.transfers import LARGEST_FILE, DatedFile, component_of, folders, get
from harness.hosts.ways import tunnel

LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes that a script's answer may have."""
__all__ = ["LARGEST_ANSWER", "LARGEST_FILE", "NO_FILE", "DatedFile", "Node", "Record"]


class Node(Looks):
    """One node.

    What is done with it is recorded as a ``command``; what fails is a ``HostError`` that cites it.
    """

    def __init__(
        self, name: str, connection: Connection, record: Record, become: Become | None = None
    ) -> None:
        self.name = name
        self._connection = connection
        self._become = become
        self._journal = Journal(name, record)
        self._refused: str | None = None
        self._lock = threading.RLock()
        self._shell = Shell(self._begin)

    def reach(self) -> str:
        """Enter the node and give what its SSH server calls itself; raises ``HostUnreachable``."""
        return self._journal.noted("ssh", "ssh", lambda: str(self._transport().remote_version))[0]

    def fetch(self, path: str, limit: int = LARGEST_FILE) -> bytes:
        """The content of a regular file of at most ``limit`` bytes, by SFTP.

        Raises ``FileMissing``, ``HostUnreachable``, or ``HostError`` for what is larger or no regular file.
        """
        return self.fetch_cited(path, limit)[0]

    def fetch_cited(self, path: str, limit: int = LARGEST_FILE) -> tuple[bytes, str]:
        """The same, with the record row that shows it."""
        file = self.fetch_dated(path, limit)
        return file.content, file.row

    def fetch_dated(self, path: str, limit: int = LARGEST_FILE, *, secret: bool = False) -> DatedFile:
        """The same as ``fetch``, with the time of the file's last change.

        Of a ``secret`` file the record shows nothing: a digest would let a guess be proven.
        """
        made: list[DatedFile] = []

        def got() -> bytes | str:
            made.append(get(self._sftp(), path, limit))
            return "read" if secret else made[0].content

        _, row = self._journal.noted(component_of(path), f"sftp get {path}", got)
        return replace(made[0], row=row)

    def run(
        self, *words: str, component: str = "ssh", timeout: float = COMMAND_TIMEOUT, root: bool = False
    ) -> Output:
        """Run one command, each argument a word that no shell sees, and give what came of it.

        With ``root`` it is run as root where the site says how. The record has it with ``component``, whose
        work the command is about. Raises ``HostUnreachable``, ``HostError`` for what prints more than 1 MB or
        is not done within ``timeout`` seconds, ``BecomeRefused`` where sudo does not accept its password.
        """
        become = self._become if root else None
        line = shlex.join((*(("sudo", "-n") if become else ()), *words))

        def ran() -> Output:
            transport = self._transport()
            try:
                if become is not None and become.password() is not None:
                    return execute_as_root(transport, become, shlex.join(words), timeout)
                return execute(transport, line, b"", timeout)
            except TimeoutError as error:
                raise HostError(f"it was not done within {timeout:g} s") from error

        return self._journal.noted(component, line, ran)[0]

    def ask(self, script: str, *, limit: int = LARGEST_ANSWER, timeout: float = COMMAND_TIMEOUT) -> Asked:
        """Feed a script to ``sh -s`` once, as root where the site says so, and give what it printed.

        What came before it hung, said more than ``limit`` bytes or lost the connection is kept. The record
        shows how much that was, and not what. Raises ``HostUnreachable``, and ``HostError`` where the script
        could not be begun.
        """
        data = script.encode()
        command = f"sh -s < {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"

        def asked() -> Asked:
            return ask(self._transport(), self._become, script, limit, timeout)

        answer, row = self._journal.noted("ssh", command, asked)
        return replace(answer, row=row)

    def shell(self, text: str, *, component: str = "ssh", timeout: float = COMMAND_TIMEOUT) -> Ran:
        """Run a text of the POSIX shell's language in the one shell that is kept open there, as root where
        the site says so: one round trip, and nothing of it reaches the next.

        Raises ``HostUnreachable``, or ``HostError`` for what prints more than 1 MB, is not done within
        ``timeout`` seconds, or ends the shell itself; ``ValueError`` for a text with a NUL.
        """
        return self._journal.noted(component, text, lambda: self._shell.run(text, timeout=timeout))[0]

    def folders(self, path: str, component: str = "") -> list[str]:
        """The names of the folders in a folder, by SFTP: links to folders too, hidden ones not.

        Raises ``FileMissing``, ``HostUnreachable``, ``HostError`` for more than 10,000 entries, or
        ``OutOfReach`` where this user may not look.
        """

        def found() -> list[str]:
            try:
                return folders(self._sftp(), path)
            except OutOfReach as error:
                raise OutOfReach(f"{self.name}: {error}") from None

        return self._journal.noted(component or component_of(path), f"sftp ls {path}", found)[0]

    def has(self, command: str) -> bool:
        """Whether its user can run a command of this name."""
        return self.run("command", "-v", command).ok

    def line_to(self, address: str, port: int) -> paramiko.Channel:
        """A TCP connection that the node opens for us; see ``harness.hosts.ways.Way``."""
        return tunnel(self._transport(), self.name, address, port)

    def close(self) -> None:
        """Give the connection back."""
        self._shell.close()
        self._connection.close()

    def _begin(self, end: float) -> Streams:
        return shell(self._transport(), self._become, end)

    def _sftp(self) -> paramiko.SFTPClient:
        self._transport()
        with self._lock:
            sftp: paramiko.SFTPClient = self._connection.sftp()
        return sftp

    def _transport(self) -> paramiko.Transport:
        """The open connection. One that has failed before is not tried again: one wait for each unreachable
        host is enough.
        """
        with self._lock:
            if self._refused is not None:
                raise HostUnreachable(self._refused, component="ssh")
            if not self._connection.is_connected:
                self._enter()
            transport: paramiko.Transport = self._connection.transport
            return transport

    def _enter(self) -> None:
        try:
            self._connection.close()
            self._connection.open()
        except FAILURES as error:
            self._connection.client.close()
            self._refused = f"{self.name} ({self._connection.host}:{self._connection.port}): {reason(error)}"
            raise HostUnreachable(self._refused, component="ssh") from error
