"""Which Swift server runs on which node, address and port, read off the description."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.lab.layout import Layout
from harness.lab.ringbuild import RINGS

PROXY = "proxy"


@dataclass(frozen=True)
class SwiftServer:
    """One process: ``storage-1/object-6000`` or ``controller/proxy-8080``."""

    node: str
    kind: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """Unique within the lab."""
        return f"{self.node}/{self.kind}-{self.port}"

    @property
    def conf_name(self) -> str:
        """The configuration file's name in the node's ``/etc/swift``."""
        return f"{self.kind}-server-{self.port}.conf" if self.kind != PROXY else "proxy-server.conf"


def servers(model: Any, layout: Layout) -> tuple[SwiftServer, ...]:
    """Every Swift server that the description asks for, proxies first."""
    return (*_proxies(model, layout), *_storage(model, layout))


def holders(model: Any) -> tuple[str, ...]:
    """The nodes that keep ring files: all object proxies and storage nodes."""
    roles = {"object-proxy", "object-storage"}
    return tuple(name for name, node in model.nodes.items() if roles & set(node.roles))


def proxy_nodes(model: Any) -> tuple[str, ...]:
    """The nodes with an object proxy; they keep the builder files too."""
    return tuple(name for name, node in model.nodes.items() if "object-proxy" in node.roles)


def storage_nodes(model: Any) -> tuple[str, ...]:
    """The nodes with storage servers."""
    return tuple(name for name, node in model.nodes.items() if "object-storage" in node.roles)


def _proxies(model: Any, layout: Layout) -> list[SwiftServer]:
    entry = model.catalogue.get("object-store")
    if entry is None:
        return []
    ends = {(end.node, end.port) for end in (entry.public, entry.internal, entry.admin)}
    ends |= {(node, entry.public.port) for node in proxy_nodes(model)}
    return [SwiftServer(node, PROXY, *layout.socket_of(node, port)) for node, port in sorted(ends)]


def _storage(model: Any, layout: Layout) -> list[SwiftServer]:
    found = []
    for kind in RINGS:
        ring = model.objects.rings.get(kind) if model.objects else None
        keys = ring.devices.items() if ring else ()
        places = sorted({(key.split("/", 1)[0], device.port) for key, device in keys})
        found += [SwiftServer(node, kind, *layout.socket_of(node, port)) for node, port in places]
    return found


_OPERATORS = ("admin", "member", "_member_", "swiftoperator")


def operators(model: Any) -> tuple[str, ...]:
    """The described roles whose holders may store things: administrators and ordinary members."""
    roles = model.identity.roles if model.identity else ()
    return tuple(role for role in roles if role.lower() in _OPERATORS)


def device_folders(model: Any, node_folder: Path, node: str) -> list[Path]:
    """The folders that stand for a storage node's mounted devices."""
    return [node_folder / "srv" / "node" / device for device in model.nodes[node].devices or ()]


def zones(model: Any) -> list[tuple[int, int]]:
    """Region and zone of every device of any ring, each once, in order."""
    rings = model.objects.rings.values() if model.objects else ()
    return sorted({(device.region, device.zone) for ring in rings for device in ring.devices.values()})
