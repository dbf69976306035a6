"""What hosts and services say now, asked before an earlier run is run again. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from harness.accounts import Sessions
from harness.accounts.given import Given, given
from harness.accounts.reaching import way_to
from harness.arch.paths import show
from harness.cli.forgetting import Forgetting
from harness.cli.hosts_gathering import chosen, gather
from harness.clients.session import CloudSession
from harness.clients.values import CatalogueEntry
from harness.errors import CloudError, OutOfReach
from harness.fleet.questions import questions
from harness.fleet.since import TENANT
from harness.hosts.visiting import Visit
from harness.site import Site

_PATIENCE = 10.0
_UNVERSIONED = ("object-store", "ec2", "s3")


def hosts_now(site: Site) -> Mapping[str, Visit]:
    """What all hosts of a site say now; empty where it names none."""
    if not site.hosts:
        return {}
    return gather(site, chosen(site, ()), lambda node: questions(node, site.arch.model)).visits


def cloud_now(site: Site) -> tuple[Given | None, dict[str, Any]]:
    """Who the site's accounts are, and by printed path what catalogue, versions and extensions are now.

    Where the cloud does not answer that is missing: the run itself will tell.
    """
    try:
        known = given(site, Sessions(site.arch.release, Forgetting(), patience=_PATIENCE, way=way_to(site)))
        session = known.session("main")
        entries = session.identity.token.catalogue
    except CloudError:
        return None, {}
    found: dict[str, Any] = {"catalogue": sorted(entry.type for entry in entries)}
    for entry in entries:
        found |= _entry(session, entry, session.account.tenant_id)
    with suppress(CloudError):
        found["compute.extensions"] = sorted(each.alias for each in session.compute.extensions())
    if known.leases:
        with suppress(CloudError, OutOfReach):
            found |= {f"{TENANT}{each.name}": each.id for each in session.identity.list_tenants()}
    return known, found


def _entry(session: CloudSession, entry: CatalogueEntry, tenant: str) -> dict[str, Any]:
    """One service, as the story of the catalogue observes it."""
    place = ("catalogue", entry.type)
    found: dict[str, Any] = {show((*place, "name")): entry.name}
    for interface in ("public", "internal", "admin"):
        url = urlsplit(entry.url(interface))
        told = {
            "scheme": url.scheme,
            "port": url.port or {"http": 80, "https": 443}.get(url.scheme),
            "path": url.path.replace(tenant, "{tenant_id}"),
        }
        found |= {show((*place, interface, name)): value for name, value in told.items()}
    if entry.type not in _UNVERSIONED:
        with suppress(CloudError, IndexError):
            found[show((*place, "version"))] = session.versions(entry.type)[0].id
    return found
