"""What stories of volumes do inside of guests: find a device, and use it."""

import re

from harness.testing import Cloud, Guest
from scenarios.volumes.states import wait_available, wait_in_use

GB = 1024 * 1024
"""In kB, as guests tell sizes."""
PLACE = "/mnt/deployday"
_DISK = re.compile(r"^\s*\d+\s+\d+\s+(\d+)\s+((?:x?[svh]d)[a-z]+)$", re.MULTILINE)
_LETTERS = "bcdefghijklmnopqrstuvwxyz"


def disks(guest: Guest) -> dict[str, int]:
    """The whole disks that a guest sees, by name, and their sizes in kB."""
    told = guest.expect("cat", "/proc/partitions").text
    return {name: int(size) for size, name in _DISK.findall(told)}


def _free_device(seen: dict[str, int]) -> str:
    """The next device that a guest with these disks has no disk at."""
    return next(f"/dev/vd{letter}" for letter in _LETTERS if f"vd{letter}" not in seen)


def given(cloud: Cloud, server: str, volume: str, guest: Guest) -> tuple[dict[str, int], str]:
    """Attach a volume; gives the disks that its guest saw before, and the device."""
    before = disks(guest)
    cloud.volumes.attach(server, volume, _free_device(before))
    wait_in_use(cloud, volume)
    return before, _appeared(cloud, guest, before)


def taken(cloud: Cloud, server: str, volume: str, guest: Guest, before: dict[str, int]) -> None:
    """Detach it; the guest sees it no more."""
    cloud.volumes.detach(server, cloud.volumes.show(volume).attachments[0].id)
    wait_available(cloud, volume, "the volume is free")
    _wait_disappears(cloud, guest, before)


def _appeared(cloud: Cloud, guest: Guest, before: dict[str, int]) -> str:
    """Until a guest sees one disk more; gives its device. Guests name disks in the order of appearance."""
    seen = cloud.wait(
        "the guest sees a disk more",
        lambda: disks(guest),
        goal=lambda now: bool(now.keys() - before.keys()),
        state=_names,
        limit=cloud.patience("volume"),
    )
    return f"/dev/{min(seen.keys() - before.keys())}"


def _wait_disappears(cloud: Cloud, guest: Guest, before: dict[str, int]) -> None:
    """Until a guest sees no other disks than before."""
    cloud.wait(
        "the guest sees the disk no more",
        lambda: disks(guest),
        goal=lambda now: now.keys() <= before.keys(),
        state=_names,
        limit=cloud.patience("volume"),
    )


def _names(seen: dict[str, int]) -> str:
    return ", ".join(sorted(seen))


def mounted(guest: Guest, device: str) -> str:
    """Mount a device's file system and say where."""
    guest.expect("sudo", "mkdir", "-p", PLACE)
    guest.expect("sudo", "mount", device, PLACE)
    return PLACE


def unmounted(guest: Guest) -> None:
    """Have everything on the disk, and let go of it."""
    guest.expect("sync")
    guest.expect("sudo", "umount", PLACE)


def md5_of(guest: Guest, path: str) -> str:
    """The digest of a file in a guest."""
    return guest.expect("sudo", "md5sum", path).text.partition(" ")[0]
