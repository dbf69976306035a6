"""Flavors: reading for everybody, making and removing for administrators."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, bare, page_of
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.state import Flavor, compute
from harness.lab.compute.views import brief, flavor_view


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("flavors", index=index, detail=detail, show=show, create=create, delete=delete)
    into.add("GET", "flavors/{id}/os-extra_specs", extra_specs)
    into.add("POST", "flavors/{id}/os-extra_specs", add_extra_specs, body=True)
    into.add("GET", "flavors/{id}/os-extra_specs/{key}", extra_spec)
    into.add("PUT", "flavors/{id}/os-extra_specs/{key}", set_extra_spec, body=True)
    into.add("DELETE", "flavors/{id}/os-extra_specs/{key}", delete_extra_spec)


def ordered(call: Call) -> list[Flavor]:
    """All flavors in the order of their ids, numbers first."""
    rows = compute(call.world).flavors.values()
    return sorted(rows, key=lambda row: (not row.id.isdecimal(), len(row.id), row.id))


def find(call: Call, flavor_id: Any) -> Flavor:
    """A flavor by id."""
    found = compute(call.world).flavors.get(str(flavor_id))
    if found is None:
        raise missing()
    return found


def _page(call: Call) -> tuple[list[Flavor], dict[str, Any]]:
    rows = ordered(call)
    for name, size in (("minRam", "ram"), ("minDisk", "disk")):
        given = call.query(name)
        if given is not None and given.isdecimal():
            rows = [row for row in rows if getattr(row, size) >= int(given)]
    rows, more = page_of(call, rows, lambda row: row.id)
    links = {"flavors_links": [{"href": call.link(f"flavors?{more}"), "rel": "next"}]} if more else {}
    return rows, links


async def index(call: Call) -> Response:
    """Names and ids."""
    rows, links = _page(call)
    return call.ok({"flavors": [brief(call, "flavors", row.id, row.name) for row in rows], **links})


async def detail(call: Call) -> Response:
    """Everything about every flavor."""
    rows, links = _page(call)
    return call.ok({"flavors": [flavor_view(call, row) for row in rows], **links})


async def show(call: Call) -> Response:
    """One flavor."""
    return call.ok({"flavor": flavor_view(call, find(call, call.parts["id"]))})


async def create(call: Call) -> Response:
    """A new flavor."""
    call.require_admin("flavormanage")
    flavors, wanted = compute(call.world).flavors, call.entity("flavor")
    try:
        made = Flavor(
            id=str(wanted["id"]),
            name=str(wanted["name"]),
            ram=int(wanted["ram"]),
            vcpus=int(wanted["vcpus"]),
            disk=int(wanted.get("disk", 0)),
            ephemeral=int(wanted.get("OS-FLV-EXT-DATA:ephemeral", 0)),
            swap=int(wanted.get("swap") or 0),
            rxtx_factor=wanted.get("rxtx_factor", 1),
        )
    except (KeyError, TypeError, ValueError):
        raise Refusal(500) from None
    if made.id in flavors or any(row.name == made.name for row in flavors.values()):
        raise Refusal(409, f"Instance Type {made.name} already exists.")
    flavors[made.id] = made
    return call.ok({"flavor": flavor_view(call, made)})


async def delete(call: Call) -> Response:
    """Remove a flavor; servers keep theirs."""
    call.require_admin("flavormanage")
    del compute(call.world).flavors[find(call, call.parts["id"]).id]
    return bare(202)


async def extra_specs(call: Call) -> Response:
    """The extra specifications of a flavor."""
    return call.ok({"extra_specs": dict(find(call, call.parts["id"]).extra_specs)})


async def add_extra_specs(call: Call) -> Response:
    """Add extra specifications."""
    call.require_admin("flavorextraspecs")
    specs = {str(key): str(value) for key, value in call.entity("extra_specs").items()}
    find(call, call.parts["id"]).extra_specs.update(specs)
    return call.ok({"extra_specs": specs})


async def extra_spec(call: Call) -> Response:
    """One extra specification."""
    specs, key = find(call, call.parts["id"]).extra_specs, call.parts["key"]
    if key not in specs:
        raise missing()
    return call.ok({key: specs[key]})


async def set_extra_spec(call: Call) -> Response:
    """Set the one that the URL names."""
    call.require_admin("flavorextraspecs")
    key, given = call.parts["key"], call.body if isinstance(call.body, dict) else {}
    if key not in given:
        raise bad("Request body and URI mismatch")
    if len(given) > 1:
        raise bad("Request body contains too many items")
    find(call, call.parts["id"]).extra_specs[key] = str(given[key])
    return call.ok(given)


async def delete_extra_spec(call: Call) -> Response:
    """Remove one; an unknown one as well."""
    call.require_admin("flavorextraspecs")
    find(call, call.parts["id"]).extra_specs.pop(call.parts["key"], None)
    return call.empty(200)
