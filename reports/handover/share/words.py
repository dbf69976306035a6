"""Words that tell nobody anything: a name that is made of them, and of numbers, is everybody's."""

from __future__ import annotations

import re

# fmt: off
ROLES = frozenset(
    {
        "account", "api", "cell", "cloud", "compute", "container", "controller", "database", "db",
        "devstack", "host", "image", "network", "node", "object", "proxy", "rack", "region",
        "server", "storage", "volume",
    }
)
COMMON = ROLES | frozenset(
    {
        "absent", "active", "admin", "all", "alt", "architecture", "bin", "build", "ceilometer",
        "cinder", "cirros", "conf", "daily", "debian", "default", "demo", "demo1", "deployday",
        "dhcp", "domain", "ec2", "eight", "error", "essex", "etc", "external", "fail", "false",
        "fedora", "file", "five", "flat", "folsom", "four", "glance", "guest", "heat", "home",
        "horizon", "id", "identity", "images", "info", "internal", "invisible", "iscsi", "json",
        "keystone", "kvm", "lab", "lib", "linux", "local", "localdomain", "localhost", "localnet",
        "lvm", "machine", "main", "member", "must", "mysql", "neutron", "nightly", "nine", "nobody",
        "none", "nova", "objects", "ok", "one", "opt", "other", "owner", "pass", "path", "person",
        "postgresql", "present", "private", "project", "public", "qemu", "quantum", "rabbitmq",
        "regionone", "release", "root", "run", "s3", "service", "services", "seven", "should",
        "single", "site", "six", "srv", "stack", "swift", "tag", "tempest", "ten", "tenant", "test",
        "tests", "three", "ticket", "tmp", "true", "two", "ubuntu", "unknown", "user", "usr", "var",
        "vlan", "vm", "volumes", "weekly", "www", "yaml", "yml",
    }
)
# fmt: on
"""Words of OpenStack, of its defaults, and of this report."""

_PARTS = re.compile(r"[^\W\d_]+")
SHORTEST = 3


def words(name: str) -> list[str]:
    """The runs of letters of a name, in lower case."""
    return _PARTS.findall(name.lower())


def telling(name: str, public: frozenset[str] = COMMON) -> bool:
    """Whether a name could lead anybody to whose it is; ``compute-1`` and ``admin`` could not.

    >>> telling("acme-nova-01"), telling("storage-3"), telling("r1")
    (True, False, False)
    """
    return len(name) >= SHORTEST and any(len(each) > 1 and each not in public for each in words(name))
