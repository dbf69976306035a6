"""A node: one connection, kept for the process; a node that cannot be entered is asked once."""

from __future__ import annotations

import errno
import hashlib
import shlex
import stat
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

import paramiko
from fabric import Connection

from harness.errors import OutOfReach
from harness.hosts.becoming import Become
from harness.hosts.commands import COMMAND_TIMEOUT, RECORDED, Asked, Output, ask, execute
from harness.hosts.connection import FAILURES, READ_TIMEOUT, reason
from harness.hosts.errors import BecomeRefused, FileMissing, HostError, HostUnreachable
from harness.hosts.ways import tunnel

NO_FILE = "there is no such file"
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_FOLDER = 10_000
LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes that a script's answer may have."""
_COMPONENTS = {
    "/etc/swift": "swift",
    "/etc/nova": "nova",
    "/etc/glance": "glance",
    "/etc/keystone": "keystone",
}


class Record(Protocol):
    """What is needed of a recorder."""

    def write(self, kind: str, **fields: Any) -> str:
        """Append a row and give its id."""
        ...


@dataclass(frozen=True)
class DatedFile:
    """A file of a node: its content, when it was last changed (seconds since the epoch), the record's row."""

    content: bytes = field(repr=False)
    changed: float | None
    row: str = ""

    def sharing(self, kept: MutableMapping[bytes, bytes]) -> DatedFile:
        """The same, with the content that ``kept`` holds by its hash: equal files cost one."""
        return replace(self, content=kept.setdefault(hashlib.sha256(self.content).digest(), self.content))


class Node:
    """One node.

    What is done with it is recorded as a ``command``; what fails is a ``HostError`` that cites it.
    """

    def __init__(
        self, name: str, connection: Connection, record: Record, become: Become | None = None
    ) -> None:
        self.name = name
        self._become = become
        self._connection = connection
        self._record = record
        self._refused: str | None = None

    def reach(self) -> str:
        """Enter the node and give what its SSH server calls itself; raises ``HostUnreachable``."""
        return str(self._noted("ssh", "ssh", self._banner)[0])

    def fetch(self, path: str, limit: int = LARGEST_FILE) -> bytes:
        """The content of a regular file of at most ``limit`` bytes, by SFTP.

        Raises ``FileMissing``, ``HostUnreachable``, or ``HostError`` for what is larger or no regular file.
        """
        return self.fetch_cited(path, limit)[0]

    def fetch_cited(self, path: str, limit: int = LARGEST_FILE) -> tuple[bytes, str]:
        """The same, with the record row that shows it."""
        content, row = self._noted(component_of(path), f"sftp get {path}", lambda: self._get(path, limit)[0])
        return bytes(content), row

    def fetch_dated(self, path: str, limit: int = LARGEST_FILE, *, secret: bool = False) -> DatedFile:
        """The same as ``fetch``, with the time of the file's last change.

        Of a ``secret`` file the record shows nothing: a digest would let a guess be proven.
        """
        made: list[DatedFile] = []

        def get() -> bytes | str:
            content, changed = self._get(path, limit)
            made.append(DatedFile(content, changed))
            return "read" if secret else content

        _, row = self._noted(component_of(path), f"sftp get {path}", get)
        return replace(made[0], row=row)

    def run(self, *words: str, component: str = "ssh", timeout: float = COMMAND_TIMEOUT) -> Output:
        """Run one command, each argument a word that no shell sees, and give what came of it.

        The record has it with ``component``, whose work the command is about. Raises ``HostUnreachable``, or
        ``HostError`` for what prints more than 1 MB or is not done within ``timeout`` seconds.
        """
        line = shlex.join(words)

        def ran() -> Output:
            self._open()
            try:
                return execute(self._connection.transport, line, b"", timeout)
            except TimeoutError as error:
                raise HostError(f"it was not done within {timeout:g} s") from error

        output: Output = self._noted(component, line, ran)[0]
        return output

    def ask(self, script: str, *, limit: int = LARGEST_ANSWER, timeout: float = COMMAND_TIMEOUT) -> Asked:
        """Feed a script to ``sh -s`` once, as root where the site says so, and give what it printed.

        What came before it hung, said more than ``limit`` bytes or lost the connection is kept. The record
        shows how much that was, and not what. Raises ``HostUnreachable``, and ``HostError`` where the script
        could not be begun.
        """
        data = script.encode()
        command = f"sh -s < {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"

        def asked() -> Asked:
            self._open()
            return ask(self._connection.transport, self._become, script, limit, timeout)

        answer: Asked
        answer, row = self._noted("ssh", command, asked)
        return replace(answer, row=row)

    def folders(self, path: str, component: str = "") -> list[str]:
        """The names of the folders in a folder, by SFTP: links to folders too, hidden ones not.

        Raises ``FileMissing``, ``HostUnreachable``, ``HostError`` for more than 10,000 entries, or
        ``OutOfReach`` where this user may not look.
        """
        found: list[str] = self._noted(
            component or component_of(path), f"sftp ls {path}", lambda: self._folders(path)
        )[0]
        return found

    def has(self, command: str) -> bool:
        """Whether its user can run a command of this name."""
        return self.run("command", "-v", command).ok

    def line_to(self, address: str, port: int) -> paramiko.Channel:
        """A TCP connection that the node opens for us; see ``harness.hosts.ways.Way``."""
        self._open()
        transport: paramiko.Transport = self._connection.transport
        return tunnel(transport, self.name, address, port)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _get(self, path: str, limit: int) -> tuple[bytes, float | None]:
        self._open()
        sftp = self._connection.sftp()
        sftp.get_channel().settimeout(READ_TIMEOUT)
        facts = sftp.stat(path)
        if not stat.S_ISREG(facts.st_mode or 0):
            raise _UnfitError("is no regular file")
        if (facts.st_size or 0) > limit:
            raise _UnfitError(f"has {facts.st_size} bytes; at most {limit} are read")
        with sftp.open(path, "rb") as file:
            file.prefetch(facts.st_size)
            content = bytes(file.read(limit + 1))
        if len(content) > limit:
            raise _UnfitError(f"grew while it was read; at most {limit} bytes are read")
        return content, None if facts.st_mtime is None else float(facts.st_mtime)

    def _folders(self, path: str) -> list[str]:
        self._open()
        sftp = self._connection.sftp()
        sftp.get_channel().settimeout(READ_TIMEOUT)
        path = path.rstrip("/")
        try:
            entries = list(islice(sftp.listdir_iter(path or "/"), LARGEST_FOLDER + 1))
        except PermissionError:
            raise OutOfReach(f"{self.name}: this user may not look into {path}") from None
        if len(entries) > LARGEST_FOLDER:
            raise _UnfitError(f"has more than {LARGEST_FOLDER} entries")
        named = {entry.filename: entry.st_mode or 0 for entry in entries if entry.filename[:1] != "."}
        found = [
            name
            for name, mode in named.items()
            if stat.S_ISDIR(mode) or (stat.S_ISLNK(mode) and _leads_to_folder(sftp, f"{path}/{name}"))
        ]
        return sorted(found)

    def _open(self) -> None:
        """Connect unless it was done, or has failed before: one wait for each unreachable host is enough."""
        if self._refused is not None:
            raise HostUnreachable(self._refused, component="ssh")
        if self._connection.is_connected:
            return
        try:
            self._connection.close()
            self._connection.open()
        except FAILURES as error:
            self._connection.client.close()
            self._refused = f"{self.name} ({self._connection.host}:{self._connection.port}): {reason(error)}"
            raise HostUnreachable(self._refused, component="ssh") from error

    def _banner(self) -> str:
        self._open()
        return str(self._connection.transport.remote_version)

    def _noted(self, component: str, command: str, action: Callable[[], Any]) -> tuple[Any, str]:
        """Do something and record it, whatever comes of it; gives the result and the row."""
        begin = time.perf_counter()
        result: Any = None
        failed: BaseException | None = None
        try:
            result = action()
        except (HostError, *FAILURES) as error:
            failed = error
        row = self._record.write(
            "command",
            component="ssh" if isinstance(failed, HostUnreachable) else component,
            host=self.name,
            command=command,
            **_came(result, failed),
            ms=round((time.perf_counter() - begin) * 1000, 1),
        )
        if failed is None:
            return result, row
        raise self._told(failed, component, command, row)

    def _told(self, error: BaseException, component: str, command: str, row: str) -> BaseException:
        if isinstance(error, HostUnreachable):
            return HostUnreachable(str(error), component="ssh", cites=(row,))
        if isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.EACCES):
            why = NO_FILE if error.errno == errno.ENOENT else "this user may not read it"
            return FileMissing(f"{self.name}: {command}: {why}", component=component, cites=(row,))
        kind = BecomeRefused if isinstance(error, BecomeRefused) else HostError
        return kind(f"{self.name}: {command}: {reason(error)}", component=component, cites=(row,))


class _UnfitError(OSError):
    """A file or folder that is not read."""


def _leads_to_folder(sftp: paramiko.SFTPClient, link: str) -> bool:
    try:
        return stat.S_ISDIR(sftp.stat(link).st_mode or 0)
    except OSError:
        return False


def component_of(path: str) -> str:
    """The component whose file it is, by its folder; ssh where it is nobody's."""
    return next((name for folder, name in _COMPONENTS.items() if path.startswith(folder)), "ssh")


def _came(result: Any, failed: BaseException | None) -> dict[str, Any]:
    """How it ended, as a row has it."""
    if isinstance(result, Output):
        shown = {"stdout": result.text[:RECORDED], "stderr": result.error[:RECORDED]}
        return {"status": result.status, **shown}
    if isinstance(result, Asked):
        answer = result.text.encode()
        return {"status": result.status, "stdout": _shown(answer), "stderr": result.why}
    status = 0 if failed is None else getattr(failed, "errno", None) or 1
    return {"status": status, "stdout": _shown(result), "stderr": "" if failed is None else str(failed)}


def _shown(result: Any) -> str:
    """What of a result is recorded: of a file its size and digest,
    which tell two files apart without their secrets.
    """
    if isinstance(result, bytes):
        return f"{len(result)} bytes, sha256 {hashlib.sha256(result).hexdigest()}"
    return "" if result is None else str(result)
