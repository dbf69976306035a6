"""Ways in which tokens and keys can open what they should not, or show what they should not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange
from harness.lab.identity.access import tenant_document
from harness.lab.world import World

_KEYS = "/v2.0/users/[^/]+/credentials/OS-EC2"


@fault(
    "identity.unscoped_scoped",
    component="keystone",
    caught_by=("identity.unscoped",),
    story="Who logs in without a tenant gets a token for one nevertheless, with its roles.",
)
def unscoped_scoped(bench: Bench) -> Iterator[None]:
    """The first tenant of the user is put into every login that names none."""
    world = bench.world

    def scoped(exchange: Exchange) -> Exchange:
        try:
            data = json.loads(exchange.request_body)
            auth, name = data["auth"], data["auth"]["passwordCredentials"]["username"]
        except (ValueError, KeyError, TypeError):
            return exchange
        held = [t for u, t in world.grants if u in world.users and world.users[u].name == name]
        if held and not auth.get("tenantId") and not auth.get("tenantName"):
            auth["tenantId"] = held[0]
        return replace(exchange, request_body=json.dumps(data).encode())

    with bench.rule("keystone", methods=("POST",), path="/v2.0/tokens", request=scoped):
        yield


@fault(
    "identity.all_tenants_shown",
    component="keystone",
    caught_by=("identity.tenants_apart",),
    story="A user who asks for the tenants of their own is shown those of everybody.",
)
def all_tenants_shown(bench: Bench) -> Iterator[None]:
    """The list holds every tenant."""
    world = bench.world

    def everybody(data: Any) -> Any:
        return {**data, "tenants": [tenant_document(tenant) for tenant in world.tenants.values()]}

    with bench.rule("keystone", methods=("GET",), path="/v2.0/tenants", response=edited(everybody)):
        yield


@fault(
    "identity.member_administers",
    component="keystone",
    caught_by=(
        "identity.member_refused[roles]",
        "identity.member_refused[tenants]",
        "identity.member_refused[users]",
    ),
    story="Whoever has a token may list tenants, users and roles at the administrators' address.",
)
def member_administers(bench: Bench) -> Iterator[None]:
    """Every good token is taken for the administrators'."""
    path = "/v2.0/(tenants|users|OS-KSADM/roles)"
    change = _as_administrator(bench.world)
    with bench.rule("keystone-admin", methods=("GET",), path=path, request=change):
        yield


@fault(
    "identity.keys_unlisted",
    component="keystone",
    caught_by=("identity.ec2_keys",),
    story="Keys for the EC2 API that were made are not listed.",
)
def keys_unlisted(bench: Bench) -> Iterator[None]:
    """The list of keys is empty."""
    none = edited(lambda data: {"credentials": []})
    with bench.rule("keystone", methods=("GET",), path=_KEYS, response=none):
        yield


@fault(
    "identity.keys_of_others",
    component="keystone",
    caught_by=("identity.ec2_keys_apart",),
    story="Whoever knows a user's id is shown the user's EC2 keys with their secrets.",
)
def keys_of_others(bench: Bench) -> Iterator[None]:
    """Every good token is taken for the administrators'."""
    with bench.rule("keystone", methods=("GET",), path=_KEYS, request=_as_administrator(bench.world)):
        yield


def _as_administrator(world: World) -> Change:
    """A request with a good token is made with the administrators' instead."""

    def request(exchange: Exchange) -> Exchange:
        if world.token(exchange.header("x-auth-token")) is None:
            return exchange
        rows = [row for row in exchange.request_headers if row[0] != "x-auth-token"]
        return replace(exchange, request_headers=(*rows, ("x-auth-token", world.admin_token)))

    return request
