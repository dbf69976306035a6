"""Identity v2.0 as keystone 2012.1 speaks it: a public port and an administrators' port over one store."""

from __future__ import annotations

from starlette.types import ASGIApp

from harness.lab.http import Routes
from harness.lab.world import World


def _build(world: World, identity: ASGIApp) -> ASGIApp:
    return Routes()


builders = {"keystone": _build, "keystone-admin": _build}
