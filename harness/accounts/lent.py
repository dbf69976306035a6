"""The accounts that a run is given: a main one, another in a second tenant, the administrator's; whichever
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from harness.accounts.allowance import Allowance, Size, read
from harness.accounts.leasing import Leasing, Taken, apart
from harness.accounts.sessions import Sessions
from harness.clients.trail import Record
from harness.clients.values import Tenant, Token
from harness.credentials import Account, Credentials
from harness.errors import CloudError
from harness.evidence.folder import RunFolder
from harness.hosts.keys import fresh_key
from harness.ledger import Inventory, take
from harness.ledger.ending import Clock
from harness.ledger.remover import Remover
from harness.site import Site

_ADMIN = "admin"
MOST_USERS = 8
"""Users that one run leases at most."""
Renting = Callable[[tuple[Taken, ...]], list[Taken]]


@dataclass(frozen=True)
class Accounts:
    """What every process of a run knows of its accounts; ``own`` are the tenants that belong to the harness.

    ``before`` is what the tenants held when the run began. ``further`` users share the work with the main
    one; ``assigned`` says who tells a scenario (by key), where it is not the main one,
    ``asked`` how many requests for a server the plan has each user send. ``guest_key`` is the
    private key (PEM) that opens the run's guests.
    """

    main: Account
    other: Account | None = None
    admin: Account | None = None
    own: tuple[str, ...] = ()
    before: Inventory = field(default_factory=Inventory)
    missing: Mapping[str, str] = field(default_factory=dict)
    further: tuple[Account, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    guest_key: str = field(default="", repr=False)

    @property
    def users(self) -> Mapping[str, Account]:
        """The run's users by the names that a plan gives them: ``main``, ``other``, ``user-3``…"""
        named = {"main": self.main} | ({"other": self.other} if self.other else {})
        return named | {f"user-{number}": account for number, account in enumerate(self.further, 3)}

    @property
    def tenants(self) -> tuple[str, ...]:
        """Names of the tenants in which the run creates things."""
        return tuple(dict.fromkeys(account.tenant_name for account in self.users.values()))

    def wire(self) -> dict[str, Any]:
        """Plain values, passwords included: for the memory of another process, never for a file."""
        return {
            "main": asdict(self.main),
            "other": asdict(self.other) if self.other else None,
            "admin": asdict(self.admin) if self.admin else None,
            "own": list(self.own),
            "before": self.before.to_json(),
            "missing": dict(self.missing),
            "further": [asdict(account) for account in self.further],
            "assigned": dict(self.assigned),
            "asked": dict(self.asked),
            "guest_key": self.guest_key,
        }

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Accounts:
        """Read what ``wire`` gave."""

        def account(name: str) -> Account | None:
            return Account(**data[name]) if data[name] else None

        return cls(
            main=Account(**data["main"]),
            other=account("other"),
            admin=account("admin"),
            own=tuple(data["own"]),
            before=Inventory.from_json(data["before"]),
            missing=dict(data["missing"]),
            further=tuple(Account(**each) for each in data["further"]),
            assigned=dict(data["assigned"]),
            asked=dict(data["asked"]),
            guest_key=str(data.get("guest_key", "")),
        )

    def sessions(self, release: str, record: Record) -> Sessions:
        """Sessions in the run's tenants, to clean up with."""
        return Sessions(release, record, self.users.values(), self.admin)


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
    ) -> None:
        self.accounts = accounts
        self._run, self._record, self._release = run, record, release
        self._taken, self._renting = taken, renting

    @property
    def missing(self) -> Mapping[str, str]:
        """Requirement (``admin``, ``second_account``) → why this run cannot have it."""
        return self.accounts.missing

    def allowance(self, user: str, sizes: Iterable[Size] = ()) -> Allowance:
        """What one of the run's users may still do; raises ``CloudError`` where compute does not answer."""
        account = self.accounts.users[user]
        sessions = self.accounts.sessions(self._release, self._record)
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
        there = take(Remover(now.sessions(self._release, self._record)), [name])
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
                leasing = Leasing(self.accounts.sessions(self._release, self._record)("").identity)
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
    given = account_of(site.credentials())
    other = site.other_credentials()
    release = site.arch.release
    sessions = Sessions(release, record)
    try:
        session = sessions.open(given)
        token = session.identity.token
    except CloudError as error:
        record.write("run", phase="leased", tenants=[], why=str(error))
        return Held(Accounts(main=given, admin=given), folder.id, record, release)
    given = with_tenant(given, token.tenant)
    second, lacking = _second(sessions, given, account_of(other) if other else None)
    plain = Accounts(main=given, other=second, missing=_missing(token, lacking))
    if is_admin(token):
        plain = replace(plain, admin=given)
    if not is_admin(token) or site.file.accounts == "site":
        return _begun(plain, folder, record, release)
    try:
        with apart(folder.path.parent, given.auth_url):
            leasing = Leasing(session.identity, clock=clock)
            described = site.arch.model.identity
            roles = described.roles if described else ()
            taken = tuple(leasing.take(folder.id, 2, roles=roles))
    except CloudError as error:
        record.write("run", phase="leased", tenants=[], why=str(error))
        return _begun(plain, folder, record, release)
    main, second = (own_account(given, each) for each in taken)
    names = tuple(each.tenant.name for each in taken)
    record.write("run", phase="leased", tenants=list(names))
    record.write("run", phase="remainders", remainders=remainders(taken, token))

    def renting(beside: tuple[Taken, ...]) -> list[Taken]:
        with apart(folder.path.parent, given.auth_url):
            more = leasing.take(folder.id, 1, roles=roles, beside=beside)
        record.write("run", phase="remainders", remainders=remainders(tuple(more), token))
        return more

    return _begun(Accounts(main, second, given, names), folder, record, release, taken, renting)


def account_of(credentials: Credentials) -> Account:
    """Credentials as an account whose tenant's id is not known yet."""
    return Account(**asdict(credentials))


def with_tenant(account: Account, tenant: Tenant | None) -> Account:
    """The account with the id of its tenant."""
    return replace(account, tenant_id=tenant.id) if tenant else account


def own_account(given: Account, taken: Taken) -> Account:
    """A leased account at the same cloud."""
    return replace(
        given,
        username=taken.user.name,
        password=taken.password,
        tenant_name=taken.tenant.name,
        tenant_id=taken.tenant.id,
    )


def is_admin(token: Token) -> bool:
    """Whether a token has the administrator's role."""
    return any(role.lower() == _ADMIN for role in token.roles)


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
    taken: tuple[Taken, ...] = (),
    renting: Renting | None = None,
) -> Held:
    """Take the inventory of before."""
    before = take(Remover(accounts.sessions(release, record)), accounts.tenants)
    return Held(replace(accounts, before=before), folder.id, record, release, taken, renting)


def _both(one: Inventory, other: Inventory) -> Inventory:
    """What two sets of tenants hold together."""
    return Inventory(
        one.things | other.things, {**one.unseen, **other.unseen}, blind=one.blind and other.blind
    )


def _second(sessions: Sessions, given: Account, other: Account | None) -> tuple[Account | None, str]:
    """The site's second account, or why it cannot stand for a stranger."""
    if other is None:
        return None, "the site names no second account (other_cloud)"
    try:
        token = sessions.open(other).identity.token
    except CloudError as error:
        return None, f"the second account (other_cloud) cannot log in: {error}"
    other = with_tenant(other, token.tenant)
    if is_admin(token):
        return (
            None,
            f"the second account (other_cloud), {other.username}, is an administrator: it may see all",
        )
    if other.tenant_id == given.tenant_id:
        return None, f"the second account (other_cloud) is in the same tenant, {other.tenant_name}"
    return other, ""


def _missing(token: Token, lacking: str) -> dict[str, str]:
    missing = {} if is_admin(token) else {"admin": f"{token.user.name} is no administrator"}
    if lacking:
        missing["second_account"] = lacking
    return missing
