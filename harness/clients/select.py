"""Which dialect a release speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.clients.door import Door
from harness.clients.keeper import Keeper, NoKeeper
from harness.clients.link import Link, Plugin
from harness.clients.protocols import Compute, Identity, Images, Network, Objects, Volumes
from harness.clients.routes import Routes
from harness.clients.through import DoorThrough, Way
from harness.clients.trail import Record
from harness.credentials import Account
from harness.errors import UsageError


@dataclass(frozen=True)
class Dialect:
    """How one release speaks: its way to a token, and one client a service."""

    release: str
    plugin: Callable[[Account, Door], Plugin]
    identity: Callable[[Link], Identity]
    compute: Callable[[Link], Compute]
    images: Callable[[Link], Images]
    volumes: Callable[[Link], Volumes]
    objects: Callable[[Link], Objects]
    network: Callable[[Link], Network]


def dialect_of(release: str) -> Dialect:
    """The dialect of a release; raises ``UsageError`` for one that nobody taught us."""
    if release != "essex":
        raise UsageError(f"release {release!r} has no dialect yet; known: essex")
    from harness.clients.compute_essex import ComputeEssex
    from harness.clients.identity_v2 import IdentityV2, password_plugin
    from harness.clients.images_v1 import ImagesV1
    from harness.clients.network_essex import NetworkEssex
    from harness.clients.objects_v1 import ObjectsV1
    from harness.clients.volumes_v1 import VolumesV1

    return Dialect(
        "essex", password_plugin, IdentityV2, ComputeEssex, ImagesV1, VolumesV1, ObjectsV1, NetworkEssex
    )


def door_to(record: Record, way: Way | None = None) -> Door:
    """A door that writes to a record; one serves all accounts of a process.

    Its connections are opened from here, unless there is another way.
    """
    return Door(record, Routes()) if way is None else DoorThrough(record, Routes(), way, way.name)


def link_to(
    account: Account, dialect: Dialect, door: Door, keeper: Keeper | None = None, verify: bool | str = True
) -> Link:
    """An account's way through a door;
    without a keeper it creates only what is named, and keeps no account.
    """
    return Link(account, door, dialect.plugin(account, door), keeper or NoKeeper(), verify)
