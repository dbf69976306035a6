"""Servers on a host of one's choice, for this story's user.

Only an administrator may choose a host (``zone:host``), and what he makes belongs to the tenant that his
token is for. So the administrator acts inside the tenant of the story, where he is given his role once: a
tenant of our own, or his own. The key stays under his name, for keypairs belong to users.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.clients.errors import Conflict
from harness.clients.session import CloudSession
from harness.clients.values import Server
from harness.cloud.guests import Guests
from harness.credentials import Account
from harness.errors import CloudError, OutOfReach

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

ZONE = "nova"
"""The zone of every compute host where nobody configured others."""
_ROLE = "admin"


class Placing:
    """The administrator inside one user's tenant."""

    def __init__(self, run: RunSession, session: CloudSession, admin: CloudSession) -> None:
        self._run = run
        self._session = session
        self._admin = admin

    def server_on(self, node: str, *, image: str, flavor: str, name: str | None = None) -> Server:
        """Ask for a server on a compute node; it can be entered where the site lets guests be entered.

        Raises ``CloudError`` where nova knows no such host, ``OutOfReach`` where the tenant is not our own.
        """
        entered = self._run.entering.via != "none"
        key = Guests(self._run, self._admin).key if entered else None
        groups = (Guests(self._run, self._session).group,) if entered else ()
        zone = f"{ZONE}:{self.host(node)}"
        return self._inside.compute.create_server(
            name, image=image, flavor=flavor, key=key, groups=groups, zone=zone
        )

    def node_running(self, server: str) -> str:
        """The node that a server (by id) runs on, as described; what nova calls it where nobody did."""
        host = self._admin.compute.server(server).host
        return self._run.site.node_of(host) or host

    def host(self, node: str) -> str:
        """What nova calls a compute node; raises ``CloudError`` where it knows none."""
        names = [host.name for host in self._admin.compute.hosts() if host.service == "compute"]
        for name in dict.fromkeys(names):
            if node in (name, self._run.site.node_of(name)):
                return name
        raise CloudError(
            f"nova knows no compute host {node}; it has {', '.join(names) or 'none'}", component="nova"
        )

    @cached_property
    def _inside(self) -> CloudSession:
        account = self._account()
        return CloudSession(self._run.linked(f"admin in {account.tenant_name}", account), self._run.dialect)

    def _account(self) -> Account:
        """The administrator's account in this tenant."""
        mine, admin = self._session.account, self._admin.account
        if mine.tenant_name == admin.tenant_name:
            return admin
        if mine.tenant_name not in self._run.accounts.own:
            raise OutOfReach(f"no administrator acts in the tenant {mine.tenant_name}, which is not our own")
        self._let_in(mine.tenant_id)
        return replace(admin, tenant_name=mine.tenant_name, tenant_id=mine.tenant_id)

    def _let_in(self, tenant: str) -> None:
        identity = self._admin.identity
        user = identity.token.user.id
        role = next((role.id for role in identity.list_roles() if role.name.lower() == _ROLE), None)
        if role is None:
            raise OutOfReach(f"identity has no role called {_ROLE}")
        if role not in [held.id for held in identity.user_roles(tenant, user)]:
            try:
                identity.grant(tenant, user, role)
            except Conflict:
                return  # another process of this run came first
