"""What changed on hosts and services since an earlier run, and which results rest on it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.arch.paths import parse
from harness.fleet.belonging import of_roles, owners, with_resting
from harness.fleet.since import Changed, discovered, hosts_since, services_since, unseen_hosts
from harness.hosts.facts.model import Config, Service, Space, System, Unknown
from harness.hosts.visiting import Visit
from tests.fleet.hosts import PACKAGES, host

NODE = "compute-1"
ROLES = {NODE: ("compute", "network"), "storage-1": ("object-storage",), "controller": ("identity",)}
COMPUTE, OBJECTS = frozenset({"nova"}), frozenset({"swift"})


def visits(node: str = NODE, **changes: Any) -> dict[str, Visit]:
    return {node: Visit(node=node, facts=host(node, **changes))}


def conf(**options: str) -> dict[str, Config]:
    found = {"DEFAULT": {name: (value,) for name, value in options.items()}}
    return {"/etc/nova/nova.conf": Config(form="ini", options=found)}


def changed(before: dict[str, Any], after: dict[str, Any], node: str = NODE) -> list[Changed]:
    return hosts_since(visits(node, **before), visits(node, **after), ROLES)


def test_nothing_is_said_where_nothing_changed() -> None:
    assert hosts_since(visits(), visits(), ROLES) == []


def test_what_moves_by_itself_is_no_change() -> None:
    assert changed({}, {"space": {"/": Space(size_mb=900_000, free_mb=10)}}) == []


def test_an_option_of_nova_touches_compute_and_leaves_object_storage() -> None:
    [found] = changed({"configs": conf(verbose="True")}, {"configs": conf(verbose="False")})
    assert found.text == "/etc/nova/nova.conf [DEFAULT] verbose changed on compute-1"
    assert found.touches(COMPUTE)
    assert not found.touches(OBJECTS)
    assert not found.touches(frozenset({"glance"}))


@pytest.mark.parametrize(
    ("part", "before", "after", "touched"),
    [
        ("packages", PACKAGES, PACKAGES | {"nova-common": "2012.1.4"}, {"nova"}),
        ("packages", PACKAGES, PACKAGES | {"python-glance": "1"}, {"nova", "glance"}),
        ("packages", PACKAGES, PACKAGES | {"swift-object": "1.4.9"}, {"swift"}),
        ("packages", PACKAGES, PACKAGES | {"libc6": "2.16"}, {"nova", "@compute-1"}),
        ("packages", PACKAGES, PACKAGES | {"mysql-server": "5"}, {"nova", "swift", "keystone", "glance"}),
    ],
)
def test_a_package_touches_what_rests_on_it(part: str, before: Any, after: Any, touched: set[str]) -> None:
    [found] = changed({part: before}, {part: after})
    every = ("nova", "swift", "glance", "keystone", "@compute-1")
    hit = {name for name in every if found.touches(frozenset({name}))}
    assert hit - {"@compute-1"} == touched - {"@compute-1"}
    assert ("@compute-1" in hit) == ("@compute-1" in touched or "*" in found.components)


def test_a_service_that_runs_again_is_a_change() -> None:
    stopped = {"nova-compute": Service(manager="upstart", running=False)}
    [found] = changed(
        {"services": stopped}, {"services": {"nova-compute": Service(manager="upstart", running=True)}}
    )
    assert found.touches(COMPUTE)
    assert not found.touches(OBJECTS)


def test_another_kernel_touches_all_that_the_roles_of_the_host_run() -> None:
    other = System(hostname=NODE, kernel="3.2.0-99-generic", uptime=2000.0)
    same = System(hostname=NODE, kernel="3.2.0-23-generic", uptime=1000.0)
    [found] = changed({"system": same}, {"system": other})
    assert found.touches(COMPUTE)
    assert found.touches(frozenset({"@compute-1"}))
    assert not found.touches(OBJECTS)
    assert not found.touches(frozenset({"@storage-1"}))


def test_what_keystone_rests_on_everything_rests_on() -> None:
    [found] = changed({"packages": {}}, {"packages": {"keystone": "1"}})
    assert found.touches(OBJECTS)
    [kernel] = changed({"resolvers": ("a",)}, {"resolvers": ("b",)}, node="controller")
    assert kernel.touches(OBJECTS)


def test_a_host_of_which_one_look_tells_nothing_counts_as_changed() -> None:
    refused = {NODE: Visit(node=NODE, refused="connection refused")}
    for before, now in ((visits(), refused), (refused, visits()), ({}, visits()), (visits(), {})):
        [found] = hosts_since(before, now, ROLES)
        assert "cannot be compared" in found.text
        assert found.touches(COMPUTE)
        assert not found.touches(OBJECTS)


def test_a_visit_that_was_cut_short_is_no_look() -> None:
    begun = {NODE: Visit(node=NODE, over=False, banner="SSH-2.0-x")}
    [found] = hosts_since(begun, visits(), ROLES)
    assert found.text == "compute-1 cannot be compared: it said nothing then (the visit was not over)"


def test_a_host_that_never_tells_anything_cannot_be_compared() -> None:
    mute = {NODE: Visit(node=NODE, mute="this account may run no shell")}
    assert hosts_since(mute, mute, ROLES) == []
    assert unseen_hosts(mute) == [NODE]
    assert unseen_hosts(visits()) == []


def test_a_part_that_only_one_look_tells_touches_the_host() -> None:
    [found] = changed({"packages": Unknown(unknown="dpkg failed")}, {})
    assert "packages" in found.text
    assert found.touches(COMPUTE)


def test_a_host_with_a_role_that_nobody_knows_touches_everything() -> None:
    assert hosts_since({}, {"x": Visit(node="x")}, {"x": ("telepathy",)})[0].touches(OBJECTS)


def test_versions_and_places_of_services_touch_their_component() -> None:
    before = {"catalogue.compute.version": "v2.0", "catalogue.image.public.port": 9292, "lost": 1}
    now = {"catalogue.compute.version": "v2.1", "catalogue.image.public.port": 9292}
    [found] = services_since(before, now)
    assert found.text == "catalogue.compute.version changed"
    assert found.touches(COMPUTE)
    assert not found.touches(OBJECTS)


def test_a_service_more_touches_that_service_and_an_extension_compute() -> None:
    [found] = services_since({"catalogue": ["compute"]}, {"catalogue": ["compute", "object-store"]})
    assert found.touches(OBJECTS)
    assert not found.touches(COMPUTE)
    [found] = services_since({"compute.extensions": ["a"]}, {"compute.extensions": ["a", "b"]})
    assert found.touches(COMPUTE)
    assert not found.touches(OBJECTS)


def test_who_rests_on_nothing_known_is_touched_by_everything() -> None:
    [found] = services_since({"catalogue.image.name": "a"}, {"catalogue.image.name": "b"})
    assert found.touches(frozenset())


def test_in_a_cloud_that_was_built_anew_nothing_holds() -> None:
    [found] = services_since(
        {"tenant deployday-1": "a", "tenant deployday-2": "b"}, {"tenant deployday-1": "c"}
    )
    assert found.text == "tenant deployday-1 is another one: this cloud was built anew"
    assert found.touches(OBJECTS)


def test_by_what_a_cloud_is_known() -> None:
    for path in ("catalogue", "catalogue.compute.version", "compute.extensions", "identity.version"):
        assert discovered(parse(path))
    for path in ("identity.roles", "compute.flavors", 'compute.flavors["m1.tiny"].ram'):
        assert not discovered(parse(path))


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("/etc/swift/proxy-server.conf", {"swift"}),
        ("/etc/nova/nova.conf [DEFAULT] x", {"nova", "nova-volume"}),
        ("nova-volume", {"nova-volume", "nova"}),
        ("python-keystoneclient", {"keystone"}),
        ("libvirt-bin", {"nova"}),
        ("rabbitmq-server", {"bus"}),
        ("/etc/resolv.conf", set()),
        ("linux-image-3.2.0", set()),
        ("", set()),
    ],
)
def test_whose_a_thing_is(text: str, whose: set[str]) -> None:
    assert owners(text) == whose


def test_roles_and_what_rests_on_what() -> None:
    assert of_roles(("compute", "object-storage")) == {"nova", "swift"}
    assert of_roles(("dashboard",)) == {"dashboard"}
    assert with_resting({"bus"}) == {"bus", "nova", "nova-volume"}
    assert with_resting({"swift"}) == {"swift"}
