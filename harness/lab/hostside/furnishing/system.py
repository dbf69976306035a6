"""The base of a host's ``/etc`` and ``/var``: names, accounts, release, logs, resolver."""

from __future__ import annotations

from harness.lab.hostside.furnishing.plan import HostPlan
from harness.lab.hostside.ubuntu import Account
from harness.lab.hostside.user import USER

DOMAIN = "lab.example.net"
_RELEASE = """\
DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=12.04
DISTRIB_CODENAME=precise
DISTRIB_DESCRIPTION="Ubuntu 12.04.3 LTS"
"""
_OS_RELEASE = """\
NAME="Ubuntu"
VERSION="12.04.3 LTS, Precise Pangolin"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu precise (12.04.3 LTS)"
VERSION_ID="12.04"
"""
_ROLE_FOLDERS = {
    "database": ("var/lib/mysql", "var/log/mysql"),
    "bus": ("var/lib/rabbitmq", "var/log/rabbitmq"),
    "identity": ("var/lib/keystone", "var/log/keystone"),
    "images": ("var/lib/glance/images", "var/log/glance"),
    "compute": ("var/lib/nova/instances", "var/log/nova", "var/log/libvirt"),
    "volume": ("var/lib/nova/volumes", "var/log/nova"),
    "network": ("var/lib/nova/networks", "var/log/nova"),
    "dashboard": ("var/www", "var/log/apache2"),
    "object-proxy": ("var/log/swift", "var/cache/swift"),
    "object-storage": ("var/log/swift", "var/cache/swift"),
}
OWNERS = {
    "/etc/nova": "nova nova",
    "/var/lib/nova": "nova nova",
    "/var/log/nova": "nova nova",
    "/etc/keystone": "keystone keystone",
    "/var/lib/keystone": "keystone keystone",
    "/var/log/keystone": "keystone keystone",
    "/etc/glance": "glance glance",
    "/var/lib/glance": "glance glance",
    "/var/log/glance": "glance glance",
    "/etc/swift": "swift swift",
    "/srv/node": "swift swift",
    "/var/cache/swift": "swift swift",
    "/var/log/swift": "swift swift",
    "/var/lib/mysql": "mysql mysql",
    "/var/log/mysql": "mysql adm",
    "/var/lib/rabbitmq": "rabbitmq rabbitmq",
    "/var/log/rabbitmq": "rabbitmq rabbitmq",
    f"/home/{USER}": f"{USER} {USER}",
}
"""Whose a path is, with everything below it: the room of a session knows one user alone."""


def write_system(host: HostPlan) -> None:
    """Everything that does not depend on a component."""
    etc = host.folder / "etc"
    etc.mkdir(exist_ok=True)
    shells = "/bin/sh\n/bin/bash\n"
    texts = {
        "hostname": f"{host.name}\n",
        "hosts": _hosts(host),
        "lsb-release": _RELEASE,
        "os-release": _OS_RELEASE,
        "issue": "Ubuntu 12.04.3 LTS \\n \\l\n\n",
        "debian_version": "wheezy/sid\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n",
        "resolv.conf": f"nameserver {host.layout.prefix}.253\nsearch {DOMAIN}\n",
        "shells": shells,
        "passwd": _passwd(host),
        "group": _group(host),
        "fstab": "proc /proc proc nodev,noexec,nosuid 0 0\n/dev/sda1 / ext4 errors=remount-ro 0 1\n",
        "ntp.conf": "driftfile /var/lib/ntp/ntp.drift\nserver 0.ubuntu.pool.ntp.org\n",
        "profile": "export PATH\n",
    }
    for name, text in texts.items():
        (etc / name).write_text(text, encoding="utf-8")
    folders = {"var/log", "var/lib/dpkg", "etc/deployday-lab", "run/deployday-lab", "var/lock", "etc/network"}
    for role in host.roles:
        folders.update(_ROLE_FOLDERS.get(role, ()))
    folders.update(
        home.home.lstrip("/") for home in host.accounts.values() if home.home.startswith("/var/lib/")
    )
    for name in sorted(folders):
        (host.folder / name).mkdir(parents=True, exist_ok=True)
    for path in host.described.files:
        _make_sure(host, path)
    (host.folder / "tmp").chmod(0o1777)
    (host.folder / "root").chmod(0o700)


def _make_sure(host: HostPlan, path: str) -> None:
    """A described path that no package makes is a deployer's own: a file in ``/etc`` or with a dot in it."""
    place = host.folder / path.lstrip("/")
    if path.startswith(("/etc/nova", "/etc/glance", "/etc/keystone", "/etc/swift")) or place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if "." in place.name or path.startswith("/etc/"):
        place.touch()
    else:
        place.mkdir()


def _hosts(host: HostPlan) -> str:
    lines = [f"127.0.0.1\tlocalhost\n127.0.1.1\t{host.name}.{DOMAIN}\t{host.name}"]
    lines += [f"{address}\t{name}" for name, address in host.layout.addresses().items()]
    return "\n".join(lines) + "\n"


def _passwd(host: HostPlan) -> str:
    rows = [*host.accounts.values(), Account(USER, 1000, f"/home/{USER}", "/bin/sh")]
    return "".join(f"{one.name}:x:{one.number}:{one.number}:,,,:{one.home}:{one.shell}\n" for one in rows)


def _group(host: HostPlan) -> str:
    """Each account has a group of its own name; the groups that it is in besides stand after them."""
    rows = {one.name: (one.number, list[str]()) for one in host.accounts.values()}
    rows |= {"adm": (4, ["syslog"]), "sudo": (27, [USER]), USER: (1000, [])}
    for one in host.accounts.values():
        wanted = [*one.groups, *_described_groups(host, one.name)]
        for name in dict.fromkeys(wanted):
            rows.setdefault(name, (400 + len(rows), []))[1].append(one.name)
    return "".join(f"{name}:x:{number}:{','.join(members)}\n" for name, (number, members) in rows.items())


def _described_groups(host: HostPlan, user: str) -> list[str]:
    described = host.described.users.get(user)
    return list(described.groups) if described else []
