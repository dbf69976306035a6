"""Whose a thing of a host is, and what else rests on it: from a package or a file to the components.

Rather too much than too little: what belongs to nobody known is the whole host's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ALL = "*"
"""The component that everything rests on."""
VOLUME = "nova-volume"

_BEGINNINGS = {
    "nova-volume": (VOLUME, "nova"),
    "nova": ("nova", VOLUME),
    "cinder": (VOLUME, "cinder"),
    "tgt": (VOLUME,),
    "iscsitarget": (VOLUME,),
    "open-iscsi": (VOLUME, "nova"),
    "libvirt": ("nova",),
    "qemu": ("nova",),
    "kvm": ("nova",),
    "dnsmasq": ("nova",),
    "novnc": ("nova",),
    "neutron": ("nova", "neutron"),
    "quantum": ("nova", "neutron"),
    "glance": ("glance",),
    "keystone": ("keystone",),
    "swift": ("swift",),
    "rsync": ("swift",),
    "account-server": ("swift",),
    "container-server": ("swift",),
    "object-server": ("swift",),
    "proxy-server": ("swift",),
    "memcached": ("swift", "keystone"),
    "mysql": ("database",),
    "mariadb": ("database",),
    "postgresql": ("database",),
    "database": ("database",),
    "rabbitmq": ("bus",),
    "qpid": ("bus",),
    "broker": ("bus",),
    "horizon": ("dashboard",),
    "openstack-dashboard": ("dashboard",),
}
_ROLES = {
    "identity": ("keystone",),
    "images": ("glance",),
    "compute-api": ("nova",),
    "scheduler": ("nova",),
    "compute": ("nova",),
    "network": ("nova",),
    "volume": (VOLUME,),
    "database": ("database",),
    "bus": ("bus",),
    "dashboard": ("dashboard",),
    "object-proxy": ("swift",),
    "object-storage": ("swift",),
}
_RESTING = {
    "keystone": (ALL,),
    "database": ("keystone", ALL),
    "bus": ("nova", VOLUME),
    "glance": ("nova",),
}
"""What works only with another one; every service asks Keystone whose a token is."""
_WORD = re.compile(r"(?:python3?-|/etc/(?:default/|init/|init\.d/)?|/var/lib/)?([a-z][\w.-]*)")


def owners(text: str) -> frozenset[str]:
    """The components whose package, service, process or path it is; empty for what is nobody's.

    >>> sorted(owners("python-nova"))
    ['nova', 'nova-volume']
    >>> sorted(owners("/etc/swift/proxy-server.conf"))
    ['swift']
    """
    match = _WORD.match(text.strip())
    name = match[1] if match else ""
    found = max((known for known in _BEGINNINGS if name.startswith(known)), key=len, default="")
    return frozenset(_BEGINNINGS.get(found, ()))


def of_roles(roles: Iterable[str]) -> frozenset[str]:
    """The components that a node with these roles runs; everything where one of them is not known."""
    return frozenset(part for role in roles for part in _ROLES.get(role, (ALL,)))


def with_resting(components: Iterable[str]) -> frozenset[str]:
    """These, and those that work only with them."""
    found = set(components)
    for name in components:
        found.update(_RESTING.get(name, ()))
    return frozenset(found)
