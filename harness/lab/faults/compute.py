"""Ways in which compute can be broken."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.compute.machine import KEEP, Row
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import compute, live
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, Keys, fault
from harness.lab.faults.rules import Change, Exchange, read
from harness.lab.faults.tenants import as_owner, as_token_holder

_API = r"/v(?:2|1\.1)/[^/]+"
_JSON = (("Content-Type", "application/json"),)


def _images(arch: Any) -> Keys:
    """The story of each described image that holds a disk."""
    images = arch.model.images.items()
    return tuple(
        f"compute.boots_image[{name}]" for name, row in images if row.disk_format not in ("aki", "ari")
    )


def _first_boots(arch: Any) -> Keys:
    """Those who boot before anybody else has proven that it can be done."""
    return ("compute.boot", *_images(arch))


def _all_deletions(arch: Any) -> Keys:
    """Those who delete a server of theirs, and the clean-up."""
    leaving = (f"compute.leaves_host[{node}]" for node in arch.nodes_with("compute"))
    stories = ("compute.delete", "compute.delete_while_building", "compute.several_deleted")
    guests = ("delete", "reboot[soft]", "reboot[hard]", "rebuild", "snapshot")
    others = (*(f"guests.{story}" for story in guests), "network.other_tenant", "volumes.boot_from_volume")
    return (*stories, *leaving, *_images(arch), *others, "cleanup.resources")


def _about_last_host(arch: Any) -> Keys:
    """Those who look for the last compute host."""
    last = arch.nodes_with("compute")[-1]
    return ("compute.hosts", f"preflight.capacity[{last}]", f"compute.boots_on_host[{last}]")


@fault(
    "compute.dead",
    component="nova",
    caught_by=("preflight.endpoints_answer[compute]",),
    story="Nova-api is down: its port resets every connection.",
)
def dead(bench: Bench) -> Iterator[None]:
    """Drop every connection."""
    with bench.rule("nova", drop=True):
        yield


@fault(
    "compute.boot_error",
    component="nova",
    seam="machine",
    caught_by=_first_boots,
    story="The scheduler finds no valid host for any server.",
)
def boot_error(bench: Bench) -> Iterator[None]:
    """Servers end in ERROR without ever having had a host."""
    rows = (Row("BUILD", "building", "scheduling", 0.06), Row("ERROR", "error", "scheduling"))
    with bench.machine("compute.boot", rows):
        yield


@fault(
    "compute.stuck_build",
    component="nova",
    seam="machine",
    caught_by=_first_boots,
    story="No nova-compute takes up its work: servers stay in BUILD.",
)
def stuck_build(bench: Bench) -> Iterator[None]:
    """Servers are never scheduled."""
    with bench.machine("compute.boot", (Row("BUILD", "building", "scheduling"),)):
        yield


@fault(
    "compute.server_undeletable",
    component="nova",
    seam="machine",
    caught_by=_all_deletions,
    story="Nova accepts the deletion of a server, and the server stays.",
)
def server_undeletable(bench: Bench) -> Iterator[None]:
    """Deleting never ends; it does once the fault is over, so that the quota has room again."""
    world = bench.world
    try:
        with bench.machine("compute.delete", (Row(KEEP, KEEP, "deleting"),)):
            yield
    finally:
        for server in live(world):
            if server.task_state == "deleting":
                engine(world).begin(server, "compute.delete")


@fault(
    "compute.console_empty",
    component="nova",
    caught_by=("compute.console",),
    story="The console of every server is empty.",
)
def console_empty(bench: Bench) -> Iterator[None]:
    """Cut the text out of the answer."""

    def emptied(document: Any) -> Any:
        return {**document, "output": ""} if "output" in document else document

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers/[^/]+/action", response=edited(emptied)):
        yield


@fault(
    "compute.foreign_server_visible",
    component="nova",
    caught_by=("compute.other_tenant",),
    story="A server is shown to tenants that do not own it.",
)
def foreign_server_visible(bench: Bench) -> Iterator[None]:
    """Whoever asks for a server is taken for its owner."""
    owner = as_owner(bench.world, bench.world.servers)
    with bench.rule("nova", methods=("GET",), path=f"{_API}/servers/[0-9a-f-]{{36}}", request=owner):
        yield


@fault(
    "compute.tenant_unchecked",
    component="nova",
    caught_by=("compute.tenant_mismatch",),
    story="The tenant in the URL is not compared with the tenant of the token.",
)
def tenant_unchecked(bench: Bench) -> Iterator[None]:
    """Every URL is taken for one of the token's own tenant."""
    with bench.rule("nova", path=f"{_API}/.*", request=as_token_holder(bench.world)):
        yield


@fault(
    "compute.unknown_image_accepted",
    component="nova",
    caught_by=("compute.unknown_image",),
    story="A server of an unknown image is accepted, and then nothing happens.",
)
def unknown_image_accepted(bench: Bench) -> Iterator[None]:
    """Answer 202 with the id of no server."""
    with bench.rule(
        "nova", methods=("POST",), path=f"{_API}/servers", response=_accepted(b"requested image")
    ):
        yield


@fault(
    "compute.unknown_flavor_accepted",
    component="nova",
    caught_by=("compute.unknown_flavor",),
    story="A server of an unknown flavor is accepted, and then nothing happens.",
)
def unknown_flavor_accepted(bench: Bench) -> Iterator[None]:
    """Answer 202 with the id of no server."""
    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", response=_accepted(b"flavorRef")):
        yield


def _accepted(why: bytes) -> Change:
    """A refusal that says ``why`` becomes the promise of a server."""

    def response(exchange: Exchange) -> Exchange:
        if exchange.status != 400 or why not in exchange.body:
            return exchange
        made = {"id": str(uuid.uuid4()), "links": [], "adminPass": "none", "OS-DCF:diskConfig": "MANUAL"}
        return replace(exchange, status=202, headers=_JSON, body=json.dumps({"server": made}).encode())

    return response


@fault(
    "compute.keypair_duplicate_accepted",
    component="nova",
    caught_by=("compute.keypair",),
    story="A second key pair of the same name is accepted.",
)
def keypair_duplicate_accepted(bench: Bench) -> Iterator[None]:
    """Turn the refusal into an answer like the first one."""

    def accepted(exchange: Exchange) -> Exchange:
        if exchange.status != 409:
            return exchange
        name = json.loads(exchange.request_body)["keypair"]["name"]
        row = next(row for row in bench.world.keypairs.values() if row.name == name)
        again = {"name": name, "public_key": row.public_key, "private_key": ""}
        again.update(fingerprint=row.fingerprint, user_id=row.user_id)
        return replace(exchange, status=200, headers=_JSON, body=json.dumps({"keypair": again}).encode())

    with bench.rule("nova", methods=("POST",), path=f"{_API}/os-keypairs", request=read, response=accepted):
        yield


@fault(
    "compute.listing_drops_server",
    component="nova",
    caught_by=("compute.show", "compute.filters"),
    story="A listing of servers lacks the oldest one that should be on it, unless it is asked for by name.",
)
def listing_drops_server(bench: Bench) -> Iterator[None]:
    """Cut the last row out of listings."""

    def shortened(document: Any) -> Any:
        return {**document, "servers": document["servers"][:-1]}

    with bench.rule(
        "nova",
        methods=("GET",),
        path=f"{_API}/servers(/detail)?",
        when=lambda exchange: b"name=" not in exchange.query,
        response=edited(shortened),
    ):
        yield


@fault(
    "compute.flavor_wrong_memory",
    component="nova",
    seam="real",
    caught_by=("compute.flavors",),
    story="A flavor has twice the memory that was described.",
)
def flavor_wrong_memory(bench: Bench) -> Iterator[None]:
    """Change the flavor itself."""
    flavor = min(compute(bench.world).flavors.values(), key=lambda row: (row.ram, row.id))
    flavor.ram *= 2
    try:
        yield
    finally:
        flavor.ram //= 2


@fault(
    "compute.quota_wrong",
    component="nova",
    seam="real",
    caught_by=("compute.quotas",),
    story="Tenants may by default use more volume space than was described.",
)
def quota_wrong(bench: Bench) -> Iterator[None]:
    """Change the default itself."""
    defaults = compute(bench.world).default_quotas
    defaults["gigabytes"] += 1
    try:
        yield
    finally:
        defaults["gigabytes"] -= 1


@fault(
    "compute.extension_missing",
    component="nova",
    caught_by=("compute.extensions",),
    story="One of the described API extensions is not loaded.",
)
def extension_missing(bench: Bench) -> Iterator[None]:
    """Cut the first described one out of the listing."""
    alias = min(bench.world.arch.model.compute.extensions)

    def shortened(document: Any) -> Any:
        return {"extensions": [row for row in document["extensions"] if row["alias"] != alias]}

    with bench.rule("nova", methods=("GET",), path=f"{_API}/extensions", response=edited(shortened)):
        yield


@fault(
    "compute.host_missing",
    component="nova",
    caught_by=_about_last_host,
    story="A compute host never registered with nova.",
)
def host_missing(bench: Bench) -> Iterator[None]:
    """Cut the last compute host out of the listing."""
    name = [host.name for host in compute(bench.world).hosts if host.runs_servers][-1]

    def shortened(document: Any) -> Any:
        return {"hosts": [row for row in document["hosts"] if row["host_name"] != name]}

    with bench.rule("nova", methods=("GET",), path=f"{_API}/os-hosts", response=edited(shortened)):
        yield
