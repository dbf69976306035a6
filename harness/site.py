"""The site: the one file that binds a reference architecture to one real cloud. It holds no secret."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harness.arch import Architecture, load
from harness.errors import Problem, UsageError
from harness.evidence.absence import Absence
from harness.hostlist import Host
from harness.notyet import read_absent
from harness.place import (
    Place,
    anchored,
    cloud_name,
    gathering,
    hosts_of,
    missing_files,
    no_access,
    site_file,
    way,
)
from harness.sitefile import SiteFile, Ssh, Written, read

__all__ = ["Place", "Site", "SiteFile", "Ssh", "load_site"]


@dataclass(frozen=True)
class Site(Place):
    """One cloud to be driven: what was described, where it is and how to get in.

    ``absent`` are all nodes that the file calls so; ``arch`` is without those that need not be there yet.
    """

    name: str
    arch: Architecture
    path: Path | None
    file: SiteFile
    hosts: Mapping[str, Host] = field(default_factory=dict)
    absent: tuple[Absence, ...] = ()

    def granted(self, now: datetime) -> bool:
        """Whether disruptive scenarios may run now."""
        return self.file.disruptive is not None and now < self.file.disruptive.until

    def may_disturb(self, node: str, service: str) -> bool:
        """Whether a service of a node is among what may be disturbed, while the grant holds."""
        grant = self.file.disruptive
        return grant is not None and node in grant.nodes and service in (grant.services or (service,))

    def to_json(self) -> dict[str, Any]:
        """What a run stores of its site: everything, for there is no secret in it."""
        return {
            "name": self.name,
            "path": str(self.path) if self.path else None,
            "cloud": self.file.cloud,
            "hosts": {name: host.address for name, host in self.hosts.items()},
            "racks": {name: host.rack for name, host in self.hosts.items() if host.rack},
            "owners": self.file.owners,
            "absent": [each.to_json() for each in self.absent],
            "lab": self.file.lab.model_dump(mode="json") if self.file.lab else None,
        }


def load_site(
    ref: str | Path,
    *,
    cloud: str | None = None,
    overlays: Sequence[Path] = (),
    sets: Sequence[str] = (),
    access: bool = False,
) -> Site:
    """Read a site file; with ``cloud`` given, ``ref`` is an architecture and that cloud is the whole site.

    With ``access`` the accounts that it names are read as well. Raises ``UsageError`` with all problems of
    the site, of its architecture and, where wanted, of its accounts.
    """
    if cloud is not None:
        return _of_cloud(str(ref), cloud, overlays, sets, access)
    written, now = read(site_file(ref)), time.time()
    problems = list(written.problems)
    arch = None
    described = written.text("architecture")
    if described:
        with gathering(problems):
            arch = load(_architecture(described, written), overlays=list(overlays), sets=list(sets))
    parts = anchored(written.parts, written.path.parent)
    hosts = hosts_of(written, parts, problems)
    problems += missing_files(written, parts)
    problems += no_access(parts) if access else ()
    problems += way(written, parts, hosts)
    problems += _strangers(written, parts, hosts, arch) if arch else ()
    absent: list[Absence] = []
    if arch:
        absent, wrong = read_absent(written, arch, now)
        problems += wrong
    if problems or not arch:
        raise UsageError(*problems)
    waiting = {each.node: each.sentence for each in absent if not each.over(now)}
    path = written.path.resolve()
    return Site(parts.name, arch.without(waiting), path, parts, hosts, tuple(absent))


def _of_cloud(ref: str, cloud: str, overlays: Sequence[Path], sets: Sequence[str], access: bool) -> Site:
    """An architecture and a cloud's name, which are a whole site."""
    problems: list[Problem] = []
    parts = SiteFile(name=cloud_name(cloud), architecture=ref, cloud=cloud)
    with gathering(problems):
        arch = load(ref, overlays=list(overlays), sets=list(sets))
    if access:
        problems += no_access(parts)
    if problems:
        raise UsageError(*problems)
    return Site(name=cloud, arch=arch, path=None, file=parts)


def _architecture(ref: str, written: Written) -> str:
    beside = written.path.parent / ref
    return str(beside) if beside.is_file() else ref


def _strangers(
    written: Written, parts: SiteFile, hosts: Mapping[str, Host], arch: Architecture
) -> Iterator[Problem]:
    """Nodes which nobody described have no effect; one address is one machine's."""
    described = list(arch.model.nodes)
    granted = parts.disruptive.nodes if parts.disruptive else ()
    named = [("hosts", name) for name in parts.hosts if name != "from"]
    for key, name in (*named, *(("disruptive", name) for name in granted)):
        if name not in described:
            near = get_close_matches(name, described, 1)
            yield Problem(
                where=written.where(key, name),
                path=f"{key}.{name}" if key == "hosts" else "disruptive.nodes",
                message=f"{arch.name} describes no node of this name",
                found="" if key == "hosts" else name,
                hint=f"did you mean {near[0]!r}?" if near else "",
            )
    pools = list(arch.model.network.floating) if arch.model.network else []
    for key in (key for key in parts.network if key.startswith("floating.")):
        if key.removeprefix("floating.") not in pools:
            where = written.where("network", key)
            yield Problem(where, f"{arch.name} describes no such pool", path=f"network.{key}")
    if "from" in parts.hosts and hosts and not set(hosts) & set(described):
        yield Problem(
            where=written.where("hosts", "from"),
            path="hosts.from",
            message=f"none of its {len(hosts)} names is a node of {arch.name}",
            expected=", ".join(described[:6]),
            found=", ".join([*hosts][:6]),
        )
    first: dict[tuple[str, int], str] = {}
    for name in (name for name in hosts if name in described):
        other = first.setdefault((hosts[name].address, hosts[name].port), name)
        if other != name:
            where = written.where("hosts", name)
            yield Problem(where, f"the address of {other} as well", path=f"hosts.{name}")
