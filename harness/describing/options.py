"""Configuration, captured: the options that decide how a cloud behaves, as most hosts have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase

from harness.describing.found import Found
from harness.describing.ranges import collapse
from harness.hosts.facts import Facts, Unknown
from harness.hosts.facts.model import Config

_TOLD: Mapping[str, tuple[str, ...]] = {
    "/etc/nova/nova.conf": (
        "libvirt_type",
        "iscsi_helper",
        "allow_same_net_traffic",
        "auth_strategy",
        "image_service",
        "force_dhcp_release",
        "*_interface",
        "vlan_start",
        "default_floating_pool",
        "auto_assign_floating_ip",
        "quota_*",
        "*_allocation_ratio",
        "scheduler_*",
        "reserved_host_*",
        "use_cow_images",
        "force_raw_images",
        "*_guests_*_on_host_boot",
        "libvirt_use_virtio_for_bridges",
        "libvirt_cpu_mode",
        "api_rate_limit",
        "osapi_max_limit",
        "dhcp_lease_time",
    ),
    "/etc/nova/nova-compute.conf": (),
    "/etc/keystone/keystone.conf": (),
    "/etc/glance/glance-api.conf": ("default_store", "flavor", "delayed_delete"),
    "/etc/glance/glance-registry.conf": ("flavor",),
    "/etc/swift/proxy-server.conf": ("pipeline", "account_autocreate", "allow_account_management"),
    "/etc/swift/account-server.conf": ("mount_check",),
    "/etc/swift/container-server.conf": ("mount_check",),
    "/etc/swift/object-server.conf": ("mount_check",),
    "/etc/swift/swift.conf": (),
}
"""Patterns of options by file. What differs from host to host (addresses, paths, names) is not among them."""
FILES = tuple(_TOLD)
_SEALED = "hmac:"
_LONGEST = 200
Values = dict[str, dict[str, str]]
"""Option → node → value."""


def describe(found: Found, facts: Mapping[str, Facts]) -> None:
    """Say the options that are worth it; an odd one among the hosts is told."""
    for file, patterns in _TOLD.items():
        name = file.rpartition("/")[2]
        values = _values(file, patterns, facts)
        for option, by_node in sorted(values.items(), key=lambda item: _place(item[0], patterns)):
            usual, _ = Counter(by_node.values()).most_common(1)[0]
            found.put(("config", name, option), usual)
            if odd := [node for node, value in by_node.items() if value != usual]:
                told = f"{by_node[odd[0]]} on {', '.join(collapse(odd)[:4])}"
                found.odd.append(f"{name}: {option} is {told}, {usual} elsewhere")


def _place(option: str, patterns: tuple[str, ...]) -> tuple[int, str]:
    """What says most about a cloud stands first."""
    return next(number for number, each in enumerate(patterns) if fnmatchcase(option, each)), option


def _values(file: str, patterns: tuple[str, ...], facts: Mapping[str, Facts]) -> Values:
    values: Values = {}
    for node, told in facts.items():
        copy = Unknown(unknown="") if isinstance(told.configs, Unknown) else told.configs.get(file)
        for option, value in _told(copy, patterns).items() if isinstance(copy, Config) else ():
            values.setdefault(option, {})[node] = value
    return values


def _told(copy: Config, patterns: tuple[str, ...]) -> dict[str, str]:
    """Option → value, where all sections that have it agree; yes and no as a description has them."""
    said: dict[str, set[str]] = {}
    for options in copy.options.values():
        for option, values in options.items():
            if values and any(fnmatchcase(option, pattern) for pattern in patterns):
                said.setdefault(option, set()).add(values[-1])
    alike = {option: values.pop() for option, values in said.items() if len(values) == 1}
    return {
        option: value.lower() if value in ("True", "False") else value
        for option, value in alike.items()
        if _SEALED not in value
        and value.isprintable()
        and 0 < len(value) <= _LONGEST
        and option.isprintable()
    }
