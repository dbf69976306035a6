"""Which area of a description a role serves, and what belongs to an area and stands elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping

AREA_OF: Mapping[str, str] = {
    "database": "database",
    "bus": "bus",
    "identity": "identity",
    "images": "images",
    "compute-api": "compute",
    "scheduler": "compute",
    "compute": "compute",
    "network": "network",
    "volume": "volumes",
    "object-proxy": "objects",
    "object-storage": "objects",
}
"""Without a node of the role, nobody serves the area; any other role has its nodes alone."""

SERVICES_OF: Mapping[str, tuple[str, ...]] = {
    "identity": ("identity",),
    "compute": ("compute", "ec2"),
    "images": ("image", "s3"),
    "volumes": ("volume",),
    "objects": ("object-store",),
}
"""The services of the catalogue that belong to an area."""

OBJECTIVES_OF: Mapping[str, tuple[str, ...]] = {
    "identity": ("token",),
    "images": ("image",),
    "compute": ("boot", "delete"),
    "volumes": ("volume",),
    "objects": ("object",),
}
"""The objectives that are about an area."""


def areas_without(roles: Mapping[str, Collection[str]], gone: Collection[str]) -> frozenset[str]:
    """The areas of which a role is left to nodes that are ``gone``; ``roles`` are those of each node."""
    held = {role for names in roles.values() for role in names}
    left = {role for node, names in roles.items() if node not in gone for role in names}
    return frozenset(AREA_OF[role] for role in held - left if role in AREA_OF)
