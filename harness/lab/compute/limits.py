"""Limits and quotas: what a tenant may use, and how often a user may ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.compute.call import Call
from harness.lab.compute.limiter import Limit
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources, wants_xml
from harness.lab.compute.state import compute
from harness.lab.compute.views import stamp
from harness.lab.compute.xml import limited_xml, limits_xml
from harness.lab.http import answer, context_of, json_answer
from harness.lab.world import World

_ABSOLUTE = {
    "maxServerMeta": "metadata_items",
    "maxPersonality": "injected_files",
    "maxImageMeta": "metadata_items",
    "maxPersonalitySize": "injected_file_content_bytes",
    "maxTotalCores": "cores",
    "maxTotalInstances": "instances",
    "maxTotalRAMSize": "ram",
}


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("limits", index=index)
    into.add("GET", "os-quota-sets/{id}/defaults", defaults)
    into.collection("os-quota-sets", show=show, update=update)


async def index(call: Call) -> Response:
    """The caller's limits."""
    quota = compute(call.world).quota(call.tenant)
    absolute = {name: quota[source] for name, source in _ABSOLUTE.items()}
    limits = {"rate": _rates(call), "absolute": absolute}
    if call.xml:
        body = limits_xml(limits)
        return answer(
            200, body, [("X-Compute-Request-Id", call.request_id), ("Content-Type", "application/xml")]
        )
    return call.ok({"limits": limits})


def _rates(call: Call) -> list[dict[str, Any]]:
    limiter, now = compute(call.world).limiter, call.world.clock.time()
    rows: dict[str, dict[str, Any]] = {}
    for limit in limiter.limits:
        bucket = limiter.bucket(call.context.user_id, limit)
        free = datetime.fromtimestamp(max(now, bucket.free_at), UTC)
        row = rows.setdefault(limit.uri, {"regex": limit.regex, "limit": [], "uri": limit.uri})
        row["limit"].append({
            "next-available": stamp(free), "unit": limit.unit, "verb": limit.verb,
            "remaining": bucket.remaining(now), "value": limit.value,
        })  # fmt: skip
    return list(rows.values())


async def show(call: Call) -> Response:
    """The quota of a tenant; other tenants' are for administrators. An unknown tenant has the defaults."""
    tenant = call.parts["id"]
    if tenant != call.tenant and not call.context.admin:
        raise Refusal(403)
    return call.ok({"quota_set": {**compute(call.world).quota(tenant), "id": tenant}})


async def defaults(call: Call) -> Response:
    """What a tenant gets of which nobody said anything."""
    return call.ok({"quota_set": {**compute(call.world).default_quotas, "id": call.parts["id"]}})


async def update(call: Call) -> Response:
    """Change a tenant's quota; keys that are no quota are passed over."""
    if not call.context.admin:
        raise Refusal(403)
    state, tenant = compute(call.world), call.parts["id"]
    try:
        wanted = {
            name: int(value)
            for name, value in call.entity("quota_set").items()
            if name in state.default_quotas
        }
    except (TypeError, ValueError):
        raise Refusal(500) from None
    state.quotas.setdefault(tenant, {}).update(wanted)
    return call.ok({"quota_set": state.quota(tenant)})


class Limited:
    """Refuses what goes over the rate limits, in front of the resources and behind the token check."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        limiter = compute(self.world).limiter
        if scope["type"] != "http" or not limiter.limits:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        query = scope.get("query_string", b"").decode("latin-1")
        rest = "/" + scope["path"].lstrip("/").partition("/")[2] + (f"?{query}" if query else "")
        now = self.world.clock.time()
        refused = limiter.check(context_of(request).user_id, scope["method"], rest, now)
        response = _too_often(request, *refused) if refused else self.app
        await response(scope, receive, send)


def _too_often(request: Request, limit: Limit, delay: float) -> Response:
    details = (
        f"Only {limit.value} {limit.verb} request(s) can be made to {limit.uri} every {limit.unit.lower()}."
    )
    message = "This request was rate-limited."
    headers = [("Retry-After", str(int(delay)))]
    kind = "text/html; charset=UTF-8"
    if wants_xml(request):
        return answer(413, limited_xml(message, details), [("Content-Type", kind), *headers])
    body = {"overLimitFault": {"message": message, "code": 413, "details": details}}
    return json_answer(body, 413, headers, kind=kind)
