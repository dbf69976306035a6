"""Aggregates of hosts, for administrators.

2012.1 sets a host up for an aggregate through its hypervisor's driver, and only XenAPI's can do that: with
every other one the aggregate stays ``changing``, neither takes nor gives hosts, and cannot be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.scheduler import ZONE
from harness.lab.compute.state import compute
from harness.lab.compute.views import row_stamp

_STAYS = {"created": "no hosts to remove", "changing": "setup in progress"}
Row = dict[str, Any]


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-aggregates", index=index, create=create, show=show, update=update, delete=delete)
    into.add("POST", "os-aggregates/{id}/action", act, body=True)


async def index(call: Call) -> Response:
    """All of them, without hosts and metadata."""
    call.require_admin("aggregates")
    return call.ok({"aggregates": [_brief(row) for row in compute(call.world).aggregates.values()]})


async def create(call: Call) -> Response:
    """A new aggregate, empty."""
    call.require_admin("aggregates")
    wanted = call.body.get("aggregate") if isinstance(call.body, dict) and len(call.body) == 1 else None
    if not isinstance(wanted, dict) or set(wanted) != {"name", "availability_zone"}:
        raise bad()
    _refuse_second(call, wanted["name"])
    now, number = row_stamp(call.world.clock.exact()), call.world.ids.number("aggregate")
    row = {
        **wanted, "deleted": False, "created_at": now, "updated_at": now, "operational_state": "created",
        "deleted_at": None, "id": number, "hosts": [], "metadata": {},
    }  # fmt: skip
    compute(call.world).aggregates[number] = row
    return call.ok({"aggregate": _brief(row)})


async def show(call: Call) -> Response:
    """One aggregate, with hosts and metadata."""
    call.require_admin("aggregates")
    return call.ok({"aggregate": _find(call)})


async def update(call: Call) -> Response:
    """Another name, another zone."""
    call.require_admin("aggregates")
    wanted = call.body.get("aggregate") if isinstance(call.body, dict) and len(call.body) == 1 else None
    if not isinstance(wanted, dict) or not wanted or set(wanted) - {"name", "availability_zone"}:
        raise bad()
    row = _find(call)
    if wanted.get("name", row["name"]) != row["name"]:
        _refuse_second(call, wanted["name"])
    return call.ok({"aggregate": _changed(call, row, wanted)})


async def delete(call: Call) -> Response:
    """Remove an aggregate that has no hosts."""
    call.require_admin("aggregates")
    row = _find(call)
    if row["hosts"]:
        raise bad(f"Cannot perform action 'delete' on aggregate {row['id']}. Reason: not empty.")
    del compute(call.world).aggregates[row["id"]]
    return call.empty(200)


async def act(call: Call) -> Response:
    """Hosts in and out, and metadata."""
    call.require_admin("aggregates")
    actions = {"add_host": _add_host, "remove_host": _remove_host, "set_metadata": _set_metadata}
    name = next(iter(call.body), None) if isinstance(call.body, dict) else None
    if name is None:
        raise bad("Invalid request body")
    if name not in actions:
        raise bad(f"Aggregates does not have {name} action")
    return call.ok({"aggregate": actions[name](call, call.body[name])})


def _add_host(call: Call, given: Any) -> Row:
    host, row = _host(call, given), _find(call)
    if row["operational_state"] != "created" or row["availability_zone"] != ZONE:
        raise Refusal(409)
    return _changed(call, row, {"hosts": [*row["hosts"], host], "operational_state": "changing"})


def _remove_host(call: Call, given: Any) -> Row:
    host, row = _host(call, given), _find(call)
    if row["operational_state"] in _STAYS:
        raise Refusal(409)
    return _changed(call, row, {"hosts": [each for each in row["hosts"] if each != host]})


def _set_metadata(call: Call, given: Any) -> Row:
    wanted = given.get("metadata") if isinstance(given, dict) and len(given) == 1 else None
    if not isinstance(wanted, dict):
        raise bad()
    row = _find(call)
    kept = {key: value for key, value in {**row["metadata"], **wanted}.items() if value}
    return _changed(call, row, {"metadata": {str(key): str(value) for key, value in kept.items()}})


def _host(call: Call, given: Any) -> str:
    """A host that runs servers; 404 for any other."""
    if not isinstance(given, dict) or set(given) != {"host"}:
        raise bad()
    if not any(row.name == given["host"] and row.runs_servers for row in compute(call.world).hosts):
        raise missing()
    return str(given["host"])


def _find(call: Call) -> Row:
    rows, given = compute(call.world).aggregates, call.parts["id"]
    if not given.isdecimal() or int(given) not in rows:
        raise missing()
    return rows[int(given)]


def _refuse_second(call: Call, name: Any) -> None:
    if any(row["name"] == name for row in compute(call.world).aggregates.values()):
        raise Refusal(409)


def _changed(call: Call, row: Row, values: Mapping[str, Any]) -> Row:
    row.update(values, updated_at=row_stamp(call.world.clock.exact()))
    return row


def _brief(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("hosts", "metadata")}
