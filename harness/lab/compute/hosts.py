"""What administrators see of the cloud itself: hosts and networks."""

from __future__ import annotations

import ipaddress
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.find import settle
from harness.lab.compute.refusals import bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.scheduler import used
from harness.lab.compute.state import Host, Network, Server, compute
from harness.lab.compute.views import row_stamp


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-hosts", index=index, show=show, update=update)
    into.collection("os-networks", index=networks, show=network)


async def index(call: Call) -> Response:
    """Every service of every host."""
    call.require_admin("hosts")
    rows = [
        {"host_name": host.name, "service": service}
        for host in compute(call.world).hosts
        for service in host.services
    ]
    return call.ok({"hosts": rows})


def _host(call: Call) -> Host:
    found = next((row for row in compute(call.world).hosts if row.name == call.parts["id"]), None)
    if found is None or not found.runs_servers:
        raise missing("Host not found")
    return found


async def show(call: Call) -> Response:
    """What a compute host has, what is used, and by which tenant."""
    call.require_admin("hosts")
    host = _host(call)
    settle(call)
    there = used(call.world, host)
    tenants = dict.fromkeys(server.tenant_id for server in there)
    rows = [
        _resource(host, "(total)", host.memory_mb, host.vcpus, host.disk_gb),
        _use(host, "(used_now)", there),
        _use(host, "(used_max)", there),
        *(_use(host, tenant, [row for row in there if row.tenant_id == tenant]) for tenant in tenants),
    ]
    return call.ok({"host": rows})


def _use(host: Host, whose: str, servers: list[Server]) -> dict[str, Any]:
    flavors = [server.flavor for server in servers]
    disks = sum(flavor.disk + flavor.ephemeral for flavor in flavors)
    return _resource(host, whose, sum(row.ram for row in flavors), sum(row.vcpus for row in flavors), disks)


def _resource(host: Host, whose: str, memory: int, cpu: int, disk: int) -> dict[str, Any]:
    return {
        "resource": {"project": whose, "memory_mb": memory, "host": host.name, "cpu": cpu, "disk_gb": disk}
    }


async def update(call: Call) -> Response:
    """Enabling and disabling, which the hypervisor drivers of 2012.1 do not implement."""
    call.require_admin("hosts")
    raise bad(None)


async def networks(call: Call) -> Response:
    """The fixed networks."""
    call.require_admin("networks")
    return call.ok({"networks": [_network_view(call, compute(call.world).network)]})


async def network(call: Call) -> Response:
    """One network by its UUID."""
    call.require_admin("networks")
    found = compute(call.world).network
    if call.parts["id"] != found.id:
        raise missing()
    return call.ok({"network": _network_view(call, found)})


def _network_view(call: Call, row: Network) -> dict[str, Any]:
    cidr = ipaddress.ip_network(row.cidr)
    host = next((host.name for host in compute(call.world).hosts if "network" in host.services), None)
    return {
        "id": row.id, "label": row.label, "cidr": row.cidr, "bridge": row.bridge, "bridge_interface": "lo",
        "dhcp_start": str(cidr[2]), "gateway": str(cidr[1]), "broadcast": str(cidr.broadcast_address),
        "netmask": str(cidr.netmask), "dns1": row.dns, "vlan": row.vlan, "multi_host": row.multi_host,
        "host": None if row.multi_host else host, "injected": False, "project_id": None,
        "cidr_v6": None, "gateway_v6": None, "netmask_v6": None,
        "vpn_public_port": None, "vpn_public_address": None, "vpn_private_address": None,
        "created_at": row_stamp(row.created), "updated_at": row_stamp(row.created), "deleted_at": None,
        "deleted": False,
    }  # fmt: skip
