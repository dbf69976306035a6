"""What may be disturbed: by the site's grant, its nodes, its services and the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.arch import Architecture, load
from harness.hostlist import Host
from harness.plan import Plan, Scenario, make_plan
from harness.plan.granting import NOTHING, Picked, picking, picking_any
from harness.site import Site, SiteFile

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
PLACE = "object-storage/object-server"


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


def site(arch: Architecture, hosts: tuple[str, ...] = ("storage-1", "storage-2"), **grant: Any) -> Site:
    keys = {"disruptive": {"until": NOW + timedelta(hours=1), **grant}} if grant else {}
    file = SiteFile.model_validate({"name": "rack7", "architecture": "essex/six-node", **keys})
    found = {name: Host(f"192.0.2.{n}") for n, name in enumerate(hosts, 1)}
    return Site("rack7", arch, None, file, found)


def test_the_first_node_that_is_granted_and_known_is_taken(arch: Architecture) -> None:
    granted = site(arch, nodes=["controller", "storage-3", "storage-2", "storage-1"])
    assert picking(granted, NOW)(PLACE) == Picked("storage-1/object-server")
    narrowed = site(arch, nodes=["storage-3", "storage-2"], services=["object-server"])
    assert picking(narrowed, NOW)(PLACE) == Picked("storage-2/object-server")
    assert picking_any(arch)(PLACE) == Picked("storage-1/object-server")


@pytest.mark.parametrize(
    ("hosts", "grant", "later", "service", "said"),
    [
        ((), {"nodes": ["storage-1"]}, 0, "object-server", "names no hosts"),
        (("storage-1",), {}, 0, "object-server", NOTHING),
        (("storage-1",), {"nodes": ["storage-1"]}, 60, "object-server", "until 2026-05-04 07:00 UTC"),
        (("storage-1",), {"nodes": ["controller"]}, 0, "object-server", "none of these to be disturbed: sto"),
        (("storage-1",), {"nodes": ["storage-3"]}, 0, "object-server", "not say where these are: storage-3"),
        (
            ("storage-1",),
            {"nodes": ["storage-1"], "services": ["object-server"]},
            0,
            "account-server",
            "to disturb object-server, not account-server",
        ),
    ],
)
def test_without_a_grant_that_covers_it_nothing_is_disturbed(
    arch: Architecture, hosts: tuple[str, ...], grant: dict[str, Any], later: int, service: str, said: str
) -> None:
    picked = picking(site(arch, hosts, **grant), NOW + timedelta(minutes=later))(f"object-storage/{service}")
    assert picked.place == ""
    assert said in picked.reason


def test_a_role_that_no_node_has(arch: Architecture) -> None:
    assert picking(site(arch, nodes=["storage-1"]), NOW)("mirror/x").reason == "no node has the role mirror"
    assert picking_any(arch)("mirror/x") == Picked("", "no node has the role mirror")


def planned(arch: Architecture, **words: Any) -> Plan:
    return make_plan(
        [
            Scenario("a.out", "objects", disturbs=PLACE),
            Scenario("a.back", "objects", needs=("a.out",)),
            Scenario("b.later", "rings"),
            Scenario("z.clean", "cleanup", after_all=True),
        ],
        arch,
        **words,
    )


def test_the_plan_says_what_is_disturbed_and_puts_it_behind_the_others(arch: Architecture) -> None:
    plan = planned(arch, pick=picking_any(arch))
    assert [row.key for row in plan.scenarios] == ["b.later", "a.out", "a.back", "z.clean"]
    assert [row.late for row in plan.scenarios] == [False, True, True, False]
    assert plan.by_key["a.out"].disturbs == "storage-1/object-server"
    assert [row.key for row in plan.running if row.disturbance] == ["a.out"]
    assert "stops object-server on storage-1 for a while" in plan.by_key["a.out"].disturbance
    assert Plan.from_json(plan.to_json()) == plan


def test_without_a_grant_it_is_out_of_reach(arch: Architecture) -> None:
    row = planned(arch).by_key["a.out"]
    assert (row.applies, row.reach, row.reason, row.disturbance) == (True, False, NOTHING, "")


@pytest.mark.parametrize(
    "words",
    [{"disturbs": "object-server"}, {"disturbs": "a/b/c"}, {"disturbs": PLACE, "servers": 1},
     {"disturbs": PLACE, "after_all": True}],
)  # fmt: skip
def test_a_declaration_that_makes_no_sense(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a\.out: disturbs reads like"):
        Scenario("a.out", "objects", **words)


def test_a_story_without_disturbance_needs_no_grant(arch: Architecture) -> None:
    assert planned(arch).by_key["b.later"].runs
