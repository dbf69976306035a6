"""Ways in which identity can be broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.faults.callers import as_anybody
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange
from harness.lab.identity.access import access, issue
from harness.lab.world import Tenant, User, World

_BOTH = ("keystone", "keystone-admin")
_TOKENS = "/v2.0/tokens"
_TOKEN = "/v2.0/tokens/[^/]+"  # noqa: S105 - a path
_NOTHING = (("Content-Type", "application/json"), ("Vary", "X-Auth-Token"))


@fault(
    "identity.dead",
    component="keystone",
    caught_by=("identity.token",),
    story="Keystone is down: both of its ports reset every connection, and so nobody can log in.",
)
def dead(bench: Bench) -> Iterator[None]:
    """Drop every connection."""
    with bench.rule(*_BOTH, drop=True):
        yield


@fault(
    "identity.token_short_lived",
    component="keystone",
    caught_by=("identity.token",),
    story="Tokens last half as long as described: long jobs will lose their way in.",
    seam="real",
)
def token_short_lived(bench: Bench) -> Iterator[None]:
    """The configured lifetime is halved."""
    before = bench.world.token_lifetime
    bench.world.token_lifetime = before / 2
    try:
        yield
    finally:
        bench.world.token_lifetime = before


@fault(
    "identity.catalogue_wrong_port",
    component="keystone",
    caught_by=("preflight.catalogue",),
    story="One row of the catalogue names another port on its internal interface; the public one is right.",
    seam="real",
)
def catalogue_wrong_port(bench: Bench) -> Iterator[None]:
    """The internal address of the last described service other than identity is one port off."""
    row = [end for service, end in bench.world.catalogue() if service.type != "identity"][-1]
    before = row.internalurl
    scheme, _, rest = before.partition("://")
    place, slash, path = rest.partition("/")
    host, _, port = place.rpartition(":")
    row.internalurl = f"{scheme}://{host}:{int(port) + 1}{slash}{path}"
    try:
        yield
    finally:
        row.internalurl = before


@fault(
    "identity.password_ignored",
    component="keystone",
    caught_by=("identity.bad_password", "identity.password_changed"),
    story="Any password opens the account of a user who exists.",
)
def password_ignored(bench: Bench) -> Iterator[None]:
    """The right password is put into every login."""
    with bench.rule(
        *_BOTH, methods=("POST",), path=_TOKENS, request=_logging_in(bench.world, _right_password)
    ):
        yield


@fault(
    "identity.anyone_welcome",
    component="keystone",
    caught_by=("identity.tenant_life", "identity.unknown_user"),
    story="A user whom nobody knows, or who was removed, is let in as somebody else.",
)
def anyone_welcome(bench: Bench) -> Iterator[None]:
    """An unknown user name becomes that of a known user."""
    change = _logging_in(bench.world, _somebody)
    with bench.rule(*_BOTH, methods=("POST",), path=_TOKENS, request=change):
        yield


@fault(
    "identity.foreign_tenant_token",
    component="keystone",
    caught_by=("identity.tenant_without_role",),
    story="Good credentials give a token for any tenant, whether or not the user has a role there.",
)
def foreign_tenant_token(bench: Bench) -> Iterator[None]:
    """For the time of a login the user belongs to the tenant that was asked for."""
    granting = _Granting(bench.world)
    with bench.rule(
        *_BOTH, methods=("POST",), path=_TOKENS, request=granting.request, response=granting.response
    ):
        yield


@fault(
    "identity.revocation_ignored",
    component="keystone",
    caught_by=(
        "identity.revoked",
        "identity.revoked_everywhere[compute]",
        "identity.revoked_everywhere[identity]",
        "identity.revoked_everywhere[image]",
        "identity.revoked_everywhere[object-store]",
        "identity.revoked_everywhere[volume]",
    ),
    story="Revoking a token is confirmed, and nothing happens: the token stays valid.",
)
def revocation_ignored(bench: Bench) -> Iterator[None]:
    """The deletion is answered without being carried out."""

    def confirmed(exchange: Exchange) -> Exchange:
        return replace(exchange, status=204, headers=_NOTHING, body=b"")

    with bench.rule("keystone-admin", methods=("DELETE",), path=_TOKEN, instead=confirmed):
        yield


@fault(
    "identity.token_unchecked",
    component="keystone",
    caught_by=("identity.revoked", "identity.validate"),
    story="An administrator who has a token validated is told that it is valid, whatever it is.",
)
def token_unchecked(bench: Bench) -> Iterator[None]:
    """Validation finds every token, save when a service asks."""
    world = bench.world

    def valid(exchange: Exchange) -> Exchange:
        if exchange.status != 404:
            return exchange
        user = next(iter(world.users.values()))
        token = issue(world, user, None)
        del world.tokens[token.id]
        asked = replace(token, id=exchange.path.rpartition("/")[2])
        return replace(exchange, status=200, body=json.dumps(access(asked)).encode())

    def by_a_person(exchange: Exchange) -> bool:
        return exchange.header("x-auth-token") != world.admin_token

    with bench.rule("keystone-admin", methods=("GET",), path=_TOKEN, when=by_a_person, response=valid):
        yield


@fault(
    "identity.no_token_needed",
    component="keystone",
    caught_by=("identity.no_token[identity]",),
    story="Identity lists tenants to whoever asks, without a token.",
)
def no_token_needed(bench: Bench) -> Iterator[None]:
    """A request without a token gets one."""
    with bench.rule("keystone", path="/v2.0/tenants", request=as_anybody(bench.world, without=True)):
        yield


@fault(
    "identity.any_token_taken",
    component="keystone",
    caught_by=(
        "identity.bad_token[identity]",
        "identity.revoked_everywhere[identity]",
    ),
    story="Identity lists tenants to whoever brings any token, valid or not.",
)
def any_token_taken(bench: Bench) -> Iterator[None]:
    """An invalid token is replaced by a valid one."""
    with bench.rule("keystone", path="/v2.0/tenants", request=as_anybody(bench.world, without=False)):
        yield


@fault(
    "identity.extension_missing",
    component="keystone",
    caught_by=("identity.described",),
    story="The administrators' port says that it has no extensions: its pipeline was configured by half.",
)
def extension_missing(bench: Bench) -> Iterator[None]:
    """The list of extensions is empty."""

    def none(exchange: Exchange) -> Exchange:
        return replace(exchange, body=json.dumps({"extensions": {"values": []}}).encode())

    with bench.rule("keystone-admin", methods=("GET",), path="/v2.0/extensions", response=none):
        yield


def _logging_in(world: World, change: Any) -> Change:
    """A change of the credentials in the JSON body of a login."""

    def request(exchange: Exchange) -> Exchange:
        data = _document(exchange)
        credentials = data.get("auth", {}).get("passwordCredentials")
        if not isinstance(credentials, dict):
            return exchange
        change(world, credentials, data["auth"])
        return replace(exchange, request_body=json.dumps(data).encode())

    return request


def _right_password(world: World, credentials: dict[str, Any], auth: dict[str, Any]) -> None:
    user = _named(world, credentials)
    if user is not None and user.password is not None:
        credentials["password"] = user.password


def _somebody(world: World, credentials: dict[str, Any], auth: dict[str, Any]) -> None:
    """Somebody who belongs to the tenant that is asked for; anybody where there is no such tenant."""
    if _named(world, credentials) is not None:
        return
    tenant = _asked(world, auth)
    members = [user for user, held in world.grants if tenant is None or held == tenant.id]
    known = next(
        (world.users[key] for key in members if key in world.users and world.users[key].password), None
    )
    if known is not None:
        credentials.update(username=known.name, password=known.password)


def _asked(world: World, auth: dict[str, Any]) -> Tenant | None:
    asked = [each for each in (auth.get("tenantId"), auth.get("tenantName")) if each]
    return next(
        (tenant for tenant in world.tenants.values() if tenant.id in asked or tenant.name in asked), None
    )


def _named(world: World, credentials: dict[str, Any]) -> User | None:
    name = credentials.get("username")
    return next((user for user in world.users.values() if user.name == name), None)


def _document(exchange: Exchange) -> dict[str, Any]:
    """The body as an object with an object ``auth``; an empty object when it is none."""
    try:
        data = json.loads(exchange.request_body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) and isinstance(data.get("auth"), dict) else {}


class _Granting:
    """Membership that lasts for one login."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lent: dict[bytes, tuple[str, str]] = {}

    def request(self, exchange: Exchange) -> Exchange:
        """Let the user in where a tenant without a role is asked for."""
        auth = _document(exchange).get("auth", {})
        credentials = auth.get("passwordCredentials")
        user = _named(self.world, credentials) if isinstance(credentials, dict) else None
        tenant = _asked(self.world, auth)
        if user and tenant and (user.id, tenant.id) not in self.world.grants:
            role = next(iter(self.world.roles))
            self.world.grants[(user.id, tenant.id)] = [role]
            self.lent[exchange.request_body] = (user.id, tenant.id)
        return exchange

    def response(self, exchange: Exchange) -> Exchange:
        """Take the membership away again."""
        key = self.lent.pop(exchange.request_body, None)
        if key is not None:
            self.world.grants.pop(key, None)
        return exchange
