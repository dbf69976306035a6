"""Keys that change nothing: they mislead whoever reads them, so they are errors.

Only what the user wrote counts; what a base says in vain for this cloud is dropped without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.draft import Draft
from harness.arch.grammar import Description
from harness.arch.layout import AREAS, OBJECTIVES, STORAGE, Layout
from harness.arch.paths import Path, show
from harness.arch.sources import Sources
from harness.errors import Problem


def without_effect(description: Description, sources: Sources) -> Iterator[Problem]:
    """Keys that describe something which the cloud does not have."""
    for path, why in _vain(description, sources):
        place = sources.written(path)
        if place:
            yield Problem(str(place), "has no effect", show(path), found=why)


def levels_without_effect(draft: Draft, paths: Iterator[Path]) -> Iterator[Problem]:
    """Levels under which no clause stands; ``paths`` are those of all clauses."""
    used = {draft.sources.level_path(draft.source(path)) for path in paths}
    for path, (_, place) in draft.sources.levels.items():
        if path not in used and not place.inherited:
            found = "no clause stands under it that has no nearer level"
            yield Problem(str(place), "has no effect", show((*path, "level")), found=found)


def _vain(description: Description, sources: Sources) -> Iterator[tuple[Path, str]]:
    """Paths that could be written in vain, with the reason."""
    layout = Layout(description)
    for area, role in {**AREAS, "images": "images"}.items():
        if not layout.nodes_with(role):
            yield (area,), f"no node has the role {role}"
    for kind, service in description.catalogue.items():
        if service.role in description.roles and kind not in layout.services:
            yield ("catalogue", kind), f"no node has the role {service.role}"
    for name, role in OBJECTIVES.items():
        if not layout.nodes_with(role):
            yield ("objectives", name), f"no node has the role {role}"
    for role in description.roles:
        if not layout.nodes_with(role):
            yield ("roles", role), "no node has the role"
    yield from _vain_on_nodes(description, sources)
    for name, image in description.images.items():
        for part in ("kernel", "ramdisk") if image.format != "ami" else ():
            if getattr(image, part):
                yield ("images", name, part), "only an image of format ami has one"
    yield from _vain_in_network(description, sources)
    yield from _vain_in_rings(layout)


def _vain_on_nodes(description: Description, sources: Sources) -> Iterator[tuple[Path, str]]:
    for name, node in description.nodes.items():
        for part, role in (("devices", STORAGE), ("zone", STORAGE), ("volume_group", "volume")):
            if getattr(node, part) is not None and role not in node.roles:
                where = sources.place(("nodes", name, "roles"))
                yield ("nodes", name, part), f"the node has not the role {role} ({where})"


def _vain_in_network(description: Description, sources: Sources) -> Iterator[tuple[Path, str]]:
    network = description.network
    if network and network.manager == "VLAN":
        yield ("network", "bridge"), "with VLAN a bridge has the number of its VLAN"
    elif network and network.vlan:
        yield (
            ("network", "vlan"),
            f"the manager is {network.manager} ({sources.place(('network', 'manager'))})",
        )


def _vain_in_rings(layout: Layout) -> Iterator[tuple[Path, str]]:
    """What is said of all rings, although each ring says it itself, and zones where the nodes have theirs."""
    rings, above = layout.rings, ("objects", "rings")
    if not rings:
        return
    own = (rings.account, rings.container, rings.object)
    for part in (
        "part_power",
        "replicas",
        "min_part_hours",
        "region",
        "zone",
        "weight",
        "balance",
        "dispersion",
    ):
        if all(getattr(ring, part) is not None for ring in own):
            yield (*above, part), "each ring has its own"
    if all(layout.description.nodes[node].zone for node in layout.nodes_with(STORAGE)):
        yield (*above, "zone"), "each storage node has its own zone"
        for ring in ("account", "container", "object"):
            yield (*above, ring, "zone"), "each storage node has its own zone"
