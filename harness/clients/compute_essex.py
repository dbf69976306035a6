"""Compute as Nova 2012.1 speaks: python-novaclient where it still can,
plain requests for what it has dropped.

No type of novaclient leaves these files: its resources are turned into plain data at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from harness.clients.compute_essex_actions import ActionsEssex
from harness.clients.compute_essex_administration import AdministrationEssex
from harness.clients.compute_essex_answers import (
    compute_image_of,
    flavor_of,
    keypair_of,
    limits_of,
    quotas_of,
    server_of,
    usage_of,
)
from harness.clients.compute_essex_speech import part
from harness.clients.errors import Invalid
from harness.clients.identity_v2_answers import extension_of
from harness.clients.values import (
    Extension,
    Flavor,
    Image,
    Keypair,
    Limits,
    QuotaSet,
    Server,
    Usage,
)

QUIRKS = frozenset(
    {
        "accepts_bad_access_address",
        "accepts_minimum_over_maximum",
        "accepts_unknown_zone",
        "foreign_tenant_url_is_400",
        "locked_reboot_sticks",
        "migrates_to_no_named_host",
        "no_fault_without_valid_host",
        "no_keypair_by_name",
        "no_services_extension",
        "quotas_of_unknown_tenant",
        "start_may_change_address",
        "stopped_not_shutoff",
        "unknown_network_is_admin_required",
        "versions_need_token",
    }
)
PAGE = 500
"""Servers asked for at once; nova itself gives no more than 1000 and then says nothing of the rest."""
_RESTARTS = 3


class ComputeEssex(ActionsEssex, AdministrationEssex):
    """The ``Compute`` protocol over nova 2012.1."""

    quirks = QUIRKS

    def flavors(self) -> list[Flavor]:
        """Every flavor."""
        return self._call(lambda nova: [flavor_of(row.to_dict()) for row in nova.flavors.list()])

    def flavor(self, flavor_id: str) -> Flavor:
        """One flavor."""
        return self._call(lambda nova: flavor_of(nova.flavors.get(part(flavor_id)).to_dict()))

    def extensions(self) -> list[Extension]:
        """Every extension of the API."""
        return self._get("/extensions", lambda data: [*map(extension_of, data["extensions"])])

    def limits(self) -> Limits:
        """The caller's limits."""
        return self._call(lambda nova: limits_of(nova.limits.get().to_dict()))

    def quotas(self, tenant_id: str | None = None) -> QuotaSet:
        """The quotas of a tenant."""
        tenant = tenant_id or self._tenant()
        return self._call(lambda nova: quotas_of(tenant, nova.quotas.get(part(tenant)).to_dict()))

    def default_quotas(self) -> QuotaSet:
        """The quotas that a tenant has when nobody set any."""
        tenant = self._tenant()
        return self._call(lambda nova: quotas_of(tenant, nova.quotas.defaults(part(tenant)).to_dict()))

    def usage(self, tenant_id: str | None = None) -> Usage:
        """What a tenant used in the last day; the end lies ahead, so that no clock needs to agree."""
        tenant, now = tenant_id or self._tenant(), datetime.now(UTC)
        period = {"start": _moment(now - timedelta(days=1)), "end": _moment(now + timedelta(days=1))}
        path = f"/os-simple-tenant-usage/{part(tenant)}?{urlencode(period)}"
        return self._get(path, lambda data: usage_of(tenant, data["tenant_usage"]))

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
        self._call(lambda nova: nova.keypairs.delete(part(name)))

    def create_server(
        self,
        name: str | None = None,
        *,
        image: str,
        flavor: str,
        key: str | None = None,
        groups: Sequence[str] = (),
        metadata: Mapping[str, str] | None = None,
        user_data: bytes | None = None,
        files: Mapping[str, bytes] | None = None,
        zone: str | None = None,
        networks: Sequence[str] = (),
        config_drive: bool = False,
        block_devices: Mapping[str, str] | None = None,
        password: str | None = None,
        count: int = 1,
    ) -> Server:
        """Ask for a server; several of one name are found by it, not by the id of the first."""
        fresh = name if name is not None else self._link.keeper.name("server")
        wanted: dict[str, Any] = {
            "key_name": key, "security_groups": [*groups], "meta": dict(metadata or {}),
            "userdata": user_data, "files": dict(files or {}), "availability_zone": zone,
            "config_drive": config_drive or None,
            "nics": [{"net-id": network} for network in networks] or None, "admin_pass": password,
            "block_device_mapping": dict(block_devices or {}), "min_count": count, "max_count": count,
        }  # fmt: skip
        with self._link.keeper.creating("server", fresh) as entry:
            server = self._call(
                lambda nova: server_of(nova.servers.create(fresh, image, flavor, **wanted).to_dict())
            )
            if count == 1:
                entry.made(server.id)
        if count > 1:
            self._note_all(fresh)
        return server

    def _note_all(self, name: str) -> None:
        """Know each of several by its id as well: a story may rename it."""
        for server in self.servers(detail=False, name=name):
            with self._link.keeper.creating("server", name) as entry:
                entry.made(server.id)

    def servers(
        self,
        detail: bool = True,
        all_tenants: bool = False,
        *,
        name: str | None = None,
        status: str | None = None,
        flavor: str | None = None,
        image: str | None = None,
        host: str | None = None,
        changes_since: str | None = None,
        page: int | None = None,
    ) -> list[Server]:
        """The tenant's servers, or every tenant's.

        A marker that was deleted between two pages is refused (400): then the listing begins anew.
        """
        given = {
            "all_tenants": "1" if all_tenants else None, "name": name, "status": status, "flavor": flavor,
            "image": image, "host": host, "changes-since": changes_since, "limit": str(page or PAGE),
        }  # fmt: skip
        query = {key: value for key, value in given.items() if value is not None}
        for _ in range(_RESTARTS):
            try:
                return self._pages("/servers/detail" if detail else "/servers", query, page or PAGE)
            except _MarkerLost:
                continue
        return self._pages("/servers/detail" if detail else "/servers", query, page or PAGE)

    def _pages(self, path: str, query: Mapping[str, str], size: int) -> list[Server]:
        found: dict[str, Server] = {}
        marker: dict[str, str] = {}
        while True:
            url = f"{path}?{urlencode({**query, **marker})}"
            try:
                rows = self._get(url, lambda data: [*map(server_of, data["servers"])])
            except Invalid as refused:
                if marker and "marker" in refused.message:
                    raise _MarkerLost(refused.message, refused.exchange) from refused
                raise
            fresh = {row.id: row for row in rows if row.id not in found}
            found |= fresh
            if len(rows) < size or not fresh:
                return [*found.values()]
            marker = {"marker": rows[-1].id}

    def server(self, server_id: str) -> Server:
        """One server."""
        return self._call(lambda nova: server_of(nova.servers.get(part(server_id)).to_dict()))

    def delete_server(self, server_id: str) -> None:
        """Ask for the end of a server."""
        self._call(lambda nova: nova.servers.delete(part(server_id)))


class _MarkerLost(Invalid):
    """The last server of a page went away before the next page was asked for."""


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
