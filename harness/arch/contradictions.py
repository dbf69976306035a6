"""What cannot be as it is described: each problem names both places. What is merely unwise is a warning."""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.contradictions_rings import few_partitions, rings, shared_nodes
from harness.arch.derive_hosts import shapes, words
from harness.arch.doubts import Doubts
from harness.arch.grammar import Description
from harness.arch.layout import AREAS, INTERFACES, OBJECTIVES, Claim
from harness.arch.paths import Path
from harness.arch.sources import Sources
from harness.arch.suggest import did_you_mean
from harness.errors import Problem


def contradictions(description: Description, sources: Sources, *, whole: bool = True) -> Iterator[Problem]:
    """Everything that cannot be built as described.

    ``whole`` is false where nodes or roles had to be left out: then what needs them is not looked at.
    """
    doubts = Doubts(description, sources)
    always = (_roles, _images, _hypervisor)
    of_the_whole = (
        _needs,
        _packages,
        _host_shapes,
        _missing_areas,
        _missing_objectives,
        _endpoints,
        _ports,
        _network,
        rings,
    )
    for check in (*always, *of_the_whole) if whole else always:
        yield from check(doubts)


def warnings(description: Description, sources: Sources) -> Iterator[Problem]:
    """What can be built but is unwise."""
    doubts = Doubts(description, sources)
    for check in (shared_nodes, few_partitions, _no_volume_group):
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


def _host_shapes(doubts: Doubts) -> Iterator[Problem]:
    """Two roles of one node that want two things of its host; said once for each such pair of lines."""
    said: set[tuple[Path, Path]] = set()
    for name in doubts.description.nodes:
        wanted: dict[Path, tuple[Path, object]] = {}
        for source, shape in shapes(doubts.layout, name):
            if source[0] != "roles":
                continue
            for path, value in words(shape):
                other, before = wanted.setdefault(path, (source, value))
                pair = ((*other, *path), (*source, *path))
                if (
                    before != value
                    and doubts.sources.entry(("nodes", name, *path)) is None
                    and pair not in said
                ):
                    said.add(pair)
                    found = f"{value}, but {before} for the role {other[1]} at {doubts.at(pair[0])}"
                    yield doubts.problem(pair[1], f"two roles of {name} disagree", found=found)


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


def _no_volume_group(doubts: Doubts) -> Iterator[Problem]:
    volumes = doubts.description.volumes
    for node in doubts.layout.nodes_with("volume") if volumes and volumes.driver.startswith("lvm") else ():
        unseen = doubts.sources.place(("nodes", node)).captured
        if not doubts.description.nodes[node].volume_group and not unseen:
            message = f"runs {volumes.driver} without a volume group that is described" if volumes else ""
            yield doubts.problem(
                ("nodes", node), message, hint="add volume_group: {name: nova-volumes, at_least: 200 GB}"
            )
