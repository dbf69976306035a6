"""The accounts that a run is given: a main one, another in a second tenant, the administrator's; whichever
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from harness.accounts.allowance import Allowance, Size, read
from harness.accounts.given import account_of, given
from harness.accounts.known import Accounts
from harness.accounts.leasing import Leasing, Taken, apart
from harness.accounts.reaching import way_to
from harness.accounts.sessions import Sessions
from harness.clients.through import Way
from harness.clients.trail import Record
from harness.clients.values import Token
from harness.credentials import Account
from harness.errors import CloudError
from harness.evidence.folder import RunFolder
from harness.hosts.keys import fresh_key
from harness.ledger import Inventory, take
from harness.ledger.ending import Clock
from harness.ledger.remover import Remover
from harness.site import Site

MOST_USERS = 8
"""Users that one run leases at most."""
Renting = Callable[[tuple[Taken, ...]], list[Taken]]


class Held:
    """The accounts of a run in its main process, which gives them back at its end.

    ``renting`` leases more of them, where that can be done.
    """

    def __init__(
        self,
        accounts: Accounts,
        run: str,
        record: Record,
        release: str,
        taken: tuple[Taken, ...] = (),
        renting: Renting | None = None,
        way: Way | None = None,
    ) -> None:
        self.accounts = accounts
        self._run, self._record, self._release = run, record, release
        self._taken, self._renting, self._way = taken, renting, way

    @property
    def missing(self) -> Mapping[str, str]:
        """Requirement (``admin``, ``second_account``) → why this run cannot have it."""
        return self.accounts.missing

    def allowance(self, user: str, sizes: Iterable[Size] = ()) -> Allowance:
        """What one of the run's users may still do; raises ``CloudError`` where compute does not answer."""
        account = self.accounts.users[user]
        sessions = self._sessions(self.accounts)
        return read(sessions(account.tenant_name), sizes)

    def more(self) -> str | None:
        """Lease one more user, and give its name; None where there can be no more."""
        if self._renting is None or len(self._taken) >= MOST_USERS:
            return None
        try:
            (fresh,) = self._renting(self._taken)
        except CloudError as error:
            self._record.write("run", phase="leased", tenants=[], why=str(error))
            return None
        self._taken = (*self._taken, fresh)
        now = self.accounts
        name, account = fresh.tenant.name, own_account(now.main, fresh)
        now = replace(now, further=(*now.further, account), own=(*now.own, name))
        there = take(Remover(self._sessions(now)), [name])
        self.accounts = replace(now, before=_both(now.before, there))
        self._record.write("run", phase="leased", tenants=[name])
        return list(self.accounts.users)[-1]

    def promote(self, user: str) -> None:
        """Make another leased user the main one, and the main one that other."""
        now, users = self.accounts, dict(self.accounts.users)
        users["main"], users[user] = users[user], users["main"]
        further = tuple(account for name, account in users.items() if name not in ("main", "other"))
        self.accounts = replace(now, main=users["main"], other=users.get("other"), further=further)

    @property
    def leased(self) -> bool:
        """Whether the accounts are our own, one as good as the other."""
        return bool(self._taken)

    def assign(self, users: Mapping[str, str], asked: Mapping[str, int]) -> None:
        """Say who tells which scenario (by key), where it is not the main user; and how many requests for a
        server each user sends.
        """
        self.accounts = replace(self.accounts, assigned=dict(users), asked=dict(asked))

    def wire(self) -> dict[str, Any]:
        """Everything that another process needs; ``Accounts.from_wire`` reads it."""
        return replace(self.accounts, guest_key=self._guest_key).wire()

    def _sessions(self, accounts: Accounts) -> Sessions:
        return accounts.sessions(self._release, self._record, self._way)

    @cached_property
    def _guest_key(self) -> str:
        key = fresh_key()
        self._record.secret(key)
        return key

    def release(self) -> None:
        """Scramble the passwords and free the tenants; what cannot be freed is recorded, and its lease runs
        out.
        """
        for tenant in (taken.tenant for taken in self._taken):
            try:
                leasing = Leasing(self._sessions(self.accounts)("").identity)
                freed = leasing.give_back(self._run, tenant)
                why = "" if freed else "another run has leased it meanwhile"
            except CloudError as error:
                why = str(error)
            self._record.write("run", phase="returned", tenant=tenant.name, ok=not why, why=why)
        self._taken = ()


def lease(site: Site, folder: RunFolder, record: Record, *, clock: Clock | None = None) -> Held:
    """Lease accounts of our own with the site's administrator, else use the site's.

    Where identity does not answer, the run still begins with the site's account: its first story tells what
    is wrong. Raises ``UsageError`` where the site's credentials cannot be read.
    """
    release, way = site.arch.release, way_to(site)
    try:
        found = given(site, Sessions(release, record, way=way))
    except CloudError as error:
        record.write("run", phase="leased", tenants=[], why=str(error))
        alone = account_of(site.credentials())
        return Held(Accounts(main=alone, admin=alone), folder.id, record, release, way=way)
    if not found.leases:
        return _begun(found.accounts, folder, record, release, way)
    admin, token = found.accounts.main, found.token
    try:
        with apart(folder.path.parent, admin.auth_url):
            leasing = Leasing(found.session("main").identity, clock=clock)
            described = site.arch.model.identity
            roles = described.roles if described else ()
            taken = tuple(leasing.take(folder.id, 2, roles=roles))
    except CloudError as error:
        record.write("run", phase="leased", tenants=[], why=str(error))
        return _begun(found.accounts, folder, record, release, way)
    main, second = (own_account(admin, each) for each in taken)
    names = tuple(each.tenant.name for each in taken)
    record.write("run", phase="leased", tenants=list(names))
    record.write("run", phase="remainders", remainders=remainders(taken, token))

    def renting(beside: tuple[Taken, ...]) -> list[Taken]:
        with apart(folder.path.parent, admin.auth_url):
            more = leasing.take(folder.id, 1, roles=roles, beside=beside)
        record.write("run", phase="remainders", remainders=remainders(tuple(more), token))
        return more

    return _begun(Accounts(main, second, admin, names), folder, record, release, way, taken, renting)


def borrowed(site: Site, folder: RunFolder, record: Record) -> Held:
    """The site's own account, for a look at whether the cloud is there: nothing is asked, nothing leased.

    Raises ``UsageError`` where the site's credentials cannot be read.
    """
    alone = account_of(site.credentials())
    return Held(Accounts(main=alone, admin=alone), folder.id, record, site.arch.release, way=way_to(site))


def own_account(given: Account, taken: Taken) -> Account:
    """A leased account at the same cloud."""
    return replace(
        given,
        username=taken.user.name,
        password=taken.password,
        tenant_name=taken.tenant.name,
        tenant_id=taken.tenant.id,
    )


def remainders(taken: tuple[Taken, ...], token: Token) -> list[dict[str, str]]:
    """What stays on purpose, or because the cloud cannot remove it."""
    lasting = "lasting account; `deployday clean --accounts` removes it"
    rows = []
    for each in taken:
        name = each.tenant.name
        rows.append({"kind": "tenant", "name": name, "id": each.tenant.id, "tenant": name, "why": lasting})
        rows.append({"kind": "user", "name": name, "id": each.user.id, "tenant": name, "why": lasting})
        if token.entries("object-store"):
            why = "empty; object storage of this release cannot remove it safely"
            rows.append(
                {"kind": "account", "name": f"AUTH_{each.tenant.id}", "id": "", "tenant": name, "why": why}
            )
        if token.entries("compute"):
            why = "every tenant has it; it goes with the tenant"
            rows.append({"kind": "group", "name": "default", "id": "", "tenant": name, "why": why})
    return rows


def _begun(
    accounts: Accounts,
    folder: RunFolder,
    record: Record,
    release: str,
    way: Way | None,
    taken: tuple[Taken, ...] = (),
    renting: Renting | None = None,
) -> Held:
    """Take the inventory of before."""
    before = take(Remover(accounts.sessions(release, record, way)), accounts.tenants)
    return Held(replace(accounts, before=before), folder.id, record, release, taken, renting, way)


def _both(one: Inventory, other: Inventory) -> Inventory:
    """What two sets of tenants hold together."""
    return Inventory(
        one.things | other.things, {**one.unseen, **other.unseen}, blind=one.blind and other.blind
    )
