"""The states of servers, as a client of 2012.1 sees them follow one another.

Seconds are those of the fake hypervisor.

Nova reads the status and the states of one answer at two moments, so that a poll of a real cloud may show a
new state with the old status. That race has a row where it takes long (starting, unrescuing), and none
elsewhere.
"""

from __future__ import annotations

from harness.lab.compute.machine import KEEP, Machine, Row

ANSWERED = 0.08
"""Seconds that nova's API waits for the scheduler before it answers a create."""
SEVERAL = 0.4
"""And longer where one request makes several servers."""
ACTED = 0.04
"""Seconds after which an action is answered; what is quick at the hypervisor is over by then."""
_QUICK = 0.03
HELD = ("pausing", "unpausing", "suspending", "resuming", "stopping", "starting", "unrescuing")
"""Tasks that stay for good where the server turns out to be locked."""

SERVERS: dict[str, Machine] = {
    "compute.boot": (
        Row("BUILD", "building", "scheduling", 0.06),
        Row("BUILD", "building", "networking", 0.32, "place"),
        Row("ACTIVE", "active", None, 0, "launched"),
    ),
    "compute.no_valid_host": (Row("ERROR", "error", "scheduling"),),
    "compute.delete": (
        Row(KEEP, KEEP, "deleting", 0.22),
        Row("DELETED", "deleted", None, 0, "gone"),
    ),
    "compute.delete_unplaced": (Row(KEEP, KEEP, KEEP, 0, "gone"),),
    "compute.reboot_soft": (
        Row("REBOOT", "active", "rebooting", _QUICK),
        Row("ACTIVE", "active", None, 0, "rebooted"),
    ),
    "compute.reboot_hard": (
        Row("HARD_REBOOT", "active", "rebooting_hard", 0.1),
        Row("ACTIVE", "active", None, 0, "rebooted"),
    ),
    "compute.held_rebooting": (Row("REBOOT", KEEP, "rebooting"),),
    "compute.held_rebooting_hard": (Row("HARD_REBOOT", KEEP, "rebooting_hard"),),
    "compute.pause": (Row("PAUSED", "paused", None),),
    "compute.unpause": (Row("ACTIVE", "active", None),),
    "compute.suspend": (
        Row("ACTIVE", "active", "suspending", _QUICK),
        Row("SUSPENDED", "suspended", None),
    ),
    "compute.resume": (Row("ACTIVE", "active", None),),
    "compute.stop": (
        Row("ACTIVE", "active", "stopping", 0.08),
        Row("STOPPED", "stopped", None),
    ),
    "compute.start": (
        Row("STOPPED", "stopped", "starting", _QUICK),
        Row("STOPPED", "building", None, 0.04),
        Row("BUILD", "building", "networking", 0.15, "connect"),
        Row("ACTIVE", "active", None, 0, "started"),
    ),
    "compute.change_password": (
        Row("PASSWORD", "active", "updating_password", _QUICK),
        Row("ACTIVE", "active", None, 0, "password"),
    ),
    "compute.rescue": (Row("RESCUE", "rescued", None, 0, "rescued"),),
    "compute.unrescue": (
        Row("RESCUE", "rescued", "unrescuing", _QUICK),
        Row("RESCUE", "active", None, 0.04),
        Row("ACTIVE", "active", None, 0, "unrescued"),
    ),
    "compute.snapshot": (
        Row("ACTIVE", "active", "image_snapshot", _QUICK),
        Row("ACTIVE", "active", None, 0, "snapshot"),
    ),
    "compute.backup": (
        Row("ACTIVE", "active", "image_backup", _QUICK),
        Row("ACTIVE", "active", None, 0, "snapshot"),
    ),
    "compute.rebuild": (
        Row("REBUILD", "rebuilding", None, 0.06),
        Row("REBUILD", "rebuilding", "spawning", 0.09),
        Row("ACTIVE", "active", None, 0, "rebuilt"),
    ),
    "compute.resize": (
        Row("RESIZE", "resizing", "resize_prep", 0.15),
        Row("VERIFY_RESIZE", "active", "resize_verify", 0, "resized"),
    ),
    "compute.confirm_resize": (Row("ACTIVE", "active", None, 0, "confirmed"),),
    "compute.revert_resize": (
        Row("REVERT_RESIZE", "resizing", "resize_reverting", 0.12),
        Row("ACTIVE", "active", None, 0, "reverted"),
    ),
    **{f"compute.held_{task}": (Row(KEEP, KEEP, task),) for task in HELD},
}
