"""What changed from one run to another: the description clause by clause, versions, machine, cloud."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from reports.history.entry import Facts
from reports.history.slim import Slim
from reports.text import line, value
from reports.versions import bytes_of


@dataclass(frozen=True)
class Difference:
    """One thing that was otherwise before: the two texts, empty where it was not there."""

    what: str
    was: str
    now: str

    def __str__(self) -> str:
        if not self.was:
            return f"{self.what}: {self.now}, new" if self.now else self.what
        return f"{self.what}: {self.was} → {self.now}" if self.now else f"{self.what}: {self.was}, gone"


class _Clause(Slim):
    path: str
    value: Any = None


class _Table(Slim):
    clauses: list[_Clause]


class _Discovered(Slim):
    names: dict[str, list[str]] = {}
    systems: dict[str, str] = {}
    packages: dict[str, dict[str, str]] = {}


class _Report(Slim):
    discovered: _Discovered = _Discovered()


def between(before: Facts, after: Facts, home: Path) -> list[Difference]:
    """Everything that is known to have changed, what was meant first, then what was found."""
    found: list[Difference] = []
    if before.fingerprint != after.fingerprint:
        found += _described(before, after, home)
    found += _told("deployday", before.version, after.version)
    found += _told("release", before.release, after.release)
    found += _told("scope", before.scope, after.scope)
    found += _mappings("", before.conditions, after.conditions)
    return [*found, *_discovered(before, after, home)]


def meant(before: Facts, after: Facts) -> bool:
    """Whether somebody changed something, as far as it shows without a look at the runs' files."""
    told = [(run.fingerprint, run.version, run.release, run.conditions) for run in (before, after)]
    return told[0] != told[1]


def _described(before: Facts, after: Facts, home: Path) -> Iterable[Difference]:
    tables = [_clauses(RunFolder(home / run.id)) for run in (before, after)]
    if not tables[0] or not tables[1]:
        return [Difference("the description", before.fingerprint[:12], after.fingerprint[:12])]
    return list(_mappings("", *tables)) or [Difference("the description, in no value", "", "")]


def _clauses(folder: RunFolder) -> Mapping[str, str]:
    """Path → value; nothing where it cannot be read any more."""
    try:
        table = _Table.model_validate_json(bytes_of(folder.architecture))
    except (UsageError, ValidationError):
        return {}
    return {line(row.path): line(value(row.value), 80) for row in table.clauses}


def _discovered(before: Facts, after: Facts, home: Path) -> Iterator[Difference]:
    was, now = (_seen(RunFolder(home / run.id)) for run in (before, after))
    if was is None or now is None:
        return
    yield from _mappings("", was.systems, now.systems)
    yield from _mappings("", _versions(was), _versions(now))
    for name in sorted(was.names.keys() & now.names.keys()):
        lost, new = (
            sorted({*was.names[name]} - {*now.names[name]}),
            sorted({*now.names[name]} - {*was.names[name]}),
        )
        yield from (Difference(line(name), line(each, 80), "") for each in lost)
        yield from (Difference(line(name), "", line(each, 80)) for each in new)


def _seen(folder: RunFolder) -> _Discovered | None:
    try:
        return _Report.model_validate_json(bytes_of(folder.report_json)).discovered
    except (UsageError, ValidationError):
        return None


def _versions(seen: _Discovered) -> Mapping[str, str]:
    """Package → version, or versions with their nodes where nodes differ."""
    return {
        name: next(iter(told)) if len(told) == 1 else json.dumps(told, sort_keys=True, ensure_ascii=False)
        for name, told in seen.packages.items()
        if told
    }


def _mappings(what: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in [*was, *(name for name in now if name not in was)]:
        yield from _told(f"{what}{line(name)}", line(was.get(name, "")), line(now.get(name, "")))


def _told(what: str, was: str, now: str) -> Iterable[Difference]:
    return [Difference(what, was, now)] if was != now else []
