"""Run folders of a cloud that is as described, written without one: first runs, and what was run again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.arch import Architecture, load
from harness.arch.clauses import ClauseTable
from harness.arch.paths import show
from harness.cli import again as verb
from harness.cli.again import Again
from harness.evidence.fold import owners, owns
from harness.evidence.folder import RunFolder, write_json
from harness.hostlist import Host
from harness.hosts.facts.model import Config
from harness.hosts.visiting import Visit
from harness.plan import Plan
from harness.site import Site, SiteFile
from tests.fleet.hosts import host

MORNING = 1_800_000_000.0
COMPONENTS = {"identity": "keystone", "images": "glance", "volumes": "nova-volume", "objects": "swift"}
COMPONENTS |= {"rings": "swift", "compute": "nova", "guests": "nova", "network": "nova"}


def site_of(name: str = "rack7", architecture: str = "essex/devstack-single", **changes: Any) -> Site:
    """A site whose one host has an address, without a cloud behind it."""
    arch: Architecture = load(architecture, **changes)
    file = SiteFile.model_validate({"name": name, "architecture": architecture, "cloud": "rack7"})
    return Site(name, arch, None, file, {node: Host("192.0.2.1") for node in arch.model.nodes})


def visits(site: Site, **options: str) -> dict[str, Visit]:
    """What the hosts say, with such options of nova.conf."""
    found = {"DEFAULT": {name: (value,) for name, value in ({"verbose": "True"} | options).items()}}
    conf = {"/etc/nova/nova.conf": Config(form="ini", options=found)}
    return {node: Visit(node=node, facts=host(node, configs=conf)) for node in site.arch.model.nodes}


def choose(
    monkeypatch: pytest.MonkeyPatch,
    site: Site,
    folder: RunFolder,
    *,
    hosts: Mapping[str, Visit] | None = None,
    found: Mapping[str, Any] | None = None,
    now: float = MORNING + 900,
) -> Again:
    """What ``--rerun`` chooses while hosts and services say this."""
    monkeypatch.setattr(verb, "hosts_now", lambda _: visits(site) if hosts is None else hosts)
    monkeypatch.setattr(verb, "cloud_now", lambda _: (None, dict(found or {})))
    return verb.again(site, folder, now)


class Writer:
    """Writes a run whose stories see what is described."""

    def __init__(self, home: Path, site: Site, chosen: Again | None, began: float, digits: str) -> None:
        self.folder = RunFolder(home / f"20270115T080000-{site.name}-{digits}")
        self.folder.path.mkdir(parents=True)
        self.table: ClauseTable = site.arch.table
        self.now, self.began, self.seq = began, began, 0
        self.scenario: str | None = None
        self.lines: list[str] = []
        self.plan: Plan = chosen.plan if chosen else verb._plan(site, None)
        self.owning = owners(row.to_json() for row in self.plan.running)
        options = {"arch": "essex/devstack-single", "cloud": "rack7"}
        facts = {"id": self.folder.id, "site": site.to_json(), "arch": site.arch.name, "version": "0.1.0"}
        write_json(self.folder.run, {**facts, "started": began, "options": options, "machine": {}})
        write_json(self.folder.architecture, self.table.to_json())
        write_json(self.folder.plan, self.plan.to_json())
        if chosen:
            chosen.carried.write(self.folder)
        self.row("run", phase="start")

    def row(self, kind: str, **fields: Any) -> str:
        self.now, self.seq = self.now + 0.01, self.seq + 1
        row = {"t": self.now, "mono": 0.0, "worker": "gw0", "seq": self.seq, "kind": kind}
        self.lines.append(json.dumps({**row, "scenario": self.scenario, "step": None, **fields}))
        return f"gw0:{self.seq}"

    def end(self) -> RunFolder:
        self.folder.events.write_text("".join(f"{line}\n" for line in self.lines))
        return self.folder

    def story(self, key: str, outcome: str) -> None:
        row = self.plan.by_key[key]
        self.scenario = key
        if outcome not in ("blocked", "not_reached"):
            self.row("scenario", phase="start")
            component = COMPONENTS.get(row.gate, "")
            cite = self.row(
                "exchange", component=component, service="compute", method="GET", status=200, ms=9.0
            )
            if outcome == "completed":
                self._see(key, cite)
        self.row("verdict", outcome=outcome, met=outcome == "completed", duration=0.5, cites=[])
        self.scenario = None

    def _see(self, key: str, cite: str) -> None:
        """Each clause that it owns, as described."""
        owned = [path for owner, path in self.owning if owner == key]
        for path, clause in self.table.clauses.items():
            if any(owns(each, path) for each in owned):
                self.row("observation", clause=show(path), observed=clause.value, cites=[cite])


def told(
    home: Path,
    site: Site,
    *,
    outcomes: Mapping[str, str] | None = None,
    hosts: Mapping[str, Visit] | None = None,
    chosen: Again | None = None,
    began: float = MORNING,
    digits: str = "3f2a",
    killed_before: str = "",
    rows: Sequence[Mapping[str, Any]] = (),
) -> RunFolder:
    """A run; ``outcomes`` of some scenarios are others than completed, ``killed_before`` ends it early."""
    writer = Writer(home, site, chosen, began, digits)
    for planned in writer.plan.running:
        if planned.key == killed_before:
            return writer.end()
        writer.story(planned.key, (outcomes or {}).get(planned.key, "completed"))
    for row in rows:
        writer.row(**row)
    writer.row("run", phase="end")
    folder = writer.end()
    folder.hosts.mkdir()
    for node, visit in (visits(site) if hosts is None else hosts).items():
        (folder.hosts / f"{node}.json").write_text(visit.model_dump_json())
    return folder


@contextmanager
def edited(path: Path) -> Iterator[dict[str, Any]]:
    """A JSON file to be changed."""
    data = json.loads(path.read_text())
    yield data
    path.write_text(json.dumps(data))
