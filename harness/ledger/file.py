"""The ledger: every resource that a run creates, on the disk before the create call is sent.

Rows of JSON: ``{t, n, phase, kind, name, id, tenant, user}`` with phase ``intend``, ``made`` or ``gone``.
``n`` joins the rows of one thing. Rows are appended whole and forced to the disk, so that several processes
may share a ledger and none needs to survive.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

KINDS = (
    "attachment",
    "server",
    "address",
    "snapshot",
    "volume",
    "image",
    "group",
    "keypair",
    "aggregate",
    "object",
    "container",
    "credential",
    "user",
    "tenant",
    "role",
)
"""What can be created, in the order in which it is removed: what uses others comes first."""

STOPPED = "stopped"
"""A service that a run stops, by its place (``storage-1/object-server``): no thing to remove, and the first
that is put right.
"""
_LARGEST = 256 * 1024 * 1024
_TEXTS = ("kind", "name", "id", "tenant", "user")


@dataclass(frozen=True)
class LedgerEntry:
    """One resource.

    ``id`` is empty while it is only intended; ``tenant`` and ``user`` are names; ``t`` is epoch seconds.
    """

    n: str
    kind: str
    name: str
    tenant: str = ""
    user: str = ""
    id: str = ""
    t: float = 0.0
    gone: bool = False

    @property
    def rank(self) -> int:
        """When it is removed: 0 first; a kind that this version does not know goes before all others."""
        return KINDS.index(self.kind) if self.kind in KINDS else -1

    def __str__(self) -> str:
        shown = f"{self.kind} {self.name or self.id}"
        return f"{shown} ({self.id})" if self.id and self.id != self.name else shown


class Entry:
    """One resource while it is created."""

    def __init__(self, ledger: Ledger, entry: LedgerEntry) -> None:
        self._ledger = ledger
        self._entry = entry

    @property
    def name(self) -> str:
        """The name that it is to have."""
        return self._entry.name

    def made(self, id: str) -> None:
        """It exists, under this id."""
        self._entry = replace(self._entry, id=str(id))
        self._ledger.note("made", self._entry)

    def gone(self) -> None:
        """It does not exist: it was removed, or the service surely did not make it."""
        self._ledger.note("gone", self._entry)


class Ledger:
    """A ledger on the disk.

    >>> with ledger.creating("server", name="deployday-3f2a-server-1", tenant="deployday-1") as entry:
    ...     entry.made(compute.create(entry.name).id)

    Where the block raises, the entry stays open: whether the resource exists is for ``clean`` to find out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def creating(self, kind: str, *, name: str, tenant: str = "", user: str = "") -> Iterator[Entry]:
        """Note the intent, then create inside; raises ``ValueError`` for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of resource; known: {', '.join(KINDS)}")
        entry = LedgerEntry(secrets.token_hex(6), kind, name, tenant, user, t=time.time())
        self.note("intend", entry)
        yield Entry(self, entry)

    def stopping(self, place: str) -> Entry:
        """Note that a service is about to be stopped; ``gone`` says that it runs again."""
        entry = LedgerEntry(secrets.token_hex(6), STOPPED, place, t=time.time())
        self.note("intend", entry)
        return Entry(self, entry)

    def note(self, phase: str, entry: LedgerEntry) -> None:
        """Append one row and force it to the disk."""
        row = {"t": time.time(), "n": entry.n, "phase": phase} | {
            name: getattr(entry, name) for name in _TEXTS
        }
        new = not self.path.exists()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            data = json.dumps(row, separators=(",", ":")).encode() + b"\n"
            if os.write(file, data) != len(data):
                raise OSError(f"{self.path}: a row could not be written whole; is the disk full?")
            os.fsync(file)
        finally:
            os.close(file)
        if new:
            _force_folder(self.path.parent)

    def entries(self) -> list[LedgerEntry]:
        """Everything that was ever intended, oldest first; a torn row is passed over."""
        found: dict[str, LedgerEntry] = {}
        for row in self._rows():
            entry = found.get(row["n"]) or _entry(row)
            id = str(row.get("id") or "") or entry.id
            found[row["n"]] = replace(entry, id=id, gone=entry.gone or row.get("phase") == "gone")
        return list(found.values())

    def open_entries(self) -> list[LedgerEntry]:
        """What is not known to be gone, in the order of removal: by rank, then newest first."""
        return sorted((e for e in self.entries() if not e.gone), key=lambda entry: (entry.rank, -entry.t))

    def ids(self) -> frozenset[str]:
        """Ids of everything that was made, gone or not:
        such a resource proves nothing about what was deployed.
        """
        return _ids(self._rows())

    def made(self) -> frozenset[tuple[str, str]]:
        """The same as (kind, id): small numbers are ids of several kinds."""
        return frozenset((entry.kind, entry.id) for entry in self.entries() if entry.id)

    def gone(self, entry: LedgerEntry) -> None:
        """Note that an entry's resource does not exist (any more)."""
        self.note("gone", entry)

    def gone_id(self, kind: str, id: str) -> None:
        """Note the same of the open entries of a kind with this id."""
        for entry in self.open_entries():
            if (entry.kind, entry.id) == (kind, id):
                self.gone(entry)

    def _rows(self) -> Iterator[dict[str, Any]]:
        try:
            with self.path.open("rb") as file:
                data = file.read(_LARGEST)
        except FileNotFoundError:
            return
        yield from _rows(data)


class MadeSoFar:
    """The ids of a ledger while it grows: each ``ids`` reads what was appended since the last one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = 0
        self._ids: set[str] = set()

    def ids(self) -> frozenset[str]:
        """As ``Ledger.ids``; a row that is being written comes next time."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._position)
                whole, newline, _ = file.read(_LARGEST).rpartition(b"\n")
        except FileNotFoundError:
            return frozenset()
        self._position += len(whole) + len(newline)
        self._ids.update(_ids(_rows(whole)))
        return frozenset(self._ids)


def _rows(data: bytes) -> Iterator[dict[str, Any]]:
    """Whole rows; the one that follows a torn one on its line, too."""
    for line in data.split(b"\n"):
        row = _row(line)
        at = 0
        while row is None and (at := line.find(b'{"t":', at + 1)) > 0:
            row = _row(line[at:])
        if row is not None:
            yield row


def _ids(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(str(row["id"]) for row in rows if row.get("id"))


def _entry(row: Mapping[str, Any]) -> LedgerEntry:
    kind, name, tenant, user = (str(row.get(text) or "") for text in ("kind", "name", "tenant", "user"))
    return LedgerEntry(row["n"], kind, name, tenant, user, t=row["t"])


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(row, dict) and isinstance(row.get("n"), str) and isinstance(row.get("t"), int | float)
    return row if whole else None


def _force_folder(folder: Path) -> None:
    """A new file survives a power cut only when its folder is on the disk too."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
