"""What an audit finds, as data: kind, severity, where, how many, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Severity = Literal["error", "warning", "info"]
MOST_RANGES = 64


@dataclass(frozen=True)
class Places:
    """Partitions: how many, and the first ranges of them (both ends included)."""

    count: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    more: bool = False

    @classmethod
    def of(cls, partitions: NDArray[np.integer[Any]] | Sequence[int]) -> Places:
        """From partition numbers in ascending order."""
        found: list[tuple[int, int]] = []
        more = False
        for first, last in _runs(partitions):
            if len(found) == MOST_RANGES:
                more = True
                break
            found.append((first, last))
        return cls(len(partitions), tuple(found), more)

    def __str__(self) -> str:
        shown = [str(first) if first == last else f"{first}-{last}" for first, last in self.ranges[:6]]
        return ", ".join([*shown, "…"] if self.more or len(self.ranges) > 6 else shown)


def _runs(partitions: NDArray[np.integer[Any]] | Sequence[int]) -> Iterable[tuple[int, int]]:
    import numpy as np

    numbers = np.asarray(partitions)
    if not len(numbers):
        return
    cuts = np.flatnonzero(np.diff(numbers) != 1)[: MOST_RANGES + 1]
    starts, ends = [0, *(cuts + 1).tolist()], [*cuts.tolist(), len(numbers) - 1]
    for start, end in zip(starts, ends, strict=True):
        yield int(numbers[start]), int(numbers[end])


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (``error``), doubtful (``warning``) or worth knowing (``info``).

    ``kind`` is a stable name (``docs/reference/rings.md`` lists all), ``count`` how many of what the sentence
    speaks of, ``partitions`` and ``devices`` where.
    """

    kind: str
    severity: Severity
    sentence: str
    count: int = 0
    partitions: Places = field(default_factory=Places)
    devices: tuple[int, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return asdict(self)


RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; those of a kind stay in their order."""
    return tuple(sorted(findings, key=lambda finding: RANK[finding.severity]))


def counted(number: int, noun: str, one: str = "", many: str = "") -> str:
    """``1 replica shares``, ``2 replicas share``."""
    noun, verb = (noun, one) if number == 1 else (f"{noun}s", many)
    return f"{number} {noun} {verb}".rstrip()


def named(labels: Sequence[str], most: int = 3) -> str:
    """A few names, and how many more there are."""
    rest = len(labels) - most
    return ", ".join(labels[:most]) + (f" and {rest} more" if rest > 0 else "")
