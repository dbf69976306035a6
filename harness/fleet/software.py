"""What runs on a host and how it is set up, as values that can be compared with those of another host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.fleet.values import Value, Values, as_set
from harness.hosts.facts.model import NO_SUCH_FILE, Facts, Listener, Service, Unknown

_NOT_THERE = Unknown(unknown="not there")
_LARGEST_SERVICE_PORT = 32_767
_GUESTS = re.compile(r"(qemu|kvm)")


def packages(facts: Facts) -> Values | Unknown:
    """Version of each package."""
    return facts.packages


def services(facts: Facts) -> Values | Unknown:
    """State of each service, and whether it starts with the host."""
    found = facts.services
    if isinstance(found, Unknown):
        return found
    return {name: _service(service) for name, service in found.items()}


def _service(service: Service) -> str:
    words = {True: "running", False: "stopped", None: "there"}
    starts = {True: ", enabled", False: ", disabled", None: ""}
    return words[service.running] + starts[service.enabled]


def ports(facts: Facts) -> Values | Unknown:
    """The TCP ports of services; those above are handed out at random, those of guests come and go."""
    found = facts.listeners
    if isinstance(found, Unknown):
        return found
    held = {str(each.port): each.process for each in found if _of_service(each)}
    return {port: process or "open" for port, process in held.items()}


def _of_service(listener: Listener) -> bool:
    guest = _GUESTS.match(listener.process)
    return listener.protocol == "tcp" and listener.port <= _LARGEST_SERVICE_PORT and not guest


def users(facts: Facts) -> Values | Unknown:
    """Ids, home, shell and groups of each account."""
    found = facts.users
    if isinstance(found, Unknown):
        return found
    return {
        name: (f"uid {user.uid}", f"gid {user.gid}", user.home, user.shell, *as_set(user.groups))
        for name, user in found.items()
    }


def sysctl(facts: Facts) -> Values | Unknown:
    """The kernel settings that were asked for."""
    found = facts.sysctl
    return found if isinstance(found, Unknown) else {k: " ".join(value.split()) for k, value in found.items()}


def config_files(facts: Facts) -> Values | Unknown:
    """Which files of options are there."""
    found = facts.configs
    if isinstance(found, Unknown):
        return found
    return {path: each.form for path, each in found.items() if not isinstance(each, Unknown)}


def options(facts: Facts) -> Values | Unknown:
    """Each option of each file, as ``nova.conf [DEFAULT] libvirt_type``; one path is told from another."""
    found = facts.configs
    return found if isinstance(found, Unknown) else dict(_each_option(facts))


def _each_option(facts: Facts) -> Iterator[tuple[str, Value]]:
    configs = {} if isinstance(facts.configs, Unknown) else facts.configs
    for path, config in configs.items():
        for section, options in {} if isinstance(config, Unknown) else config.options.items():
            for option, values in options.items():
                yield f"{path} [{section}] {option}", values[0] if len(values) == 1 else values


def owners(facts: Facts) -> Values | Unknown:
    """Kind, owner and mode of each file that was asked for."""
    found = facts.files
    if isinstance(found, Unknown):
        return found
    told = {path: each for path, each in found.items() if not isinstance(each, Unknown)}
    there = {path: each for path, each in told.items() if each.kind != "absent"}
    return {path: (each.kind, f"{each.owner}:{each.group}", each.mode) for path, each in there.items()}


def digests(facts: Facts) -> Values | Unknown:
    """What stands in files that are not compared option by option."""
    found = facts.files
    if isinstance(found, Unknown):
        return found
    read = {} if isinstance(facts.configs, Unknown) else facts.configs
    told = {p: each for p, each in found.items() if not isinstance(each, Unknown) and p not in read}
    return {path: f"sha256 {each.sha256[:12]}" for path, each in told.items() if each.sha256}


def unread(facts: Facts, name: str) -> bool:
    """Whether a file's options cannot be known here: its own line says so, not each of its options."""
    found = {} if isinstance(facts.configs, Unknown) else facts.configs
    return isinstance(found.get(name.partition(" [")[0], _NOT_THERE), Unknown)


def unasked(facts: Facts, name: str) -> bool:
    """Whether a file of options may be there or not: nobody asked for it, or it could not be read."""
    found = {} if isinstance(facts.configs, Unknown) else facts.configs
    copy = found.get(name, _NOT_THERE)
    return isinstance(copy, Unknown) and copy != NO_SUCH_FILE


def unlooked(facts: Facts, name: str) -> bool:
    """Whether a file was not looked at."""
    found = {} if isinstance(facts.files, Unknown) else facts.files
    return isinstance(found.get(name, _NOT_THERE), Unknown)


def versions(facts: Facts) -> Values | Unknown:
    """Versions of database and broker."""
    told: dict[str, Value] = {}
    if not isinstance(facts.database, Unknown):
        told["database"] = f"{facts.database.kind} {facts.database.version}".strip()
    if not isinstance(facts.broker, Unknown) and facts.broker.version:
        told["broker"] = facts.broker.version
    return told
