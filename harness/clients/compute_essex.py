"""Compute as Nova 2012.1 speaks: python-novaclient where it still can,
plain requests for what it has dropped.

No type of novaclient leaves this file: its resources are turned into plain data at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from novaclient import client as novaclient

from harness.clients.compute_essex_answers import (
    compute_image_of,
    flavor_of,
    keypair_of,
    limits_of,
    quotas_of,
    server_of,
)
from harness.clients.identity_v2_answers import extension_of
from harness.clients.link import Link
from harness.clients.values import (
    ComputeHost,
    Extension,
    Flavor,
    Image,
    Keypair,
    Limits,
    QuotaSet,
    Server,
)
from harness.clients.words import in_words

QUIRKS = frozenset(
    {
        "accepts_unknown_zone",
        "no_fault_without_valid_host",
        "foreign_tenant_url_is_400",
        "no_keypair_by_name",
        "no_services_extension",
        "quotas_of_unknown_tenant",
        "stopped_not_shutoff",
        "versions_need_token",
    }
)
T = TypeVar("T")


class ComputeEssex:
    """The ``Compute`` protocol over nova 2012.1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link
        self._made: Any = None

    def flavors(self) -> list[Flavor]:
        """Every flavor."""
        return self._call(lambda nova: [flavor_of(row.to_dict()) for row in nova.flavors.list()])

    def flavor(self, flavor_id: str) -> Flavor:
        """One flavor."""
        return self._call(lambda nova: flavor_of(nova.flavors.get(_part(flavor_id)).to_dict()))

    def extensions(self) -> list[Extension]:
        """Every extension of the API."""
        return self._get("/extensions", lambda data: [*map(extension_of, data["extensions"])])

    def limits(self) -> Limits:
        """The caller's limits."""
        return self._call(lambda nova: limits_of(nova.limits.get().to_dict()))

    def quotas(self, tenant_id: str | None = None) -> QuotaSet:
        """The quotas of a tenant."""
        tenant = tenant_id or self._tenant()
        return self._call(lambda nova: quotas_of(tenant, nova.quotas.get(_part(tenant)).to_dict()))

    def default_quotas(self) -> QuotaSet:
        """The quotas that a tenant has when nobody set any."""
        tenant = self._tenant()
        return self._call(lambda nova: quotas_of(tenant, nova.quotas.defaults(_part(tenant)).to_dict()))

    def hosts(self) -> list[ComputeHost]:
        """Hosts and their services."""
        return self._get(
            "/os-hosts",
            lambda data: [ComputeHost(str(row["host_name"]), str(row["service"])) for row in data["hosts"]],
        )

    def images(self) -> list[Image]:
        """The images that compute shows to this tenant."""
        return self._get("/images/detail", lambda data: [*map(compute_image_of, data["images"])])

    def keypairs(self) -> list[Keypair]:
        """The user's keypairs."""
        return self._call(lambda nova: [keypair_of(row.to_dict()) for row in nova.keypairs.list()])

    def create_keypair(self, name: str | None = None, public_key: str | None = None) -> Keypair:
        """Make a keypair, or bring in a public key."""
        fresh = name or self._link.keeper.name("keypair")
        with self._link.keeper.creating("keypair", fresh) as entry:
            pair = self._call(lambda nova: keypair_of(nova.keypairs.create(fresh, public_key).to_dict()))
            entry.made(pair.name)
        return pair

    def delete_keypair(self, name: str) -> None:
        """Remove a keypair."""
        self._call(lambda nova: nova.keypairs.delete(_part(name)))

    def create_server(
        self, name: str | None = None, *, image: str, flavor: str, key: str | None = None
    ) -> Server:
        """Ask for a server."""
        fresh = name or self._link.keeper.name("server")
        with self._link.keeper.creating("server", fresh) as entry:
            server = self._call(
                lambda nova: server_of(nova.servers.create(fresh, image, flavor, key_name=key).to_dict())
            )
            entry.made(server.id)
        return server

    def servers(self, detail: bool = True, all_tenants: bool = False) -> list[Server]:
        """The tenant's servers, or every tenant's."""
        options = {"all_tenants": 1} if all_tenants else None
        return self._call(
            lambda nova: [
                server_of(row.to_dict()) for row in nova.servers.list(detailed=detail, search_opts=options)
            ]
        )

    def server(self, server_id: str) -> Server:
        """One server."""
        return self._call(lambda nova: server_of(nova.servers.get(_part(server_id)).to_dict()))

    def delete_server(self, server_id: str) -> None:
        """Ask for the end of a server."""
        self._call(lambda nova: nova.servers.delete(_part(server_id)))

    def console(self, server_id: str, lines: int | None = None) -> str:
        """What the server printed on its console."""
        return self._call(lambda nova: _text(nova.servers.get_console_output(_part(server_id), length=lines)))

    def _tenant(self) -> str:
        tenant = self._link.token.tenant
        return tenant.id if tenant else self._link.account.tenant_id

    def _call(self, function: Callable[[Any], T]) -> T:
        nova = self._nova()
        with in_words(self._link.door):
            return function(nova)

    def _get(self, path: str, reader: Callable[[Any], T]) -> T:
        return self._link.read("GET", self._link.endpoint("compute") + path, reader)

    def _nova(self) -> Any:
        """Novaclient with the catalogue's URL given, so that it discovers nothing:
        Essex has no root document.
        """
        url = self._link.endpoint("compute")
        if self._made is None:
            self._made = novaclient.Client("2", session=self._link.session, endpoint_override=url)
        return self._made


def _part(text: str) -> str:
    return quote(text, safe="")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value
