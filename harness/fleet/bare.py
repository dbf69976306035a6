"""A rack before OpenStack is on it: can these machines become what was described?"""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.model import ReferenceArchitecture
from harness.fleet.holding import FAMILIES
from harness.fleet.observed import Observed
from harness.hosts.facts.model import Disk, Facts, Unknown
from harness.hosts.facts.questions import Questions

BARE_KINDS = frozenset({"system", "cpu", "memory", "disks", "nics", "resolvers"})
"""In which machines of a role can be held against each other."""
_FAMILIES = ("system", "hardware", "devices")
_PARTS = ("system", "clock", "cpu", "memory", "disks", "volume_groups", "mounts", "interfaces", "resolvers")
_VIRTUALISES = ("vmx", "svm")


def bare_questions(node: str, model: ReferenceArchitecture) -> Questions:
    """What is asked of a machine on which nothing is installed yet."""
    return Questions(sections=_PARTS)


def bare(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Observations of machine and system; a volume group that is still to be made fits on a disk."""
    for name in _FAMILIES:
        yield from FAMILIES[name](node, facts, model)
    groups, group = facts.volume_groups, model.nodes[node].volume_group
    if group is None:
        return
    if isinstance(groups, Unknown) or group.name not in groups:
        yield from _room(node, facts.disks)
    else:
        yield from FAMILIES["volume_group"](node, facts, model)


def _room(node: str, disks: dict[str, Disk] | Unknown) -> Iterator[Observed]:
    """The largest disk, as the size that the volume group could have."""
    path = ("nodes", node, "volume_group", "size_gb")
    if isinstance(disks, Unknown):
        yield Observed(path, unknown=disks.unknown, denied=disks.denied)
    else:
        largest = max(disks, key=lambda name: disks[name].size_gb, default="")
        size = disks[largest].size_gb if largest else None
        yield Observed(path, size, about=f"{largest}, its largest disk" if largest else "it has no disk")


def virtualises(node: str, facts: Facts, model: ReferenceArchitecture) -> str | Unknown:
    """Why no servers could run here under the described hypervisor; empty where they could."""
    if "compute" not in model.nodes[node].roles or model.compute is None or model.compute.hypervisor != "kvm":
        return ""
    if isinstance(facts.cpu, Unknown):
        return facts.cpu
    if set(_VIRTUALISES) & set(facts.cpu.flags):
        return ""
    return "its processors have neither vmx nor svm, which kvm needs (are they switched off in the firmware?)"
