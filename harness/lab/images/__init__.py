"""Image service v1 as glance 2012.1 speaks it."""

from __future__ import annotations

from starlette.types import ASGIApp

from harness.lab.http import Routes
from harness.lab.world import World


def _build(world: World, identity: ASGIApp) -> ASGIApp:
    return Routes()


builders = {"glance": _build}
