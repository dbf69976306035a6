"""One account's session: the clients of its dialect, its endpoints, and wire-level requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from harness.clients.errors import ServerFault
from harness.clients.link import Link
from harness.clients.protocols import Compute, Identity, Images, Network, Objects, Volumes
from harness.clients.raw import Answer, Raw, send
from harness.clients.select import Dialect
from harness.clients.values import Token, Version
from harness.credentials import Account

_READ_AS_VERSIONS = (200, 300)


class CloudSession:
    """A cloud as one account sees it; clients are made, and tokens fetched, when first used."""

    def __init__(self, link: Link, dialect: Dialect) -> None:
        self._link = link
        self._dialect = dialect
        self.identity: Identity = dialect.identity(link)
        self.compute: Compute = dialect.compute(link)
        self.images: Images = dialect.images(link)
        self.volumes: Volumes = dialect.volumes(link)
        self.objects: Objects = dialect.objects(link)
        self.network: Network = dialect.network(link)

    @property
    def account(self) -> Account:
        """Who this is: username, tenant_name, tenant_id…;
        the tenant's id is asked for where nobody said it.
        """
        return self._link.known_account()

    def endpoint(self, service: str, interface: str = "public") -> str:
        """The URL of a service in the account's region, as the catalogue has it,
        without a slash at its end.
        """
        return self._link.endpoint(service, interface)

    def raw(self, service: str, *, as_tenant: str = "") -> Raw:
        """Wire-level requests to a service; ``as_tenant`` puts another tenant's id into the URL."""
        return Raw(self._link, service, as_tenant)

    def login(self, *, tenant_name: str | None = None, tenant_id: str | None = None) -> Token:
        """A fresh token of this account, for its own tenant unless another is named; raises ``Refused``."""
        account = self._link.account
        if tenant_name is None and tenant_id is None:
            tenant_name, tenant_id = account.tenant_name or None, account.tenant_id or None
        return self.identity.authenticate(account.username, account.password, tenant_name, tenant_id)

    def versions(self, service: str, interface: str = "public") -> list[Version]:
        """The API versions of a service, from the root document of its endpoint; asked without a token.

        Raises ``ServerFault`` where the root is no such document, ``Unreachable`` where nothing answers.
        """
        answer = send(
            self._link, "GET", root_of(self.endpoint(service, interface)), {"Accept": "application/json"}
        )
        if answer.status not in _READ_AS_VERSIONS:
            raise ServerFault(f"expected a list of versions: {answer.message}", answer.exchange)
        with self._link.reading_answer(answer.exchange):
            return versions_of(answer.json())


def root_of(url: str) -> str:
    """The root above a versioned URL: what stands before ``/v2``, with a slash at its end."""
    parts = urlsplit(url)
    kept = []
    for part in parts.path.split("/"):
        if len(part) > 1 and part[0] == "v" and part[1].isdigit():
            break
        kept.append(part)
    path = "/".join(kept).rstrip("/") + "/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def versions_of(data: Any) -> list[Version]:
    """``{"versions": […]}``, or Keystone's ``{"versions": {"values": […]}}``."""
    rows = data["versions"]
    if isinstance(rows, dict):
        rows = rows["values"]
    return [Version(str(row["id"]), str(row.get("status", ""))) for row in rows]


__all__ = ["Answer", "CloudSession", "Raw", "root_of", "versions_of"]
