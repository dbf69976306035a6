"""What the user put aside: outside of the scope, and nodes that are not there yet."""

from __future__ import annotations

from typing import Any

import pytest

from harness.arch.paths import parse
from harness.evidence import Judgement, Waiver
from harness.evidence.absence import Absence, absences
from tests.evidence.rows import CATALOGUE, FLAVORS, TOKEN, Record, clause, good, judged, table

NODES = table(
    clause("identity.version", "v2.0"),
    clause("nodes.one.roles", ["compute-api", "object-storage"], visible="host"),
    clause("nodes.two.roles", ["compute"], visible="host"),
    clause("nodes.two.ports", [22], visible="host"),
    clause("compute.hosts.one.services", ["network"]),
    clause("compute.hosts.two.services", ["compute"]),
    clause("objects.rings.object.holders", ["one", "two"], "exactly", visible="ring"),
    closed=["compute.hosts"],
)
HOSTS = {"key": "compute.hosts", "owns": ["compute.hosts"], "needs": []}
RINGS = {"key": "rings.equal", "owns": ["objects"], "needs": []}
TWO = {"key": "hosts.ports[two]", "owns": ["nodes.two.ports"], "needs": [], "reach": False, "absent": "two"}
ONE = {"key": "hosts.roles[one]", "owns": ["nodes.one.roles"], "needs": []}
PLAN = [TOKEN, CATALOGUE, HOSTS, RINGS, ONE, TWO]
LATER = Absence("two", "the rack is not filled", 2000.0)


def cloud(*hosts: str, holders: tuple[str, ...] = ("one",)) -> Record:
    record = Record()
    record.on("identity.token").observe("identity.version", "v2.0").verdict("identity.token")
    record.on("preflight.catalogue").verdict("preflight.catalogue")
    record.on("compute.hosts").names("compute.hosts", *hosts)
    for host in hosts:
        record.observe(f"compute.hosts.{host}.services", ["network"] if host == "one" else ["compute"])
    record.verdict("compute.hosts").on("rings.equal")
    record.observe("objects.rings.object.holders", list(holders)).verdict("rings.equal")
    record.on("hosts.roles[one]").observe("nodes.one.roles", ["compute-api", "object-storage"])
    return record.verdict("hosts.roles[one]").verdict("hosts.ports[two]", "out_of_reach", reason="absent")


def without(record: Record, now: float = 1500.0, *absent: Absence) -> Judgement:
    return judged(record, NODES, PLAN, now=now, absent=absent or (LATER,))


def state(judgement: Judgement, path: str) -> str:
    return judgement.clauses[parse(path)].state


def test_an_absent_node_is_not_missed() -> None:
    judgement = without(cloud("one"))
    assert judgement.go == "GO"
    assert judgement.banner == (
        "GO: 4 of 7 clauses verified, 0 out of reach, 0 waived, absent 1 node until 1970-01-01T00:33:20Z, "
        "scope all"
    )
    assert state(judgement, "nodes.two.ports") == state(judgement, "compute.hosts.two.services")
    assert "the rack is not filled" in judgement.clauses[parse("nodes.two.ports")].reason
    assert state(judgement, "objects.rings.object.holders") == "verified"


def test_without_the_word_it_is_missed() -> None:
    judgement = judged(cloud("one"), NODES, PLAN, now=1500.0)
    assert judgement.go == "NO-GO"
    assert state(judgement, "objects.rings.object.holders") == "deviates"


def test_it_may_be_in_the_lists_already() -> None:
    judgement = without(cloud("one", holders=("two", "one")))
    assert state(judgement, "objects.rings.object.holders") == "verified"
    assert judgement.absent is not None
    assert not judgement.absent.there
    odd = without(cloud("one", holders=("one", "three")))
    assert state(odd, "objects.rings.object.holders") == "deviates"


def test_one_that_is_there_is_told() -> None:
    judgement = without(cloud("one", "two"))
    assert judgement.go == "GO"
    assert "two is called absent, and is there: take it out of the site." in judgement.because


def test_after_its_time_it_counts_again() -> None:
    judgement = without(cloud("one"), 2001.0)
    assert judgement.go == "NO-GO"
    assert judgement.scenarios["hosts.ports[two]"].verdict == "unknown"
    assert state(judgement, "nodes.two.ports") == "unknown"
    assert "1 no longer absent" in judgement.banner
    whole = without(cloud("one", "two", holders=("one", "two")), 2001.0)
    assert (whole.go, state(whole, "nodes.two.ports")) == ("COULD NOT JUDGE", "unknown")


def test_an_area_that_only_absent_nodes_have_keeps_from_go() -> None:
    only = table(
        *(each for each in NODES.clauses.values() if each.path[0] in ("identity", "nodes")),
        clause("compute.scheduler", "filter"),
    )
    plan = [TOKEN, CATALOGUE, ONE, TWO]
    judgement = judged(cloud("one"), only, plan, now=1500.0, absent=(LATER,))
    assert judgement.go == "COULD NOT JUDGE"
    assert "No clause was verified in: compute." in judgement.because
    assert "Only absent nodes have: compute." in judgement.because


def test_what_a_run_stored_is_read_with_care() -> None:
    assert absences([LATER.to_json()]) == (LATER,)
    assert absences([{"node": 3, "until": 1}, {"node": "x"}, "x", {"node": "x", "until": None}]) == ()
    assert absences([{"node": "x", "until": float("inf")}, {"node": "x", "until": float("nan")}]) == ()
    assert absences({"node": "x"}) == absences(None) == ()


SCOPED: dict[str, Any] = {"bounds": ["compute"], "scope": "area=compute"}


def scoped(record: Record, plan: list[dict[str, Any]] | None = None, **more: Any) -> Judgement:
    rows = [TOKEN | {"outside": True}, CATALOGUE | {"outside": True}, FLAVORS]
    return judged(record, plan=plan or rows, **SCOPED | more)


def test_only_what_is_in_scope_is_judged() -> None:
    judgement = scoped(good(catalogue=("compute", "image", "strange")))
    assert judgement.banner == "GO: 2 of 2 clauses verified, 0 out of reach, 0 waived, scope area=compute"
    assert state(judgement, "identity.version") == "out_of_reach"
    assert judgement.clauses[parse("identity.version")].reason == "outside of the scope of this run"
    assert scoped(good(ram=1)).go == "NO-GO"


def test_a_need_outside_of_the_scope_is_told_as_root() -> None:
    record = good()
    record.verdict("preflight.catalogue", "failed", reason="no answer")
    record.verdict("compute.flavors", "blocked", root="preflight.catalogue")
    judgement = scoped(record)
    assert judgement.go == "COULD NOT JUDGE"
    assert not judgement.scenarios["preflight.catalogue"].counts
    assert judgement.scenarios["compute.flavors"].root == "preflight.catalogue"


def test_what_a_story_in_scope_sees_elsewhere_counts() -> None:
    record = good().on("compute.flavors").observe("catalogue.image.name", "other").verdict("compute.flavors")
    assert scoped(record).go == "NO-GO"
    record = good().on("identity.token").observe("catalogue.image.name", "other").verdict("identity.token")
    assert scoped(record).go == "GO"


@pytest.mark.parametrize("bounds", [["volumes"], ["compute", "volumes"]])
def test_an_area_that_was_named_needs_a_verified_clause(bounds: list[str]) -> None:
    judgement = scoped(good(), bounds=bounds)
    assert judgement.go == "COULD NOT JUDGE"
    assert "No clause was verified in: volumes." in judgement.because


def test_a_waiver_outside_of_the_scope_waits() -> None:
    waiver = Waiver(("identity", "version"), None, "v3", "r", "o", "t", 2000.0)
    (standing,) = scoped(good(), waivers=[waiver]).waivers
    assert standing.status == "unused"
