"""The hosts of a site on two days: what of them is otherwise, and what could not be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.arch.layout import natural
from harness.fleet.alike import ABSENT, shown
from harness.fleet.change import Change
from harness.fleet.comparable import KINDS, OWN_KINDS
from harness.fleet.snapshot import Snapshot
from harness.fleet.values import Kind, Value
from harness.fleet.volatile import volatile_changes
from harness.hosts.facts.model import NOT_ASKED, Facts, Unknown

_PARTS = tuple(name for name in Facts.model_fields if name not in ("node", "taken", "seconds", "doubles"))
_THERE = "there"


@dataclass(frozen=True)
class Difference:
    """Node → its changes, and node → why it, or a part of it, could not be compared."""

    nodes: tuple[str, ...]
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether nothing is otherwise, as far as it could be seen."""
        return not self.changes


def difference(old: Snapshot, new: Snapshot) -> Difference:
    """What became otherwise between two snapshots; neither may hold seals (``Snapshot.without_seals``)."""
    nodes = sorted({*old.facts, *old.silent, *new.facts, *new.silent}, key=natural)
    changes: dict[str, tuple[Change, ...]] = {}
    unseen: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        first, second = old.facts.get(node), new.facts.get(node)
        if first is not None and second is not None:
            changes[node] = tuple(changes_of(first, second))
            unseen[node] = tuple(_unseen(first, second))
        elif lost := [side.silent[node] for side in (old, new) if node in side.silent]:
            unseen[node] = tuple(lost)
        else:
            words = (ABSENT, _THERE) if first is None else (_THERE, ABSENT)
            changes[node] = (Change("host", "host in the snapshot", *words),)
    return Difference(
        tuple(nodes),
        {node: found for node, found in changes.items() if found},
        {node: found for node, found in unseen.items() if found},
    )


def changes_of(old: Facts, new: Facts) -> Iterator[Change]:
    """What of one host is otherwise: stable facts by equality, volatile ones by how far they moved."""
    for kind in (*OWN_KINDS, *KINDS):
        yield from _stable(kind, old, new)
    yield from volatile_changes(old, new)


def _stable(kind: Kind, old: Facts, new: Facts) -> Iterator[Change]:
    first, second = kind.values(old), kind.values(new)
    if isinstance(first, Unknown) or isinstance(second, Unknown) or first == second:
        return
    for name in sorted({name for name, _ in first.items() ^ second.items()}, key=natural):
        if kind.hidden(old, name) or kind.hidden(new, name):
            continue
        before, now = first.get(name, ABSENT), second.get(name, ABSENT)
        lacking = name not in first or name not in second
        if (lacking and not kind.presence) or _near(before, now, kind.within):
            continue
        yield Change(kind.name, kind.label.format(name), shown(before), shown(now, before))


def _near(before: Value, now: Value, within: float) -> bool:
    if isinstance(before, str | tuple) or isinstance(now, str | tuple):
        return False
    return abs(now - before) <= within * max(abs(now), abs(before))


def _unseen(old: Facts, new: Facts) -> Iterator[str]:
    """Parts that only one of the two days tells; what neither tells is no part of this host, and what one was
    not asked was not to be compared.
    """
    for part in _PARTS:
        first, second = getattr(old, part), getattr(new, part)
        if NOT_ASKED in (first, second):
            continue
        if isinstance(second, Unknown) and not isinstance(first, Unknown):
            yield f"{part}: {second.unknown}"
        elif isinstance(first, Unknown) and not isinstance(second, Unknown):
            yield f"{part}, in the first snapshot: {first.unknown}"
    for part in ("files", "configs"):
        first, second = getattr(old, part), getattr(new, part)
        if not isinstance(first, Unknown) and not isinstance(second, Unknown):
            yield from (f"{path}: {why}" for path, why in _lost(first, second))


def _lost(first: Mapping[str, object], second: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for path in first.keys() & second.keys():
        before, now = first[path], second[path]
        if isinstance(now, Unknown) and now.denied and not isinstance(before, Unknown):
            yield path, now.unknown
