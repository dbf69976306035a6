"""What of a host's facts can be held against another host's: kinds of facts, each as values by name.

What is a host's own by nature (names, addresses, MACs, process ids, uptime, load, guests and what they bring)
stands in none of ``KINDS``.
"""

from __future__ import annotations

from harness.fleet import machines, own, software
from harness.fleet.values import Kind

KINDS = (
    Kind("system", "{}", machines.system, presence=False),
    Kind("cpu", "{}", machines.cpu, presence=False),
    Kind("memory", "{} (MB)", machines.memory, within=0.02),
    Kind("disks", "disk {} (GB)", machines.disks, within=0.01),
    Kind("volume_groups", "volume group {} (GB)", machines.volume_groups, within=0.01),
    Kind("nics", "interface {}", machines.nics),
    Kind("virtual", "interface {}", machines.virtual, presence=False),
    Kind("resolvers", "{}", machines.resolvers),
    Kind("mounts", "mount {}", machines.mounts),
    Kind("sizes", "file system {} (MB)", machines.sizes, presence=False, within=0.02),
    Kind("services", "service {}", software.services),
    Kind("ports", "port {}", software.ports),
    Kind("packages", "package {}", software.packages),
    Kind("versions", "version of the {}", software.versions, presence=False),
    Kind("config files", "file {}", software.config_files, hidden=software.unasked),
    Kind("options", "{}", software.options, own=True, hidden=software.unread),
    Kind("owners", "file {}", software.owners, hidden=software.unlooked),
    Kind("digests", "content of {}", software.digests, own=True, presence=False),
    Kind("users", "user {}", software.users),
    Kind("sysctl", "sysctl {}", software.sysctl, own=True, presence=False),
)
"""Everything that is compared, in the order in which a person would look at it."""

OWN_KINDS = (
    Kind("names", "{}", own.names, presence=False),
    Kind("addresses", "addresses of {}", own.addresses),
    Kind("macs", "MAC of {}", own.macs),
    Kind("managed", "{}", own.managed, hidden=own.half_told),
    Kind("cluster", "{}", own.cluster, presence=False),
)
"""What is compared with the same host's on another day only."""
