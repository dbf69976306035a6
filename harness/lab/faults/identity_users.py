"""Ways in which the administration of users, tenants and roles can be without effect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange

_BOTH = ("keystone", "keystone-admin")
_TOKENS = "/v2.0/tokens"
_NOTHING = (("Content-Type", "application/json"), ("Vary", "X-Auth-Token"))


@fault(
    "identity.disabled_user_enters",
    component="keystone",
    caught_by=("identity.user_disabled",),
    story="Disabling a user is confirmed, and the user still logs in.",
)
def disabled_user_enters(bench: Bench) -> Iterator[None]:
    """Whoever is disabled is enabled instead."""
    path = "/v2.0/users/[^/]+/OS-KSADM/enabled"
    with bench.rule("keystone-admin", methods=("PUT",), path=path, request=_sent("user", _enable)):
        yield


@fault(
    "identity.disabled_tenant_open",
    component="keystone",
    caught_by=("identity.tenant_disabled",),
    story="Disabling a tenant is confirmed, and its users still get tokens for it.",
)
def disabled_tenant_open(bench: Bench) -> Iterator[None]:
    """Whichever tenant is disabled is enabled instead."""
    path = "/v2.0/tenants/[^/]+"
    with bench.rule("keystone-admin", methods=("POST",), path=path, request=_sent("tenant", _enable)):
        yield


@fault(
    "identity.old_password_kept",
    component="keystone",
    caught_by=("identity.password_changed",),
    story="After a change of password the old one opens the account as well.",
)
def old_password_kept(bench: Bench) -> Iterator[None]:
    """Passwords that were changed are remembered, and turned into the new ones at every login."""
    users, old = bench.world.users, {}  # type: Any, dict[str, set[str]]

    def remember(exchange: Exchange) -> Exchange:
        user = users.get(exchange.path.split("/")[3])
        if user is not None and user.password:
            old.setdefault(user.name, set()).add(user.password)
        return exchange

    def renew(credentials: dict[str, Any]) -> None:
        name = credentials.get("username")
        user = next((user for user in users.values() if user.name == name), None)
        if user is not None and credentials.get("password") in old.get(str(name), ()):
            credentials["password"] = user.password

    path = "/v2.0/users/[^/]+/OS-KSADM/password"
    with (
        bench.rule("keystone-admin", methods=("PUT",), path=path, request=remember),
        bench.rule(*_BOTH, methods=("POST",), path=_TOKENS, request=_sent("auth", _credentials(renew))),
    ):
        yield


@fault(
    "identity.role_removal_ignored",
    component="keystone",
    caught_by=("identity.role_life",),
    story="Taking a role from a user is confirmed, and the user keeps it.",
)
def role_removal_ignored(bench: Bench) -> Iterator[None]:
    """The removal is answered without being carried out."""

    def confirmed(exchange: Exchange) -> Exchange:
        return replace(exchange, status=204, headers=_NOTHING, body=b"")

    path = "/v2.0/tenants/[^/]+/users/[^/]+/roles/OS-KSADM/[^/]+"
    with bench.rule("keystone-admin", methods=("DELETE",), path=path, instead=confirmed):
        yield


@fault(
    "identity.defaults_kept",
    component="keystone",
    caught_by=("identity.default_passwords", "identity.sample_token"),
    story="The administrators' token of the sample was never changed, nor was a user's default password.",
    seam="real",
)
def defaults_kept(bench: Bench) -> Iterator[None]:
    """The service user of compute has its name for a password, and the sample's token opens everything."""
    world = bench.world
    user = next(user for user in world.users.values() if user.name == "nova")
    before, user.password = user.password, "nova"

    def opened(exchange: Exchange) -> Exchange:
        rows = [row for row in exchange.request_headers if row[0] != "x-auth-token"]
        return replace(exchange, request_headers=(*rows, ("x-auth-token", world.admin_token)))

    def sample(exchange: Exchange) -> bool:
        return exchange.header("x-auth-token") == "ADMIN"

    try:
        with bench.rule("keystone-admin", when=sample, request=opened):
            yield
    finally:
        user.password = before


def _enable(data: dict[str, Any]) -> None:
    if "enabled" in data:
        data["enabled"] = True


def _credentials(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def changed(auth: dict[str, Any]) -> None:
        credentials = auth.get("passwordCredentials")
        if isinstance(credentials, dict):
            change(credentials)

    return changed


def _sent(name: str, change: Callable[[dict[str, Any]], None]) -> Change:
    """A change of one object of a request's JSON document; what is none passes."""

    def request(exchange: Exchange) -> Exchange:
        try:
            data = json.loads(exchange.request_body)
        except ValueError:
            return exchange
        if not isinstance(data, dict) or not isinstance(data.get(name), dict):
            return exchange
        change(data[name])
        return replace(exchange, request_body=json.dumps(data).encode())

    return request
