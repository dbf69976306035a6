"""After a crash: remove what a run left, give its accounts back;
and the end of the lasting accounts themselves.

The passwords of a run that was killed are lost. With administrator credentials each tenant that the run still
leases gets a fresh password, is emptied, scrambled and freed. A tenant that another run has leased since is
left in peace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harness.accounts.given import account_of, is_admin, with_tenant
from harness.accounts.leasing import Leasing
from harness.accounts.lent import own_account
from harness.accounts.marks import read
from harness.accounts.reaching import way_to
from harness.accounts.sessions import Sessions
from harness.clients.errors import NotFound
from harness.clients.trail import Record
from harness.clients.values import Tenant
from harness.credentials import Account
from harness.errors import CloudError, Problem, UsageError
from harness.evidence.folder import RunFolder
from harness.hosts.opening import opened
from harness.hosts.services import services
from harness.ledger import Cleaned, Clock, Ledger, Thing, clean, restore, sweep, take
from harness.ledger.remover import Remover
from harness.site import Site


@dataclass
class After:
    """What cleaning did for one run: entries of its ledger, further things that were surely its own, services
    that run again, and what is left.
    """

    run: str
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing of the run is left."""
        return not self.left


@dataclass(frozen=True)
class _Cloud:
    """The site's own way in: its account, and whether that is an administrator's."""

    account: Account
    admin: bool
    sessions: Sessions

    @classmethod
    def of(cls, site: Site, record: Record) -> _Cloud:
        """Ask identity who we are; raises ``CloudError``, or ``UsageError`` without credentials."""
        given, other = account_of(site.credentials()), site.other_credentials()
        way = way_to(site)
        token = Sessions(site.arch.release, record, way=way).open(given).identity.token
        given = with_tenant(given, token.tenant)
        accounts = [given] + ([account_of(other)] if other else [])
        admin = is_admin(token)
        administrator = given if admin else None
        return cls(given, admin, Sessions(site.arch.release, record, accounts, administrator, way=way))

    def leasing(self, clock: Clock) -> Leasing:
        return Leasing(self.sessions("").identity, clock=clock)


def clean_run(site: Site, folder: RunFolder, record: Record, *, clock: Clock | None = None) -> After:
    """Remove what a run left; nobody may belong to it any more (``harness.lease.alone``).

    Services that it stopped are started first: that needs no account.

    Raises ``CloudError`` where identity does not answer, ``UsageError`` without credentials; everything that
    goes wrong later is told in ``left``.
    """
    clock = clock or Clock()
    done = After(folder.id)
    _start_again(site, folder, record, done, clock)
    cloud = _Cloud.of(site, record)
    borrowed = _borrow(cloud, folder, done, clock) if cloud.admin else []
    try:
        _remove(cloud, folder, [tenant.name for tenant in borrowed], done, clock)
    finally:
        _return(cloud, folder, borrowed, done, clock)
    return done


def _start_again(site: Site, folder: RunFolder, record: Record, done: After, clock: Clock) -> None:
    with opened(site, record) as node:
        restored = restore(Ledger(folder.ledger), services(node, site.file.ssh.become), clock)
    done.started += restored.running
    done.left += restored.left


def remove_accounts(
    site: Site, record: Record, alive: Callable[[str], bool], *, clock: Clock | None = None
) -> After:
    """Remove the lasting accounts with all that they hold.

    ``alive`` says whether a run (by id) still has processes here. Raises ``UsageError`` where one of the
    accounts is leased by a run that is alive, or that may be (its lease has not run out), or without
    administrator credentials.
    """
    clock = clock or Clock()
    cloud = _Cloud.of(site, record)
    if not cloud.admin:
        raise UsageError(f"{cloud.account.username} is no administrator: only one can remove accounts")
    leasing = cloud.leasing(clock)
    tenants = leasing.ours()
    busy = [tenant for tenant in tenants if _busy(tenant, alive, clock)]
    if busy:
        raise UsageError(*(_refusal(tenant) for tenant in busy))
    done = After("accounts")
    for tenant in tenants:
        _end(cloud, leasing, tenant, done, clock)
    return done


def _borrow(cloud: _Cloud, folder: RunFolder, done: After, clock: Clock) -> list[Tenant]:
    """Take the tenants of the run: those that it leases,
    and those of its open entries that nobody else leases.
    """
    leasing = cloud.leasing(clock)
    named = {entry.tenant for entry in Ledger(folder.ledger).open_entries()}
    borrowed = []
    for tenant in leasing.ours():
        mark = read(tenant.description)
        if tenant.name not in named and (mark is None or mark.run != folder.id):
            continue
        try:
            if leasing.enter(folder.id, tenant):
                borrowed.append(tenant)
                cloud.sessions.add(own_account(cloud.account, leasing.reopen(tenant)))
        except NotFound:
            continue
        except CloudError as error:
            done.left.append(f"tenant {tenant.name} could not be entered: {error}")
    return borrowed


def _remove(cloud: _Cloud, folder: RunFolder, own: list[str], done: After, clock: Clock) -> None:
    """The ledger first; then everything in our own tenants, and elsewhere what carries the run's name."""
    remover = Remover(cloud.sessions)
    cleaned: Cleaned = clean(Ledger(folder.ledger), remover, prefix=folder.prefix, own=own, clock=clock)
    done.removed += [str(entry) for entry in cleaned.removed]
    done.left += [str(left) for left in cleaned.left]
    there = take(remover, dict.fromkeys([*own, cloud.account.tenant_name]), cloudwide=cloud.admin).things
    ours = [thing for thing in there if thing.tenant in own or thing.name.startswith(folder.prefix)]
    _swept(remover, ours, done, clock)


def _swept(remover: Remover, things: Iterable[Thing], done: After, clock: Clock) -> None:
    things = list(things)
    stayed = sweep(remover, things, clock=clock)
    done.removed += [str(thing) for thing in sorted(things) if thing not in stayed]
    done.left += [f"{thing}: {why}" for thing, why in stayed.items()]


def _return(cloud: _Cloud, folder: RunFolder, borrowed: list[Tenant], done: After, clock: Clock) -> None:
    for tenant in borrowed:
        try:
            cloud.leasing(clock).give_back(folder.id, tenant)
            done.freed.append(tenant.name)
        except CloudError as error:
            done.left.append(f"tenant {tenant.name} could not be freed: {error}")


def _busy(tenant: Tenant, alive: Callable[[str], bool], clock: Clock) -> bool:
    mark = read(tenant.description)
    return mark is not None and (alive(mark.run) or not mark.stale(clock.now()))


def _refusal(tenant: Tenant) -> Problem:
    return Problem(
        where=tenant.name,
        message="the account is leased",
        found=tenant.description,
        hint="wait for the run's end, or `deployday clean` it first",
    )


def _end(cloud: _Cloud, leasing: Leasing, tenant: Tenant, done: After, clock: Clock) -> None:
    """Empty one lasting tenant and remove it; one that cannot be emptied stays."""
    before = len(done.left)
    try:
        if not leasing.enter("clean", tenant):
            raise CloudError("another run has leased it meanwhile")
        cloud.sessions.add(own_account(cloud.account, leasing.reopen(tenant)))
        remover = Remover(cloud.sessions)
        _swept(remover, take(remover, [tenant.name]).things, done, clock)
    except NotFound:
        pass
    except CloudError as error:
        done.left.append(f"tenant {tenant.name} could not be entered: {error}")
    try:
        if len(done.left) == before:
            leasing.remove(tenant)
            done.removed += [f"user {tenant.name}", f"tenant {tenant.name}"]
        else:
            leasing.give_back("clean", tenant)
    except CloudError as error:
        done.left.append(f"tenant {tenant.name} could not be removed: {error}")
