"""The catalogue, captured: which node answers for each service, and what differs on an interface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.arch.layout import INTERFACES
from harness.clients.session import CloudSession
from harness.clients.values import CatalogueEntry
from harness.describing.found import Found
from harness.describing.names import Names
from harness.errors import CloudError, OutOfReach

_WITHOUT_VERSIONS = ("object-store", "ec2", "s3")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """Where an interface points to; ``host`` as the catalogue has it."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answering:
    """One service of the catalogue: its name, its addresses by interface, the version that it speaks."""

    name: str
    at: Mapping[str, Address]
    version: str | None = None


def catalogue(found: Found, session: CloudSession) -> dict[str, Answering]:
    """The services of the account's region by type. Raises ``CloudError`` where there is no token."""
    entries = session.identity.token.catalogue
    region = session.account.region or (entries[0].region if entries else "")
    if region:
        found.put(("region",), region)
    elsewhere = sorted({each.region for each in entries} - {region})
    if elsewhere:
        found.odd.append(f"endpoints of other regions are not described: {', '.join(elsewhere)}")
    mine = {each.type: each for each in reversed(entries) if each.region == region}
    return {
        kind: Answering(mine[kind].name, _addresses(mine[kind], session), _version(found, session, kind))
        for kind in dict.fromkeys(each.type for each in entries if each.region == region)
    }


def _addresses(entry: CatalogueEntry, session: CloudSession) -> dict[str, Address]:
    found = {}
    for interface in INTERFACES:
        url = urlsplit(entry.url(interface) or entry.public)
        path = url.path.replace(session.account.tenant_id, "{tenant_id}")
        port = url.port or _PORTS.get(url.scheme, 80)
        found[interface] = Address(url.scheme, url.hostname or "", port, path)
    return found


def _version(found: Found, session: CloudSession, kind: str) -> str | None:
    if kind in _WITHOUT_VERSIONS:
        return None
    try:
        told = session.versions(kind)
    except (CloudError, OutOfReach):
        if found.based(("catalogue", kind, "version")):
            found.blind(f"catalogue.{kind}.version", "its root tells no versions")
        return None
    return told[0].id if told else None


def describe(found: Found, services: Mapping[str, Answering], roles: Mapping[str, str], names: Names) -> None:
    """Say each service; ``roles`` maps its type to the role that answers it."""
    nodes = found.tree["nodes"]
    held = {role for node in nodes.values() for role in node["roles"]}
    for kind in found.base.get("catalogue") or {}:
        if kind not in services and found.based(("catalogue", kind, "role")) in held:
            found.put(("catalogue", kind), None)
    for kind, service in services.items():
        here, role = ("catalogue", kind), roles[kind]
        found.put((*here, "name"), service.name)
        found.put((*here, "role"), role)
        if service.version:
            found.put((*here, "version"), service.version)
        for part in ("scheme", "port", "path"):
            _part(found, kind, part, {each: getattr(at, part) for each, at in service.at.items()})
        first = next((node for node in nodes if role in nodes[node]["roles"]), "")
        for interface, at in service.at.items():
            if names.at(at.host) != first:
                found.put((*here, interface, "node"), names.at(at.host))


def _part(found: Found, kind: str, part: str, seen: Mapping[str, Any]) -> None:
    """What most interfaces have is the service's own; the others differ."""
    here = ("catalogue", kind)
    based = {each: found.based((*here, each, part)) for each in INTERFACES}
    free = [seen[each] for each in INTERFACES if based[each] is None] or list(seen.values())
    usual = Counter(free).most_common(1)[0][0]
    if (part, usual) != ("scheme", "http") or found.based((*here, part)) is not None:
        found.put((*here, part), usual)
    for interface in INTERFACES:
        effective = usual if based[interface] is None else based[interface]
        if str(effective) != str(seen[interface]):
            found.put((*here, interface, part), seen[interface])
