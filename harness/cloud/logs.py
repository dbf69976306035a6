"""What the services of a node wrote during the run, as stories see it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.logchoice import MOST_ENTRIES, line_of
from harness.errors import OutOfReach, Untold
from harness.evidence import read_record
from harness.hosts.logs import Entry, Told, component_of, logs_of, read_logs
from harness.hosts.logs.reading import ignored

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

_TIMEOUT = 30.0
_LATER = 2.0
"""Seconds that an entry may seem to come from the future: logs and clocks count whole ones."""
_REFUSED, _FAULT = 400, 500
_APIS: Mapping[str, tuple[str, ...]] = {
    "nova-api.log": ("nova", "nova-volume"),
    "keystone.log": ("keystone",),
    "api.log": ("glance",),
    "registry.log": ("glance",),
    "proxy-server": ("swift",),
}
"""The log of an API, or the program that writes it, → whose requests it tells of."""


@dataclass(frozen=True)
class Errors:
    """Entries of a node's logs that tell of an error.

    ``kinds`` are the most frequent in words; ``answers`` are entries that tell of a request of this run which
    the service refused, and so are the business of that request's story; ``let_pass`` those that the
    description lets pass. ``files`` were read.
    """

    count: int
    kinds: tuple[str, ...]
    files: int
    answers: int = 0
    let_pass: int = 0

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

        since, until = self._run.started, time.time() + _LATER
        told = read_logs(ask, wanted, since, until, errors=True, timeout=_TIMEOUT)
        bad = [entry for entry in told.entries if entry.bad]
        passed = [entry for entry in bad if ignored(entry, row.logs.ignore)]
        answers = _answers(bad, read_record(self._run.folder.events))
        counted = [entry for entry in bad if entry not in passed and entry not in answers]
        if counted:
            self._show(node, told, counted)
        else:
            _sure(node, told)
        return Errors(len(counted), _kinds(counted), len(told.files), len(answers), len(passed))

    def _show(self, node: str, told: Told, counted: Sequence[Entry]) -> None:
        """Write the entries down; whose they are, most of them say."""
        owners = Counter(_owner(entry) for entry in counted)
        owner = owners.most_common(1)[0][0]
        row = self._run.trail.write(
            "log",
            component=owner,
            host=node,
            since=self._run.started,
            until=time.time(),
            files=list(told.files),
            lines=[line_of(entry) for entry in counted[-MOST_ENTRIES:]],
            left_out=max(0, len(counted) - MOST_ENTRIES),
            errors=len(counted),
            denied=list(told.denied),
            short=list(told.short),
            why=told.why,
        )
        self._run.trail.touch(row, owner)


def _answers(bad: Sequence[Entry], rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The entries that tell of a request of this run that was refused: by its id, or in the log of an API by
    the time of one that was answered by a fault.
    """
    sent = [row for row in rows if row["kind"] == "exchange" and (row.get("status") or 999) >= _REFUSED]
    ids = {str(row["request_id"]) for row in sent if row.get("request_id")}
    faults = [row for row in sent if (row.get("status") or 999) >= _FAULT]
    found = []
    for entry in bad:
        named = re.findall(r"req-[0-9a-f-]+|\btx[0-9a-f-]{10,}", entry.text)
        if ids.intersection(named) or any(_meanwhile(entry, row) for row in faults):
            found.append(entry)
    return found


def _meanwhile(entry: Entry, row: Mapping[str, Any]) -> bool:
    """Whether the log of an API tells of what happened while a request was answered."""
    asked = _APIS.get(entry.program or entry.file.rpartition("/")[2].removesuffix(".1"), ())
    begin = row["t"] - float(row.get("ms") or 0) / 1000 - _LATER
    return row.get("component") in asked and entry.at is not None and begin <= entry.at <= row["t"] + _LATER


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


def _kinds(counted: Iterable[Entry]) -> tuple[str, ...]:
    kinds = Counter(map(_kind, counted))
    return tuple(f"{text} ({many} times)" if many > 1 else text for text, many in kinds.most_common(5))


def _kind(entry: Entry) -> str:
    """One line that is the same for the same error: without its time, ids and numbers."""
    text = re.sub(r"\d[\d-]*[ T]+[\d:.,]{7,}(?:Z|[+-]\d\d:?\d\d)?:?\s*", "", entry.first, count=1)
    text = re.sub(r"\[(?:req-|-)[^\]]*\]|\[instance: [^\]]*\]|\b[0-9a-f]{8}-?[0-9a-f-]{8,}\b", "…", text)
    return f"{entry.file.rpartition('/')[2]}: {' '.join(text.split())[:160]}"


def _owner(entry: Entry) -> str:
    return "swift" if entry.program else component_of(entry.file)
