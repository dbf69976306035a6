"""Sessions by tenant, each opened when first used."""

from __future__ import annotations

from collections.abc import Iterable

from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.session import CloudSession
from harness.clients.through import Way
from harness.clients.trail import Record
from harness.credentials import Account
from harness.errors import OutOfReach


class Sessions:
    """``sessions("deployday-1")`` is a session in that tenant, ``sessions("")`` the administrator's.

    ``patience`` is how many seconds a service may be silent, where that is not the usual; ``way`` is how the
    cloud is reached, where that is not directly. What these sessions
    create goes into no ledger, so they must not create. Raises ``OutOfReach`` where no account for the tenant
    is known.
    """

    def __init__(
        self,
        release: str,
        record: Record,
        accounts: Iterable[Account] = (),
        admin: Account | None = None,
        *,
        patience: float | None = None,
        way: Way | None = None,
    ) -> None:
        self._dialect = dialect_of(release)
        self._door = door_to(record, way)
        self._door.patience = patience
        self._accounts = {account.tenant_name: account for account in accounts}
        self._admin = admin
        self._opened: dict[str, CloudSession] = {}

    def __call__(self, tenant: str) -> CloudSession:
        """The session in a tenant."""
        if tenant not in self._opened:
            self._opened[tenant] = self.open(self._account(tenant))
        return self._opened[tenant]

    def open(self, account: Account) -> CloudSession:
        """A new session of an account."""
        return CloudSession(link_to(account, self._dialect, self._door, verify=account.verify), self._dialect)

    def add(self, account: Account) -> None:
        """From now on, act in the account's tenant with this account."""
        self._accounts[account.tenant_name] = account
        self._opened.pop(account.tenant_name, None)

    def _account(self, tenant: str) -> Account:
        if not tenant:
            if self._admin is None:
                raise OutOfReach("needs administrator credentials")
            return self._admin
        if tenant in self._accounts:
            return self._accounts[tenant]
        if self._admin is not None and self._admin.tenant_name == tenant:
            return self._admin
        raise OutOfReach(f"there is no account in the tenant {tenant}")
