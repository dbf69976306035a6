"""The rings of a cloud as one truth: what its nodes hold, compared, audited, held against what was meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property

from harness.clients.trail import Trail
from harness.cloud.drawing import write_picture
from harness.cloud.nodes import Nodes
from harness.cloud.ringfiles import CONF, RingFiles, Visits, visits
from harness.errors import CloudError, OutOfReach
from harness.hosts import NO_FILE, DatedFile, HostError
from harness.rings import (
    Agreement,
    Audit,
    Builder,
    Described,
    DescribedDevice,
    Finding,
    HashSettings,
    Outlier,
    Ring,
    RingError,
    against_builder,
    against_description,
    agreed,
    audit,
    compare,
    odd_ones,
    read_builder,
    read_ring,
)
from harness.site import Site

_SWIFT = "swift"
_OTHER_HASH = "hash prefix or suffix differ from those of the other nodes"
_UNNAMED = "the site does not say where it is"


class CloudRings:
    """The rings of all nodes, fetched in one visit to each and judged once in a process.

    What is asked is cited: the row of the file that shows it stands in the story's evidence.
    """

    def __init__(self, site: Site, nodes: Nodes, trail: Trail) -> None:
        self._site, self._trail = site, trail
        place = site.file.rings
        self._visits: Visits = visits(nodes, self.names, place.path, place.builders)
        self._audited = cache(self._audit)
        self._read = cache(read_ring)
        self._read_builder = cache(read_builder)

    @property
    def names(self) -> tuple[str, ...]:
        """The described rings."""
        objects = self._site.arch.model.objects
        return tuple(objects.rings) if objects else ()

    # one node

    def file(self, node: str, ring: str) -> bytes:
        """A node's file of a ring; raises ``FileMissing`` or another ``HostError``."""
        return self._file(node, ring).content

    def on(self, node: str, ring: str) -> Ring:
        """A node's ring; raises ``HostError`` where its file is missing or cannot be read."""
        file = self._file(node, ring)
        try:
            return self._read(file.content)
        except RingError as error:
            path = f"{self._visits.folder}/{ring}.ring.gz"
            raise HostError(f"{node}: {path}: {error}", component=_SWIFT, cites=(file.row,)) from None

    def _file(self, node: str, ring: str) -> DatedFile:
        files = self._visits.of(node)
        if files.silent:
            raise files.silent
        if ring not in files.rings:
            raise files.failed[ring]
        self._cite(files.rings[ring])
        return files.rings[ring]

    # all nodes

    @cached_property
    def files(self) -> RingFiles:
        """The files of all nodes that the site gives an address for."""
        return self._visits.all()

    @cached_property
    def agreements(self) -> Mapping[str, Agreement]:
        """Each ring's majority and outliers."""
        copies = {name: self.files.copies(name, self._holders(name)) for name in self.names}
        first = {name: compare(found) for name, found in copies.items()}
        rings = {name: found.majority for name, found in first.items() if found.majority is not None}
        if len(rings) < 2 or all(found.agreed for found in first.values()):
            return first
        return {
            name: compare(found, {other: ring for other, ring in rings.items() if other != name})
            for name, found in copies.items()
        }

    def agreement(self, name: str) -> Agreement:
        """What the copies of a ring say together; raises ``OutOfReach`` where none can be read."""
        found = self.agreements[name]
        if found.majority is None:
            raise OutOfReach(f"no node has a readable {name} ring")
        for holder in (found.holders[0], *(outlier.holder for outlier in found.outliers)):
            if name in self.files.nodes[holder].rings:
                self._cite(self.files.nodes[holder].rings[name])
        return found

    def unjudged(self, name: str) -> dict[str, str]:
        """The described holders of a ring whose copy nobody can compare → why."""
        outliers = self.agreements[name].outliers
        torn = {one.holder: one.told for one in outliers if one.reason in ("missing", "unreadable")}
        wanted = self._holders(name)
        found = torn | self.files.silent
        found |= {node: _UNNAMED for node in wanted if node not in self.files.nodes}
        return {node: found[node] for node in wanted if node in found}

    def strays(self, name: str) -> tuple[Outlier, ...]:
        """The nodes whose copy is not the majority's; those that ``unjudged`` names are not among them."""
        unjudged = self.unjudged(name)
        return tuple(one for one in self.agreements[name].outliers if one.holder not in unjudged)

    def ring(self, name: str) -> Ring:
        """The ring that most nodes have; raises ``OutOfReach`` where none can be read."""
        found = self.agreement(name)
        assert found.majority is not None
        self._cite(self.files.nodes[found.holders[0]].rings[name])
        return found.majority

    def audit(self, name: str) -> Audit:
        """The audit of the ring that most nodes have, with the overload of its builder where one is kept."""
        self.ring(name)
        return self._audited(name)

    def draw(self, name: str) -> None:
        """Put the picture of the ring that most nodes have into the record; raises as ``audit`` does."""
        found, others = self.audit(name), {one.holder: one.told for one in self.strays(name)}
        holders = self.agreements[name].holders
        write_picture(self._trail, name, found, holders=holders, others=others, unread=self.unjudged(name))

    def _audit(self, name: str) -> Audit:
        try:
            overload: float | None = self.builder(name).overload
        except (OutOfReach, CloudError):
            overload = None
        return audit(self.ring(name), overload=overload)

    def doubtful(self, name: str) -> list[Finding]:
        """The audit's warnings; a server that is described in several zones is as it was meant to be."""
        ring, zones = self.ring(name), defaultdict[str | None, set[tuple[int, int]]](set)
        for device in self.described(name).devices:
            zones[device.ip].add((device.region, device.zone))
        meant = {address for address, found in zones.items() if len(found) > 1}
        return [
            finding
            for finding in self.audit(name).warnings
            if finding.kind != "server-in-zones" or {ring.by_id[n].ip for n in finding.devices} - meant
        ]

    # builders, the description, hash settings

    def builder(self, name: str) -> Builder:
        """The builder of a ring, from the first node that keeps one.

        Raises ``OutOfReach`` where nobody does, ``HostError`` where it cannot be read.
        """
        for node, files in self.files.nodes.items():
            if (file := files.builders.get(name)) is not None:
                self._cite(file)
                try:
                    return self._read_builder(file.content)
                except RingError as error:
                    path = f"{self._visits.builders}/{name}.builder"
                    raise HostError(f"{node}: {path}: {error}", component=_SWIFT, cites=(file.row,)) from None
        raise OutOfReach(f"no node keeps {self._visits.builders}/{name}.builder")

    def against_builder(self, name: str) -> list[Finding]:
        """What the builder says otherwise than the ring of the majority; raises as ``builder`` does."""
        ring = self.ring(name)
        return against_builder(ring, self.builder(name))

    def described(self, name: str) -> Described:
        """A ring as it was meant to be; addresses as the site gives them. The devices of a node that is not
        there yet are meant to be in it where they are.
        """
        arch = self._site.arch
        objects = (arch.whole or arch).model.objects
        assert objects is not None
        ring = objects.rings[name]
        there = {(device.ip, device.name) for device in self.ring(name).devices} if arch.absent else set()
        devices = []
        for label, device in ring.devices.items():
            node, _, disk = label.partition("/")
            host = self._site.hosts.get(node)
            if node in arch.absent and (host is None or (host.address, disk) not in there):
                continue
            place = (device.region, device.zone, device.port, device.weight)
            devices.append(DescribedDevice(disk, host.address if host else None, *place, label))
        return Described(ring.part_power, ring.replicas, tuple(devices), ring.min_part_hours)

    def against_description(self, name: str) -> list[Finding]:
        """What is otherwise than described, in the words of an audit."""
        try:
            builder = self.builder(name)
        except (OutOfReach, CloudError):
            builder = None
        return against_description(self.ring(name), self.described(name), builder)

    @property
    def odd_settings(self) -> dict[str, str]:
        """The nodes with rings whose hash prefix and suffix are not those of most, or are not there → why."""
        good, bad = self.files.settings()
        differing = dict.fromkeys(
            odd_ones(good), "hash prefix or suffix differ from those of the other nodes"
        )
        self._cite(*(self.files.nodes[node].conf for node in (*good, *bad)))
        return differing | bad | {node: why for node, why in self._confless().items() if why == NO_FILE}

    @property
    def unseen_settings(self) -> dict[str, str]:
        """The nodes with rings whose ``swift.conf`` this user cannot have → why."""
        return {node: why for node, why in self._confless().items() if why != NO_FILE}

    def _confless(self) -> dict[str, str]:
        nodes = self.files.nodes.items()
        return {name: files.why(CONF) for name, files in nodes if files.conf is None and files.rings}

    def settings(self) -> HashSettings:
        """The hash prefix and suffix that most nodes have; raises ``OutOfReach`` where none can be read."""
        good, bad = self.files.settings()
        if not good:
            lacking = [*(bad | self.unseen_settings | self.files.silent).items()]
            told = "; ".join(f"{node}: {why}" for node, why in lacking[:2])
            raise OutOfReach(f"no {CONF} can be read{f': {told}' if told else ''}")
        marks = {node: one.mark for node, one in good.items()}
        common, _ = agreed(marks)
        node = next(node for node, mark in marks.items() if mark == common)
        self._cite(self.files.nodes[node].conf)
        return good[node]

    def _holders(self, name: str) -> tuple[str, ...]:
        objects = self._site.arch.model.objects
        return tuple(objects.rings[name].holders) if objects else ()

    def _cite(self, *files: DatedFile | None) -> None:
        for file in files:
            if file is not None:
                self._trail.touch(file.row, _SWIFT)
