"""Servers: showing, changing, deleting, and what hangs on one."""

from __future__ import annotations

from starlette.responses import Response

from harness.lab.compute import listing
from harness.lab.compute.call import Call, bare
from harness.lab.compute.create import create, disk_config, server_name
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import compute
from harness.lab.compute.views import addresses, group_view, server_view
from harness.lab.compute.xml import server_xml
from harness.lab.http import answer


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.add("GET", "servers", listing.index)
    into.add("GET", "servers/detail", listing.detail)
    into.add("POST", "servers", create, body=True)
    into.add("GET", "servers/{id}", show)
    into.add("PUT", "servers/{id}", update, body=True)
    into.add("DELETE", "servers/{id}", delete)
    into.add("GET", "servers/{server}/ips", ips)
    into.add("GET", "servers/{server}/ips/{id}", network_ips)
    into.add("GET", "servers/{server}/os-virtual-interfaces", interfaces)
    into.add("GET", "servers/{server}/os-security-groups", groups)
    into.add("GET", "servers/{server}/diagnostics", diagnostics)
    into.add("GET", "servers/{server}/actions", pending)


async def show(call: Call) -> Response:
    """One server."""
    view = server_view(call, find_server(call, call.parts["id"]))
    if call.xml:
        headers = [("X-Compute-Request-Id", call.request_id), ("Content-Type", "application/xml")]
        return answer(200, server_xml(view), headers)
    return call.ok({"server": view})


async def update(call: Call) -> Response:
    """Change the name, the access addresses, the disk configuration."""
    wanted = call.body.get("server") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise Refusal(422)
    name = server_name(wanted) if "name" in wanted else None
    server = find_server(call, call.parts["id"])
    server.disk_config = disk_config(wanted, server.disk_config)
    server.name = name or server.name
    server.access_v4 = str(wanted.get("accessIPv4", server.access_v4) or "")
    server.access_v6 = str(wanted.get("accessIPv6", server.access_v6) or "")
    server.updated = call.world.clock.exact()
    return call.ok({"server": server_view(call, server, extended=False)})


async def delete(call: Call) -> Response:
    """Delete a server; one that never got a host goes at once."""
    server = find_server(call, call.parts["id"])
    if server.task_state != "deleting":
        engine(call.world).begin(server, "compute.delete" if server.host else "compute.delete_unplaced")
    return call.empty(204)


async def ips(call: Call) -> Response:
    """A server's addresses."""
    return call.ok({"addresses": addresses(call, find_server(call, call.parts["server"]))})


async def network_ips(call: Call) -> Response:
    """A server's addresses in one network."""
    rows, label = addresses(call, find_server(call, call.parts["server"])), call.parts["id"]
    if label not in rows:
        raise missing("Instance is not a member of specified network")
    return call.ok({label: rows[label]})


async def interfaces(call: Call) -> Response:
    """A server's network interfaces."""
    server = find_server(call, call.parts["server"])
    rows = [{"id": server.interface, "mac_address": server.mac}] if server.fixed else []
    return call.ok({"virtual_interfaces": rows})


async def groups(call: Call) -> Response:
    """A server's security groups."""
    known, server = compute(call.world).groups, find_server(call, call.parts["server"])
    return call.ok(
        {"security_groups": [group_view(call, known[row]) for row in server.groups if row in known]}
    )


async def diagnostics(call: Call) -> Response:
    """What the hypervisor counts, for administrators."""
    call.require_admin("server_diagnostics")
    server = find_server(call, call.parts["server"])
    if server.host is None:
        raise bad()
    return bare(200, f"cpu0_time: 0, memory: {server.flavor.ram}")


async def pending(call: Call) -> Response:
    """Actions that wait for the hypervisor, for administrators; there are never any."""
    call.require_admin("server_action_list")
    find_server(call, call.parts["server"])
    return call.ok({"actions": []})
