"""What Ubuntu 12.04 puts on a host: jobs, packages with their versions, accounts.

Knowledge of the distribution as its archive had it in 2013, and of nothing else: no description is read here,
so that a wrong description of the distribution is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NOVA = "2012.1.3+stable-20130423-e52e6912-0ubuntu1.4"
GLANCE = "2012.1.3+stable~20120821-120fcf-0ubuntu1.5"
KEYSTONE = "2012.1.3+stable-20130423-f48dd0f-0ubuntu1.1"
HORIZON = "2012.1.3+stable~20120815-691dd2-0ubuntu1.1"
SWIFT = "1.4.8-0ubuntu2.5"
KERNEL = "3.2.0-23-generic"


@dataclass(frozen=True)
class Job:
    """A service by the name of its init job: who runs it, from which program, and where it listens.

    ``ports`` are what it opens to others, as far as the catalogue does not say it; ``local`` what it opens to
    its own host alone.
    """

    name: str
    package: str
    program: str
    user: str = "root"
    manager: Literal["upstart", "sysv"] = "upstart"
    ports: tuple[int, ...] = ()
    local: tuple[int, ...] = ()
    udp: tuple[int, ...] = ()
    listener: str = ""
    """The name of the process that listens, where it is another one than the program's."""


def _nova(name: str, *ports: int) -> Job:
    command = f"/usr/bin/{name} --flagfile=/etc/nova/nova-compute.conf" if name == "nova-compute" else ""
    return Job(
        name, name, f"{command or f'/usr/bin/{name}'} --config-file=/etc/nova/nova.conf", "nova", ports=ports
    )


def _swift(name: str) -> Job:
    kind = name.split("-")[1]
    program = name if name.count("-") == 2 else f"{name}-server"
    return Job(name, f"swift-{kind}", f"/usr/bin/{program} /etc/swift/{kind}-server.conf", "swift")


_STORAGE: tuple[str, ...] = (
    "account",
    "account-auditor",
    "account-reaper",
    "account-replicator",
    "container",
)
_STORAGE += ("container-auditor", "container-replicator", "container-updater", "object", "object-auditor")
_STORAGE += ("object-replicator", "object-updater")

BASE_JOBS = (
    Job("ssh", "openssh-server", "/usr/sbin/sshd -D", listener="sshd"),
    Job("rsyslog", "rsyslog", "rsyslogd -c5", "syslog"),
    Job("cron", "cron", "cron"),
    Job("dbus", "dbus", "dbus-daemon --system --fork --activation=upstart", "messagebus"),
    Job("udev", "udev", "/sbin/udevd --daemon"),
    Job("tty1", "upstart", "/sbin/getty -8 38400 tty1"),
    Job("ntp", "ntp", "/usr/sbin/ntpd -p /var/run/ntpd.pid -g -u 105:113", "ntp", "sysv", udp=(123,)),
)
JOBS: dict[str, tuple[Job, ...]] = {
    "database": (Job("mysql", "mysql-server-5.5", "/usr/sbin/mysqld", "mysql", ports=(3306,)),),
    "bus": (
        Job(
            "rabbitmq-server",
            "rabbitmq-server",
            "/usr/lib/erlang/erts-5.8.5/bin/beam.smp -W w -K true -A30 -P 1048576 -- -root /usr/lib/erlang",
            "rabbitmq",
            "sysv",
            ports=(5672,),
        ),
    ),
    "identity": (Job("keystone", "keystone", "/usr/bin/keystone-all", "keystone"),),
    "images": (
        Job("glance-api", "glance-api", "/usr/bin/glance-api", "glance"),
        Job("glance-registry", "glance-registry", "/usr/bin/glance-registry", "glance", ports=(9191,)),
    ),
    "compute-api": (_nova("nova-api", 8775), _nova("nova-cert"), _nova("nova-consoleauth")),
    "scheduler": (_nova("nova-scheduler"),),
    "compute": (
        _nova("nova-compute"),
        Job("libvirt-bin", "libvirt-bin", "/usr/sbin/libvirtd -d", listener="libvirtd"),
    ),
    "network": (_nova("nova-network"),),
    "volume": (_nova("nova-volume"), Job("tgt", "tgt", "tgtd", ports=(3260,))),
    "s3": (_nova("nova-objectstore"),),
    "dashboard": (Job("apache2", "apache2", "/usr/sbin/apache2 -k start", manager="sysv", ports=(80,)),),
    "object-proxy": (
        Job(
            "swift-proxy", "swift-proxy", "/usr/bin/swift-proxy-server /etc/swift/proxy-server.conf", "swift"
        ),
        Job(
            "memcached",
            "memcached",
            "/usr/bin/memcached -m 64 -p 11211 -u memcache",
            "memcache",
            "sysv",
            ports=(11211,),
        ),
    ),
    "object-storage": (
        *(_swift(f"swift-{name}") for name in _STORAGE),
        Job("rsync", "rsync", "/usr/bin/rsync --no-detach --daemon", manager="sysv", ports=(873,)),
    ),
}
"""Role → jobs."""

_BASE = {
    "adduser": "3.113ubuntu2",
    "apt": "0.8.16~exp12ubuntu10.16",
    "base-files": "6.5ubuntu6.7",
    "bash": "4.2-2ubuntu2.1",
    "bridge-utils": "1.5-2ubuntu7",
    "coreutils": "8.13-3ubuntu3.2",
    "cron": "3.0pl1-120ubuntu4",
    "dash": "0.5.7-2ubuntu2",
    "dbus": "1.4.18-1ubuntu1.5",
    "dpkg": "1.16.1.2ubuntu7.5",
    "grep": "2.10-1",
    "initscripts": "2.88dsf-13.10ubuntu11.1",
    "iproute": "20111117-1ubuntu2.1",
    "iptables": "1.4.12-1ubuntu5",
    "libc6": "2.15-0ubuntu10.5",
    "linux-image-3.2.0-23-generic": "3.2.0-23.36",
    "lsb-release": "4.0-0ubuntu20.3",
    "net-tools": "1.60-24.1ubuntu2",
    "ntp": "1:4.2.6.p3+dfsg-1ubuntu3.1",
    "openssh-server": "1:5.9p1-5ubuntu1.1",
    "python": "2.7.3-0ubuntu2.2",
    "rsyslog": "5.8.6-1ubuntu8.6",
    "sudo": "1.8.3p1-1ubuntu3.4",
    "udev": "175-0ubuntu9.5",
    "upstart": "1.5-0ubuntu7.2",
    "util-linux": "2.20.1-1ubuntu3",
    "vlan": "1.9-3ubuntu6",
}
_NOVA_COMMON = {"nova-common": NOVA, "python-nova": NOVA, "python-novaclient": "2012.1-0ubuntu1"}
_SWIFT_COMMON = {"swift": SWIFT, "python-swift": SWIFT, "rsync": "3.0.9-1ubuntu1"}
_BY_ROLE: dict[str, dict[str, str]] = {
    "database": {
        "mysql-server-5.5": "5.5.32-0ubuntu0.12.04.1",
        "mysql-client-5.5": "5.5.32-0ubuntu0.12.04.1",
    },
    "bus": {"rabbitmq-server": "2.7.1-0ubuntu4", "erlang-base": "1:14.b.4-dfsg-1ubuntu1"},
    "identity": {"keystone": KEYSTONE, "python-keystone": KEYSTONE},
    "images": dict.fromkeys(("glance-api", "glance-registry", "glance-common", "python-glance"), GLANCE),
    "compute-api": dict.fromkeys(("nova-api", "nova-cert", "nova-consoleauth"), NOVA) | _NOVA_COMMON,
    "scheduler": {"nova-scheduler": NOVA} | _NOVA_COMMON,
    "compute": {
        "nova-compute": NOVA,
        "nova-compute-kvm": NOVA,
        "libvirt-bin": "0.9.8-2ubuntu17.13",
        "qemu-kvm": "1.0+noroms-0ubuntu14.11",
        "open-iscsi": "2.0.871-0ubuntu9.12.04.2",
    }
    | _NOVA_COMMON,
    "network": {"nova-network": NOVA, "dnsmasq-base": "2.59-4", "dnsmasq-utils": "2.59-4"} | _NOVA_COMMON,
    "volume": {"nova-volume": NOVA, "tgt": "1:1.0.17-1ubuntu2", "lvm2": "2.02.66-4ubuntu7.3"} | _NOVA_COMMON,
    "s3": {"nova-objectstore": NOVA} | _NOVA_COMMON,
    "dashboard": {
        "apache2": "2.2.22-1ubuntu1.4",
        "openstack-dashboard": HORIZON,
        "python-django-horizon": HORIZON,
    },
    "object-proxy": {"swift-proxy": SWIFT, "memcached": "1.4.13-0ubuntu2.1"} | _SWIFT_COMMON,
    "object-storage": {f"swift-{kind}": SWIFT for kind in ("account", "container", "object")}
    | {"xfsprogs": "3.1.7"}
    | _SWIFT_COMMON,
}


def packages(roles: tuple[str, ...]) -> dict[str, str]:
    """Installed packages of a host with these roles → version."""
    found = dict(_BASE)
    for role in roles:
        found |= _BY_ROLE.get(role, {})
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Account:
    """An account that a package makes; ``groups`` besides its own."""

    name: str
    number: int
    home: str
    shell: str = "/bin/false"
    groups: tuple[str, ...] = ()


BASE_ACCOUNTS = (
    Account("root", 0, "/root", "/bin/bash"),
    Account("daemon", 1, "/usr/sbin", "/bin/sh"),
    Account("nobody", 65534, "/nonexistent", "/bin/sh"),
    Account("syslog", 101, "/home/syslog"),
    Account("messagebus", 102, "/var/run/dbus"),
    Account("sshd", 104, "/var/run/sshd", "/usr/sbin/nologin"),
    Account("ntp", 105, "/home/ntp"),
)
_NOVA_USER = Account("nova", 114, "/var/lib/nova", "/bin/bash")
ACCOUNTS: dict[str, tuple[Account, ...]] = {
    "database": (Account("mysql", 106, "/nonexistent"),),
    "bus": (Account("rabbitmq", 107, "/var/lib/rabbitmq"),),
    "identity": (Account("keystone", 108, "/var/lib/keystone", "/bin/bash"),),
    "images": (Account("glance", 109, "/var/lib/glance", "/bin/bash"),),
    "compute-api": (_NOVA_USER,),
    "scheduler": (_NOVA_USER,),
    "compute": (
        Account("nova", 114, "/var/lib/nova", "/bin/bash", ("libvirtd",)),
        Account("libvirt-qemu", 110, "/var/lib/libvirt"),
    ),
    "network": (_NOVA_USER,),
    "volume": (_NOVA_USER,),
    "s3": (_NOVA_USER,),
    "dashboard": (Account("www-data", 33, "/var/www", "/bin/sh"),),
    "object-proxy": (Account("swift", 115, "/var/lib/swift"), Account("memcache", 111, "/nonexistent")),
    "object-storage": (Account("swift", 115, "/var/lib/swift"),),
}
"""Role → accounts that its packages make."""


def accounts(roles: tuple[str, ...]) -> dict[str, Account]:
    """The accounts of a host with these roles, by name; groups of all roles add up."""
    found = {one.name: one for one in BASE_ACCOUNTS}
    for role in roles:
        for one in ACCOUNTS.get(role, ()):
            before = found.get(one.name)
            if before is None or not before.groups:
                found[one.name] = one
    return dict(sorted(found.items(), key=lambda pair: pair[1].number))
