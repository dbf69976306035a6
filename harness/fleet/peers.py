"""Which hosts should be alike: those that have all their roles in common."""

from __future__ import annotations

from collections.abc import Iterable

from harness.arch.layout import natural
from harness.arch.model import ReferenceArchitecture

Peers = tuple[tuple[str, ...], tuple[str, ...]]
"""Roles, and the nodes that have these and no other ones, in natural order."""


def peers(model: ReferenceArchitecture, nodes: Iterable[str] | None = None) -> list[Peers]:
    """All hosts, or some of them, by what they are there for; in order of the description."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in model.nodes if nodes is None else nodes:
        found.setdefault(tuple(sorted(model.nodes[name].roles)), []).append(name)
    return [(roles, tuple(sorted(names, key=natural))) for roles, names in found.items()]
