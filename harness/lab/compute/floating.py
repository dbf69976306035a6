"""Floating addresses and their pools, and the actions that tie addresses to servers."""

from __future__ import annotations

from starlette.responses import Response

from harness.lab.compute.call import Call, Handler, bare
from harness.lab.compute.find import find_server, settle
from harness.lab.compute.refusals import bad, broken, missing, over_quota
from harness.lab.compute.resources import Resources
from harness.lab.compute.scheduler import next_address
from harness.lab.compute.state import FloatingAddress, compute
from harness.lab.compute.views import floating_view

_DEFAULT_POOL = "nova"


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-floating-ip-pools", index=pools)
    into.add("POST", "os-floating-ips", allocate)
    into.collection("os-floating-ips", index=index, show=show, delete=delete)
    into.collection("os-floating-ip-dns", index=domains)


def _mine(call: Call) -> list[FloatingAddress]:
    settle(call)
    return [row for row in compute(call.world).floating.values() if row.tenant_id == call.tenant]


async def pools(call: Call) -> Response:
    """The names of the pools."""
    names = dict.fromkeys(row.pool for row in compute(call.world).floating.values())
    return call.ok({"floating_ip_pools": [{"name": name} for name in names]})


async def domains(call: Call) -> Response:
    """DNS domains of floating addresses; the stock driver has none."""
    return call.ok({"domain_entries": []})


async def index(call: Call) -> Response:
    """The tenant's addresses."""
    return call.ok({"floating_ips": [floating_view(row) for row in _mine(call)]})


async def show(call: Call) -> Response:
    """One address."""
    return call.ok({"floating_ip": floating_view(_find(call))})


def _find(call: Call) -> FloatingAddress:
    found = next((row for row in _mine(call) if str(row.id) == call.parts["id"]), None)
    if found is None:
        raise missing()
    return found


async def allocate(call: Call) -> Response:
    """Take an address out of a pool."""
    wanted = call.body if isinstance(call.body, dict) else {}
    pool = wanted.get("pool") or _DEFAULT_POOL
    state = compute(call.world)
    if len(_mine(call)) >= state.quota(call.tenant)["floating_ips"]:
        raise over_quota("AddressLimitExceeded", below=True)
    free = next((row for row in state.floating.values() if row.pool == pool and row.tenant_id is None), None)
    if free is None:
        raise bad(f"No more floating ips in pool {pool}.")
    free.tenant_id = call.tenant
    return call.ok({"floating_ip": floating_view(free)})


async def delete(call: Call) -> Response:
    """Give an address back, off its server if it has one."""
    row = _find(call)
    row.tenant_id = row.server_id = row.fixed = None
    return bare(202)


def _address(call: Call, action: str) -> str:
    given = call.body[action]
    if not isinstance(given, dict):
        raise bad("Missing parameter dict")
    if "address" not in given:
        raise bad("Address not specified")
    return str(given["address"])


async def _add(call: Call) -> Response:
    address = _address(call, "addFloatingIp")
    server = find_server(call, call.parts["id"])
    row = next((row for row in _mine(call) if row.address == address), None)
    if row is None:
        raise broken("Associate floating ip failed")
    if not server.fixed:
        raise bad("No fixed ips associated to instance")
    row.server_id, row.fixed = server.id, server.fixed[0]
    return bare(202)


async def _remove(call: Call) -> Response:
    address = _address(call, "removeFloatingIp")
    server = find_server(call, call.parts["id"])
    for row in _mine(call):
        if row.address == address and row.server_id == server.id:
            row.server_id = row.fixed = None
    return bare(202)


async def _add_fixed(call: Call) -> Response:
    given = call.body["addFixedIp"]
    if not isinstance(given, dict) or "networkId" not in given:
        raise bad("Missing 'networkId' argument for addFixedIp")
    server = find_server(call, call.parts["id"])
    address = next_address(compute(call.world), server.id)
    if address:
        server.fixed.append(address)
    return bare(202)


async def _remove_fixed(call: Call) -> Response:
    given = call.body["removeFixedIp"]
    if not isinstance(given, dict) or "address" not in given:
        raise bad("Missing 'address' argument for removeFixedIp")
    server = find_server(call, call.parts["id"])
    if given["address"] in server.fixed:
        server.fixed.remove(given["address"])
        compute(call.world).network.used.pop(given["address"], None)
    return bare(202)


ACTIONS: dict[str, Handler] = {
    "addFloatingIp": _add,
    "removeFloatingIp": _remove,
    "addFixedIp": _add_fixed,
    "removeFixedIp": _remove_fixed,
}
