"""Listing servers: filters, paging, and what was deleted since."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, page_of
from harness.lab.compute.find import settle
from harness.lab.compute.refusals import bad
from harness.lab.compute.state import Server
from harness.lab.compute.views import brief, server_view

_STATUSES = frozenset(
    {
        "ACTIVE",
        "BUILD",
        "DELETED",
        "ERROR",
        "HARD_REBOOT",
        "MIGRATING",
        "PASSWORD",
        "PAUSED",
        "REBOOT",
        "REBUILD",
        "RESCUE",
        "RESIZE",
        "REVERT_RESIZE",
        "SHUTOFF",
        "STOPPED",
        "SUSPENDED",
        "UNKNOWN",
        "VERIFY_RESIZE",
    }
)
_PATTERN_LIMIT = 255


async def index(call: Call) -> Response:
    """Names and ids."""
    rows, links = _page(call)
    return call.ok({"servers": [brief(call, "servers", row.id, row.name) for row in rows], **links})


async def detail(call: Call) -> Response:
    """Servers in full."""
    rows, links = _page(call)
    return call.ok({"servers": [server_view(call, row) for row in rows], **links})


def _page(call: Call) -> tuple[list[Server], dict[str, Any]]:
    settle(call)
    everywhere = call.context.admin and call.query("all_tenants") is not None
    rows: list[Server] = sorted(call.world.servers.values(), key=lambda row: row.number, reverse=True)
    rows = [row for row in rows if everywhere or row.tenant_id == call.tenant]
    rows = _since(call, rows)
    for name, keeps in _FILTERS.items():
        given = call.query(name)
        if given is not None:
            rows = [row for row in rows if keeps(row, given)]
    if call.context.admin and call.query("host") is not None:
        rows = [row for row in rows if row.host == call.query("host")]
    rows = _with_status(call, rows)
    rows, more = page_of(call, rows, lambda row: row.id)
    return rows, {"servers_links": [{"href": call.link(f"servers?{more}"), "rel": "next"}]} if more else {}


def _since(call: Call, rows: list[Server]) -> list[Server]:
    given = call.query("changes-since")
    if given is None:
        return [row for row in rows if row.deleted is None]
    try:
        moment = datetime.fromisoformat(given.replace("Z", "+00:00"))
    except ValueError:
        raise bad("Invalid changes-since value") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return [row for row in rows if max(row.updated, row.deleted or row.updated) >= moment]


def _with_status(call: Call, rows: list[Server]) -> list[Server]:
    given = call.query("status")
    if given is None:
        return rows
    if given.upper() not in _STATUSES:
        raise bad(f"Invalid server status: {given}")
    return [row for row in rows if row.status == given.upper()]


def _named(row: Server, given: str) -> bool:
    """By expression; nothing but letters and the plain signs is taken as one, so that none can be costly."""
    plain = given[:_PATTERN_LIMIT]
    expression = plain if re.fullmatch(r"[\w.^$ -]*", plain) else re.escape(plain)
    return re.search(expression, row.name) is not None


_FILTERS: dict[str, Callable[[Server, str], bool]] = {
    "name": _named,
    "image": lambda row, given: row.image_id == given.rpartition("/")[2],
    "flavor": lambda row, given: row.flavor.id == given.rpartition("/")[2],
    "reservation_id": lambda row, given: row.reservation == given,
}
