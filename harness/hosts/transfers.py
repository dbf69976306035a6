"""Files of a node over SFTP: regular ones, of a bounded size, and the folders of a folder."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from itertools import islice

import paramiko

from harness.errors import OutOfReach
from harness.hosts.connection import READ_TIMEOUT

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_FOLDER = 10_000
_COMPONENTS = {
    "/etc/swift": "swift",
    "/etc/nova": "nova",
    "/etc/glance": "glance",
    "/etc/keystone": "keystone",
}


@dataclass(frozen=True)
class DatedFile:
    """A file of a node: its content, when it was last changed (seconds since the epoch), the record's row."""

    content: bytes = field(repr=False)
    changed: float | None
    row: str = ""

    def sharing(self, kept: MutableMapping[bytes, bytes]) -> DatedFile:
        """The same, with the content that ``kept`` holds by its hash: equal files cost one."""
        return replace(self, content=kept.setdefault(hashlib.sha256(self.content).digest(), self.content))


class UnfitError(OSError):
    """A file or folder that is not read."""


def get(sftp: paramiko.SFTPClient, path: str, limit: int) -> DatedFile:
    """A regular file of at most ``limit`` bytes; raises ``UnfitError``, or ``OSError`` as SFTP gives it."""
    _bounded(sftp)
    facts = sftp.stat(path)
    if not stat.S_ISREG(facts.st_mode or 0):
        raise UnfitError("is no regular file")
    if (facts.st_size or 0) > limit:
        raise UnfitError(f"has {facts.st_size} bytes; at most {limit} are read")
    with sftp.open(path, "rb") as file:
        file.prefetch(facts.st_size)
        content = bytes(file.read(limit + 1))
    if len(content) > limit:
        raise UnfitError(f"grew while it was read; at most {limit} bytes are read")
    return DatedFile(content, None if facts.st_mtime is None else float(facts.st_mtime))


def folders(sftp: paramiko.SFTPClient, path: str) -> list[str]:
    """Folders and links to folders, hidden ones not; raises ``OutOfReach`` where they are not shown."""
    _bounded(sftp)
    path = path.rstrip("/")
    try:
        entries = list(islice(sftp.listdir_iter(path or "/"), LARGEST_FOLDER + 1))
    except PermissionError:
        raise OutOfReach(f"this user may not look into {path}") from None
    if len(entries) > LARGEST_FOLDER:
        raise UnfitError(f"has more than {LARGEST_FOLDER} entries")
    named = {entry.filename: entry.st_mode or 0 for entry in entries if entry.filename[:1] != "."}
    return sorted(
        name
        for name, mode in named.items()
        if stat.S_ISDIR(mode) or (stat.S_ISLNK(mode) and _leads_to_folder(sftp, f"{path}/{name}"))
    )


def _bounded(sftp: paramiko.SFTPClient) -> None:
    channel = sftp.get_channel()
    if channel is not None:
        channel.settimeout(READ_TIMEOUT)


def _leads_to_folder(sftp: paramiko.SFTPClient, link: str) -> bool:
    try:
        return stat.S_ISDIR(sftp.stat(link).st_mode or 0)
    except OSError:
        return False


def component_of(path: str) -> str:
    """The component whose file it is, by its folder; ssh where it is nobody's."""
    return next((name for folder, name in _COMPONENTS.items() if path.startswith(folder)), "ssh")
