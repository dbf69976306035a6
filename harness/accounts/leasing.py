"""Take lasting tenants for one run at a time, with nothing but what Essex offers: a tenant's description.

A lease is written, left to settle, and read back: of two operators on two machines who wrote at once, the one
who reads the other's mark gives way. A lease ends by itself, so that a run which died blocks nobody for ever.
On one machine a local lock keeps runs apart.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.accounts.marks import FREE, NAME, Mark, is_ours, read
from harness.clients.errors import Conflict, NotFound
from harness.clients.protocols import Identity
from harness.clients.values import Tenant, User
from harness.errors import CloudError
from harness.ledger.ending import Clock

LEASE = 4 * 3600.0
SETTLE = 0.4
MOST = 99
_ROUNDS = 8
_MEMBERS = ("member", "_member_", "swiftoperator")


@dataclass(frozen=True)
class Taken:
    """A leased tenant with its user; the password is known to this run alone."""

    tenant: Tenant
    user: User
    password: str


class Leasing:
    """Lasting tenants and users of one cloud, through an administrator's identity client."""

    def __init__(self, identity: Identity, *, clock: Clock | None = None) -> None:
        self.identity = identity
        self.clock = clock or Clock()

    def take(
        self, run: str, count: int, *, roles: Sequence[str] = (), beside: Sequence[Taken] = ()
    ) -> list[Taken]:
        """Lease so many tenants, make what is missing, set fresh passwords.

        ``roles`` are the described role names, of which members get theirs; ``beside`` is what the run has
        already, and keeps. Raises ``CloudError``.
        """
        kept = {each.tenant.id for each in beside}
        tenants = self._tenants(run, count, kept)
        users = {user.name: user for user in self.identity.list_users()}
        granted = self._granted(roles)
        return [self._account(tenant, users.get(tenant.name), granted) for tenant in tenants]

    def taken_by(self, run: str) -> list[Tenant]:
        """The tenants that say they are leased by this run."""
        return [tenant for tenant in self.ours() if (mark := read(tenant.description)) and mark.run == run]

    def ours(self) -> list[Tenant]:
        """Every lasting tenant of the cloud, by number."""
        found = [
            tenant for tenant in self.identity.list_tenants() if is_ours(tenant.name, tenant.description)
        ]
        return sorted(found, key=lambda tenant: int(tenant.name.rpartition("-")[2]))

    def enter(self, run: str, tenant: Tenant) -> bool:
        """Lease one tenant, for an hour, unless this run has it already; False where another run has it."""
        mark = read(tenant.description)
        if mark is not None and mark.run == run:
            return True
        if not self._free(tenant):
            return False
        self.identity.update_tenant(tenant.id, description=str(Mark(run, self.clock.now() + 3600)))
        self.clock.sleep(SETTLE)
        mark = read(self.identity.tenant(tenant.id).description)
        return mark is not None and mark.run == run

    def reopen(self, tenant: Tenant) -> Taken:
        """A fresh password for the user of a leased tenant; raises ``NotFound`` where it has none."""
        user = next((user for user in self.identity.list_users() if user.name == tenant.name), None)
        if user is None:
            raise NotFound(f"there is no user {tenant.name}")
        return self._account(tenant, user, ())

    def give_back(self, run: str, tenant: Tenant) -> bool:
        """Scramble the password and free the tenant; not where another run has leased it meanwhile."""
        now = self.identity.tenant(tenant.id)
        mark = read(now.description)
        if mark is not None and mark.run != run:
            return False
        for user in self.identity.list_users():
            if user.name == tenant.name:
                self.identity.set_password(user.id, secrets.token_urlsafe(32))
        self.identity.update_tenant(tenant.id, description=FREE)
        return True

    def remove(self, tenant: Tenant) -> None:
        """Remove a lasting tenant and its user."""
        for user in self.identity.list_users():
            if user.name == tenant.name:
                self.identity.delete_user(user.id)
        self.identity.delete_tenant(tenant.id)

    def _tenants(self, run: str, count: int, kept: Collection[str]) -> list[Tenant]:
        for _ in range(_ROUNDS):
            mark = Mark(run, self.clock.now() + LEASE)
            held = self._fresh(run, kept)
            if len(held) >= count:
                return held[:count]
            self._mark_free(mark, count - len(held))
            self.clock.sleep(SETTLE)
        held = self._fresh(run, kept)
        if len(held) >= count:
            return held[:count]
        for tenant in held:
            self.give_back(run, tenant)
        raise CloudError(
            f"no {count} of the tenants deployday-1 to deployday-{MOST} are free", component="keystone"
        )

    def _fresh(self, run: str, kept: Collection[str]) -> list[Tenant]:
        """What the run has taken by now, without what it had before."""
        return [tenant for tenant in self.taken_by(run) if tenant.id not in kept]

    def _mark_free(self, mark: Mark, count: int) -> None:
        known = {tenant.name: tenant for tenant in self.identity.list_tenants()}
        for name in (NAME.format(number=number) for number in range(1, MOST + 1)):
            if count <= 0:
                return
            tenant = known.get(name)
            if tenant is None:
                count -= self._made(name, mark)
            elif is_ours(name, tenant.description) and self._free(tenant):
                self.identity.update_tenant(tenant.id, description=str(mark))
                count -= 1

    def _made(self, name: str, mark: Mark) -> bool:
        try:
            self.identity.create_tenant(name, description=str(mark))
        except Conflict:
            return False
        return True

    def _free(self, tenant: Tenant) -> bool:
        mark = read(tenant.description)
        return mark is None or mark.stale(self.clock.now())

    def _account(self, tenant: Tenant, user: User | None, roles: Sequence[str]) -> Taken:
        password = secrets.token_urlsafe(24)
        if user is None:
            user = self.identity.create_user(tenant.name, password=password, tenant_id=tenant.id)
        else:
            self.identity.set_password(user.id, password)
        has = {role.id for role in self.identity.user_roles(tenant.id, user.id)} if roles else set()
        for role in roles:
            if role not in has:
                self.identity.grant(tenant.id, user.id, role)
        return Taken(tenant, user, password)

    def _granted(self, described: Sequence[str]) -> list[str]:
        """Ids of the roles that a plain member has here, Swift operators among them; no administrator."""
        roles = [role for role in self.identity.list_roles() if not described or role.name in described]
        plain = [role.id for role in roles if role.name.lower() in _MEMBERS]
        plain = plain or [role.id for role in roles if "admin" not in role.name.lower()][:1]
        if not plain:
            raise CloudError("there is no role that a plain member could have", component="keystone")
        return plain


@contextmanager
def apart(home: Path, auth_url: str) -> Iterator[None]:
    """Keep the runs of this machine that lease from one cloud apart while they do."""
    home.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(auth_url.encode()).hexdigest()[:16]
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(home / f".accounts-{name}.lock", flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
