"""What nova's own tools and the machines under it say, held against the description."""

from __future__ import annotations

from collections.abc import Mapping

from harness.arch.model import ReferenceArchitecture
from harness.fleet.holding_areas import hypervisor
from harness.fleet.questions import KVM
from harness.hosts.facts.model import Facts, File, Unknown

_VIRTUALISES = {"vmx", "svm"}
_CHAINS = {
    "filter": ("nova-filter-top", "nova-network-FORWARD", "nova-network-local"),
    "nat": ("nova-postrouting-bottom", "nova-network-POSTROUTING", "nova-network-snat"),
}
FULL_MB = 50
"""Less than this is full, however large the file system."""
_PSEUDO = ("/proc", "/sys", "/dev", "/run", "/snap", "/boot/efi")


def managed_services(
    facts: Facts, names: Mapping[str, str], model: ReferenceArchitecture
) -> list[str] | Unknown:
    """What is wrong with ``nova-manage service list``, in words; ``names`` gives a node's host name."""
    told = facts.managed if isinstance(facts.managed, Unknown) else facts.managed.services
    if isinstance(told, Unknown):
        return told
    listed = {(row.binary, row.host.partition(".")[0].lower()): row for row in told}
    wanted = {
        (f"nova-{service}", names.get(node, node.lower()))
        for node, host in (model.compute.hosts if model.compute else {}).items()
        for service in host.services
    }
    wrong = [f"{binary} on {host} is not listed" for binary, host in sorted(wanted - listed.keys())]
    for (binary, host), row in sorted(listed.items()):
        if not row.alive:
            wrong.append(f"{binary} on {host} is dead (XXX)")
        elif not row.enabled and (binary, host) in wanted:
            wrong.append(f"{binary} on {host} is disabled")
    return wrong


def unfit(node: str, facts: Facts, model: ReferenceArchitecture) -> str | Unknown:
    """Why the machine cannot do what its hypervisor needs; empty where it can."""
    kinds = [each for each in hypervisor(node, facts, model) if each.value == "kvm"]
    if not kinds:
        return ""
    if isinstance(facts.cpu, Unknown):
        return facts.cpu
    if not _VIRTUALISES & {*facts.cpu.flags}:
        return "its processors have neither vmx nor svm: servers cannot run on kvm"
    device = {} if isinstance(facts.files, Unknown) else facts.files
    found = device.get(KVM)
    absent = isinstance(found, File) and found.kind == "absent"
    return f"{KVM} is not there: the module kvm is not loaded" if absent else ""


def full(facts: Facts) -> tuple[str, ...] | Unknown:
    """File systems on which nothing can be written any more."""
    if isinstance(facts.space, Unknown):
        return facts.space
    return tuple(
        f"{path} ({space.free_mb} of {space.size_mb} MB free)"
        for path, space in sorted(facts.space.items())
        if space.free_mb < min(FULL_MB, space.size_mb // 100 + 1) and not path.startswith(_PSEUDO)
    )


def piling_queues(facts: Facts, limit: int = 1000) -> tuple[str, ...] | Unknown:
    """Queues in which more messages wait than anybody will read."""
    queues = facts.broker if isinstance(facts.broker, Unknown) else facts.broker.queues
    if isinstance(queues, Unknown):
        return queues
    return tuple(f"{name}: {waiting} messages" for name, waiting in sorted(queues.items()) if waiting > limit)


def missing_chains(facts: Facts) -> tuple[str, ...] | Unknown:
    """Chains of nova-network (2012.1: nova/network/linux_net.py) that the packet filter does not have."""
    if isinstance(facts.rules, Unknown):
        return facts.rules
    return tuple(
        f"{chain} in {table}"
        for table, chains in _CHAINS.items()
        for chain in chains
        if f"{table}/{chain}" not in facts.rules
    )
