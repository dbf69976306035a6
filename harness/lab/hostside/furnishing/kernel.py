"""What ``/proc`` and ``/sys`` of a host show: plain files, since a room has no kernel of its own."""

from __future__ import annotations

from pathlib import Path

from harness.lab.hostside.furnishing.plan import HostPlan, Interface

_SECTORS = 2 * 1024 * 1024
"""Sectors of 512 bytes to a GB."""


def write_kernel(host: HostPlan) -> None:
    """Processors, memory, mounts, settings, disks and interfaces."""
    proc = host.folder / "proc"
    for name, text in {
        "cpuinfo": _cpuinfo(host),
        "meminfo": meminfo(host.memory_mb),
        "uptime": "864013.37 3400000.00\n",
        "loadavg": "0.08 0.05 0.05 1/187 4242\n",
        "version": f"Linux version {host.kernel} (buildd@crested) (gcc version 4.6.3) #36-Ubuntu SMP\n",
        "self/mounts": mounts(host),
        "partitions": _partitions(host),
        **{f"sys/{name.replace('.', '/')}": f"{value}\n" for name, value in settings(host).items()},
    }.items():
        path = proc / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (proc / "mounts").symlink_to("self/mounts")
    if "compute" in host.roles:
        (host.folder / "dev" / "kvm").touch()
    for name, size in host.disks.items():
        write_disk(host.folder, name, size)
    for one in host.interfaces.values():
        write_interface(host.folder, one)


def settings(host: HostPlan) -> dict[str, str]:
    """Kernel settings: the distribution's, what nova-network turns on, what is described."""
    found = {
        "kernel.hostname": host.name,
        "kernel.osrelease": host.kernel,
        "kernel.ostype": "Linux",
        "kernel.pid_max": "32768",
        "fs.file-max": "808768",
        "vm.swappiness": "60",
        "net.core.somaxconn": "128",
        "net.ipv4.ip_forward": "1" if "network" in host.roles else "0",
        "net.ipv4.conf.all.rp_filter": "1",
        "net.ipv4.tcp_tw_recycle": "0",
        "net.ipv4.tcp_tw_reuse": "0",
    }
    return found | dict(host.described.sysctl)


def meminfo(megabytes: int) -> str:
    """``/proc/meminfo`` of a host with so much memory, a quarter of it in use."""
    total = megabytes * 1024
    return (
        f"MemTotal:       {total:8d} kB\nMemFree:        {total // 2:8d} kB\n"
        f"Buffers:        {total // 16:8d} kB\nCached:         {total // 8:8d} kB\n"
        f"SwapTotal:      {2097148:8d} kB\nSwapFree:       {2097148:8d} kB\n"
    )


def mounts(host: HostPlan) -> str:
    """``/proc/mounts``: the system's, and what is described, each of the kind that is described."""
    rows = [
        "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0",
        "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0",
        "udev /dev devtmpfs rw,relatime,size=4077808k,mode=755 0 0",
        "tmpfs /run tmpfs rw,nosuid,relatime,size=1634220k,mode=755 0 0",
        "/dev/sda1 / ext4 rw,relatime,errors=remount-ro,user_xattr,barrier=1,data=ordered 0 0",
    ]
    for device in host.described.devices or ():
        if f"/srv/node/{device}" in host.described.mounts:
            rows.append(
                f"/dev/{device} /srv/node/{device} xfs rw,noatime,nodiratime,attr2,nobarrier,logbufs=8 0 0"
            )
    done = {row.split()[1] for row in rows}
    for place, (path, mount) in enumerate(host.described.mounts.items()):
        if path not in done:
            device = (mount.device or f"/dev/disk{place}").replace("*", "1")
            rows.append(f"{device} {path} {mount.type} rw,relatime 0 0")
            (host.folder / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return "\n".join(rows) + "\n"


def write_disk(folder: Path, name: str, size_gb: int) -> None:
    """A block device as ``/sys/block`` shows it."""
    place = folder / "sys" / "block" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "size").write_text(f"{size_gb * _SECTORS}\n", encoding="utf-8")


def write_interface(folder: Path, one: Interface) -> None:
    """An interface as ``/sys/class/net`` shows it; a row of the table that ``ip`` reads."""
    place = folder / "sys" / "class" / "net" / one.name
    place.mkdir(parents=True, exist_ok=True)
    (place / "address").write_text(f"{one.mac}\n", encoding="utf-8")
    if one.physical:
        (place / "device").mkdir(exist_ok=True)
    if one.is_bridge:
        (place / "bridge").mkdir(exist_ok=True)
        (place / "brif").mkdir(exist_ok=True)
    if one.bridge:
        port = folder / "sys" / "class" / "net" / one.bridge / "brif" / one.name
        port.mkdir(parents=True, exist_ok=True)
    row = [one.name, one.mac, str(one.mtu), one.bridge or "-", "bridge" if one.is_bridge else "-"]
    table = folder / "etc" / "deployday-lab" / "interfaces"
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("a", encoding="utf-8") as out:
        out.write("|".join([*row, " ".join(one.addresses)]) + "\n")


def _cpuinfo(host: HostPlan) -> str:
    flags = " ".join(host.cpu_flags)
    return "".join(
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
        f"model name\t: Intel(R) Xeon(R) CPU E5620 @ 2.40GHz\nflags\t\t: {flags}\n\n"
        for number in range(host.cpus)
    )


def _partitions(host: HostPlan) -> str:
    rows = [
        f"   8  {16 * place:7d} {size * 1024 * 1024:10d} {name}"
        for place, (name, size) in enumerate(host.disks.items())
    ]
    return "major minor  #blocks  name\n\n" + "\n".join(rows) + "\n"
