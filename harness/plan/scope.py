"""A part of a cloud that is judged alone: ``role=network``, ``area=compute``, ``node=compute-[1:9]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from harness.arch import Architecture
from harness.arch.areas import AREA_OF, OBJECTIVES_OF, SERVICES_OF, areas_without
from harness.arch.paths import Path, show
from harness.arch.ranges import expand
from harness.errors import Problem, UsageError
from harness.evidence.answer import CATALOGUE, TOKEN
from harness.evidence.fold import owners, owns
from harness.plan.planned import PlannedScenario

KINDS = ("role", "area", "node")
GATES_OF = {
    "nodes": ("hosts",),
    "catalogue": ("preflight",),
    "identity": ("identity",),
    "images": ("images",),
    "compute": ("compute", "guests"),
    "network": ("network",),
    "volumes": ("volumes",),
    "objects": ("objects", "rings"),
}
"""The gates whose stories are about an area."""
_ALWAYS = ("cleanup",)
"""The gate whose stories belong to every scope: what the run itself leaves behind."""


@dataclass(frozen=True)
class Scope:
    """What is looked at; ``text`` is as the user said it, ``bounds`` are the clauses at or below which all is
    in scope. ``nodes`` were named, ``servants`` are the nodes with a role that was.
    """

    text: str
    areas: frozenset[str]
    roles: frozenset[str]
    nodes: frozenset[str]
    servants: frozenset[str]
    bounds: tuple[Path, ...]

    @property
    def printed(self) -> tuple[str, ...]:
        """The bounds as a run stores them."""
        return tuple(map(show, self.bounds))

    def holds(self, row: PlannedScenario) -> bool:
        """Whether a story is in scope: by its gate, its subject, or what it owns and nothing else."""
        gates = {gate for area in self.areas for gate in GATES_OF.get(area, ())}
        subjects = {name for area in self.areas for name in SERVICES_OF.get(area, ())}
        owned = _owned(row)
        return (
            row.gate in gates
            or row.gate in _ALWAYS
            or row.subject in self.nodes | self.roles | subjects
            or (row.gate == "hosts" and row.subject in self.servants and not self._of_others(owned))
            or (bool(owned) and all(any(owns(bound, path) for bound in self.bounds) for path in owned))
        )

    def _of_others(self, owned: Iterable[Path]) -> bool:
        """Whether a story about a node is about an area that is served there as well, and not asked for."""
        return any(path[0] in AREA_OF.values() and path[0] not in self.areas for path in owned)

    def select(self, rows: Iterable[PlannedScenario], chosen: Collection[str] | None) -> set[str]:
        """The keys to run, of those that were ``chosen`` (None: all): what is in scope, what looks at a
        clause that is, and the token and catalogue without which there is no GO.
        """
        wanted = {row.key for row in rows if self.holds(row) or self._looks(row)}
        return (wanted if chosen is None else wanted & set(chosen)) | self._first(rows)

    def _looks(self, row: PlannedScenario) -> bool:
        return any(_meet(path, bound) for path in _owned(row) for bound in self.bounds)

    def _first(self, rows: Iterable[PlannedScenario]) -> set[str]:
        return {row.key for row in rows if row.key in (TOKEN, CATALOGUE)}


def scope_of(texts: Sequence[str], arch: Architecture) -> Scope | None:
    """The scope that ``--scope`` says, each text one or several ``kind=name``; None for no text.

    Raises ``UsageError`` for what the description does not have.
    """
    words = [word.strip() for text in texts for word in text.split(",")]
    if not words:
        return None
    reading = _Reading(arch)
    for word in words:
        reading.take(word)
    if reading.problems:
        raise UsageError(*reading.problems)
    nodes, servants, areas = map(frozenset, (reading.nodes, reading.servants, reading.areas))
    named: list[Path] = [(area,) for area in sorted(areas)]
    named += [(*path,) for area in sorted(areas) for path in _besides(area, arch)]
    named += [("nodes", node) for node in sorted(nodes | servants)]
    named += [("compute", "hosts", node) for node in sorted(nodes)]
    return Scope(" ".join(words), areas, frozenset(reading.roles), nodes, servants, tuple(named))


def _owned(row: PlannedScenario) -> list[Path]:
    """What a story looks at; for one that does not apply, perhaps nothing."""
    return [path for _, path in owners([{"key": row.key, "owns": row.owns}])]


def _besides(area: str, arch: Architecture) -> Iterator[Path]:
    """What belongs to an area and stands elsewhere in the description."""
    for service in SERVICES_OF.get(area, ()):
        if service in arch.model.catalogue:
            yield "catalogue", service
    for name in OBJECTIVES_OF.get(area, ()):
        yield "objectives", name


def _meet(one: Path, other: Path) -> bool:
    """Whether there can be a path at or below both."""
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))


class _Reading:
    """The words of a scope held against a description; problems are gathered."""

    def __init__(self, arch: Architecture) -> None:
        self.arch = arch
        self.problems: list[Problem] = []
        self.areas: set[str] = set()
        self.roles: set[str] = set()
        self.nodes: set[str] = set()
        self.servants: set[str] = set()

    def take(self, word: str) -> None:
        kind, equals, name = (part.strip() for part in word.partition("="))
        if not equals or kind not in KINDS or not name:
            expected = "role=ROLE, area=AREA or node=NODE"
            self._wrong("not a scope", word, kind, KINDS, expected)
        else:
            getattr(self, f"_{kind}")(name)

    def _role(self, name: str) -> None:
        nodes = self.arch.nodes_with(name)
        held = {role for node in self.arch.model.nodes.values() for role in node.roles}
        if name not in held:
            known = name in self.arch.model.roles
            what = f"no node of {self.arch.name} has this role" if known else "there is no such role"
            self._wrong(what, name, name, sorted(held))
        self.roles.add(name)
        self.servants |= set(nodes)
        self.areas |= {AREA_OF[name]} if name in AREA_OF else set()

    def _area(self, name: str) -> None:
        areas = list(dict.fromkeys(clause.area for clause in self.arch.table.clauses.values()))
        if name not in areas:
            self._wrong(f"{self.arch.name} has no such area", name, name, areas, ", ".join(areas))
        self.areas.add(name)

    def _node(self, name: str) -> None:
        try:
            names = expand(name)
        except ValueError as error:
            self._wrong("not a node", name, name, (), str(error))
            return
        for each in names:
            if each not in self.arch.model.nodes:
                known = list(self.arch.model.nodes)
                self._wrong(f"{self.arch.name} describes no such node", each, each, known)
        self.nodes |= set(names)

    def _wrong(self, message: str, found: str, meant: str, among: Sequence[str], expected: str = "") -> None:
        near = get_close_matches(meant, among, 1)
        hint = f"did you mean {near[0]!r}?" if near else ""
        self.problems.append(Problem("--scope", message, "", expected, found, hint))


def unserved(gate: str, arch: Architecture) -> str:
    """The absent node without which nobody serves what the stories of a gate are about; empty for none."""
    if arch.whole is None:
        return ""
    roles = {name: node.roles for name, node in arch.whole.model.nodes.items()}
    gone = areas_without(roles, arch.absent)
    return next(iter(arch.absent)) if any(gate in GATES_OF.get(area, ()) for area in gone) else ""
