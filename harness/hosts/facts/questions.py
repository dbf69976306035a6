"""What is asked of one host, beyond what is asked of every host."""

from __future__ import annotations

from dataclasses import dataclass

SECTIONS = (
    "system",
    "clock",
    "cpu",
    "memory",
    "disks",
    "volume_groups",
    "mounts",
    "space",
    "interfaces",
    "resolvers",
    "listeners",
    "processes",
    "services",
    "packages",
    "users",
    "files",
    "configs",
    "sysctl",
    "rules",
    "domains",
    "targets",
    "managed",
    "broker",
    "database",
)
"""Every part of the facts, in the order in which the script asks; the names are those of ``Facts``."""


@dataclass(frozen=True)
class Questions:
    """Parts of the facts, files to look at and to read, kernel settings.

    ``files``: absolute paths whose owner, mode and digest are asked. ``configs``: absolute paths of option
    files that are read whole. ``sysctl``: names with dots.
    """

    sections: tuple[str, ...] = SECTIONS
    files: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    sysctl: tuple[str, ...] = ()
