"""What the services of a node wrote during the run, as stories see it."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import OutOfReach, Untold
from harness.hosts.logs import Entry, Told, logs_of, read_logs
from harness.hosts.logs.reading import ignored

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

_TIMEOUT = 30.0
_LATER = 2.0
"""Seconds that an entry may seem to come from the future: logs and clocks count whole ones."""


@dataclass(frozen=True)
class Errors:
    """Entries of a node's logs that tell of an error: how many, and ``kinds`` of them in words, the most
    frequent first. ``files`` were read; ``let_pass`` were errors that the description lets pass.
    """

    count: int
    kinds: tuple[str, ...]
    files: int
    let_pass: int

    def __str__(self) -> str:
        if not self.count:
            return f"none in {self.files} files"
        return f"{self.count} in {self.files} files: {'; '.join(self.kinds)}"


class NodeLogs:
    """The logs of the described nodes, for one story."""

    def __init__(self, run: RunSession) -> None:
        self._run = run

    def errors(self, node: str) -> Errors:
        """What went wrong on a node since the run began, by the logs of its services.

        Raises ``OutOfReach`` where this access cannot read them, or none is kept there, ``Untold`` where a
        log does not go back to the run's beginning, ``HostUnreachable``, ``HostError``.
        """
        row = self._run.site.arch.model.nodes[node]
        wanted = [place for place in logs_of(row.services, row.logs.files) if place.judged]
        if not wanted:
            raise OutOfReach(f"{node}: no service of it is known to keep a log")

        def ask(script: str, limit: int, timeout: float) -> Any:
            return self._run.nodes[node].ask(script, limit=limit, timeout=timeout)

        told = read_logs(ask, wanted, self._run.started, time.time() + _LATER, errors=True, timeout=_TIMEOUT)
        return _judged(node, told, row.logs.ignore)


def _judged(node: str, told: Told, ignore: list[str]) -> Errors:
    bad = [entry for entry in told.entries if entry.bad]
    counted = [entry for entry in bad if not ignored(entry, ignore)]
    if not counted:
        _sure(node, told)
    kinds = Counter(map(_kind, counted))
    words = [f"{text} ({many} times)" if many > 1 else text for text, many in kinds.most_common(5)]
    return Errors(len(counted), tuple(words), len(told.files), len(bad) - len(counted))


def _sure(node: str, told: Told) -> None:
    """No error was seen: was there anything to see?"""
    if told.why:
        raise Untold(f"{node}: its logs were not read: {told.why}")
    if told.denied:
        raise OutOfReach(f"{node}: this user may not read {', '.join(told.denied[:3])}")
    if not told.files:
        raise OutOfReach(f"{node}: none of the described logs is there")
    if told.short:
        raise Untold(f"{node}: {told.short[0]} is too long to be read back to the run's beginning")


def _kind(entry: Entry) -> str:
    """One line that is the same for the same error: without its time, ids and numbers."""
    text = re.sub(r"^\S*\s*\d[\d-]*[ T][\d:.,]+\s*", "", entry.first)
    text = re.sub(r"\[req-[^\]]*\]|\[instance: [^\]]*\]|\b[0-9a-f]{8}-?[0-9a-f-]{8,}\b", "…", text)
    return f"{entry.file.rpartition('/')[2]}: {' '.join(text.split())[:160]}"
