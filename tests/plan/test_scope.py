"""A part of a cloud: what belongs to it, what is run for it, and what is no part at all."""

from __future__ import annotations

import pytest

from harness.arch import Architecture, load
from harness.errors import UsageError
from harness.plan import Plan, make_plan
from harness.plan.discover import discover
from harness.plan.scope import scope_of


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


def planned(arch: Architecture, *texts: str) -> Plan:
    return make_plan(discover(), arch, within=scope_of(texts, arch))


def inside(plan: Plan) -> set[str]:
    return {row.key for row in plan.scenarios if not row.outside}


def outside(plan: Plan) -> set[str]:
    return {row.key for row in plan.scenarios if row.outside}


def test_a_role_is_its_area_its_nodes_and_its_services(arch: Architecture) -> None:
    plan = planned(arch, "role=object-storage")
    judged, needed = inside(plan), outside(plan)
    assert {"objects.put_get", "rings.placed", "hosts.services[storage-2]"} <= judged
    assert {"preflight.endpoints_answer[object-store]", "hosts.alike[object-storage]"} <= judged
    assert {"identity.token", "preflight.catalogue", "hosts.facts[controller]"} - judged
    assert {"identity.token", "preflight.catalogue", "hosts.reachable[controller]"} <= needed
    assert not [key for key in judged | needed if key.startswith(("volumes.", "images.", "network."))]
    assert {"cleanup.resources", "cleanup.no_leak"} <= judged
    assert plan.bounds is not None
    assert {"objects", "nodes.storage-1", "catalogue.object-store", "objectives.object"} <= set(plan.bounds)
    assert Plan.from_json(plan.to_json()) == plan


def test_who_serves_several_areas_is_asked_of_one(arch: Architecture) -> None:
    plan = planned(arch, "role=database")
    assert "hosts.database[controller]" in inside(plan)
    assert "hosts.services[controller]" in inside(plan)
    assert "hosts.identity[controller]" not in inside(plan) | outside(plan)


def test_an_area_and_some_nodes(arch: Architecture) -> None:
    plan = planned(arch, "area=images", "node=compute-[1:2]")
    assert {"images.described", "hosts.space[compute-2]", "compute.boots_on_host[compute-1]"} <= inside(plan)
    assert "hosts.space[storage-1]" not in inside(plan) | outside(plan)
    assert {"compute.boot", "compute.hosts"} <= outside(plan)
    assert planned(arch, "area=images,node=compute-1", "node=compute-2").bounds == plan.bounds


def test_needs_of_another_part_are_needs_alone(arch: Architecture) -> None:
    plan = planned(arch, "area=volumes")
    assert "compute.boot" in outside(plan)
    assert "volumes.attach" in inside(plan)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("role=object-storge", "did you mean 'object-storage'?"),
        ("role=dns", "there is no such role"),
        ("area=volume", "did you mean 'volumes'?"),
        ("node=storage-[1:4]", "did you mean 'storage-3'?"),
        ("node=storage-[4:1]", "a range from the smaller number"),
        ("rol=network", "did you mean 'role'?"),
        ("network", "role=ROLE, area=AREA or node=NODE"),
        ("", "role=ROLE, area=AREA or node=NODE"),
    ],
)
def test_what_is_no_part_is_told(arch: Architecture, text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        scope_of([text], arch)
    assert told in str(error.value)
    assert str(error.value).startswith("--scope")


def test_a_role_that_nobody_has(arch: Architecture) -> None:
    swift = load("essex/swift-five-zones")
    with pytest.raises(UsageError, match="no node of swift-five-zones has this role"):
        scope_of(["role=scheduler"], swift)
    assert scope_of([], arch) is None


def test_stories_about_an_absent_node_are_out_of_reach(arch: Architecture) -> None:
    plan = make_plan(discover(), arch.without({"compute-2": "compute-2 is absent"}))
    row = plan.by_key["hosts.space[compute-2]"]
    assert (row.runs, row.absent, row.reason, row.needs) == (False, "compute-2", "compute-2 is absent", ())
    assert plan.by_key["hosts.space[compute-1]"].runs
    needs = {need for row in plan.running for need in row.needs}
    assert not [need for need in needs if "compute-2" in need]
    lost = set(make_plan(discover(), arch).by_key) - set(plan.by_key)
    assert lost == {"hosts.alike[compute]"}  # one node alone has no like


def test_without_its_only_nodes_an_area_waits(arch: Architecture) -> None:
    plan = make_plan(discover(), arch.without({"compute-1": "not racked", "compute-2": "not racked"}))
    waiting = {row.key: row for row in plan.scenarios if row.absent}
    assert {"compute.boot", "guests.boot", "network.described", "hosts.network"} <= set(waiting)
    assert waiting["compute.boot"].reason == "not racked"
    assert plan.by_key["volumes.create"].runs
