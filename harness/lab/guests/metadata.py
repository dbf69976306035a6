"""The metadata service of nova at 169.254.169.254, as EC2 spells it; ``/openstack`` came after Essex."""

from __future__ import annotations

from typing import Any

from harness.lab.compute.state import compute
from harness.lab.guests.guest import Guest
from harness.lab.guests.policies import hostname, policies

HOST = "169.254.169.254"
_VERSIONS = (
    "1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01",
    "2009-04-04",
)  # fmt: skip


def metadata(guest: Guest, path: str) -> bytes | None:
    """What the service answers to a guest, None for 404."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "\n".join([*_VERSIONS, "latest"]).encode()
    if parts[0] not in (*_VERSIONS, "latest"):
        return None
    told = policies(guest.world).told_of(guest)
    whole: dict[str, Any] = {"meta-data": _meta_data(guest, told)}
    if told.user_data:
        whole["user-data"] = told.user_data
    return _walk(whole, parts[1:])


def _walk(node: Any, parts: list[str]) -> bytes | None:
    for part in parts:
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    if isinstance(node, dict):
        if "_name" in node:
            return str(node["_name"]).encode() if not parts else _listing(node)
        return _listing(node)
    return node if isinstance(node, bytes) else str(node).encode()


def _listing(node: dict[str, Any]) -> bytes:
    """The names of a folder; one of keys says ``0=name``, other folders end with a slash."""
    rows = []
    for name, value in node.items():
        if name == "_name":
            continue
        if isinstance(value, dict):
            rows.append(f"{name}={value['_name']}" if "_name" in value else f"{name}/")
        else:
            rows.append(name)
    return "\n".join(rows).encode()


def _meta_data(guest: Guest, server: Any) -> dict[str, Any]:
    world = guest.world
    named = f"{hostname(guest) if server is guest.server else server.name}.novalocal"
    groups = [compute(world).groups[row].name for row in server.groups if row in compute(world).groups]
    floating = next(
        (row.address for row in compute(world).floating.values() if row.server_id == server.id), ""
    )
    found: dict[str, Any] = {
        "ami-id": _ami(guest, server.image_id),
        "ami-launch-index": "0",
        "ami-manifest-path": "FIXME",
        "block-device-mapping": {"ami": "vda", "root": "/dev/vda"},
        "hostname": named,
        "instance-action": "none",
        "instance-id": f"i-{server.number:08x}",
        "instance-type": server.flavor.name,
        "local-hostname": named,
        "local-ipv4": server.fixed[0] if server.fixed else "",
        "placement": {"availability-zone": (server.zone or "nova").partition(":")[0]},
        "public-hostname": named,
        "public-ipv4": floating,
        "reservation-id": server.reservation,
        "security-groups": "\n".join(groups),
    }
    if server.key_name:
        found["public-keys"] = {"0": {"_name": server.key_name, "openssh-key": server.key_data}}
    return dict(sorted(found.items()))


def _ami(guest: Guest, image_id: str) -> str:
    """EC2's name of an image: numbers in the order in which they were asked for, as nova makes them."""
    numbers: dict[str, int] = guest.world.parts.setdefault("guests.amis", {})
    return f"ami-{numbers.setdefault(image_id, len(numbers) + 1):08x}"
