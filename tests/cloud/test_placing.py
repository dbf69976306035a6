"""A server on a chosen host: the administrator acts inside the tenant of the story, or nobody does."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from harness.clients.errors import Conflict
from harness.clients.values import ComputeHost, Role, Server
from harness.cloud.placing import Placing
from harness.credentials import Account
from harness.errors import CloudError, OutOfReach

ADMIN = Account("http://x/v2.0", "admin", "s3cret-pass", "admin", "", tenant_id="t0")
MINE = Account("http://x/v2.0", "deployday-1", "s3cret-pass", "deployday-1", "", tenant_id="t1")


@dataclass
class Identity:
    """Roles and who holds them; ``late`` is another process that came first."""

    held: list[Role] = field(default_factory=list)
    granted: list[tuple[str, str, str]] = field(default_factory=list)
    late: bool = False
    token: Any = field(default_factory=lambda: SimpleNamespace(user=SimpleNamespace(id="u0")))

    def list_roles(self) -> list[Role]:
        return [Role("r1", "Member"), Role("r2", "admin")]

    def user_roles(self, tenant: str, user: str) -> list[Role]:
        return self.held

    def grant(self, tenant: str, user: str, role: str) -> None:
        if self.late:
            raise Conflict("granted already")
        self.granted.append((tenant, user, role))


class Compute:
    """Two compute hosts, of which the second has a name of its own."""

    def hosts(self) -> list[ComputeHost]:
        return [
            ComputeHost("controller", "scheduler"),
            ComputeHost("compute-1", "compute"),
            ComputeHost("c2.example", "compute"),
        ]

    def server(self, id: str) -> Server:
        return Server(id, host="c2.example")


def placing(
    identity: Identity | None = None, mine: Account = MINE, own: tuple[str, ...] = ("deployday-1",)
) -> Placing:
    admin = SimpleNamespace(account=ADMIN, identity=identity or Identity(), compute=Compute())
    site = SimpleNamespace(node_of=lambda name: "compute-2" if name == "c2.example" else None)
    run = SimpleNamespace(site=site, accounts=SimpleNamespace(own=own))
    return Placing(run, SimpleNamespace(account=mine), admin)  # type: ignore[arg-type]


def test_hosts_are_found_by_the_names_of_their_nodes() -> None:
    assert (placing().host("compute-1"), placing().host("compute-2")) == ("compute-1", "c2.example")
    assert placing().node_running("s1") == "compute-2"
    with pytest.raises(CloudError, match="knows no compute host controller; it has compute-1"):
        placing().host("controller")


def test_the_administrator_is_let_into_a_tenant_of_our_own_once() -> None:
    identity = Identity()
    account = placing(identity)._account()
    assert (account.username, account.tenant_name, account.tenant_id) == ("admin", "deployday-1", "t1")
    assert identity.granted == [("t1", "u0", "r2")]
    known = Identity(held=[Role("r2", "admin")])
    placing(known)._account()
    assert known.granted == []
    assert placing(Identity(late=True))._account().tenant_id == "t1"


def test_nobody_is_let_into_somebody_elses_tenant() -> None:
    identity = Identity()
    with pytest.raises(OutOfReach, match="not our own"):
        placing(identity, own=())._account()
    assert identity.granted == []
    assert placing(identity, mine=ADMIN, own=())._account() == ADMIN
