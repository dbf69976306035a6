"""A small run folder, written row by row with a clock of its own, so that reports of it stay the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.arch.clauses import Clause, ClauseTable, Origin
from harness.arch.paths import parse
from harness.evidence.folder import RunFolder

BEGAN = 1_800_000_000.0
ID = "20270115T080000-rack7-3f2a"
DOUBLES = ["nova-compute: servers are records in memory", "clock of the nodes: that of this machine"]
KEYSTONE = "http://127.77.1.1:5000"
COMPONENTS = {"identity": "keystone", "compute": "nova", "image": "glance", "volume": "nova-volume"}


def clause(path: str, value: Any, **fields: Any) -> Clause:
    """A clause, written in line 12 of rack7.yaml unless it says otherwise."""
    known = {
        "origin": Origin("written", "rack7.yaml", 12),
        "level": "must",
        "visible": "api",
        "comparator": "equal",
    }
    return Clause(path=parse(path), value=value, **{**known, **fields})


def clauses() -> list[Clause]:
    base = Origin("inherited", "essex/ubuntu-12.04.yaml", 40)
    rule = Origin("derived", rule="every object node holds the rings")
    return [
        clause("region", "RegionOne"),
        clause("nodes.controller.ports", [5000, 8774], visible="host", comparator="includes"),
        clause("identity.version", "v2.0", origin=base),
        clause("identity.roles", ["Member", "admin"], comparator="includes"),
        clause("catalogue.identity.public.port", 5000),
        clause("catalogue.compute.public.port", 8774),
        clause('compute.flavors["m1.tiny"].ram', 512, origin=base),
        clause('compute.flavors["m1.tiny"].disk', 0, origin=base),
        clause('compute.flavors["m1.small"].ram', 2048, origin=base, level="should"),
        clause('images["cirros-0.3.0"].status', "active"),
        clause(
            'images["cirros-0.3.0"].login',
            "cirros",
            visible="none",
            origin=Origin("written", "rack7.yaml", 20, "needs a guest"),
        ),
        clause("objects.rings.object.replicas", 3, visible="ring"),
        clause(
            "objects.rings.object.holders",
            ["storage-1", "storage-2"],
            visible="ring",
            comparator="exactly",
            origin=rule,
        ),
        clause("objectives.boot", 60.0, comparator="objective", measured=True),
    ]


def table(rows: Iterable[Clause] | None = None) -> ClauseTable:
    collections = {"catalogue": True, "compute.flavors": False, "images": False}
    return ClauseTable(
        name="rack7-six",
        release="essex",
        fingerprint="c0ffee" + "0" * 58,
        clauses={each.path: each for each in (clauses() if rows is None else rows)},
        collections={parse(path): closed for path, closed in collections.items()},
    )


def planned(
    key: str, gate: str, title: str, needs: Iterable[str] = (), owns: Iterable[str] = (), **more: Any
) -> dict[str, Any]:
    name, _, subject = key.partition("[")
    row = {"id": name, "subject": subject.rstrip("]") or None, "key": key, "gate": gate, "title": title}
    row |= {
        "needs": list(needs),
        "owns": list(owns),
        "level": "must",
        "applies": True,
        "reach": True,
        "reason": "",
    }
    return row | {"nodeid": f"scenarios/{gate}/test_{name.split('.')[-1]}.py::test"} | more


PLAN = [
    planned("identity.token", "preflight", "The deployer's account gets a token.", owns=["identity.version"]),
    planned(
        "preflight.catalogue",
        "preflight",
        "The catalogue names every described endpoint.",
        ["identity.token"],
        ["catalogue", "region"],
    ),
    planned(
        "preflight.endpoints_answer[compute]", "preflight", "The endpoint answers.", ["preflight.catalogue"]
    ),
    planned(
        "hosts.reachable[storage-1]",
        "preflight",
        "The node can be reached.",
        owns=["nodes"],
        reach=False,
        reason="the site names no hosts",
    ),
    planned(
        "identity.described", "identity", "Roles are as described.", ["identity.token"], ["identity.roles"]
    ),
    planned(
        "compute.flavors",
        "compute",
        "Flavors are as described.",
        ["preflight.endpoints_answer[compute]"],
        ["compute.flavors"],
    ),
    planned(
        "images.described", "images", "Images are as described.", ["identity.token"], ["images.*.status"]
    ),
    planned(
        "compute.boot",
        "compute",
        "A server of the smallest flavor becomes ACTIVE.",
        ["compute.flavors", "images.described"],
        ["objectives.boot"],
    ),
    planned("rings.equal[object]", "rings", "The ring is the same on every node.", owns=["objects.rings"]),
    planned(
        "volumes.types",
        "volumes",
        "Volume types are as described.",
        applies=False,
        reason="the description has no volume types",
    ),
    planned("cleanup.resources", "cleanup", "Everything that the run made is removed.", after_all=True),
]


class Stage:
    """Writes the files of a run; every row takes 10 ms of the stage's own time."""

    def __init__(
        self,
        home: Path,
        *,
        rows: Iterable[Clause] | None = None,
        plan: list[dict[str, Any]] | None = None,
        lab: bool = False,
    ) -> None:
        self.folder = RunFolder(home / ID)
        self.folder.path.mkdir(parents=True)
        self.now, self.seq = BEGAN, 0
        self.scenario: str | None = None
        self.step: int | None = None
        self.plan = PLAN if plan is None else plan
        self.judged: set[str] = set()
        machine = {"node": "deployer", "platform": "Linux-6.1", "python": "3.11.9"}
        site = {
            "name": "rack7",
            "lab": {"control": "http://127.77.1.254:8999", "doubles": DOUBLES} if lab else None,
        }
        run = {"id": ID, "site": site, "arch": "rack7-six", "started": BEGAN, "version": "0.1.0"}
        self.file("run.json", {**run, "machine": machine, "options": {"workers": 1}})
        self.file("architecture.json", table(rows).to_json())
        self.file("plan.json", {"scenarios": self.plan, "scope": "all", "deselected": []})
        self.row("run", phase="start")

    def file(self, name: str, data: Any) -> None:
        (self.folder.path / name).write_text(json.dumps(data, indent=1), encoding="utf-8")

    def row(self, kind: str, **fields: Any) -> str:
        self.now, self.seq = self.now + 0.01, self.seq + 1
        row = {
            "t": round(self.now, 3),
            "mono": round(self.now - BEGAN, 3),
            "worker": "gw0",
            "seq": self.seq,
            "kind": kind,
        }
        row |= {"scenario": self.scenario, "step": self.step, **fields}
        with self.folder.events.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return f"gw0:{self.seq}"

    @contextmanager
    def story(self, key: str, outcome: str = "completed", **verdict: Any) -> Iterator[None]:
        began, self.scenario = self.now, key
        self.row("scenario", phase="start")
        yield
        self.verdict(key, outcome, duration=round(self.now - began, 3), **verdict)
        self.scenario = key
        self.row("scenario", phase="end")
        self.scenario = None

    def verdict(self, key: str, outcome: str, **fields: Any) -> None:
        self.judged.add(key)
        self.scenario, self.step = key, None
        known = {
            "met": outcome == "completed",
            "reason": "",
            "root": None,
            "component": "",
            "cites": [],
            "duration": 0.0,
        }
        self.row("verdict", outcome=outcome, **{**known, **fields})
        self.scenario = None

    @contextmanager
    def told(self, number: int, title: str, error: str = "") -> Iterator[None]:
        self.step = number
        self.row("step", phase="start", number=number, title=title)
        yield
        self.row("step", phase="end", number=number, title=title, ok=not error, error=error)
        self.step = None

    def exchange(self, service: str, method: str, url: str, status: int | None = 200, **fields: Any) -> str:
        answer = {"headers": {}, "body": fields.pop("answer", '{"ok": true}')}
        asked = {"headers": {}, "body": fields.pop("asked", None)}
        known = {"ms": 12.5, "request_id": "", "error": None, "component": COMPONENTS.get(service, service)}
        return self.row(
            "exchange",
            service=service,
            method=method,
            url=url,
            status=status,
            request=asked,
            response=answer,
            **{**known, **fields},
        )

    def see(self, path: str, observed: Any, cites: Iterable[str], **fields: Any) -> str:
        return self.row(
            "observation", clause=path, observed=observed, cites=list(cites), resource=fields.get("resource")
        )

    def ledger(self, *rows: Mapping[str, Any]) -> None:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        self.folder.ledger.write_text(text, encoding="utf-8")

    def end(self) -> RunFolder:
        self.row("run", phase="end")
        return self.folder
