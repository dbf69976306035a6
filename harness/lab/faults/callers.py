"""Changes to requests that let in whoever asks."""

from __future__ import annotations

from dataclasses import replace

from harness.lab.faults.rules import Change, Exchange
from harness.lab.identity.access import issue
from harness.lab.world import Token, World


def as_anybody(world: World, *, without: bool) -> Change:
    """A request without a token (or, otherwise, with an invalid one) is made with somebody's valid token."""

    def request(exchange: Exchange) -> Exchange:
        sent = exchange.header("x-auth-token")
        concerned = not sent if without else bool(sent) and world.token(sent) is None
        return with_token(exchange, token_of_anybody(world)) if concerned else exchange

    return request


def token_of_anybody(world: World) -> Token:
    """A token for the first user who belongs somewhere."""
    user, tenant = next(key for key in world.grants if key[0] in world.users and key[1] in world.tenants)
    return issue(world, world.users[user], world.tenants[tenant])


def with_token(exchange: Exchange, token: Token) -> Exchange:
    """The request as the holder of ``token`` would send it."""
    others = tuple(pair for pair in exchange.request_headers if pair[0] != "x-auth-token")
    return replace(exchange, request_headers=(*others, ("x-auth-token", token.id)))
