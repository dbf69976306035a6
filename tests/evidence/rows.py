"""A small description, a plan and a record to judge, written as briefly as a test wants to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.arch.clauses import Clause, ClauseTable, Origin
from harness.arch.paths import parse, show
from harness.evidence import Judgement, judge

TOKEN = {"key": "identity.token", "id": "identity.token", "needs": [], "owns": ["identity"]}
CATALOGUE = {"key": "preflight.catalogue", "needs": ["identity.token"], "owns": ["catalogue"]}
FLAVORS = {"key": "compute.flavors", "needs": ["preflight.catalogue"], "owns": ["compute.flavors"]}
PLAN = [TOKEN, CATALOGUE, FLAVORS]


def clause(path: str, value: Any, comparator: str = "equal", **more: Any) -> Clause:
    fields = {"level": "must", "visible": "api"} | more
    return Clause(
        path=parse(path),
        value=value,
        origin=Origin("derived", rule="by test"),
        comparator=comparator,
        **fields,
    )


def table(*clauses: Clause, closed: Iterable[str] = (), opened: Iterable[str] = ()) -> ClauseTable:
    collections = {parse(path): True for path in closed} | {parse(path): False for path in opened}
    return ClauseTable("small", "essex", "f" * 64, {each.path: each for each in clauses}, collections)


SMALL = table(
    clause("identity.version", "v2.0"),
    clause("catalogue.compute.name", "nova"),
    clause("catalogue.image.name", "glance"),
    clause('compute.flavors["m1.tiny"].ram', 512),
    clause('compute.flavors["m1.tiny"].vcpus', 1),
    closed=["catalogue"],
    opened=["compute.flavors"],
)


class Record:
    """Rows as a worker would write them."""

    def __init__(self, *, end: bool = True) -> None:
        self.rows: list[dict[str, Any]] = []
        self.scenario: str | None = None
        self._end = end
        self.add("run", phase="start")

    def add(self, kind: str, **fields: Any) -> str:
        number = len(self.rows) + 1
        row = {"t": 1000.0 + number, "worker": "main", "seq": number, "kind": kind, "scenario": self.scenario}
        self.rows.append(row | fields)
        return f"main:{number}"

    def observe(self, path: str, value: Any, **fields: Any) -> Record:
        cite = self.add("exchange", component="nova", status=200)
        self.add("observation", clause=path, observed=value, **{"cites": [cite]} | fields)
        return self

    def names(self, path: str, *names: str) -> Record:
        cite = self.add("exchange", component="keystone", status=200)
        self.add("names", collection=path, names=list(names), cites=[cite])
        return self

    def verdict(self, key: str, outcome: str = "completed", **fields: Any) -> Record:
        self.scenario = key
        self.add("verdict", outcome=outcome, **{"met": outcome == "completed", "duration": 0.5} | fields)
        return self

    def on(self, key: str) -> Record:
        self.scenario = key
        self.add("scenario", phase="start")
        return self

    def done(self) -> list[dict[str, Any]]:
        if self._end:
            self.scenario = None
            self.add("run", phase="end")
        return self.rows


def good(*, end: bool = True, ram: Any = 512, catalogue: Iterable[str] = ("compute", "image")) -> Record:
    """The record of a cloud that is as ``SMALL`` says, unless told otherwise."""
    record = Record(end=end)
    record.on("identity.token").observe("identity.version", "v2.0").verdict("identity.token")
    record.on("preflight.catalogue").names("catalogue", *catalogue)
    record.observe("catalogue.compute.name", "nova").observe("catalogue.image.name", "glance")
    record.verdict("preflight.catalogue").on("compute.flavors").names("compute.flavors", "m1.tiny", "m1.more")
    record.observe('compute.flavors["m1.tiny"].ram', ram).observe('compute.flavors["m1.tiny"].vcpus', 1)
    return record.verdict("compute.flavors")


def judged(
    record: Record, clauses: ClauseTable = SMALL, plan: Iterable[Mapping[str, Any]] = PLAN, **more: Any
) -> Judgement:
    return judge(clauses, plan, record.done(), **more)


def states(judgement: Judgement) -> dict[str, str]:
    return {show(path): verdict.state for path, verdict in judgement.clauses.items()}
