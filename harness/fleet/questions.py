"""What is asked of each described host: what its description speaks of, and what its services read."""

from __future__ import annotations

from harness.arch.model import ReferenceArchitecture
from harness.hosts.facts.questions import SECTIONS, Questions

_READ = {
    "nova-": ("/etc/nova/nova.conf",),
    "nova-compute": ("/etc/nova/nova-compute.conf",),
    "nova-api": ("/etc/nova/api-paste.ini",),
    "keystone": ("/etc/keystone/keystone.conf",),
    "glance-api": ("/etc/glance/glance-api.conf",),
    "glance-registry": ("/etc/glance/glance-registry.conf",),
    "swift-": ("/etc/swift/swift.conf",),
    "swift-proxy": ("/etc/swift/proxy-server.conf",),
    "swift-account": ("/etc/swift/account-server.conf",),
    "swift-container": ("/etc/swift/container-server.conf",),
    "swift-object": ("/etc/swift/object-server.conf",),
    "rsync": ("/etc/rsyncd.conf",),
}
"""Option files by the service, or the beginning of its name, that reads them."""
_ROLES = {
    "managed": ("compute-api", "network"),
    "broker": ("bus",),
    "database": ("database",),
    "domains": ("compute",),
    "targets": ("volume",),
}
"""Parts of the facts that only nodes with one of these roles are asked for: each costs a slow command."""
KVM = "/dev/kvm"


def questions(node: str, model: ReferenceArchitecture) -> Questions:
    """The questions for one node."""
    described = model.nodes[node]
    roles = set(described.roles)
    files = {*described.files, *([KVM] if "compute" in roles else [])}
    return Questions(
        sections=tuple(name for name in SECTIONS if not _ROLES.get(name) or roles & {*_ROLES[name]}),
        files=tuple(sorted(files)),
        configs=tuple(sorted({*_configs(node, model)})),
        sysctl=tuple(sorted(described.sysctl)),
    )


def _configs(node: str, model: ReferenceArchitecture) -> list[str]:
    """Files that its services read, and described ones that are named with their folder."""
    services = model.nodes[node].services
    found = [path for path in model.config if path.startswith("/")]
    for beginning, paths in _READ.items():
        exact = not beginning.endswith("-")
        if any(name == beginning if exact else name.startswith(beginning) for name in services):
            found += paths
    return found
