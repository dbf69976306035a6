"""What follows from a description: the resolved tree, each derived part with its rule and its source."""

from __future__ import annotations

from harness.arch.derive_hosts import hosts
from harness.arch.derive_rings import rings
from harness.arch.draft import Draft
from harness.arch.grammar import Description, Image
from harness.arch.layout import AREAS, OBJECTIVES, Layout
from harness.arch.sources import Sources

NO_OBJECTIVE = 60.0
"""Stands in the model where the cloud has nothing that the objective could be about."""


def resolve(description: Description, sources: Sources) -> Draft:
    """Derive everything that the model wants; an area that no node has a role for is left out."""
    layout, draft = Layout(description), Draft(sources)
    for name in ("name", "release", "description", "region"):
        draft.put((name,), getattr(description, name))
    _nodes(layout, draft)
    hosts(layout, draft)
    for area, role in AREAS.items():
        value = getattr(description, area)
        if value is not None and layout.nodes_with(role) and area not in ("compute", "network", "objects"):
            draft.put((area,), value.model_dump(exclude_none=True))
    _catalogue(layout, draft)
    if description.compute and layout.nodes_with(AREAS["compute"]):
        _compute(layout, draft)
    draft.put(("images",), {})
    for name, image in description.images.items() if layout.nodes_with("images") else ():
        _image(name, image, draft)
    if description.network and layout.nodes_with(AREAS["network"]):
        _network(layout, draft)
    if layout.rings:
        rings(layout, draft)
    draft.put(("objectives",), {})
    for name, value in description.objectives.model_dump().items():
        draft.put(("objectives", name), NO_OBJECTIVE if value is None else value)
        if name in OBJECTIVES and not layout.nodes_with(OBJECTIVES[name]):
            draft.silent.add(("objectives", name))
    _packages(layout, draft)
    draft.put(("config",), {file: dict(keys) for file, keys in description.config.items()})
    return draft


def _nodes(layout: Layout, draft: Draft) -> None:
    draft.put(("nodes",), {})
    for name, node in layout.description.nodes.items():
        here, roles = ("nodes", name), ("nodes", name, "roles")
        draft.put(here, {"roles": sorted(node.roles), "services": {}})
        for role in node.roles:
            row = layout.description.roles.get(role)
            for service in row.services if row else ():
                state = {"state": "running", "enabled": True}
                draft.put((*here, "services", service), state, roles, f"a service of the role {role}")
        draft.put((*here, "ports"), layout.ports(name), roles, "ports of its roles, endpoints and rings")
        if node.devices:
            draft.put((*here, "devices"), sorted(node.devices))
        if node.volume_group:
            group = (*here, "volume_group")
            draft.put(group, {"name": node.volume_group.name, "size_gb": node.volume_group.at_least})
            draft.note((*group, "size_gb"), (*group, "at_least"))


def _catalogue(layout: Layout, draft: Draft) -> None:
    draft.put(("catalogue",), {})
    for kind, service in layout.services.items():
        here = ("catalogue", kind)
        draft.put(here, {"name": service.name, "version": service.version})
        for interface, address in layout.addresses(kind).items():
            path = (*here, interface)
            draft.put(path, vars(address))
            for part in vars(address):
                source = draft.sources.first((*path, part), (*here, part))
                draft.note((*path, part), source)
            if not getattr(service, interface).node:
                node = ("nodes", address.node, "roles")
                draft.note((*path, "node"), node, f"the first node with the role {service.role}")


def _compute(layout: Layout, draft: Draft) -> None:
    compute = layout.description.compute
    assert compute is not None
    draft.put(("compute",), {**compute.model_dump(), "hosts": {}})
    for name, node in layout.description.nodes.items():
        rows = [layout.description.roles[role] for role in node.roles if role in layout.description.roles]
        services = sorted({service for row in rows for service in row.host_services})
        if services:
            rule = "services of its roles that the compute API lists"
            draft.put(("compute", "hosts", name), {"services": services}, ("nodes", name, "roles"), rule)


def _image(name: str, image: Image, draft: Draft) -> None:
    """An image; one of format ami brings its kernel and ramdisk, as cirros and Ubuntu's cloud images do."""
    here = ("images", name)
    usual = image.format if image.format in ("ami", "aki", "ari") else "bare"
    common = {"public": image.public, "protected": image.protected, "status": "active"}
    common |= {"min_ram": image.min_ram, "min_disk": image.min_disk}
    formats = {"disk_format": image.format, "container_format": image.container or usual}
    parts = {"kernel": image.kernel, "ramdisk": image.ramdisk}
    companions = {} if image.format != "ami" or any(parts.values()) else {"kernel": "aki", "ramdisk": "ari"}
    for part, form in companions.items():
        companion = f"{name}-{part}"
        parts[part] = companion
        value = {**common, "min_ram": 0, "min_disk": 0, "disk_format": form, "container_format": form}
        draft.put(("images", companion), value, (*here, "format"), f"the {part} of an ami image")
    draft.put(here, {**common, **formats, **parts, "login": image.login})
    draft.note((*here, "status"), here, "a described image is active")
    draft.note((*here, "disk_format"), (*here, "format"))
    if not image.container:
        draft.note((*here, "container_format"), (*here, "format"), "the usual container of the format")
    for part in companions:
        draft.note((*here, part), (*here, "format"), "an ami image has a kernel and a ramdisk")


def _network(layout: Layout, draft: Draft) -> None:
    network = layout.description.network
    assert network is not None
    value = network.model_dump()
    if network.manager == "VLAN":
        value["bridge"] = f"br{network.vlan}" if network.vlan else None
        draft.note(("network", "bridge"), ("network", "vlan"), "the bridge of a VLAN has its number")
    draft.put(("network",), value)
    bridge = network.bridge if network.manager != "VLAN" else None
    for name in layout.nodes_with("network") if bridge else ():
        draft.put(
            ("nodes", name, "bridges"), [bridge], ("network", "bridge"), "the bridge of the fixed network"
        )


def _packages(layout: Layout, draft: Draft) -> None:
    """Those of the roles that some node has, then those written for the whole cloud, which win."""
    draft.put(("packages",), {})
    for role, row in layout.description.roles.items():
        for pattern, package in row.packages.items() if layout.nodes_with(role) else ():
            draft.put(("packages", pattern), package.model_dump(), ("roles", role, "packages", pattern))
    for pattern, package in layout.description.packages.items():
        draft.put(("packages", pattern), package.model_dump(), ("packages", pattern))
