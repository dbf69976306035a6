"""Ways in which servers' volumes can be broken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from harness.lab.compute.machine import Row
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange, read
from harness.lab.faults.tenants import as_owner
from harness.lab.faults.volume_answers import V1, deleted_anyway, on_hosts, told

_ATTACHMENTS = r"/v2/[^/]+/servers/[^/]+/os-volume_attachments"


@fault(
    "volumes.attached_deletable",
    component="nova-volume",
    caught_by=("volumes.attached_is_kept",),
    story="A volume is deleted while a server has it.",
)
def attached_deletable(bench: Bench) -> Iterator[None]:
    """Carry out what was refused."""
    anyway = deleted_anyway(bench, refusal=b"status must be available")
    with bench.rule("nova-volume", methods=("DELETE",), path=rf"{V1}/volumes/\d+", response=anyway):
        yield


@fault(
    "volumes.attached_twice",
    component="nova",
    caught_by=("volumes.attached_is_kept",),
    story="A volume that a server has is attached a second time.",
)
def attached_twice(bench: Bench) -> Iterator[None]:
    """Say that it was done."""

    def accepted(exchange: Exchange) -> Exchange:
        if exchange.status != 400 or b"must be available" not in exchange.body:
            return exchange
        volume = json.loads(exchange.request_body)["volumeAttachment"]["volumeId"]
        return told(exchange, {"volumeAttachment": {"id": volume, "volumeId": volume}})

    with bench.rule("nova", methods=("POST",), path=_ATTACHMENTS, request=read, response=accepted):
        yield


@fault(
    "volumes.stuck_attaching",
    component="nova-volume",
    seam="machine",
    caught_by=on_hosts("volumes.attaches_on_host", "volumes.attach"),
    story="No host takes up an attachment: volumes stay in attaching.",
)
def stuck_attaching(bench: Bench) -> Iterator[None]:
    """Volumes are never in use."""
    with bench.machine("volume.attach", (Row("attaching"),)):
        yield


@fault(
    "volumes.detach_never_ends",
    component="nova-volume",
    seam="machine",
    caught_by=on_hosts("volumes.attaches_on_host", "volumes.attach"),
    story="A detachment is accepted, and the volume stays in use.",
)
def detach_never_ends(bench: Bench) -> Iterator[None]:
    """Servers keep what they have."""
    with bench.machine("volume.detach", (Row("in-use"),)):
        yield


@fault(
    "volumes.no_such_attachment_found",
    component="nova",
    caught_by=("volumes.attach_refused",),
    story="A server shows volumes that nobody attached to it.",
)
def no_such_attachment_found(bench: Bench) -> Iterator[None]:
    """Numbers far beyond those in use show an attachment."""

    def found(exchange: Exchange) -> Exchange:
        if exchange.status != 404:
            return exchange
        *_, server, _, number = exchange.path.split("/")
        row = {"device": "/dev/vdz", "serverId": server, "id": int(number), "volumeId": int(number)}
        return told(exchange, {"volumeAttachment": row})

    with bench.rule("nova", methods=("GET",), path=rf"{_ATTACHMENTS}/\d{{7,}}", response=found):
        yield


@fault(
    "volumes.strangers_attach",
    component="nova",
    caught_by=("volumes.other_tenant_attaches",),
    story="Whoever knows the ids may attach volumes to servers of other tenants.",
)
def strangers_attach(bench: Bench) -> Iterator[None]:
    """Whoever asks for an attachment is taken for the server's owner."""
    owner = as_owner(bench.world, bench.world.servers)

    def request(exchange: Exchange) -> Exchange:
        server, rest = re.fullmatch(r"(.*/servers/[^/]+)(/.*)", exchange.path).groups()  # type: ignore[union-attr]
        changed = owner(replace(exchange, path=server))
        return replace(changed, path=changed.path + rest)

    with bench.rule("nova", methods=("POST",), path=_ATTACHMENTS, request=request):
        yield
