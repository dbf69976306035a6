"""Clouds that were built otherwise than the base has it: what is said of them, and what is only told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.arch import load
from harness.clients.errors import Refused
from harness.clients.values import CatalogueEntry, ComputeHost, Flavor, Image
from harness.describing import write
from harness.describing.ringfiles import Held
from harness.hosts.facts.model import Interface, Service, Unknown
from tests.describing.cloud import Played, Table


def captured(cloud: Played, tmp_path: Path, **how: bool) -> tuple[Any, str]:
    text = write(cloud.capture(**how))
    file = tmp_path / "captured.yaml"
    file.write_text(text, encoding="utf-8")
    assert "hmac:" not in text
    return load(file).model, text.replace("\n#   ", " ")


def moved(cloud: Played, kind: str, old: str, new: str, *interfaces: str) -> None:
    """Change a part of some URLs of one service."""
    token = cloud.session.identity.token

    def change(entry: CatalogueEntry) -> CatalogueEntry:
        if entry.type != kind:
            return entry
        return replace(entry, **{each: getattr(entry, each).replace(old, new) for each in interfaces})

    rows = tuple(change(entry) for entry in token.catalogue)
    cloud.session.identity.token = replace(token, catalogue=rows)


ALL = ("public", "internal", "admin")


def test_other_ports_and_paths_are_said_once(tmp_path: Path) -> None:
    cloud = Played.of()
    moved(cloud, "compute", ":8774", ":9774", *ALL)
    moved(cloud, "image", "http:", "https:", "public")
    model, text = captured(cloud, tmp_path)
    assert model.catalogue["compute"].admin.port == 9774
    assert "  compute: {port: 9774}" in text
    assert "  image: {public: {scheme: https}}" in text


def test_an_address_that_is_no_hosts_is_a_node_of_its_own(tmp_path: Path) -> None:
    cloud = Played.of()
    moved(cloud, "identity", "10.0.0.1", "10.0.0.100", "public")
    model, text = captured(cloud, tmp_path)
    assert model.catalogue["identity"].public.node == "10.0.0.100"
    assert model.catalogue["identity"].admin.node == "controller"
    assert "10.0.0.100 is no host of the site" in text


def test_an_address_that_a_host_has_is_that_hosts(tmp_path: Path) -> None:
    cloud = Played.of()
    moved(cloud, "image", "10.0.0.1", "10.7.0.1", "internal")
    for name, held in cloud.rings.items():
        ring: Any = held.ring
        devices = tuple(replace(each, ip=each.ip.replace("10.0.", "10.8.")) for each in ring.devices)
        cloud.rings[name] = replace(held, ring=replace(ring, devices=devices))
    for name, told in cloud.facts.items():
        address = cloud.addresses[name]
        own = tuple(f"{address.replace('10.0.', net)}/24" for net in ("10.7.", "10.8."))
        extra = {
            "br100": Interface(is_bridge=True, addresses=("10.9.0.1/22",)),
            "eth2": Interface(addresses=own),
        }
        cloud.facts[name] = told.model_copy(update={"interfaces": told.interfaces | extra})
    model, text = captured(cloud, tmp_path)
    assert list(model.nodes) == list(cloud.arch.model.nodes)
    assert model.catalogue["image"].internal.node == "controller"
    assert "10.7.0.1 is an address of controller: say so in the site (`also`)" in text


def test_an_unknown_service_gets_a_role_of_its_own(tmp_path: Path) -> None:
    cloud = Played.of()
    token = cloud.session.identity.token
    urls = ["http://10.0.0.1:8777/v1"] * 3
    row = CatalogueEntry("metering", "ceilometer", "RegionOne", *urls)
    cloud.session.identity.token = replace(token, catalogue=(*token.catalogue, row))
    model, _ = captured(cloud, tmp_path)
    assert model.catalogue["metering"].internal.port == 8777
    assert "metering" in model.nodes["controller"].roles


def test_a_service_that_is_not_in_the_catalogue_is_not_described(tmp_path: Path) -> None:
    cloud = Played.of()
    token = cloud.session.identity.token
    cloud.session.identity.token = replace(
        token, catalogue=tuple(entry for entry in token.catalogue if entry.type != "ec2")
    )
    model, text = captured(cloud, tmp_path)
    assert "ec2" not in model.catalogue
    assert "catalogue: {ec2: null}" in text


def test_flavors_extensions_images_and_quotas(tmp_path: Path) -> None:
    cloud = Played.of()
    compute = cloud.session.compute
    flavors = [*compute.flavors()[1:], Flavor("9", "huge", 65536, 16, 2048, swap=1024)]
    extensions, quotas = compute.extensions()[1:], compute.default_quotas()
    lower = replace(quotas, values={**quotas.values, "cores": 12, "volumes": -1})
    compute.flavors, compute.extensions = lambda: flavors, lambda: extensions
    compute.default_quotas = lambda: lower
    images = [*cloud.session.images.list(), Image("p", "precise", "active", "qcow2", "bare", public=True)]
    images += [Image("k", "killed", "killed", "raw", "bare", public=True)]
    cloud.session.images.list = lambda: images
    model, text = captured(cloud, tmp_path)
    assert "m1.tiny" not in model.compute.flavors
    assert "huge: {id: 9, ram: 64 GB, vcpus: 16, disk: 2 TB, swap: 1 GB}" in text
    assert len(model.compute.extensions) == len(extensions)
    assert (model.compute.quotas.cores, model.compute.limits.maxTotalCores) == (12, 12)
    assert "compute.quotas.volumes has no limit here (-1)" in text
    assert "precise: {format: qcow2, public: true, login: ubuntu}" in text
    assert "the image killed is killed" in text
    assert "mine" not in model.images


def test_a_service_of_nova_that_no_role_brings(tmp_path: Path) -> None:
    cloud = Played.of()
    hosts = [row for row in cloud.session.compute.hosts() if row.service != "cert"]
    hosts.append(ComputeHost("controller", "console"))
    cloud.session.compute.hosts = lambda: hosts
    cloud.facts = {}
    model, text = captured(cloud, tmp_path, inside=False)
    assert model.compute.hosts["controller"].services == ["console", "consoleauth", "scheduler", "volume"]
    assert "nova does not list cert" in text


def test_without_an_administrator_it_says_what_it_may(tmp_path: Path) -> None:
    cloud = Played.of()
    model, text = captured(cloud, tmp_path, hosts=False, admin=False)
    assert list(model.nodes) == ["10.0.0.1"]
    assert "compute.hosts, identity.catalogue" in text
    assert "the account is no administrator" in text


def test_what_a_service_refuses_is_not_seen(tmp_path: Path) -> None:
    cloud = Played.of()

    def refuse() -> None:
        raise Refused("not for\nyou " + 200 * "x")

    cloud.session.compute.flavors = refuse
    model, text = captured(cloud, tmp_path)
    assert "m1.tiny" in model.compute.flavors  # the base's word
    [line] = [line for line in text.splitlines() if "compute.flavors: not for you" in line]
    assert line.startswith("# - ")


def test_what_runs_elsewhere_and_what_runs_nowhere(tmp_path: Path) -> None:
    cloud = Played.of()
    on, off = Service(manager="upstart", running=True, enabled=True), "swift-account-reaper"
    for name in ("compute-1", "compute-2"):
        told = cloud.facts[name]
        cloud.facts[name] = told.model_copy(update={"services": told.services | {"nova-api": on}})
    for name in ("storage-1", "storage-2", "storage-3"):
        told = cloud.facts[name]
        rest = {each: row for each, row in told.services.items() if each != off}
        cloud.facts[name] = told.model_copy(update={"services": rest})
    model, text = captured(cloud, tmp_path)
    assert "nova-api" in model.nodes["compute-1"].services
    assert off not in model.nodes["storage-1"].services
    assert "compute-[1:2]:" in text
    assert "Seen, and not described" not in text


def test_what_is_broken_is_described_as_it_should_be_and_told(tmp_path: Path) -> None:
    cloud = Played.of()
    told = cloud.facts["storage-2"]
    dead = told.services["swift-object"].model_copy(update={"running": False})
    cloud.facts["storage-2"] = told.model_copy(update={"services": told.services | {"swift-object": dead}})
    _, text = captured(cloud, tmp_path)
    assert "  storage-[1:3]: {roles: [object-storage], devices: [sdb, sdc]}" in text
    assert "# - services.swift-object.state of storage-2 is stopped" in text


def test_what_hosts_cannot_tell_is_named_with_the_reason(tmp_path: Path) -> None:
    cloud = Played.of()
    blind = Unknown(unknown="this user may not see it", denied=True)
    for name, told in cloud.facts.items():
        cloud.facts[name] = told.model_copy(update={"configs": blind, "volume_groups": blind})
    _, text = captured(cloud, tmp_path)
    [line] = [line for line in text.splitlines() if "this user may not see it" in line]
    assert "compute.hypervisor" in text
    assert "the volume group of controller" in text
    assert line.startswith("#")


def test_what_one_host_cannot_tell_is_one_note(tmp_path: Path) -> None:
    cloud = Played.of()
    silent = Unknown(unknown="the answer ended before it was told")
    told = cloud.facts["storage-3"]
    cloud.facts["storage-3"] = told.model_copy(update={"files": silent, "users": silent, "services": silent})
    model, text = captured(cloud, tmp_path)
    [line] = [line for line in text.splitlines() if "the answer ended" in line]
    assert line == "# - files, roles, services, users of storage-3: the answer ended before it was told"
    assert list(model.nodes) == list(cloud.arch.model.nodes)


def test_a_host_without_a_ring_is_told_and_a_silent_one_is_not_blamed(tmp_path: Path) -> None:
    cloud = Played.of()
    others = ("controller", "storage-1")
    for name, held in cloud.rings.items():
        cloud.rings[name] = replace(held, holders=others, asked=(*others, "storage-2"))
    del cloud.facts["storage-3"]
    _, text = captured(cloud, tmp_path)
    assert "object ring: storage-2 has not this ring, though it should" in text
    assert "storage-3 has not" not in text


def chmod(cloud: Played, node: str, mode: str) -> None:
    told = cloud.facts[node]
    files = {path: file.model_copy(update={"mode": mode}) for path, file in told.files.items()}
    cloud.facts[node] = told.model_copy(update={"files": files})


def test_one_odd_host_is_told_and_most_of_them_are_described(tmp_path: Path) -> None:
    cloud, path = Played.of(), "/etc/nova/nova.conf"
    chmod(cloud, "compute-2", "0644")
    model, text = captured(cloud, tmp_path)
    assert model.nodes["compute-2"].files[path].mode == "0640"
    assert f'files["{path}"].mode of compute-2 is 0644' in text
    for node in ("compute-1", "controller"):
        chmod(cloud, node, "0644")
    model, text = captured(cloud, tmp_path)
    assert {model.nodes[node].files[path].mode for node in ("controller", "compute-1", "compute-2")} == {
        "0644"
    }
    assert "Seen, and not described" not in text


def test_one_older_package_loosens_no_pattern(tmp_path: Path) -> None:
    cloud = Played.of()
    told = cloud.facts["compute-2"]
    older = told.packages | {"nova-common": "2012.1-0ubuntu2"}
    cloud.facts["compute-2"] = told.model_copy(update={"packages": older})
    model, text = captured(cloud, tmp_path)
    assert model.packages["nova-*"].version == "2012.1.3-0ubuntu1"
    assert "the package nova-common is 2012.1-0ubuntu2 on compute-2, 2012.1.3-0ubuntu1 elsewhere" in text


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        ([1, 1, 2, 2, 3, 3], "part_power: 12"),
        ([1, 2, 3, 4, 5, 6], "zone: each device"),
        ([7, 7, 8, 8, 9, 9], "zone: 8"),
    ],
)
def test_the_rule_of_zones(zones: list[int], told: str, tmp_path: Path) -> None:
    cloud = Played.of()
    for name, held in cloud.rings.items():
        ring: Any = held.ring
        devices = tuple(replace(each, zone=zone) for each, zone in zip(ring.devices, zones, strict=True))
        cloud.rings[name] = Held(Table(12, 3, 0.4, devices), held.holders, held.holders, 0.0, 1)  # type: ignore[arg-type]
    model, text = captured(cloud, tmp_path)
    assert [each.zone for each in model.objects.rings["object"].devices.values()] == zones
    assert told in text


def test_weights_powers_and_balance_of_single_rings_and_disks(tmp_path: Path) -> None:
    cloud = Played.of()
    for name, held in cloud.rings.items():
        ring: Any = held.ring
        big = tuple(
            replace(d, weight=200.0 if d.name == "sdb" and d.zone == 1 else 50.0) for d in ring.devices
        )
        power, balance = (14, 3.2) if name == "object" else (12, 0.9)
        cloud.rings[name] = Held(Table(power, 3, balance, big), held.holders, held.holders, 0.0, 2)  # type: ignore[arg-type]
    model, text = captured(cloud, tmp_path)
    rings = model.objects.rings
    assert rings["object"].devices["storage-1/sdb"].weight == 200
    assert rings["account"].devices["storage-3/sdc"].weight == 50
    assert (rings["object"].part_power, rings["account"].part_power) == (14, 12)
    assert (rings["object"].balance, rings["account"].balance) == (4, 1)
    assert "storage-1: {roles: [object-storage], devices: {sdb: {weight: 200}, sdc: {}}}" in text
    assert "min_part_hours: 2" in text


def test_nothing_of_a_hostile_answer_reaches_the_file_as_more_than_text(tmp_path: Path) -> None:
    cloud = Played.of()
    evil = 'x\n  admin: {roles: [evil]}\x1b[31m\u2028nodes: {evil: 1}: #"'
    flavors = [
        Flavor(str(n), name, 1, 1, 1) for n, name in enumerate((evil, "level", "", "x" * 300, "fair: #1"))
    ]
    before = cloud.session.compute.flavors()
    cloud.session.compute.flavors = lambda: [*before, *flavors]
    users, images = cloud.session.identity.list_users(), cloud.session.images.list()
    cloud.session.identity.list_users = lambda: [*users, replace(users[0], name=evil)]
    strange = [Image("e", evil, "active", "raw", "bare", public=True)]
    strange += [Image("s", "strange", "active", "dmg", None, public=True), replace(strange[0], status=evil)]
    cloud.session.images.list = lambda: [*images, *strange]
    cloud.session.network.floating_pools = lambda: ["nova", evil]
    model, text = captured(cloud, tmp_path)
    assert [name for name in model.compute.flavors if not name.startswith("m1.")] == ["fair: #1"]
    assert list(model.nodes) == list(cloud.arch.model.nodes)
    assert not {*"\x1b\u2028"} & {*text}
    assert all(line.startswith("#") for line in text[text.index("# Taken") :].splitlines() if line)
    assert "images.strange cannot be described" in text


def test_a_cloud_of_storage_alone(tmp_path: Path) -> None:
    cloud = Played.of("essex/swift-five-zones")
    model, text = captured(cloud, tmp_path)
    assert "Not seen" not in text
    assert (model.compute, model.images) == (None, {})
    assert "  storage-[1:5]: {roles: [object-storage], devices: [sdb, sdc, sdd]}" in text


def test_two_hosts_that_are_called_alike_stay_two(tmp_path: Path) -> None:
    cloud = Played.of()
    hosts = [ComputeHost(f"compute-1.{rack}.example.net", "compute") for rack in ("a", "b")]
    hosts += [ComputeHost("controller", each) for each in ("cert", "consoleauth", "scheduler", "volume")]
    hosts += [replace(each, service="network") for each in hosts[:2]]
    cloud.session.compute.hosts = lambda: hosts
    model, _ = captured(cloud, tmp_path, hosts=False)
    assert list(model.nodes) == ["controller", "compute-1", "compute-1.b.example.net"]
