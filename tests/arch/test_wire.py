"""The base architectures against a real Essex cloud, recorded: facts are its facts."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.arch import Architecture, load
from harness.arch.comparators import comparator

pytestmark = pytest.mark.wire
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def rows(essex_wire: Path) -> Rows:
    """Exchanges of a recording, chosen by the end of the path, with JSON bodies read."""

    def read(name: str, path: str, method: str = "GET", status: int = 200) -> list[dict[str, Any]]:
        lines = (json.loads(line) for line in (essex_wire / f"{name}.jsonl").read_text().splitlines())
        wanted = [row for row in lines if row["path"].endswith(path) and row["method"] == method]
        assert wanted, f"no {method} of {path} in {name}"
        found = [
            row for row in wanted if row["status"] == status and str(row["response_body"]).startswith("{")
        ]
        return [{**row, "body": json.loads(row["response_body"])} for row in found]

    return read


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Architecture:
    """The Ubuntu base with the least that makes a cloud of it: what is left is the base's own word."""
    file = tmp_path_factory.mktemp("arch") / "stock.yaml"
    roles = (
        "[database, bus, identity, images, compute-api, scheduler, compute, network, volume, object-proxy]"
    )
    file.write_text(
        "deployday: 1\nname: stock\nextends: essex/ubuntu-12.04\nnodes:\n"
        f"  essex1: {{roles: {roles}}}\n  essex2: {{roles: [compute, network]}}\n"
        "  storage-[1:4]: {roles: [object-storage], devices: [sdb]}\nobjects: {rings: {part_power: 10}}\n"
    )
    return load(file)


@pytest.fixture(scope="module")
def devstack() -> Architecture:
    return load("essex/devstack-single")


def test_extensions(stock: Architecture, rows: Rows) -> None:
    recorded = rows("nova", "/extensions")[0]["body"]["extensions"]
    assert len(recorded) == 34
    described = {alias: (each.name, each.updated) for alias, each in stock.model.compute.extensions.items()}
    assert described == {each["alias"]: (each["name"], each["updated"]) for each in recorded}


def test_flavors(stock: Architecture, rows: Rows) -> None:
    recorded = {each["name"]: each for each in rows("nova", "/flavors/detail")[0]["body"]["flavors"]}
    described = stock.model.compute.flavors
    assert set(described) == set(recorded)
    for name, flavor in described.items():
        wire = recorded[name]
        assert (flavor.id, flavor.ram, flavor.vcpus, flavor.disk) == tuple(
            wire[k] for k in ("id", "ram", "vcpus", "disk")
        )
        assert (flavor.ephemeral, flavor.swap) == (wire["OS-FLV-EXT-DATA:ephemeral"], wire["swap"] or 0)


def test_quotas_and_limits(stock: Architecture, rows: Rows) -> None:
    quotas = dict(rows("nova", "/defaults")[0]["body"]["quota_set"])
    quotas.pop("id")
    assert stock.model.compute.quotas.model_dump() == quotas
    limits = rows("nova", "/limits")[0]["body"]["limits"]
    assert stock.model.compute.limits.model_dump() == limits["absolute"]


def test_rate_limits(stock: Architecture, rows: Rows) -> None:
    recorded = rows("nova-ratelimit", "/limits")[0]["body"]["limits"]["rate"]
    rates = [
        f"{each['verb']} {rate['uri']} {each['value']}/{each['unit']}"
        for rate in recorded
        for each in rate["limit"]
    ]
    assert stock.model.compute.rate_limits == sorted(rates)


@pytest.mark.parametrize("name", ["essex/six-node", "essex/devstack-single"])
def test_the_recorded_cloud_had_rate_limits_off_and_so_do_these(name: str, rows: Rows) -> None:
    assert load(name).model.compute.rate_limits == rows("nova", "/limits")[0]["body"]["limits"]["rate"] == []


def test_versions(stock: Architecture, rows: Rows, essex_wire: Path) -> None:
    """What each root document calls current; keystone has one version and calls it beta."""
    found = {}
    files = {
        "compute": "nova-root",
        "volume": "volume-root",
        "image": "glance-root",
        "identity": "keystone-public-root",
    }
    for kind, name in files.items():
        text = (essex_wire / "versions" / f"{name}.http").read_text()
        versions = json.loads(text[text.index("\n{") :])["versions"]
        items = versions["values"] if isinstance(versions, dict) else versions
        found[kind] = next(each["id"] for each in items if each["status"] in ("CURRENT", "beta"))
    described = {kind: entry.version for kind, entry in stock.model.catalogue.items() if entry.version}
    assert described == found
    assert stock.model.identity.version == found["identity"]


def test_the_catalogue_of_devstack_is_the_recorded_one(devstack: Architecture, rows: Rows) -> None:
    access = rows("keystone", "/tokens", "POST")[0]["body"]["access"]
    tenant = access["token"]["tenant"]["id"]
    recorded = {}
    for entry in access["serviceCatalog"]:
        [endpoint] = entry["endpoints"]
        assert endpoint["region"] == devstack.model.region
        urls = [urlsplit(endpoint[f"{each}URL"]) for each in ("public", "internal", "admin")]
        places = [(url.scheme, url.port, url.path.replace(tenant, "{tenant_id}")) for url in urls]
        recorded[entry["type"]] = (entry["name"], places)
    described = {}
    for kind, entry in devstack.model.catalogue.items():
        ends = (entry.public, entry.internal, entry.admin)
        described[kind] = (entry.name, [(end.scheme, end.port, end.path) for end in ends])
        assert {end.node for end in ends} == {"devstack"}
    assert described == recorded


def test_a_token_lives_as_long_as_described(stock: Architecture, rows: Rows) -> None:
    row = rows("keystone", "/tokens", "POST")[0]
    expires = datetime.fromisoformat(row["body"]["access"]["token"]["expires"])
    issued = parsedate_to_datetime(dict(row["response_headers"])["Date"])
    assert comparator("about").holds(stock.model.identity.token_lifetime, (expires - issued).total_seconds())


def test_names_in_the_identity_service(stock: Architecture, devstack: Architecture, rows: Rows) -> None:
    users = rows("keystone", "/v2.0/users")[0]["body"]["users"]
    tenants = next(row for row in rows("keystone", "/v2.0/tenants") if row["host"].endswith("35357"))
    roles = rows("keystone", "/OS-KSADM/roles")[0]["body"]["roles"]
    found = {"roles": roles, "users": users, "tenants": tenants["body"]["tenants"]}
    for arch in (stock, devstack):
        for kind, items in found.items():
            assert set(getattr(arch.model.identity, kind)) <= {each["name"] for each in items}
    assert set(devstack.model.identity.roles) == {each["name"] for each in found["roles"]}
    admin = [row for row in rows("keystone", "/v2.0/extensions") if row["host"].endswith("35357")]
    assert stock.model.identity.extensions == [
        each["alias"] for each in admin[0]["body"]["extensions"]["values"]
    ]


def test_hosts_run_what_their_roles_say(stock: Architecture, rows: Rows) -> None:
    """The recorded cloud had its only network service on the first host."""
    recorded: dict[str, set[str]] = {}
    for each in rows("nova", "/os-hosts")[0]["body"]["hosts"]:
        recorded.setdefault(each["host_name"], set()).add(each["service"])
    described = {name: set(host.services) for name, host in stock.model.compute.hosts.items()}
    assert described["essex1"] == recorded["essex1"]
    assert described["essex2"] == recorded["essex2"] | {"network"}


def test_volumes(stock: Architecture, rows: Rows) -> None:
    assert rows("volume", "/types")[0]["body"]["volume_types"] == stock.model.volumes.types == []
    assert rows("volume", "/extensions")[0]["body"]["extensions"] == stock.model.volumes.extensions == []


def test_pools_and_networks_of_devstack(devstack: Architecture, rows: Rows, essex_wire: Path) -> None:
    network = devstack.model.network
    pools = [each["name"] for each in rows("nova", "/os-floating-ip-pools")[0]["body"]["floating_ip_pools"]]
    assert sorted(network.floating) == sorted(pools)
    lines = (essex_wire / "cli" / "nova-manage-floating_list.txt").read_text().split("\n")
    for pool, described in network.floating.items():
        assert sum(1 for line in lines if re.search(rf"\t{pool}\t", line)) >= described.at_least
    [wire] = rows("nova", "/os-networks")[0]["body"]["networks"]
    assert (network.bridge, network.label, network.multi_host) == (
        wire["bridge"],
        wire["label"],
        wire["multi_host"],
    )
    assert network.fixed.size == int(wire["cidr"].partition("/")[2])


def test_an_image_of_the_recorded_name_is_described(devstack: Architecture, rows: Rows) -> None:
    recorded = {each["name"] for each in rows("glance", "/v1/images")[0]["body"]["images"]}
    assert "cirros-0.3.0-x86_64-uec" in recorded & set(devstack.model.images)
