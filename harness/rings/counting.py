"""Counting how many replicas each id of a table holds, and how many stand too close, in little memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.rings.model import Row

_BLOCK = 1 << 17
_DENSE = 1 << 17
_PAIRED = 8


def held(table: Iterable[Row]) -> dict[int, int]:
    """Id → count, for the ids that occur; an id far out of range costs no memory."""
    dense = np.zeros(_DENSE, dtype=np.int64)
    sparse: dict[int, int] = {}
    for row in table:
        for at in range(0, len(row), _BLOCK):
            _count(row[at : at + _BLOCK], dense, sparse)
    found = {int(number): int(dense[number]) for number in np.flatnonzero(dense)}
    return found | sparse


def _count(block: Row, dense: NDArray[np.int64], sparse: dict[int, int]) -> None:
    if block.dtype.itemsize > 2 and len(block) and int(block.max()) >= _DENSE:
        far = block[block >= _DENSE]
        for number, count in zip(*np.unique(far, return_counts=True), strict=True):
            sparse[int(number)] = sparse.get(int(number), 0) + int(count)
        block = block[block < _DENSE]
    counts = np.bincount(block)
    dense[: len(counts)] += counts


def together(
    codes: Sequence[NDArray[np.signedinteger[Any]]], most: NDArray[np.int64], limit: NDArray[np.int64]
) -> tuple[int, int]:
    """How many replicas stand past the first ``most`` of their partition in one tier, and past ``limit``.

    ``codes[replica][partition]`` is a tier, -1 for none; a last row may be shorter.
    """
    if not codes:
        return 0, 0
    table = np.full((len(codes), len(codes[0])), -1, dtype=np.int32)
    for replica, code in enumerate(codes):
        table[replica, : len(code)] = code
    table = table[:, _doubtful(table)]
    table.sort(axis=0)
    at = np.arange(len(codes))[:, None]
    first = np.ones(table.shape, dtype=bool)
    first[1:] = table[1:] != table[:-1]
    earlier = at - np.maximum.accumulate(np.where(first, at, 0), axis=0)
    there = table >= 0
    return int((there & (earlier >= most[table])).sum()), int((there & (earlier >= limit[table])).sum())


def _doubtful(table: NDArray[np.int32]) -> NDArray[np.intp]:
    """The partitions of which two replicas share a tier: sorting the others would say nothing."""
    if len(table) > _PAIRED:
        return np.arange(table.shape[1])
    shared = np.zeros(table.shape[1], dtype=bool)
    for one, other in combinations(table, 2):
        shared |= one == other
    return np.flatnonzero(shared)
