"""What the kernel of a guest says in ``/proc``, from flavor, disks and uptime."""

from __future__ import annotations

from collections.abc import Callable

from harness.lab.guests.guest import Guest


def memory(guest: Guest) -> tuple[int, int]:
    """Kilobytes in all and free: the flavor's, less what a kernel keeps for itself."""
    whole = guest.size.ram * 1024
    total = max(whole // 2, whole - whole // 64 - 6144)
    return total, total * 7 // 8


def swap(guest: Guest) -> int:
    """Kilobytes of swap."""
    return guest.size.swap * 1024


def _cpuinfo(guest: Guest) -> str:
    rows = [
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: QEMU Virtual CPU version 1.0\n"
        "cpu MHz\t\t: 2400.084\n"
        for number in range(guest.size.vcpus)
    ]
    return "\n".join(rows)


def _meminfo(guest: Guest) -> str:
    total, free = memory(guest)
    rows = {
        "MemTotal": total,
        "MemFree": free,
        "Buffers": 2048,
        "SwapTotal": swap(guest),
        "SwapFree": swap(guest),
    }
    return "".join(f"{name + ':':<15}{value:>9} kB\n" for name, value in rows.items())


def _uptime(guest: Guest) -> str:
    return f"{guest.uptime:.2f} {guest.uptime * 0.9 * guest.size.vcpus:.2f}\n"


def _partitions(guest: Guest) -> str:
    rows = [
        f"{253:>4} {(ord(name[2]) - ord('a')) * 16:>8} {disk.size // 1024:>10} {name}\n"
        for name, disk in sorted(guest.disks.items())
    ]
    return "major minor  #blocks  name\n\n" + "".join(rows)


def _mounts(guest: Guest) -> str:
    rows = [("/dev/vda", "/"), *((f"/dev/{row.disk.name}", at) for at, row in guest.mounts.items())]
    made = "".join(f"{device} {at} ext3 rw,relatime 0 0\n" for device, at in rows)
    return "proc /proc proc rw,relatime 0 0\n" + made


def _texts(made: Callable[[Guest], str]) -> Callable[[Guest], bytes]:
    return lambda guest: made(guest).encode()


PROC: dict[str, Callable[[Guest], bytes]] = {
    "/proc/cpuinfo": _texts(_cpuinfo),
    "/proc/meminfo": _texts(_meminfo),
    "/proc/mounts": _texts(_mounts),
    "/proc/partitions": _texts(_partitions),
    "/proc/uptime": _texts(_uptime),
    "/proc/version": lambda guest: b"Linux version 3.0.0-12-virtual\n",
    "/proc/sys/kernel/hostname": lambda guest: f"{guest.hostname}\n".encode(),
}
