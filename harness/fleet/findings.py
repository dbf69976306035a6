"""What is wrong with hosts, summed up: one finding for all that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.arch.layout import natural

Severity = Literal["wrong", "doubtful", "odd"]
ORDER: tuple[Severity, ...] = ("wrong", "doubtful", "odd")


@dataclass(frozen=True)
class Said:
    """One thing of one host: ``what`` as below its node, ``wanted`` where that is not in the words."""

    severity: Severity
    what: str
    found: str
    wanted: str = ""


@dataclass(frozen=True)
class Finding:
    """The same thing, of all hosts that have it; ``of`` are those of which it could be said."""

    said: Said
    nodes: tuple[str, ...]
    of: tuple[str, ...]

    def __str__(self) -> str:
        tail = f" instead of {self.said.wanted}" if self.said.wanted else ""
        return f"{self.said.what}: {self.said.found}{tail}" if self.said.found else self.said.what

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "severity": self.said.severity,
            "what": self.said.what,
            "found": self.said.found,
            "wanted": self.said.wanted,
            "nodes": list(self.nodes),
        }


def gathered(said: Mapping[str, Iterable[Said]], of: Callable[[str], Iterable[str]]) -> list[Finding]:
    """Findings by severity, in the order in which they were said first; ``of`` gives the hosts of which a
    thing is described.
    """
    nodes: dict[Said, dict[str, None]] = {}
    for node in sorted(said, key=natural):
        for one in said[node]:
            nodes.setdefault(one, {})[node] = None
    found = [Finding(one, tuple(names), _of(names, of(one.what), said)) for one, names in nodes.items()]
    return sorted(found, key=lambda each: ORDER.index(each.said.severity))


def _of(names: Iterable[str], described: Iterable[str], all_: Iterable[str]) -> tuple[str, ...]:
    """The described hosts, if the thing was seen nowhere else."""
    known = tuple(described)
    return known if set(names) <= set(known) else tuple(all_)
