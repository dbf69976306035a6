"""Ask a whole cloud what it is: its APIs first, then its hosts where there is a way into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.accounts.given import given
from harness.accounts.reaching import way_to
from harness.accounts.sessions import Sessions
from harness.arch import Architecture, load
from harness.arch.layout import AREAS
from harness.clients.session import CloudSession
from harness.clients.trail import Record
from harness.describing import (
    accounts,
    brought,
    differing,
    endpoints,
    machines,
    options,
    ringfiles,
    rings,
    sizes,
    stores,
    visits,
)
from harness.describing.describable import prune
from harness.describing.found import Found
from harness.describing.names import Names
from harness.describing.ranges import collapse
from harness.describing.roles import Roles, by_catalogue, by_hosts, by_services, put, settle
from harness.describing.sheet import Sheet, layers
from harness.describing.trees import merged
from harness.describing.writing import write
from harness.hosts import Node
from harness.hosts.facts import Facts
from harness.hosts.opening import opened
from harness.place import Place

RELEASE = "essex"
MANY = 12
_BY_HOSTS = (
    "compute.hypervisor",
    "compute.scheduler",
    "identity.backend",
    "network.manager",
    "volumes.driver",
    "configuration",
    "dashboards",
    "machines",
    "packages",
    "services",
    "sizes of pools",
    "volume groups",
)
"""What no API tells, in the words of a note."""


@dataclass(frozen=True)
class Asked:
    """What is captured, under which name, upon which base, and with which mark.

    ``extends`` is how the file names its base.
    """

    place: Place
    base: str
    extends: str
    mark: Mapping[str, str]
    name: str


def capture(asked: Asked, record: Record) -> Sheet:
    """The sheet of a cloud. Raises ``CloudError`` where there is no token, ``UsageError`` for a base that is
    none, or where what was found contradicts itself.
    """
    base, _ = layers(asked.base)
    work = _Capture(asked, Found(base), Names(asked.place), Roles({**(base.get("roles") or {})}))
    sessions = Sessions(RELEASE, record, way=way_to(asked.place))
    known = given(asked.place, sessions)
    work.apis(sessions.open(known.accounts.main), admin=known.accounts.admin is not None)
    with opened(asked.place, record) as nodes:
        work.visits(nodes)
    work.nodes()
    work.insides()
    return work.sheet()


@dataclass
class _Capture:
    """One cloud on its way to a sheet, step by step."""

    asked: Asked
    found: Found
    names: Names
    roles: Roles
    services: dict[str, endpoints.Answering] = field(default_factory=dict)
    hosts: dict[str, set[str]] = field(default_factory=dict)
    held: dict[str, ringfiles.Held] = field(default_factory=dict)
    told: dict[str, Facts] = field(default_factory=dict)

    def apis(self, session: CloudSession, *, admin: bool) -> None:
        """What every service says."""
        self.found.put(("name",), self.asked.name)
        self.services = endpoints.catalogue(self.found, session)
        accounts.identity(self.found, session, admin=admin)
        if "image" in self.services:
            stores.images(self.found, session)
        if "volume" in self.services:
            stores.volumes(self.found, session)
        if "compute" in self.services:
            sizes.compute(self.found, session)
            stores.network(self.found, session, admin=admin)
            self.hosts = sizes.hosts(self.found, session, admin=admin)

    def visits(self, nodes: Callable[[str], Node]) -> None:
        """What every host has and tells."""
        self.held = ringfiles.rings(self.asked.place, nodes, self.found)
        self.told = visits.facts(self.asked.place, nodes, self.found)

    def nodes(self) -> None:
        """Who does what: the nodes with their roles, endpoints and disks."""
        running = visits.services(self.told)
        self.names.learn(visits.addresses(self.told))
        by_hosts(self.roles, self.found, self.hosts, self.names)
        disks = rings.by_rings(self.roles, self.held, self.names)
        by_catalogue(self.roles, self.found, self.services, self.hosts, self.names)
        by_services(self.roles, running)
        brought.services(self.roles, self.found, visits.known(self.told), running)
        everywhere = bool(running) and len(running) == len(self.asked.place.hosts)
        settle(self.roles, self.found, inside=everywhere)
        put(self.roles, self.found)
        endpoints.describe(self.found, self.services, self.roles.answering, self.names)
        for address, node in self.names.also.items():
            told = (
                f"{address} is an address of {node}: say so in the site (`also`), or a run will not know it"
            )
            self.found.odd.append(told)
        for address in self.names.strangers if self.asked.place.hosts else ():
            self.found.odd.append(f"{address} is no host of the site: add it there, or to `also` of its node")
        if disks:
            rings.describe(self.found, self.roles, self.held, disks)

    def insides(self) -> None:
        """What only hosts tell: first of the cloud, then, held against that, of themselves."""
        found, roles, told = self.found, self.roles, self.told
        if not told:
            why = "no host told anything" if self.asked.place.hosts else "no way into the hosts"
            for what in _BY_HOSTS:
                found.blind(what, why)
            return
        machines.volume_groups(found, roles, told)
        machines.packages(found, roles, told)
        machines.hardware(found, roles, told)
        machines.areas(found, roles, told, self._so_far().model)
        options.describe(found, told)
        differing.settle(found, roles, self._so_far(), told)
        arch = self._so_far()
        differing.tell(found, arch, told)
        differing.unseen(found, arch, told)

    def _so_far(self) -> Architecture:
        """The architecture that the description comes to, as far as it has come."""
        with TemporaryDirectory(prefix="deployday-") as folder:
            file = Path(folder) / f"{self.asked.name}.yaml"
            file.write_text(write(replace(self.sheet(), extends=self.asked.base)), encoding="utf-8")
            return load(file)

    def sheet(self) -> Sheet:
        """What was found of areas that some node has a role for, and what is to be said beside it."""
        found, asked = self.found, self.asked
        for area, role in {**AREAS, "images": "images"}.items():
            if not self.roles.nodes_with(role):
                found.tree.pop(area, None)
        prune(found)
        unseen = tuple(one for what in found.unseen.values() for one in what)
        whole = merged(found.base, found.tree)
        return Sheet(whole, asked.extends, asked.base, found.levels, asked.mark, unseen, _notes(found))


def _notes(found: Found) -> dict[str, list[str]]:
    return {
        "Not seen; where the base says something of it, that stands:": [
            f"{', '.join(collapse(what))}: {why}" for why, what in [*found.unseen.items()][:MANY]
        ],
        "Taken for granted:": _few(found.assumed),
        "Seen, and not described:": _few(found.odd),
    }


def _few(sentences: Sequence[str]) -> list[str]:
    """As many as somebody reads."""
    told = list(dict.fromkeys(sentences))
    return told if len(told) <= MANY else [*told[: MANY - 1], f"and {len(told) - MANY + 1} more"]
