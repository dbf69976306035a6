"""Compute as nova 2012.1 speaks it: API versions v2 and v1.1, servers that change state by themselves.

A request passes the version front, the token check, the rate limiter and the resource layer, then a
handler: one file a subject, each with its ``routes``. Handlers raise refusals and never look at faults.
"""

from __future__ import annotations

from starlette.types import ASGIApp

from harness.lab.world import World


def _build(world: World, identity: ASGIApp) -> ASGIApp:
    from harness.lab.compute.app import build

    return build(world, identity)


builders = {"nova": _build}
