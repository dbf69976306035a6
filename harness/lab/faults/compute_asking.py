"""Ways in which compute answers wrongly: rules on requests about servers, keys, flavors and usage."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange, read

_API = r"/v(?:2|1\.1)/[^/]+"
_JSON = (("Content-Type", "application/json"),)
_REFUSED = (
    "empty name",
    "long name",
    "unknown key",
    "unknown group",
    "unknown network",
    "too many files",
    "too large a file",
    "too much metadata",
)


def _promised(exchange: Exchange) -> Exchange:
    """The promise of a server that there is not."""
    made = {"id": str(uuid.uuid4()), "links": [], "adminPass": "none", "OS-DCF:diskConfig": "MANUAL"}
    return replace(exchange, status=202, headers=_JSON, body=json.dumps({"server": made}).encode())


@fault(
    "compute.anything_accepted",
    component="nova",
    caught_by=(
        *(f"compute.refused[{what}]" for what in _REFUSED),
        "compute.unknown_image",
        "compute.unknown_flavor",
    ),
    story="A request for a server is accepted, whatever is wrong with it; then nothing happens.",
)
def anything_accepted(bench: Bench) -> Iterator[None]:
    """Turn refusals into promises, but for those of the tenant's quota."""
    kept = (b"InstanceLimitExceeded", b"name is not defined")

    def accepted(exchange: Exchange) -> Exchange:
        refused = exchange.status in (400, 413) and not any(words in exchange.body for words in kept)
        return _promised(exchange) if refused else exchange

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", response=accepted):
        yield


@fault(
    "compute.quota_ignored",
    component="nova",
    caught_by=("compute.quota[instances]", "compute.quota[cores]"),
    story="More servers than the quota allows are accepted.",
)
def quota_ignored(bench: Bench) -> Iterator[None]:
    """Turn that refusal into a promise."""

    def accepted(exchange: Exchange) -> Exchange:
        return _promised(exchange) if b"InstanceLimitExceeded" in exchange.body else exchange

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", response=accepted):
        yield


@fault(
    "compute.second_missing",
    component="nova",
    caught_by=("compute.several",),
    story="Two servers are asked for at once, and one is made.",
)
def second_missing(bench: Bench) -> Iterator[None]:
    """Make one of two."""

    def one(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.request_body or b"null")
        wanted = body.get("server") if isinstance(body, dict) else None
        if not isinstance(wanted, dict) or wanted.get("min_count") != 2:
            return exchange
        wanted.update(min_count=1, max_count=1)
        return replace(exchange, request_body=json.dumps(body).encode())

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", request=one):
        yield


@fault(
    "compute.building_server_undeletable",
    component="nova",
    caught_by=("compute.delete_while_building",),
    story="The deletion of a server that is still being built is accepted and forgotten.",
)
def building_server_undeletable(bench: Bench) -> Iterator[None]:
    """Pass such requests over."""
    servers = bench.world.servers

    def building(exchange: Exchange) -> bool:
        server = servers.get(exchange.path.rpartition("/")[2])
        return server is not None and server.vm_state == "building"

    def passed_over(exchange: Exchange) -> Exchange:
        return replace(exchange, status=204, headers=(), body=b"")

    with bench.rule(
        "nova", methods=("DELETE",), path=f"{_API}/servers/[^/]+", when=building, instead=passed_over
    ):
        yield


@fault(
    "compute.metadata_limit_ignored",
    component="nova",
    caught_by=("compute.metadata_limit",),
    story="A server takes more metadata than the quota allows.",
)
def metadata_limit_ignored(bench: Bench) -> Iterator[None]:
    """Turn the refusal into an answer."""

    def accepted(exchange: Exchange) -> Exchange:
        if exchange.status != 413:
            return exchange
        return replace(exchange, status=200, headers=_JSON, body=exchange.request_body)

    with bench.rule(
        "nova",
        methods=("POST",),
        path=f"{_API}/servers/[^/]+/metadata",
        request=read,
        response=accepted,
    ):
        yield


@fault(
    "compute.metadata_kept",
    component="nova",
    caught_by=("compute.metadata",),
    story="Metadata that are removed from a server stay.",
)
def metadata_kept(bench: Bench) -> Iterator[None]:
    """Pass such requests over."""

    def passed_over(exchange: Exchange) -> Exchange:
        return replace(exchange, status=204, headers=(), body=b"")

    path = f"{_API}/servers/[^/]+/metadata/[^/]+"
    with bench.rule("nova", methods=("DELETE",), path=path, instead=passed_over):
        yield


@fault(
    "compute.rename_ignored",
    component="nova",
    caught_by=("compute.rename",),
    story="A server keeps its name, whatever it is renamed to.",
)
def rename_ignored(bench: Bench) -> Iterator[None]:
    """Rename it to what it is called."""
    servers = bench.world.servers

    def same(exchange: Exchange) -> Exchange:
        server = servers.get(exchange.path.rpartition("/")[2])
        if server is None:
            return exchange
        return replace(exchange, request_body=json.dumps({"server": {"name": server.name}}).encode())

    with bench.rule("nova", methods=("PUT",), path=f"{_API}/servers/[^/]+", request=same):
        yield


@fault(
    "compute.foreign_action_accepted",
    component="nova",
    caught_by=("compute.foreign[reboot]",),
    story="Another tenant's request to reboot a server is accepted.",
)
def foreign_action_accepted(bench: Bench) -> Iterator[None]:
    """Turn the refusal into an acceptance; the server is left in peace."""
    servers = bench.world.servers

    def accepted(exchange: Exchange) -> Exchange:
        known = exchange.path.split("/")[-2] in servers
        if exchange.status != 404 or not known or b'"reboot"' not in exchange.request_body:
            return exchange
        return replace(exchange, status=202, headers=(), body=b"")

    with bench.rule(
        "nova",
        methods=("POST",),
        path=f"{_API}/servers/[^/]+/action",
        request=read,
        response=accepted,
    ):
        yield


@fault(
    "compute.keypair_import_garbled",
    component="nova",
    caught_by=("compute.keypair_import",),
    story="A public key that is brought in is shown with another key's fingerprint.",
)
def keypair_import_garbled(bench: Bench) -> Iterator[None]:
    """Change the fingerprint in the answer."""

    def garbled(exchange: Exchange) -> Exchange:
        if exchange.status != 200 or b'"public_key"' not in exchange.request_body:
            return exchange
        document = json.loads(exchange.body)
        document["keypair"]["fingerprint"] = ":".join(["00"] * 16)
        return replace(exchange, body=json.dumps(document).encode())

    with bench.rule("nova", methods=("POST",), path=f"{_API}/os-keypairs", request=read, response=garbled):
        yield


@fault(
    "compute.flavor_hidden",
    component="nova",
    caught_by=lambda arch: (f"compute.flavor[{_largest(arch)}]",),
    story="The largest flavor is listed, but not found by its id.",
)
def flavor_hidden(bench: Bench) -> Iterator[None]:
    """Answer 404."""
    arch = bench.world.arch
    id = str(arch.model.compute.flavors[_largest(arch)].id)
    missing = {"itemNotFound": {"message": "The resource could not be found.", "code": 404}}

    def hidden(exchange: Exchange) -> Exchange:
        return replace(exchange, status=404, headers=_JSON, body=json.dumps(missing).encode())

    with bench.rule("nova", methods=("GET",), path=f"{_API}/flavors/{id}", instead=hidden):
        yield


def _largest(arch: Any) -> str:
    flavors = arch.model.compute.flavors
    return str(max(flavors, key=lambda name: (flavors[name].ram, name)))


@fault(
    "compute.usage_empty",
    component="nova",
    caught_by=("compute.usage",),
    story="A tenant's usage counts no server.",
)
def usage_empty(bench: Bench) -> Iterator[None]:
    """Empty the answer."""
    path = f"{_API}/os-simple-tenant-usage/[^/]+"
    with bench.rule("nova", methods=("GET",), path=path, response=edited(lambda _: {"tenant_usage": {}})):
        yield


@fault(
    "compute.changes_forgotten",
    component="nova",
    caught_by=("compute.changes_since",),
    story="A listing of what changed since a moment is always empty.",
)
def changes_forgotten(bench: Bench) -> Iterator[None]:
    """Empty such listings."""
    with bench.rule(
        "nova",
        methods=("GET",),
        path=f"{_API}/servers(/detail)?",
        when=lambda exchange: b"changes-since" in exchange.query,
        response=edited(lambda document: {**document, "servers": []}),
    ):
        yield


@fault(
    "compute.vnc_dead",
    component="nova",
    seam="real",
    caught_by=("compute.vnc",),
    story="The noVNC proxy is not there: the URL of a server's screen leads nowhere.",
)
def vnc_dead(bench: Bench) -> Iterator[None]:
    """Stop the proxy."""
    with bench.doing("stop screens"):
        yield
