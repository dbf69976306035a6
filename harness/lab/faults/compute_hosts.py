"""Ways in which compute hosts, and what administrators see and arrange of them, can be broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Server, compute
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, Keys, fault
from harness.lab.faults.rules import Exchange
from harness.lab.world import World

_API = r"/v(?:2|1\.1)/[^/]+"


def _last(arch: Any) -> str:
    return str(arch.nodes_with("compute")[-1])


def _on_all(story: str) -> Any:
    return lambda arch: tuple(f"{story}[{node}]" for node in arch.nodes_with("compute"))


def _on_last(*stories: str) -> Any:
    def keys(arch: Any) -> Keys:
        return tuple(story.replace("*", _last(arch)) for story in stories)

    return keys


@fault(
    "compute.host_fails_boot",
    component="nova",
    seam="machine",
    caught_by=_on_last("compute.boots_on_host[*]"),
    story="One compute host fails every boot; the scheduler avoids it, who asks for it gets ERROR.",
)
def host_fails_boot(bench: Bench) -> Iterator[None]:
    """Placement knows the host as bad."""
    bad = _last(bench.world.arch)
    effects = engine(bench.world).effects
    place = effects["place"]

    def avoiding(world: World, server: Server) -> None:
        hosts = compute(world).hosts
        wanted = (server.zone or "").partition(":")[2]
        compute(world).hosts = [host for host in hosts if host.name != bad]
        try:
            place(world, server)
        finally:
            compute(world).hosts = hosts
        if wanted == bad:
            server.host = bad

    effects["place or fail"] = avoiding
    rows = bench.world.machines["compute.boot"]
    changed = tuple(replace(row, does="place or fail") if row.does == "place" else row for row in rows)
    try:
        with bench.machine("compute.boot", changed):
            yield
    finally:
        del effects["place or fail"]


@fault(
    "compute.wrong_host",
    component="nova",
    caught_by=_on_all("compute.boots_on_host"),
    story="The scheduler sends a server to another host than the one that was asked for.",
)
def wrong_host(bench: Bench) -> Iterator[None]:
    """Each host is taken for the next one."""
    names = list(bench.world.arch.nodes_with("compute"))
    others = dict(zip(names, [*names[1:], names[0]], strict=True))

    def sent_elsewhere(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.request_body or b"null")
        wanted = body.get("server") if isinstance(body, dict) else None
        zone, colon, host = str((wanted or {}).get("availability_zone") or "").partition(":")
        if host not in others or wanted is None:
            return exchange
        wanted["availability_zone"] = f"{zone}{colon}{others[host]}"
        return replace(exchange, request_body=json.dumps(body).encode())

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", request=sent_elsewhere):
        yield


@fault(
    "compute.host_small",
    component="nova",
    seam="real",
    caught_by=_on_last("preflight.capacity[*]", "compute.boots_on_host[*]", "compute.migrate"),
    story="One compute host has hardly any memory: no server fits on it.",
)
def host_small(bench: Bench) -> Iterator[None]:
    """Change the host itself."""
    state, name = compute(bench.world), _last(bench.world.arch)
    before = state.hosts
    state.hosts = [replace(host, memory_mb=1) if host.name == name else host for host in before]
    try:
        yield
    finally:
        state.hosts = before


@fault(
    "compute.capacity_forgets",
    component="nova",
    caught_by=_on_all("compute.capacity"),
    story="Hosts do not say which tenants use them.",
)
def capacity_forgets(bench: Bench) -> Iterator[None]:
    """Cut the tenants' rows out of the answer."""

    def shortened(document: Any) -> Any:
        return {"host": document["host"][:3]}

    with bench.rule("nova", methods=("GET",), path=f"{_API}/os-hosts/[^/]+", response=edited(shortened)):
        yield


@fault(
    "compute.aggregate_forgets",
    component="nova",
    caught_by=("compute.aggregate",),
    story="What is told about an aggregate is accepted and forgotten.",
)
def aggregate_forgets(bench: Bench) -> Iterator[None]:
    """Empty the request."""

    def emptied(exchange: Exchange) -> Exchange:
        if b'"set_metadata"' not in exchange.request_body:
            return exchange
        return replace(exchange, request_body=b'{"set_metadata": {"metadata": {}}}')

    with bench.rule("nova", methods=("POST",), path=f"{_API}/os-aggregates/[^/]+/action", request=emptied):
        yield


@fault(
    "compute.lock_ignored",
    component="nova",
    caught_by=("compute.lock",),
    story="Locking a server is accepted, and its tenant can do with it as before.",
)
def lock_ignored(bench: Bench) -> Iterator[None]:
    """Unlock instead."""

    def unlocking(exchange: Exchange) -> Exchange:
        if b'"lock"' not in exchange.request_body:
            return exchange
        return replace(exchange, request_body=b'{"unlock": null}')

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers/[^/]+/action", request=unlocking):
        yield
