"""The accounts that a site names: who they are, and what they cannot do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from harness.accounts.known import Accounts
from harness.accounts.sessions import Sessions
from harness.clients.session import CloudSession
from harness.clients.values import Tenant, Token
from harness.credentials import Account, Credentials
from harness.errors import CloudError
from harness.place import Place

_ADMIN = "admin"


@dataclass(frozen=True)
class Given:
    """``accounts`` as the site names them, the main one's ``token``; ``leases`` where a run does not use them
    but takes accounts of its own.
    """

    accounts: Accounts
    token: Token
    leases: bool
    sessions: Sessions

    def session(self, user: str) -> CloudSession:
        """A session of one of the users."""
        return self.sessions.open(self.accounts.users[user])


def given(site: Place, sessions: Sessions) -> Given:
    """Log in with what the site names; raises ``CloudError`` where its main account cannot, ``UsageError``
    where the credentials cannot be read.
    """
    main, other = account_of(site.credentials()), site.other_credentials()
    token = sessions.open(main).identity.token
    main = with_tenant(main, token.tenant)
    second, lacking = _second(sessions, main, account_of(other) if other else None)
    accounts = Accounts(main=main, other=second, missing=_missing(token, lacking))
    if is_admin(token):
        accounts = replace(accounts, admin=main)
    return Given(accounts, token, is_admin(token) and site.file.accounts != "site", sessions)


def account_of(credentials: Credentials) -> Account:
    """Credentials as an account whose tenant's id is not known yet."""
    return Account(**asdict(credentials))


def with_tenant(account: Account, tenant: Tenant | None) -> Account:
    """The account with the id of its tenant."""
    return replace(account, tenant_id=tenant.id) if tenant else account


def is_admin(token: Token) -> bool:
    """Whether a token has the administrator's role."""
    return any(role.lower() == _ADMIN for role in token.roles)


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
