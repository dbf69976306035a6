"""What tenants have used: the simple tenant usage of servers, in hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.find import settle
from harness.lab.compute.refusals import Refusal, denied
from harness.lab.compute.resources import Resources
from harness.lab.compute.state import Server
from harness.lab.compute.views import row_stamp

_BACK = timedelta(days=28)


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-simple-tenant-usage", index=index, show=show)


async def index(call: Call) -> Response:
    """All tenants that used anything, for administrators; each server with ``detailed=1``."""
    call.require_admin("simple_tenant_usage:list")
    settle(call)
    start, stop = _period(call)
    tenants = dict.fromkeys(server.tenant_id for server in call.world.servers.values())
    rows = [_usage(call, tenant, start, stop) for tenant in tenants]
    if call.query("detailed") != "1":
        rows = [{key: value for key, value in row.items() if key != "server_usages"} for row in rows]
    return call.ok({"tenant_usages": [row for row in rows if row]})


async def show(call: Call) -> Response:
    """One tenant's use, with every server."""
    tenant = call.parts["id"]
    if tenant != call.tenant and not call.context.admin:
        raise denied("simple_tenant_usage:show")
    settle(call)
    return call.ok({"tenant_usage": _usage(call, tenant, *_period(call))})


def _period(call: Call) -> tuple[datetime, datetime]:
    now = call.world.clock.exact()
    stop = min(_moment(call.query("end")) or now, now)
    return _moment(call.query("start")) or now - _BACK, stop


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise Refusal(500) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _usage(call: Call, tenant: str, start: datetime, stop: datetime) -> dict[str, Any]:
    servers = [row for row in call.world.servers.values() if row.tenant_id == tenant and row.launched]
    rows = [_row(server, start, stop) for server in servers if (server.deleted or stop) >= start]
    if not rows:
        return {}
    return {
        "total_memory_mb_usage": sum(row["hours"] * row["memory_mb"] for row in rows),
        "total_vcpus_usage": sum(row["hours"] * row["vcpus"] for row in rows),
        "total_local_gb_usage": sum(row["hours"] * row["local_gb"] for row in rows),
        "total_hours": sum(row["hours"] for row in rows),
        "tenant_id": tenant,
        "start": str(start.replace(tzinfo=None)),
        "stop": row_stamp(stop),
        "server_usages": rows,
    }


def _row(server: Server, start: datetime, stop: datetime) -> dict[str, Any]:
    begun = max(server.launched or start, start)
    ended = server.deleted
    seconds = max(0.0, (min(ended or stop, stop) - begun).total_seconds())
    return {
        "hours": seconds / 3600,
        "uptime": int(seconds),
        "local_gb": server.flavor.disk + server.flavor.ephemeral,
        "ended_at": row_stamp(ended),
        "name": server.name,
        "tenant_id": server.tenant_id,
        "vcpus": server.flavor.vcpus,
        "memory_mb": server.flavor.ram,
        "state": "terminated" if ended else server.vm_state,
        "flavor": server.flavor.name,
        "started_at": row_stamp(server.launched),
    }
