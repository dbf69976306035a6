"""Hosts, captured: what only their insides tell of the cloud, and how their machines differ from the base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import Any, get_args

from harness.arch.grammar import Identity, Network
from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path
from harness.describing.found import Found
from harness.describing.ranges import collapse
from harness.describing.roles import Roles
from harness.fleet import observations
from harness.fleet.observed import Observed
from harness.hosts.facts import Facts, Unknown
from harness.hosts.facts.model import Config

_AREAS = {
    "identity": "identity",
    "hypervisor": "compute",
    "scheduler": "scheduler",
    "manager": "network",
    "volumes": "volume",
    "database": "database",
    "bus": "bus",
}
"""What hosts tell of the cloud → the role whose nodes are asked."""
_ALLOWED: Mapping[Path, tuple[str, ...]] = {
    ("identity", "backend"): get_args(Identity.model_fields["backend"].annotation),
    ("network", "manager"): get_args(Network.model_fields["manager"].annotation),
}
_NOVA = "/etc/nova/nova.conf"
_GROUP = "nova-volumes"
"""What nova-volume carves from where nobody configured another (nova 2012.1: nova/volume/driver.py)."""


def areas(found: Found, roles: Roles, facts: Mapping[str, Facts], model: ReferenceArchitecture) -> None:
    """Drivers, back ends and kinds, as most hosts with the role have them."""
    for family, role in _AREAS.items():
        told = [
            each
            for node in roles.nodes_with(role)
            if node in facts
            for each in observations(node, facts[node], model, [family])
        ]
        for path in dict.fromkeys(each.path for each in told):
            _area(found, path, [each for each in told if each.path == path])
    _pools(found, facts, model)


def _area(found: Found, path: Path, told: list[Observed]) -> None:
    values = [str(each.value) for each in told if not each.unknown and each.value is not None]
    if not values:
        why = next((each.unknown for each in told if each.unknown), "no host says it")
        found.blind(".".join(path), why)
        return
    usual = Counter(values).most_common(1)[0][0]
    if usual not in _ALLOWED.get(path, (usual,)):
        found.odd.append(f"{'.'.join(path)} is {usual}, which cannot be described")
        return
    found.put(path, usual)
    if others := sorted({*values} - {usual}):
        found.odd.append(f"{'.'.join(path)} is {', '.join(others)} on some hosts")


def _pools(found: Found, facts: Mapping[str, Facts], model: ReferenceArchitecture) -> None:
    for pool in model.network.floating if model.network else ():
        path = ("network", "floating", pool, "at_least")
        told = [
            each
            for node, one in facts.items()
            for each in observations(node, one, model, ["floating"])
            if each.path == path
        ]
        counts = [each.value for each in told if not each.unknown and isinstance(each.value, int)]
        if counts:
            found.put(path, max(counts))
        else:
            why = next((each.unknown for each in told), "no host was looked into")
            found.blind(f"how many addresses the pool {pool} has", why)


def volume_groups(found: Found, roles: Roles, facts: Mapping[str, Facts]) -> None:
    """What nova-volume carves from, by the name that its configuration gives."""
    for node in roles.nodes_with("volume"):
        told = facts.get(node)
        if told is None:
            continue
        if isinstance(told.volume_groups, Unknown):
            found.blind(f"the volume group of {node}", told.volume_groups.unknown)
            continue
        name = _option(told, "volume_group") or _GROUP
        group = told.volume_groups.get(name)
        if group is None:
            found.odd.append(f"{node} has no volume group {name}")
        else:
            found.put(("nodes", node, "volume_group"), {"name": name, "at_least": f"{int(group.size_gb)} GB"})


def _option(facts: Facts, option: str) -> str:
    copy = None if isinstance(facts.configs, Unknown) else facts.configs.get(_NOVA)
    sections = copy.options.values() if isinstance(copy, Config) else ()
    return next((values[-1] for options in sections if (values := options.get(option))), "")


def packages(found: Found, roles: Roles, facts: Mapping[str, Facts]) -> None:
    """The versions of what the roles' packages are called, as binding as the base has them."""
    installed = {
        node: told.packages for node, told in facts.items() if not isinstance(told.packages, Unknown)
    }
    for role in (role for role in roles.table if roles.nodes_with(role)):
        for pattern in roles.row(role).get("packages") or ():
            versions = {_usual(each) for each in _by_name(pattern, installed).values()}
            if versions and (version := _pattern(versions)):
                found.put(("packages", pattern, "version"), version)
                found.levels["packages", pattern] = "should"
                _disagreeing(found, pattern, installed)


def _by_name(pattern: str, installed: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, list[str]]]:
    """Package → version → nodes, of the packages whose name matches."""
    found: dict[str, dict[str, list[str]]] = {}
    for node, packages in installed.items():
        for name, version in packages.items():
            if fnmatchcase(name, pattern):
                found.setdefault(name, {}).setdefault(version, []).append(node)
    return found


def _usual(versions: Mapping[str, list[str]]) -> str:
    """The version that most nodes have."""
    return max(versions, key=lambda version: len(versions[version]))


def _pattern(versions: set[str]) -> str:
    """The version itself, or what several begin with; nothing where that says nothing."""
    if len(versions) == 1:
        [version] = versions
    else:
        common = _beginning(min(versions), max(versions))
        version = f"{common}*" if any(letter.isdigit() for letter in common) else ""
    return version if version.isprintable() and not set(version) & set("[]?") else ""


def _beginning(one: str, other: str) -> str:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in pairs)


def _disagreeing(found: Found, pattern: str, installed: Mapping[str, Mapping[str, str]]) -> None:
    """A package that is another on some hosts."""
    for name, versions in _by_name(pattern, installed).items():
        usual = _usual(versions)
        for version, nodes in versions.items():
            if version != usual:
                where = ", ".join(collapse(nodes)[:4])
                found.odd.append(f"the package {name} is {version} on {where}, {usual} elsewhere")


def hardware(found: Found, roles: Roles, facts: Mapping[str, Facts]) -> None:
    """Processors, memory, interfaces: what every host has, and what nodes of the same roles have besides."""
    sizes = {node: _sizes(told) for node, told in facts.items() if node in roles.held}
    if not sizes:
        return
    here = ("hosts", "hardware")
    least = {part: min(each[part] for each in sizes.values() if part in each) for part in _parts(sizes)}
    for part, value in least.items():
        found.put((*here, part), _size(part, value))
    based = set(found.based((*here, "nics")) or ())
    common = set.intersection(*({*each["nics"]} for each in sizes.values() if "nics" in each), based)
    if based and any("nics" in each for each in sizes.values()):
        found.put((*here, "nics"), sorted(common))
    for group in _alike(roles, sizes):
        _group(found, {node: sizes[node] for node in group}, least, common)


def _sizes(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not isinstance(facts.cpu, Unknown):
        found["cpus"] = facts.cpu.count
    if not isinstance(facts.memory, Unknown):
        found["memory"] = facts.memory.total
    if not isinstance(facts.interfaces, Unknown):
        found["nics"] = tuple(name for name, each in facts.interfaces.items() if each.physical)
    return found


def _parts(sizes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [part for part in ("cpus", "memory") if any(each.get(part) for each in sizes.values())]


def _size(part: str, value: int) -> str:
    """Memory in whole GB, as somebody would order it: the kernel keeps some of it for itself."""
    whole = value // 1024
    return f"{whole} GB" if part == "memory" and whole else f"{value} MB" if part == "memory" else str(value)


def _alike(roles: Roles, sizes: Mapping[str, Any]) -> list[list[str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for node in sizes:
        groups.setdefault(tuple(sorted(roles.held[node])), []).append(node)
    return list(groups.values())


def _group(
    found: Found, sizes: Mapping[str, Mapping[str, Any]], least: Mapping[str, int], common: set[str]
) -> None:
    for part in _parts(sizes):
        own = _size(part, min(each[part] for each in sizes.values() if part in each))
        if own != _size(part, least[part]):
            for node in sizes:
                found.put(("nodes", node, "hardware", part), own)
    nics = [{*each["nics"]} for each in sizes.values() if "nics" in each]
    more = sorted(set.intersection(*nics) - common) if nics else []
    for node in sizes if more else ():
        found.put(("nodes", node, "hardware", "nics"), more)
