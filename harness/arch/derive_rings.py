"""The three rings that follow from nodes, disks and one rule."""

from __future__ import annotations

from harness.arch.draft import Draft
from harness.arch.grammar import Ring
from harness.arch.layout import PROXY, RINGS, STORAGE, Layout, natural

_ALIKE = ("part_power", "replicas", "min_part_hours", "balance", "dispersion")
_DEFAULTS = {"region": 1, "weight": 100.0}


def rings(layout: Layout, draft: Draft) -> None:
    """Every ring with its devices: storage nodes times disks, in zones by rule."""
    draft.put(("objects",), {"rings": {}})
    for name in RINGS:
        _ring(name, getattr(layout.rings, name), layout, draft)


def _ring(name: str, ring: Ring, layout: Layout, draft: Draft) -> None:
    here, above = ("objects", "rings", name), ("objects", "rings")
    draft.put(here, {"devices": {}})
    for part in _ALIKE:
        value = getattr(ring, part)
        value = getattr(layout.rings, part) if value is None else value
        if value is None:
            continue
        draft.put((*here, part), value)
        draft.note((*here, part), draft.sources.first((*here, part), (*above, part)))
    holders = sorted({*layout.nodes_with(PROXY), *layout.nodes_with(STORAGE)}, key=natural)
    draft.put((*here, "holders"), holders, above, f"the nodes with the roles {PROXY} and {STORAGE}")
    for (node, device), zone in layout.zones(ring).items():
        _device(name, f"{node}/{device}", layout, draft, zone)


def _device(ring: str, label: str, layout: Layout, draft: Draft, zone: int) -> None:
    node, device = label.split("/")
    own, common = getattr(layout.rings, ring), layout.rings
    said = (layout.description.nodes[node].devices or {})[device].weight
    weights = [said, own.weight, common.weight if common else None, _DEFAULTS["weight"]]
    regions = [own.region, common.region if common else None, _DEFAULTS["region"]]
    here = ("objects", "rings", ring, "devices", label)
    value = {
        "region": next(each for each in regions if each is not None),
        "zone": zone,
        "port": own.port,
        "weight": next(each for each in weights if each is not None),
    }
    disks = ("nodes", node, "devices")
    draft.put(here, value, disks, f"a disk of a node with the role {STORAGE}")
    above, rule = ("objects", "rings"), "the rings' word for each disk"
    draft.note((*here, "port"), (*above, ring, "port"), rule)
    for part in ("region", "zone", "weight"):
        draft.note((*here, part), draft.sources.first((*above, ring, part), (*above, part)), rule)
    if layout.description.nodes[node].zone:
        draft.note((*here, "zone"), ("nodes", node, "zone"), "the node's own zone")
    if said is not None:
        draft.note((*here, "weight"), (*disks, device, "weight"), "the disk's own weight")
