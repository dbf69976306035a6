"""Host keys: which one a host must show, by OpenSSH's files of known hosts, and what to do about another.

Plain, hashed and ``[host]:port`` names, patterns and ``@revoked`` lines are understood (sshd(8),
"SSH_KNOWN_HOSTS FILE FORMAT"); certificates are not. A file is read once as long as it does not change.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import paramiko
from paramiko.ssh_exception import SSHException

GLOBAL = Path("/etc/ssh/ssh_known_hosts")
DEFAULT = Path("~/.ssh/known_hosts")
_LARGEST = 16 * 1024 * 1024
_LOCK = threading.Lock()


@dataclass(frozen=True)
class _Line:
    """One line: the names it is about, the type of its key and the key in the wire's form."""

    names: str
    kind: str
    blob: str
    revoked: bool = False

    def is_about(self, host: str) -> bool:
        if self.names.startswith("|"):
            return _is_hash_of(self.names, host)
        found = False
        for pattern in self.names.lower().split(","):
            if pattern.startswith("!") and _matches(host, pattern[1:]):
                return False
            found = found or _matches(host, pattern)
        return found


def _matches(host: str, pattern: str) -> bool:
    """OpenSSH knows ``*`` and ``?``, and no brackets but those around a host with a port."""
    return host == pattern or fnmatchcase(host, pattern.replace("[", "[[]"))


def _is_hash_of(name: str, host: str) -> bool:
    """``|1|salt|hash``: HMAC-SHA1 of the name under the salt."""
    try:
        _, version, salt, wanted = name.split("|")
        made = hmac.new(base64.b64decode(salt), host.encode(), hashlib.sha1).digest()
        return version == "1" and hmac.compare_digest(made, base64.b64decode(wanted))
    except (ValueError, binascii.Error):
        return False


class KnownHosts:
    """The known keys of one file and of the machine's own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[Path, tuple[tuple[int, int], dict[str, list[_Line]], list[_Line]]] = {}

    def of(self, host: str) -> list[_Line]:
        """The lines about ``host``, or ``[host]:port``."""
        host = host.lower()
        found: list[_Line] = []
        for path in (self.path, GLOBAL):
            plain, other = self._lines(path)
            found += plain.get(host, [])
            found += [line for line in other if line.is_about(host)]
        return found

    def kinds(self, host: str) -> frozenset[str]:
        """The types of the keys that are known of a host."""
        return frozenset(line.kind for line in self.of(host) if not line.revoked)

    def keep(self, host: str, key: paramiko.PKey) -> None:
        """Add a key; every other line of the file stays as it is."""
        with _LOCK:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = f"{host} {key.get_name()} {key.get_base64()}\n"
            place = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(place).st_size
                if size and os.pread(place, 1, size - 1) != b"\n":
                    text = f"\n{text}"
                os.write(place, text.encode())
            finally:
                os.close(place)

    def _lines(self, path: Path) -> tuple[dict[str, list[_Line]], list[_Line]]:
        """Lines by their one plain name, and those whose names must be tried."""
        with _LOCK:
            try:
                facts = path.stat()
                if facts.st_size > _LARGEST:
                    raise SSHException(f"{path} is larger than 16 MiB: not a file of known hosts")
                stamp = (facts.st_mtime_ns, facts.st_size)
                known = self._read.get(path)
                if known is None or known[0] != stamp:
                    known = self._read[path] = (stamp, *_sorted(path.read_text("utf-8", "replace")))
            except OSError:
                return {}, []
            return known[1], known[2]


def _sorted(text: str) -> tuple[dict[str, list[_Line]], list[_Line]]:
    plain: dict[str, list[_Line]] = {}
    other: list[_Line] = []
    for line in _parsed(text):
        if set("|*?!") & set(line.names):
            other.append(line)
        else:
            for name in line.names.lower().split(","):
                plain.setdefault(name, []).append(line)
    return plain, other


def _parsed(text: str) -> Iterator[_Line]:
    for row in text.splitlines():
        words = row.split()
        if not words or words[0].startswith("#") or words[0] == "@cert-authority":
            continue
        revoked = words[0] == "@revoked"
        if len(words) >= 3 + revoked:
            names, kind, blob = words[revoked : revoked + 3]
            yield _Line(names, kind, blob, revoked)


_CACHE: dict[Path, KnownHosts] = {}


def known_hosts(path: Path | None) -> KnownHosts:
    """The known hosts of a file, or of this user; the same object for the same file."""
    path = (path or DEFAULT).expanduser()
    with _LOCK:
        return _CACHE.setdefault(path, KnownHosts(path))


class Checked(paramiko.MissingHostKeyPolicy):
    """Lets in a host that shows a known key; with ``accept_new`` also one of which nothing is known yet."""

    def __init__(self, known: KnownHosts, accept_new: bool, alias: str = "") -> None:
        self._known, self._accept_new, self._alias = known, accept_new, alias

    def missing_host_key(self, client: Any, hostname: str, key: paramiko.PKey) -> None:
        """Raises ``SSHException`` for any other."""
        name = self._alias or hostname
        lines = self._known.of(name)
        shown = key.get_base64()
        if any(line.blob == shown and line.revoked for line in lines):
            raise SSHException(f"its host key is revoked ({_print(key)})")
        good = [line for line in lines if not line.revoked]
        if any(line.blob == shown for line in good):
            return
        if good:
            raise SSHException(self._changed(name, key, good))
        if not self._accept_new:
            raise SSHException(
                f"the host key of {name} is not known ({_print(key)}); compare it with the host's own, and "
                f"add it to {self._known.path}, or set `ssh: {{accept_new: true}}` in the site"
            )
        self._known.keep(name, key)

    def _changed(self, name: str, key: paramiko.PKey, lines: list[_Line]) -> str:
        same = [line for line in lines if line.kind == key.get_name()] or lines
        expected = ", ".join(dict.fromkeys(f"{line.kind} {_digest(line.blob)}" for line in same))
        return (
            f"its host key has changed: expected {expected}, found {_print(key)}; somebody else may answer "
            f"there. If it was installed anew: ssh-keygen -f {self._known.path} -R '{name}'"
        )


def _digest(blob: str) -> str:
    try:
        digest = hashlib.sha256(base64.b64decode(blob, validate=True)).digest()
    except (ValueError, binascii.Error):
        return "(unreadable)"
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _print(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {_digest(key.get_base64())}"
