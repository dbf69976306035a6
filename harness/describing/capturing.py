"""Ask a whole cloud what it is: its APIs first, then its hosts where there is a way into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.accounts.given import given
from harness.accounts.reaching import way_to
from harness.accounts.sessions import Sessions
from harness.arch.layout import AREAS
from harness.clients.session import CloudSession
from harness.clients.trail import Record
from harness.describing import accounts, endpoints, ringfiles, rings, sizes, stores
from harness.describing.found import Found
from harness.describing.names import Names
from harness.describing.roles import Roles, by_catalogue, by_hosts, put, settle
from harness.describing.sheet import Sheet, layers
from harness.describing.trees import merged
from harness.hosts.opening import opened
from harness.place import Place

RELEASE = "essex"
_NO_SSH = "no way into the hosts"
_BY_HOSTS = (
    "identity.backend",
    "compute.hypervisor",
    "compute.scheduler",
    "network.manager",
    "volumes.driver",
    "sizes of pools and volume groups",
    "services, packages, configuration",
)


@dataclass(frozen=True)
class Asked:
    """What a capture is made from: the place, a base with the name by which the file extends it."""

    place: Place
    base: str
    extends: str
    mark: dict[str, str]
    name: str


def capture(asked: Asked, record: Record) -> Sheet:
    """The sheet of a cloud. Raises ``CloudError`` where there is no token, ``UsageError`` for a base that is
    none.
    """
    base, _ = layers(asked.base)
    found, names = Found(base), Names(asked.place)
    sessions = Sessions(RELEASE, record, way=way_to(asked.place))
    known = given(asked.place, sessions)
    session, admin = sessions.open(known.accounts.main), known.accounts.admin is not None
    found.put(("name",), asked.name)
    services = endpoints.catalogue(found, session)
    _services(found, session, admin=admin)
    hosts = sizes.hosts(found, session)
    roles = Roles({**(base.get("roles") or {})})
    by_hosts(roles, found, hosts, names)
    with opened(asked.place, record) as nodes:
        held = ringfiles.rings(asked.place, nodes, found)
    disks = rings.by_rings(roles, held, names)
    by_catalogue(roles, found, services, hosts, names)
    settle(roles, found, inside=False)
    put(roles, found)
    endpoints.describe(found, services, roles.answering, names)
    if disks:
        rings.describe(found, roles, held, disks)
    return _sheet(asked, found, roles)


def _services(found: Found, session: CloudSession, *, admin: bool) -> None:
    accounts.identity(found, session, admin=admin)
    sizes.compute(found, session)
    stores.images(found, session)
    stores.network(found, session, admin=admin)
    stores.volumes(found, session)


def _sheet(asked: Asked, found: Found, roles: Roles) -> Sheet:
    """What was found of areas that some node has a role for."""
    for area, role in {**AREAS, "images": "images"}.items():
        if not roles.nodes_with(role):
            found.tree.pop(area, None)
    notes = {
        "Not seen; where the base says something of it, that stands:": [
            f"{', '.join(what)}: {why}" for why, what in found.unseen.items()
        ],
        "Taken for granted:": found.assumed,
        "Seen, and not described:": found.odd,
    }
    tree: dict[str, Any] = merged(found.base, found.tree)
    unseen = tuple(one for what in found.unseen.values() for one in what)
    return Sheet(tree, asked.extends, asked.base, found.levels, asked.mark, unseen, notes)
