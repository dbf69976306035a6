"""Where services write: the files of Ubuntu 12.04's packages, and what a description adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SYSLOG = ("/var/log/syslog", "/var/log/messages")


@dataclass(frozen=True)
class Logs:
    """The files of one service, as patterns.

    ``component`` is whose they are. Errors in them count where they are ``judged``. In a file of everybody's
    ``programs`` are those that count, as a regular expression.
    """

    component: str
    patterns: tuple[str, ...]
    judged: bool = True
    programs: str = ""


_SWIFT = r"(?:account|container|object|proxy)-(?:server|replicator|auditor|updater|reaper|expirer)|swift\S*"
_KNOWN: Mapping[str, Logs] = {
    "keystone": Logs("keystone", ("/var/log/keystone/keystone.log",)),
    "glance-api": Logs("glance", ("/var/log/glance/api.log", "/var/log/glance/glance-api.log")),
    "glance-registry": Logs(
        "glance", ("/var/log/glance/registry.log", "/var/log/glance/glance-registry.log")
    ),
    "mysql": Logs("mysql", ("/var/log/mysql/error.log",)),
    "rabbitmq-server": Logs("rabbitmq", ("/var/log/rabbitmq/rabbit@*.log",), judged=False),
    "libvirt-bin": Logs("libvirt", ("/var/log/libvirt/libvirtd.log",), judged=False),
}
"""Two services call errors what is none: the broker a client that hangs up, libvirt a domain that nova asks
for before there is one. Theirs are evidence and nothing more.
"""
_FOLDERS = (
    ("/nova-volume", "nova-volume"),
    ("/nova", "nova"),
    ("/glance", "glance"),
    ("/keystone", "keystone"),
)


def logs_of(services: Iterable[str], more: Iterable[str] = ()) -> tuple[Logs, ...]:
    """The logs of some services, and of files that a description names besides."""
    found = [logs for service in services if (logs := _of(service))]
    named = [Logs(component_of(pattern), (pattern,)) for pattern in more]
    return tuple(dict.fromkeys([*found, *named]))


def _of(service: str) -> Logs | None:
    if service in _KNOWN:
        return _KNOWN[service]
    if re.fullmatch(r"nova-[a-z0-9-]+", service):
        component = "nova-volume" if service == "nova-volume" else "nova"
        return Logs(component, (f"/var/log/nova/{service}.log",))
    if service.startswith("swift-"):
        return Logs("swift", ("/var/log/swift/*.log", *SYSLOG), programs=_SWIFT)
    return None


def component_of(path: str) -> str:
    """Whose log a file is, by its path; its own name where that tells nothing."""
    for part, component in (*_FOLDERS, ("/swift", "swift"), ("/mysql", "mysql"), ("/rabbitmq", "rabbitmq")):
        if part in path:
            return component
    return path.rpartition("/")[2].partition(".")[0] or path
