"""Facts of hosts that never were: one node of a role, and a hundred and sixty of them."""

from __future__ import annotations

from typing import Any

from harness.hosts.facts.model import (
    ClockReading,
    Config,
    Cpu,
    Disk,
    Facts,
    File,
    Interface,
    Listener,
    Memory,
    Mount,
    Process,
    Service,
    Space,
    System,
    Unknown,
    User,
    VolumeGroup,
)

NO_TOOL = Unknown(unknown="no such tool on this host")
CHAINS: dict[str, tuple[str, ...]] = {
    "filter/nova-filter-top": (), "filter/nova-network-FORWARD": (), "filter/nova-network-local": (),
    "nat/nova-postrouting-bottom": (), "nat/nova-network-POSTROUTING": (), "nat/nova-network-snat": (),
}  # fmt: skip
COMPUTE = ("nova-compute", "libvirt-bin", "nova-network")
PACKAGES = {f"package-{number}": f"1.{number}-1" for number in range(60)}
PACKAGES |= {"nova-common": "2012.1.3-0ubuntu1", "nova-compute": "2012.1.3-0ubuntu1"}


def host(name: str = "compute-1", number: int = 1, **changes: Any) -> Facts:
    """A compute node whose names, addresses, pids and loads are its own; ``changes`` replace whole parts."""
    own = f"10.0.{number // 250}.{number % 250 + 1}"
    mac = f"52:54:00:00:{number // 250:02x}:{number % 250:02x}"
    parts: dict[str, Any] = {
        "system": System(
            hostname=name, fqdn=f"{name}.example.org", id="ubuntu", version="12.04",
            pretty="Ubuntu 12.04.5 LTS", kernel="3.2.0-23-generic", machine="x86_64", uptime=1000.0 + number,
        ),
        "clock": ClockReading(offset=0.001 * (number % 7), error=0.01),
        "cpu": Cpu(count=8, model="Xeon E5-2620", flags=("sse2", "vmx")),
        "memory": Memory(total=32_000, free=20_000 - number, swap=4_000),
        "disks": {"sda": Disk(size_gb=931.5), "sdb": Disk(size_gb=931.5)},
        "volume_groups": {"nova-volumes": VolumeGroup(size_gb=900.0, free_gb=800.0 - number)},
        "mounts": {"/": Mount(device="/dev/sda1", type="ext4", options=("rw", "errors=remount-ro"))},
        "space": {"/": Space(size_mb=900_000, free_mb=500_000 - number),
                  "/var": Space(size_mb=900, free_mb=500)},
        "interfaces": {
            "lo": Interface(mtu=16436, addresses=("127.0.0.1/8",)),
            "eth0": Interface(mac=mac, mtu=1500, addresses=(f"{own}/24",), physical=True),
            "br100": Interface(mac=mac, mtu=1500, is_bridge=True),
        },
        "resolvers": ("10.0.0.2",),
        "listeners": (
            Listener(protocol="tcp", address="0.0.0.0", port=22, process="sshd"),
            Listener(protocol="tcp", address=own, port=5900, process="kvm"),
            Listener(protocol="udp", address="0.0.0.0", port=30_000 + number, process="dhclient"),
        ),
        "processes": (Process(pid=1000 + number, user="nova", command="nova-compute"),),
        "services": {each: Service(manager="upstart", running=True, enabled=True) for each in COMPUTE},
        "packages": PACKAGES,
        "users": {
            "root": User(uid=0, gid=0, home="/srv/root", shell="/bin/bash", groups=("root",)),
            "nova": User(uid=107, gid=110, home="/var/lib/nova", shell="/bin/false",
                         groups=("nova", "libvirtd")),
        },
        "files": {"/etc/nova/nova.conf": File(kind="file", owner="nova", group="nova", mode="0640", size=900,
                                              sha256=f"{number:064x}")},
        "configs": {
            "/etc/nova/nova.conf": Config(form="ini", options={"DEFAULT": {
                "my_ip": (own,), "libvirt_type": ("kvm",), "rabbit_password": ("hmac:00112233aabbccdd",),
                "vncserver_listen": (own,), "allow_same_net_traffic": ("False",),
                "iscsi_helper": ("tgtadm",),
                "network_manager": ("nova.network.manager.FlatDHCPManager",),
            }}),
        },
        "sysctl": {"net.ipv4.ip_forward": "1"},
        "rules": CHAINS, "domains": {}, "targets": (), "managed": NO_TOOL, "broker": NO_TOOL,
        "database": NO_TOOL,
    }  # fmt: skip
    return Facts(node=name, taken=1_800_000_000.0 + number, seconds=0.3, **(parts | changes))


def fleet(size: int = 160, odd: dict[int, dict[str, Any]] | None = None) -> dict[str, Facts]:
    """``compute-001`` and so on; ``odd``: number → what differs there."""
    changes = odd or {}
    names = {number: f"compute-{number:03d}" for number in range(1, size + 1)}
    return {name: host(name, number, **changes.get(number, {})) for number, name in names.items()}
