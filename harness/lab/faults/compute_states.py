"""Ways in which servers do not get to the state that was asked for: replaced rows of their state machines."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.compute.machine import KEEP, Row
from harness.lab.faults.registry import Bench, fault

_SHORT = 0.05


@fault(
    "compute.reboot_sticks",
    component="nova",
    seam="machine",
    caught_by=("compute.reboot[hard]", "guests.reboot[hard]"),
    story="A server whose power is cut for a reboot never comes back.",
)
def reboot_sticks(bench: Bench) -> Iterator[None]:
    """Hard reboots never end."""
    with bench.machine("compute.reboot_hard", (Row("HARD_REBOOT", "active", "rebooting_hard"),)):
        yield


@fault(
    "compute.pause_ignored",
    component="nova",
    seam="machine",
    caught_by=("compute.pause",),
    story="Pausing is accepted, and the server runs on.",
)
def pause_ignored(bench: Bench) -> Iterator[None]:
    """Pausing changes nothing."""
    with bench.machine("compute.pause", (Row(KEEP, KEEP, KEEP),)):
        yield


@fault(
    "compute.resume_fails",
    component="nova",
    seam="machine",
    caught_by=("compute.suspend",),
    story="A suspended server cannot be resumed and ends in ERROR.",
)
def resume_fails(bench: Bench) -> Iterator[None]:
    """Resuming ends in ERROR."""
    with bench.machine("compute.resume", (Row("ERROR", "error", None),)):
        yield


@fault(
    "compute.start_fails",
    component="nova",
    seam="machine",
    caught_by=("compute.stop",),
    story="A server that was switched off cannot be switched on and ends in ERROR.",
)
def start_fails(bench: Bench) -> Iterator[None]:
    """Starting ends in ERROR."""
    rows = (Row("STOPPED", "stopped", "starting", _SHORT), Row("ERROR", "error", None))
    with bench.machine("compute.start", rows):
        yield


@fault(
    "compute.rescue_endless",
    component="nova",
    seam="machine",
    caught_by=("compute.rescue",),
    story="A rescue never ends: the server does not come back to its own disk.",
)
def rescue_endless(bench: Bench) -> Iterator[None]:
    """Unrescuing never ends."""
    with bench.machine("compute.unrescue", (Row("RESCUE", "rescued", "unrescuing"),)):
        yield


@fault(
    "compute.password_sticks",
    component="nova",
    seam="machine",
    caught_by=("compute.password", "compute.lock"),
    story="A change of the administrator's password never ends.",
)
def password_sticks(bench: Bench) -> Iterator[None]:
    """The password is being changed for ever."""
    rows = (Row("PASSWORD", "active", "updating_password"),)
    with bench.machine("compute.change_password", rows):
        yield


@fault(
    "compute.rebuild_fails",
    component="nova",
    seam="machine",
    caught_by=("compute.rebuild", "guests.rebuild"),
    story="A server that is rebuilt ends in ERROR.",
)
def rebuild_fails(bench: Bench) -> Iterator[None]:
    """Rebuilding ends in ERROR."""
    rows = (Row("REBUILD", "rebuilding", None, _SHORT), Row("ERROR", "error", None))
    with bench.machine("compute.rebuild", rows):
        yield


@fault(
    "compute.resize_changes_nothing",
    component="nova",
    seam="machine",
    caught_by=("compute.resize", "compute.migrate"),
    story="A resize goes through all its states, and the server stays on its host with its size.",
)
def resize_changes_nothing(bench: Bench) -> Iterator[None]:
    """The states alone."""
    rows = (
        Row("RESIZE", "resizing", "resize_prep", _SHORT),
        Row("VERIFY_RESIZE", "active", "resize_verify"),
    )
    with bench.machine("compute.resize", rows):
        yield


@fault(
    "compute.revert_sticks",
    component="nova",
    seam="machine",
    caught_by=("compute.resize_reverted",),
    story="A resize that is taken back never ends.",
)
def revert_sticks(bench: Bench) -> Iterator[None]:
    """Reverting never ends."""
    with bench.machine("compute.revert_resize", (Row("REVERT_RESIZE", "resizing", "resize_reverting"),)):
        yield


@fault(
    "compute.image_never_active",
    component="glance",
    seam="machine",
    caught_by=("compute.image_of_server", "guests.snapshot"),
    story="An image of a server stays queued: its bytes never arrive.",
)
def image_never_active(bench: Bench) -> Iterator[None]:
    """The server goes on, the image does not."""
    rows = (Row("ACTIVE", "active", "image_snapshot", _SHORT), Row("ACTIVE", "active", None))
    with bench.machine("compute.snapshot", rows):
        yield
