"""One pass over a ring's table, in blocks that fit a processor's cache: who holds what, and what is shared.

Of each level the pass counts the replicas that stand too close: those past the first ``most`` of their
partition in one tier. A pair that shares a server shares its zone and region too, so that each level looks
only at the partitions that were suspect on the level above; in a healthy ring that is none of them below the
zones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.rings.findings import MOST_RANGES, Places
from harness.rings.model import Ring
from harness.rings.plan import Plan
from harness.rings.tiers import LEVELS, Tier

_BLOCK = 1 << 16
Ids = list[NDArray[np.intp]]
Codes = list[NDArray[np.signedinteger[Any]]]


@dataclass
class Close:
    """What stands too close on one level: replicas per tier, and the partitions concerned."""

    excess: NDArray[np.int64]
    beyond: NDArray[np.int64]
    partitions: Spots = field(default_factory=lambda: Spots())
    hopeless: Spots = field(default_factory=lambda: Spots())


@dataclass
class Spots:
    """Partition numbers as they are found, of which only the first ranges are kept."""

    count: int = 0
    kept: list[int] = field(default_factory=list)

    def add(self, partitions: NDArray[np.int64]) -> None:
        """More of them, in ascending order."""
        self.count += len(partitions)
        room = 64 * MOST_RANGES - len(self.kept)
        if room > 0:
            self.kept.extend(partitions[:room].tolist())

    def places(self) -> Places:
        """As ranges."""
        found = Places.of(self.kept)
        return Places(self.count, found.ranges, found.more or self.count > len(self.kept))


@dataclass
class Survey:
    """What the pass saw. ``held[id]`` counts replicas; the last place stands for ids that no device has.

    ``at_risk`` is Swift's count for its dispersion: each partition's worst level.
    """

    held: NDArray[np.int64]
    close: dict[str, Close]
    strangers: Spots = field(default_factory=Spots)
    weightless: Spots = field(default_factory=Spots)
    twice: Spots = field(default_factory=Spots)
    at_risk: int = 0


def survey(ring: Ring, plan: Plan) -> Survey:
    """Go through the table once."""
    return _Pass(ring, plan).survey()


class _Pass:
    def __init__(self, ring: Ring, plan: Plan) -> None:
        self.ring, self.tiers, self.plan = ring, plan.tiers, plan
        tiers = plan.tiers
        sizes = {tier.level: len(tier.keys) for tier in tiers.levels}
        close = {level: Close(np.zeros(n, np.int64), np.zeros(n, np.int64)) for level, n in sizes.items()}
        self.found = Survey(np.zeros(ring.places + 1, dtype=np.int64), close)
        self.codes = [_narrow(tier) for tier in tiers.levels]
        device, living = tiers.levels[-1].code, tiers.levels[-1].living
        self.nobody = device < 0
        self.odd = self.nobody.copy()
        self.odd[device >= 0] = living[device[device >= 0]] == 0

    @lru_cache(maxsize=len(LEVELS))  # noqa: B019 - a pass does not outlive its survey
    def limits(self, depth: int) -> NDArray[np.int64]:
        return self.plan.limit(depth)

    def survey(self) -> Survey:
        for start, ids in blocks(self.ring):
            self._block(start, ids)
        return self.found

    def _block(self, start: int, ids: Ids) -> None:
        held = np.zeros(self.ring.places + 1, dtype=np.int64)
        for row in ids:
            held += np.bincount(row, minlength=len(held))
        self.found.held += held
        strange = bool(np.any(held[self.odd]))
        if strange:
            self._strangers(start, ids)
        risk = np.zeros(len(ids[0]), dtype=np.int64)
        at = np.arange(start, start + len(ids[0]))
        for depth, tier in enumerate(self.tiers.levels):
            if not strange and len(tier.keys) == 1 and self.plan.most[depth][0] >= len(ids):
                continue
            codes = [self.codes[depth].take(row) for row in ids]
            suspect = self._suspect(codes, ids if strange else [])
            if len(suspect) < len(at):
                at = at[suspect]
                ids, codes = [row[suspect] for row in ids], [code[suspect] for code in codes]
            if not len(at) or not tier.keys:
                break
            close = self._level(depth, tier, codes, at)
            risk[at - start] = np.maximum(risk[at - start], close)
        self.found.at_risk += int(risk.sum())

    def _suspect(self, codes: Codes, ids: Ids) -> NDArray[np.intp]:
        """The partitions of which two replicas share a tier, or one is on an odd device."""
        shared = np.zeros(len(codes[0]), dtype=bool)
        for one, other in combinations(codes, 2):
            shared |= one == other
        for row in ids:
            shared |= self.odd[row]
        return np.flatnonzero(shared)

    def _level(self, depth: int, tier: Tier, codes: Codes, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count what stands too close on one level, return each partition's sum as Swift counts it."""
        close, most = self.found.close[tier.level], self.plan.most[depth]
        strict = np.maximum(most, 1)
        risk = np.zeros(len(at), dtype=np.int64)
        some, past = np.zeros(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
        for replica, code in enumerate(codes):
            there = code >= 0
            earlier = sum(((code == other) for other in codes[:replica]), np.zeros(len(at), dtype=np.int8))
            risk += there & (earlier >= most[code])
            shared = there & (earlier >= strict[code])
            if not shared.any():
                continue
            hopeless = shared & (earlier >= self.limits(depth)[code])
            close.excess += np.bincount(code[shared], minlength=len(most))
            close.beyond += np.bincount(code[hopeless], minlength=len(most))
            some |= shared
            past |= hopeless
        close.partitions.add(at[some])
        close.hopeless.add(at[past])
        if tier.level == "device":
            self.found.twice.add(at[some])
        return risk

    def _strangers(self, start: int, ids: Ids) -> None:
        gone = np.zeros(len(ids[0]), dtype=bool)
        weightless = gone.copy()
        for row in ids:
            nobody = self.nobody[row]
            gone |= nobody
            weightless |= self.odd[row] & ~nobody
        self.found.strangers.add(np.flatnonzero(gone) + start)
        self.found.weightless.add(np.flatnonzero(weightless) + start)


def blocks(ring: Ring) -> Iterator[tuple[int, Ids]]:
    """Partition and rows of ids, block by block; where the last row ends, the blocks have one row less."""
    cut = len(ring.table[-1]) if ring.table else 0
    for start, end, rows in ((0, cut, ring.table), (cut, ring.partitions, ring.table[:-1])):
        for at in range(start, end if rows else start, _BLOCK):
            pieces = (row[at : min(at + _BLOCK, end)] for row in rows)
            yield at, [np.minimum(piece, ring.places).astype(np.intp) for piece in pieces]


def _narrow(tier: Tier) -> NDArray[np.signedinteger[Any]]:
    """A level's codes in as few bytes as they need: narrow arrays are compared faster."""
    return tier.code.astype(
        np.int8 if len(tier.keys) < 1 << 7 else np.int16 if len(tier.keys) < 1 << 15 else np.int32
    )
