"""Where data lies: mounts, room, volume groups, iSCSI targets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.hosts.facts.frames import Section
from harness.hosts.facts.model import Mount, Space, Target, Unknown, VolumeGroup

_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_BYTES = re.compile(r"\d{1,20}")


def read_mounts(section: Section) -> dict[str, Mount] | Unknown:
    """By path; what was mounted last hides what was there before."""
    part = section.part("/proc/mounts", "mount")
    if part is None or not part.ok:
        return section.unknown("/proc/mounts", "mount")
    found: dict[str, Mount] = {}
    for line in part.lines:
        words = line.split(" ")
        if part.label == "/proc/mounts" and len(words) >= 4 and words[1].startswith("/"):
            device, path, kind, options = (_unescaped(word) for word in words[:4])
        elif part.label == "mount" and " type " in line:
            place, _, rest = line.rpartition(" type ")
            device, _, path = place.partition(" on ")
            kind, _, options = rest.partition(" ")
            options = options.strip("()")
        else:
            continue
        found[path] = Mount(device=device, type=kind, options=tuple(options.split(",")))
    return found or section.unknown(part.label)


def _unescaped(text: str) -> str:
    """The kernel writes blanks in octal; other control characters stay so."""
    return _OCTAL.sub(
        lambda found: chr(int(found[1], 8)) if found[1] in ("040", "134") else found[0],
        text,
    )


def read_space(section: Section) -> dict[str, Space] | Unknown:
    """By mount point; a file system of the network that does not answer is not in it."""
    parts = [part for label, part in section.parts.items() if label in ("local", "far") and part.came]
    found: dict[str, Space] = {}
    for part in parts:
        for line in part.lines:
            words = line.split(None, 5)
            if len(words) == 6 and _BYTES.fullmatch(words[1]) and words[5].startswith("/"):
                free = (
                    int(words[3]) if _BYTES.fullmatch(words[3]) else 0
                )  # what is below the reserve is negative
                found[words[5]] = Space(size_mb=int(words[1]) // 1024, free_mb=free // 1024)
    return found or section.unknown("local", "far")


def read_volume_groups(section: Section) -> dict[str, VolumeGroup] | Unknown:
    """LVM's groups and volumes."""
    groups, volumes = section.part("vgs"), section.part("lvs")
    if groups is None or volumes is None or not groups.ok or not volumes.ok:
        return section.unknown("vgs", "lvs")
    if groups.denied or any("as a non-root user" in line for line in groups.lines):
        return Unknown(unknown="this user may not see it", denied=True)
    names: dict[str, list[str]] = {}
    for group, name in _columns(volumes.lines, 2):
        names.setdefault(group, []).append(name)
    return {
        group: VolumeGroup(
            size_gb=round(int(size) / 2**30, 2),
            free_gb=round(int(free) / 2**30, 2),
            volumes=tuple(names.get(group, ())),
        )
        for group, size, free in _columns(groups.lines, 3)
        if _BYTES.fullmatch(size) and _BYTES.fullmatch(free)
    }


def _columns(lines: Iterable[str], count: int) -> list[list[str]]:
    rows = ([word.strip() for word in line.split("|")] for line in lines)
    return [row for row in rows if len(row) == count]


def read_targets(section: Section) -> tuple[Target, ...] | Unknown:
    """Targets of tgt, of the kernel's IET, or of LIO, which today's kernels have."""
    part = section.part("tgtadm")
    if part is not None and part.ok:
        return _tgt(part.lines)
    volumes = section.part("/proc/net/iet/volume")
    if volumes is not None:
        sessions = section.part("/proc/net/iet/session")
        return _iet(volumes.lines, sessions.lines if sessions else ())
    lio = section.part("lio")
    if lio is not None:
        return _lio(lio.lines)
    return section.unknown("tgtadm", "/proc/net/iet/volume")


def _tgt(lines: Iterable[str]) -> tuple[Target, ...]:
    told = _Targets()
    for line in lines:
        if match := re.match(r"Target \d+: (\S+)", line):
            told.target(match[1])
        elif match := re.match(r"\s+Backing store(?: path)?: (/\S.*)", line):
            told.store(match[1].strip())
        elif re.match(r"\s+I_T nexus: \d+", line):
            told.session()
    return told.all()


def _lio(lines: Iterable[str]) -> tuple[Target, ...]:
    """From ``/sys/kernel/config/target/iscsi``; one that nobody has logged in to says ``No active …``."""
    told = _Targets()
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "target" and rest:
            told.target(rest)
        elif kind == "store":
            told.store(rest)
        elif kind == "session" and not rest.startswith("No active"):
            told.session()
    return told.all()


class _Targets:
    """Targets as a list tells them: a name, and what belongs to it until the next one."""

    def __init__(self) -> None:
        self._found: list[tuple[str, list[str], list[None]]] = []

    def target(self, name: str) -> None:
        self._found.append((name, [], []))

    def store(self, path: str) -> None:
        if self._found:
            self._found[-1][1].append(path)

    def session(self) -> None:
        if self._found:
            self._found[-1][2].append(None)

    def all(self) -> tuple[Target, ...]:
        return tuple(
            Target(name=name, stores=tuple(stores), sessions=len(sessions))
            for name, stores, sessions in self._found
        )


def _iet(volumes: Iterable[str], sessions: Iterable[str]) -> tuple[Target, ...]:
    count: dict[str, int] = {}
    name = ""
    for line in sessions:
        if match := re.match(r"tid:\d+ name:(\S+)", line):
            name = match[1]
        elif re.match(r"\s+sid:\d+", line):
            count[name] = count.get(name, 0) + 1
    found: dict[str, list[str]] = {}
    for line in volumes:
        if match := re.match(r"tid:\d+ name:(\S+)", line):
            name = match[1]
            found[name] = []
        elif name in found and (match := re.match(r"\s+lun:\d+ .*?path:(\S+)", line)):
            found[name].append(match[1])
    return tuple(
        Target(name=name, stores=tuple(stores), sessions=count.get(name, 0)) for name, stores in found.items()
    )
