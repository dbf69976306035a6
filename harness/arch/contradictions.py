"""What cannot be as it is described: each problem names both places. What is merely unwise is a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.arch.grammar import Description, Ring
from harness.arch.layout import AREAS, INTERFACES, OBJECTIVES, RINGS, STORAGE, Claim, Layout
from harness.arch.paths import Path, show
from harness.arch.sources import Sources
from harness.arch.suggest import did_you_mean
from harness.errors import Problem

MAX_DEVICES = 20_000


@dataclass(frozen=True)
class Doubts:
    """Looks for contradictions in a description that the grammar accepts."""

    description: Description
    sources: Sources

    @property
    def layout(self) -> Layout:
        """Who runs what."""
        return Layout(self.description)

    def problem(self, path: Path, message: str, **more: str) -> Problem:
        """A problem at the place of a path."""
        return Problem(str(self.sources.place(path)), message, show(path), **more)

    def at(self, path: Path) -> str:
        """The other place, for sentences."""
        return str(self.sources.place(path))


def contradictions(description: Description, sources: Sources, *, whole: bool = True) -> Iterator[Problem]:
    """Everything that cannot be built as described.

    ``whole`` is false where nodes or roles had to be left out: then what needs them is not looked at.
    """
    doubts = Doubts(description, sources)
    always = (_roles, _images, _hypervisor)
    of_the_whole = (
        _needs,
        _packages,
        _missing_areas,
        _missing_objectives,
        _endpoints,
        _ports,
        _network,
        _rings,
    )
    for check in (*always, *of_the_whole) if whole else always:
        yield from check(doubts)


def warnings(description: Description, sources: Sources) -> Iterator[Problem]:
    """What can be built but is unwise."""
    doubts = Doubts(description, sources)
    for check in (_shared_nodes, _few_partitions, _no_volume_group):
        yield from check(doubts)


def _roles(doubts: Doubts) -> Iterator[Problem]:
    known = doubts.description.roles
    for name, node in doubts.description.nodes.items():
        for role in node.roles:
            if role not in known:
                path = ("nodes", name, "roles")
                hint = did_you_mean(role, known) if known else "extends: essex/ubuntu-12.04 brings roles"
                yield doubts.problem(path, "unknown role", found=role, hint=hint)
    for role, row in known.items():
        for needed in row.needs:
            if needed not in known:
                path = ("roles", role, "needs")
                yield doubts.problem(path, "unknown role", found=needed, hint=did_you_mean(needed, known))


def _needs(doubts: Doubts) -> Iterator[Problem]:
    layout = doubts.layout
    for role, row in doubts.description.roles.items():
        nodes = layout.nodes_with(role)
        for needed in row.needs:
            if nodes and needed in doubts.description.roles and not layout.nodes_with(needed):
                why = f"the role {role} of {nodes[0]} needs it ({doubts.at(('roles', role, 'needs'))})"
                hint = f"add {needed} to the roles of a node"
                yield doubts.problem(
                    ("nodes", nodes[0], "roles"), f"no node has the role {needed}: {why}", hint=hint
                )


def _packages(doubts: Doubts) -> Iterator[Problem]:
    """Two roles of this cloud that want one package in two versions."""
    said: dict[str, Path] = {}
    for role, row in doubts.description.roles.items():
        for pattern, package in row.packages.items() if doubts.layout.nodes_with(role) else ():
            path = ("roles", role, "packages", pattern, "version")
            other = said.setdefault(pattern, path)
            wanted = doubts.description.roles[other[1]].packages[pattern].version
            if package.version != wanted and pattern not in doubts.description.packages:
                found = f"{package.version}, but {wanted} for the role {other[1]} at {doubts.at(other)}"
                yield doubts.problem(path, "two roles disagree", found=found)


def _missing_areas(doubts: Doubts) -> Iterator[Problem]:
    """An area that a role brings must be described, by a base at least."""
    for area, role in AREAS.items():
        nodes = doubts.layout.nodes_with(role)
        if nodes and getattr(doubts.description, area) is None:
            where = doubts.at(("nodes", nodes[0], "roles"))
            hint = "extend a base that describes it, essex/ubuntu-12.04 for one"
            yield doubts.problem((area,), f"is missing: {nodes[0]} has the role {role} ({where})", hint=hint)


def _missing_objectives(doubts: Doubts) -> Iterator[Problem]:
    for name, value in doubts.description.objectives.model_dump().items():
        role = OBJECTIVES.get(name)
        if value is None and (role is None or doubts.layout.nodes_with(role)):
            yield doubts.problem(("objectives", name), "is missing", expected="a duration: 60 s")


def _endpoints(doubts: Doubts) -> Iterator[Problem]:
    nodes = doubts.description.nodes
    for kind, service in doubts.description.catalogue.items():
        if service.role not in doubts.description.roles:
            hint = did_you_mean(service.role, doubts.description.roles)
            yield doubts.problem(("catalogue", kind, "role"), "unknown role", found=service.role, hint=hint)
        for interface in INTERFACES:
            node = getattr(service, interface).node
            if node and node not in nodes:
                path = ("catalogue", kind, interface, "node")
                found = f"{node}; nodes are described at {doubts.at(('nodes',))}"
                yield doubts.problem(
                    path, "a node that is not described", found=found, hint=did_you_mean(node, nodes)
                )


def _ports(doubts: Doubts) -> Iterator[Problem]:
    """Two services on one port of one node; said once for each pair of services."""
    taken: dict[tuple[str, int], Claim] = {}
    said: set[tuple[str, str]] = set()
    for claim in doubts.layout.claims:
        other = taken.setdefault((claim.node, claim.port), claim)
        pair = (other.by, claim.by)
        if other.by != claim.by and pair not in said:
            said.add(pair)
            message = f"{claim.by} and {other.by} want the same port of {claim.node}"
            found = f"{claim.port} at {_said(doubts, claim.path)} and at {_said(doubts, other.path)}"
            yield doubts.problem(claim.path, message, found=found)


def _said(doubts: Doubts, path: Path) -> str:
    """The place of a port: its own, or that of the service above the interface."""
    return doubts.at(doubts.sources.first(path, (*path[:2], path[-1])))


def _images(doubts: Doubts) -> Iterator[Problem]:
    images = doubts.description.images
    for name, image in images.items():
        if image.container and image.format in ("ami", "aki", "ari") and image.container != image.format:
            path = ("images", name, "container")
            where = doubts.at(("images", name, "format"))
            message = f"the format {image.format} ({where}) has a container of its own"
            yield doubts.problem(path, message, expected=image.format, found=image.container)
        for part, form in (("kernel", "aki"), ("ramdisk", "ari")):
            other, path = getattr(image, part), ("images", name, part)
            if other and other not in images:
                yield doubts.problem(
                    path, "an image that is not described", found=other, hint=did_you_mean(other, images)
                )
            elif other and images[other].format != form:
                found = f"{other} is {images[other].format} at {doubts.at(('images', other, 'format'))}"
                yield doubts.problem(path, f"a {part} has the format {form}", found=found)
            elif image.format == "ami" and not (image.kernel or image.ramdisk) and f"{name}-{part}" in images:
                both = f"{doubts.at(('images', name))} and {doubts.at(('images', f'{name}-{part}'))}"
                message = (
                    f"the image {name} brings one of this name; name its kernel and ramdisk to describe them"
                )
                yield doubts.problem(("images", f"{name}-{part}"), message, found=both)


def _hypervisor(doubts: Doubts) -> Iterator[Problem]:
    compute, config = doubts.description.compute, doubts.description.config
    said = config.get("nova.conf", {}).get("libvirt_type")
    if compute and said and doubts.layout.nodes_with("compute") and said != compute.hypervisor:
        path = ("config", "nova.conf", "libvirt_type")
        found = (
            f"{said}, but the hypervisor is {compute.hypervisor} at {doubts.at(('compute', 'hypervisor'))}"
        )
        yield doubts.problem(path, "contradicts the hypervisor", found=found)


def _network(doubts: Doubts) -> Iterator[Problem]:
    network, layout = doubts.description.network, doubts.layout
    if network and network.multi_host:
        for node in layout.nodes_with("compute"):
            if node not in layout.nodes_with("network"):
                said = doubts.at(("network", "multi_host"))
                message = f"multi_host ({said}) needs the role network on every compute node"
                yield doubts.problem(("nodes", node, "roles"), message, hint="add network to its roles")


def _rings(doubts: Doubts) -> Iterator[Problem]:
    layout, rings = doubts.layout, doubts.layout.rings
    storage = layout.nodes_with(STORAGE)
    for node in storage:
        if not doubts.description.nodes[node].devices:
            where = doubts.at(("nodes", node, "roles"))
            message = f"has the role {STORAGE} ({where}) but no devices"
            yield doubts.problem(("nodes", node), message, hint="add devices: [sdb]")
    zoned = [node for node in storage if doubts.description.nodes[node].zone]
    if zoned and len(zoned) < len(storage):
        other = next(node for node in storage if node not in zoned)
        message = f"a zone is given here but not for {other} ({doubts.at(('nodes', other))})"
        yield doubts.problem(
            ("nodes", zoned[0], "zone"), message, hint="give all storage nodes a zone, or none"
        )
    if sum(1 for _ in layout.devices()) > MAX_DEVICES:
        yield doubts.problem(("nodes",), "too many ring devices", expected=f"at most {MAX_DEVICES:,}")
    elif rings:
        for name in RINGS:
            yield from _ring(doubts, name)
        yield from _zones(doubts)


def _ring(doubts: Doubts, name: str) -> Iterator[Problem]:
    """What each ring needs for itself."""
    layout, above = doubts.layout, ("objects", "rings")
    ring, rings = getattr(layout.rings, name), layout.rings
    for part in ("part_power", "replicas", "min_part_hours", "balance"):
        if getattr(ring, part) is None and getattr(rings, part) is None:
            yield doubts.problem(
                (*above, part), "is missing", expected=f"a value for the {name} ring at least"
            )
    if ring.port is None:
        yield doubts.problem((*above, name, "port"), "is missing", expected="the port of its server")


def _zones(doubts: Doubts) -> Iterator[Problem]:
    """The builder of Swift 1.4.8 raises ``IndexError`` where there are fewer zones than replicas."""
    if doubts.description.release != "essex":
        return
    for path, replicas, names in _replicas(doubts):
        for zones, rule in {
            (len(set(doubts.layout.zones(ring).values())), _zone_rule(doubts, name)) for name, ring in names
        }:
            if 0 < zones < replicas:
                rings = ", ".join(name for name, _ in names)
                message = f"fewer zones than replicas, with which the ring builder of Essex fails ({rings})"
                where = doubts.at(("nodes", doubts.layout.nodes_with(STORAGE)[0]))
                found = f"{replicas} replicas; {zones} zones by {rule} and the storage nodes at {where}"
                hint = "add storage nodes, or write zone: each device"
                yield doubts.problem(path, message, found=found, hint=hint)


def _zone_rule(doubts: Doubts, name: str) -> str:
    above = ("objects", "rings")
    return doubts.at(doubts.sources.first((*above, name, "zone"), (*above, "zone")))


def _replicas(doubts: Doubts) -> list[tuple[Path, int, list[tuple[str, Ring]]]]:
    """Where a number of replicas was written, the number, and the rings that it is for."""
    rings, above = doubts.layout.rings, ("objects", "rings")
    found: dict[Path, tuple[int, list[tuple[str, Ring]]]] = {}
    for name in RINGS if rings else ():
        ring = getattr(rings, name)
        replicas = ring.replicas or (rings.replicas if rings else None) or 0
        path = doubts.sources.first((*above, name, "replicas"), (*above, "replicas"))
        found.setdefault(path, (replicas, []))[1].append((name, ring))
    return [(path, replicas, names) for path, (replicas, names) in found.items()]


def _shared_nodes(doubts: Doubts) -> Iterator[Problem]:
    nodes = doubts.layout.nodes_with(STORAGE)
    for path, replicas, names in _replicas(doubts):
        if len(nodes) < replicas:
            found = (
                f"{replicas} replicas ({', '.join(n for n, _ in names)}), storage nodes: {', '.join(nodes)}"
            )
            where = doubts.at(("nodes", nodes[0]))
            yield doubts.problem(path, f"replicas must share a node ({where})", found=found)


def _few_partitions(doubts: Doubts) -> Iterator[Problem]:
    """Swift's deployment guide asks for about a hundred partitions a disk."""
    rings, above = doubts.layout.rings, ("objects", "rings")
    disks = sum(1 for _ in doubts.layout.devices())
    for _, replicas, names in _replicas(doubts):
        for name, ring in names if disks else ():
            power = ring.part_power or (rings.part_power if rings else None) or 0
            if 2**power * replicas < 100 * disks:
                path = doubts.sources.first((*above, name, "part_power"), (*above, "part_power"))
                found = f"{2**power * replicas // disks} partitions a disk in the {name} ring"
                yield doubts.problem(path, "few partitions", expected="about 100 a disk", found=found)


def _no_volume_group(doubts: Doubts) -> Iterator[Problem]:
    volumes = doubts.description.volumes
    for node in doubts.layout.nodes_with("volume") if volumes and volumes.driver.startswith("lvm") else ():
        if not doubts.description.nodes[node].volume_group:
            message = f"runs {volumes.driver} without a volume group that is described" if volumes else ""
            yield doubts.problem(
                ("nodes", node), message, hint="add volume_group: {name: nova-volumes, at_least: 200 GB}"
            )
