"""Changes to requests that make a service mistake one tenant for another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.lab.faults.rules import Change, Exchange
from harness.lab.world import World


def as_token_holder(world: World) -> Change:
    """The tenant in the URL becomes that of the token."""

    def request(exchange: Exchange) -> Exchange:
        token = world.token(exchange.header("x-auth-token"))
        return exchange if token is None or not token.tenant_id else _at(exchange, token.tenant_id)

    return request


def as_owner(world: World, things: Mapping[str, Any]) -> Change:
    """A valid token's request for one of ``things`` by id becomes one of the tenant that owns it."""

    def request(exchange: Exchange) -> Exchange:
        thing = things.get(exchange.path.rpartition("/")[2])
        if thing is None or world.token(exchange.header("x-auth-token")) is None:
            return exchange
        theirs = next(
            (t for t in world.tokens.values() if t.tenant_id == thing.tenant_id and world.token(t.id)), None
        )
        if theirs is None:
            return exchange
        others = tuple(pair for pair in exchange.request_headers if pair[0] != "x-auth-token")
        return replace(_at(exchange, thing.tenant_id), request_headers=(*others, ("x-auth-token", theirs.id)))

    return request


def _at(exchange: Exchange, tenant: str) -> Exchange:
    _, version, _, *rest = exchange.path.split("/")
    return replace(exchange, path="/".join(("", version, tenant, *rest)))
