"""What a story uses of a host's facts, as rows of the record: whose part it is, and how to look again."""

from __future__ import annotations

from dataclasses import dataclass

from harness.clients.trail import Trail
from harness.hosts.transfers import component_of
from harness.hosts.visiting import Visit

_NOVA_CONF = "cat /etc/nova/nova.conf"
HOST = "host"
"""The component of what is the machine's own."""


@dataclass(frozen=True)
class Part:
    """Whose part of the facts it is, and the command that shows it to a person."""

    component: str
    command: str


PARTS = {
    "services": Part(HOST, "initctl list"),
    "roles": Part(HOST, "initctl list"),
    "ports": Part(HOST, "ss -lntu"),
    "packages": Part(HOST, "dpkg -l"),
    "config": Part("nova", _NOVA_CONF),
    "files": Part(HOST, "ls -l /etc"),
    "users": Part(HOST, "getent passwd"),
    "mounts": Part(HOST, "mount"),
    "space": Part(HOST, "df -h"),
    "sysctl": Part(HOST, "sysctl -a"),
    "system": Part(HOST, "uname -a"),
    "names": Part(HOST, "hostname -f"),
    "addresses": Part(HOST, "ip addr"),
    "clock": Part(HOST, "date -u"),
    "hardware": Part(HOST, "lsblk"),
    "volume_group": Part(HOST, "vgs"),
    "bridges": Part(HOST, "brctl show"),
    "dhcp": Part("nova", "ps -C dnsmasq -f"),
    "hypervisor": Part("nova", _NOVA_CONF),
    "scheduler": Part("nova", _NOVA_CONF),
    "manager": Part("nova", _NOVA_CONF),
    "volumes": Part("nova-volume", _NOVA_CONF),
    "targets": Part("nova-volume", "tgtadm --lld iscsi --op show --mode target"),
    "chains": Part("nova", "iptables-save"),
    "managed": Part("nova", "nova-manage service list"),
    "floating": Part("nova", "nova-manage floating list"),
    "identity": Part("keystone", "cat /etc/keystone/keystone.conf"),
    "database": Part("database", "mysqladmin status"),
    "bus": Part("bus", "rabbitmqctl list_queues"),
    "options": Part("nova", _NOVA_CONF),
    "config files": Part(HOST, "ls -l /etc"),
    "owners": Part(HOST, "ls -l /etc"),
    "versions": Part(HOST, "dpkg -l"),
    "resolvers": Part(HOST, "cat /etc/resolv.conf"),
    "cpu": Part(HOST, "lscpu"),
    "memory": Part(HOST, "free -m"),
    "disks": Part(HOST, "lsblk"),
    "nics": Part(HOST, "ip link"),
    "virtual": Part(HOST, "ip link"),
}
"""Part of the facts, or family of clauses → what a row says of it."""
_ANY = Part(HOST, "hostname")


def show(trail: Trail, visit: Visit, name: str) -> str:
    """Write that a part of what a host told is used now; gives the row, which observations cite."""
    part = PARTS.get(name, _ANY)
    return _write(trail, visit, part.component, part.command)


def show_file(trail: Trail, visit: Visit, path: str) -> str:
    """The same of one of its files."""
    component = component_of(path)
    return _write(trail, visit, HOST if component == "ssh" else component, f"cat {path}")


def _write(trail: Trail, visit: Visit, component: str, command: str) -> str:
    """``told`` is the row of the visit, in which the host answered this with everything else."""
    where = f"told in the visit ({visit.row}); hosts/{visit.node}.txt"
    shown = {"status": 0, "stdout": where, "stderr": "", "ms": 0.0}
    return trail.write(
        "command", component=component, host=visit.node, command=command, told=visit.row, **shown
    )
