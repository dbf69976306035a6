"""Files, accounts, mounts, free space and kernel settings of a host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path
from harness.fleet.observed import Observed, unseen, unseen_below
from harness.hosts.facts.model import NOT_ASKED, Facts, Unknown


def files(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Whether each described file is there, whose it is, what may be done with it, what stands in it."""
    here, described = ("nodes", node), model.nodes[node]
    if isinstance(facts.files, Unknown):
        yield from unseen_below(described, here, facts.files, ("files",))
        return
    for path, wanted in described.files.items():
        place, found = (*here, "files", path), facts.files.get(path, NOT_ASKED)
        if isinstance(found, Unknown):
            yield from unseen_below(wanted, place, found)
            continue
        there = found.kind != "absent"
        yield Observed((*place, "present"), there)
        for leaf in ("owner", "group", "mode", "sha256"):
            if getattr(wanted, leaf) is not None:
                yield _file_leaf((*place, leaf), getattr(found, leaf) or None, there)


def _file_leaf(path: Path, value: str | None, there: bool) -> Observed:
    if there and value is None:
        return unseen(path, Unknown(unknown="the host does not tell it of this path"))
    return Observed(path, value)


def users(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The described accounts: groups, home, shell."""
    here, described = ("nodes", node), model.nodes[node]
    if isinstance(facts.users, Unknown):
        yield from unseen_below(described, here, facts.users, ("users",))
        return
    for name in described.users:
        user, place = facts.users.get(name), (*here, "users", name)
        yield Observed((*place, "present"), user is not None)
        yield Observed((*place, "groups"), sorted(user.groups) if user else None)
        yield Observed((*place, "home"), user.home if user else None)
        yield Observed((*place, "shell"), user.shell if user else None)


def mounts(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """What is mounted at each described path."""
    here, described = ("nodes", node), model.nodes[node]
    if isinstance(facts.mounts, Unknown):
        yield from unseen_below(described, here, facts.mounts, ("mounts",))
        return
    for path in described.mounts:
        mount = facts.mounts.get(path)
        yield Observed((*here, "mounts", path, "type"), mount.type if mount else None)
        yield Observed((*here, "mounts", path, "device"), mount.device if mount else None)


def space(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Free space in GB of the file system that holds each described path."""
    here, described = ("nodes", node), model.nodes[node]
    if isinstance(facts.space, Unknown):
        yield from unseen_below(described, here, facts.space, ("space",))
        return
    for path in described.space:
        place = (*here, "space", path, "free_gb")
        holder = holder_of(path, facts.space)
        if holder is None:
            yield unseen(place, NOT_ASKED)
        else:
            free = facts.space[holder].free_mb / 1024
            yield Observed(place, round(free, 2), about="" if holder == path else f"it lies in {holder}")


def holder_of(path: str, known: dict[str, Any]) -> str | None:
    """The longest known path that is the path itself or above it."""
    above = [path] if path in known else []
    above += [each for each in known if path.startswith(each.rstrip("/") + "/")]
    return max(above, key=len, default=None)


def sysctl(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The described kernel settings, numbers with one space between them."""
    here, described = ("nodes", node), model.nodes[node]
    if isinstance(facts.sysctl, Unknown):
        yield from unseen_below(described, here, facts.sysctl, ("sysctl",))
        return
    for name in described.sysctl:
        value = facts.sysctl.get(name)
        yield Observed((*here, "sysctl", name), None if value is None else " ".join(value.split()))
