"""Volumes as nova-volume 2012.1 speaks of them: its own API (8776,
v1), and the rows that the compute API shows.

``state`` holds volumes, snapshots and types, ``work`` what both APIs do; nova's resource layer is shared,
as there.
"""

from __future__ import annotations

from starlette.types import ASGIApp

from harness.lab.world import World


def _build(world: World, identity: ASGIApp) -> ASGIApp:
    from harness.lab.volume.app import build

    return build(world, identity)


builders = {"nova-volume": _build}
