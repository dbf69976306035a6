"""Finding servers for a caller."""

from __future__ import annotations

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import missing
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Server


def settle(call: Call) -> None:
    """Let every server reach the state that it has by now."""
    engine(call.world).advance(call.world.servers.values())


def find_server(call: Call, server_id: str) -> Server:
    """A server of the caller's tenant (of any, for an administrator); 404 otherwise."""
    settle(call)
    server: Server | None = call.world.servers.get(server_id)
    if server is None or server.deleted is not None:
        raise missing()
    if server.tenant_id != call.tenant and not call.context.admin:
        raise missing()
    return server
