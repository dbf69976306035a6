"""The waits that several stories of volumes and their snapshots have in common."""

from collections.abc import Callable
from typing import TypeVar

from harness.testing import Cloud, Snapshot, Volume

Kept = TypeVar("Kept", Volume, Snapshot)


def wait_available(cloud: Cloud, volume: str, what: str = "the volume is available") -> None:
    """Until nobody has the volume, and whoever wants it can have it."""
    _wait(cloud, what, lambda: cloud.volumes.show(volume), "available")


def wait_in_use(cloud: Cloud, volume: str) -> None:
    """Until a server has it."""
    _wait(cloud, "the volume is in use", lambda: cloud.volumes.show(volume), "in-use")


def wait_snapshot(cloud: Cloud, snapshot: str) -> Snapshot:
    """Until volumes can be made of a snapshot (by id)."""
    return _wait(cloud, "the snapshot is available", lambda: cloud.volumes.snapshot(snapshot), "available")


def wait_gone(cloud: Cloud, what: str, look: Callable[[], Volume | Snapshot]) -> None:
    """Until a look at a volume or a snapshot that was deleted does not find it."""
    cloud.wait_gone(what, look, limit=cloud.patience("volume"))


def _wait(cloud: Cloud, what: str, look: Callable[[], Kept], goal: str) -> Kept:
    return cloud.wait(
        what,
        look,
        goal=goal,
        fail_on=lambda seen: seen.status.startswith("error"),
        state=lambda seen: seen.status,
        limit=cloud.patience("volume"),
    )
