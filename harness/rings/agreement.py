"""Do all nodes hold the same ring? Majority and outliers by content, from one hash a copy.

A ``Copies`` takes the files as they arrive and keeps each distinct one once, so that a thousand equal copies
cost a thousand hashes and the memory of one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.rings.difference import Difference, diff
from harness.rings.errors import RingError
from harness.rings.findings import Finding, Places, counted, named
from harness.rings.model import Ring
from harness.rings.read import read_ring

Reason = Literal["missing", "unreadable", "other-ring", "behind", "ahead", "differs"]


@dataclass(frozen=True)
class Copy:
    """One node's file of a ring: the SHA-256 of its bytes, and when it was last changed (seconds)."""

    holder: str
    file: str = ""
    mtime: float | None = None
    absent: str = ""


@dataclass
class Copies:
    """The copies of one ring, as they come in; what is the same is kept once."""

    ring: str
    copies: list[Copy] = field(default_factory=list)
    _files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def add(self, holder: str, data: bytes, mtime: float | None = None) -> Copy:
        """A node's file."""
        copy = Copy(holder, hashlib.sha256(data).hexdigest(), mtime)
        self._files.setdefault(copy.file, data)
        self.copies.append(copy)
        return copy

    def absent(self, holder: str, why: str = "no such file") -> Copy:
        """A node whose file could not be had."""
        copy = Copy(holder, absent=why)
        self.copies.append(copy)
        return copy

    def contents(self) -> Iterator[tuple[str, Ring | RingError]]:
        """Every distinct file: its hash, and the ring in it or what is wrong with it."""
        for file, data in self._files.items():
            try:
                yield file, read_ring(data)
            except RingError as error:
                yield file, error


@dataclass(frozen=True)
class Outlier:
    """A node that has not what the majority has, and in what way.

    ``other-ring`` holds the content that the majority of another ring has; ``behind`` and ``ahead`` have an
    older or newer builder version, or file where there are no versions.
    """

    holder: str
    reason: Reason
    told: str
    difference: Difference | None = None
    ring: Ring | None = None


@dataclass(frozen=True)
class Agreement:
    """What the copies of one ring say together.

    ``majority`` is the ring that most readable copies have, ``holders`` who has it; ``torn`` says that as
    many have another. ``contents`` counts distinct contents.
    """

    ring: str
    majority: Ring | None
    holders: tuple[str, ...]
    outliers: tuple[Outlier, ...]
    torn: bool
    contents: int

    @property
    def agreed(self) -> bool:
        """Whether every copy says the same."""
        return self.majority is not None and not self.outliers

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The outliers as findings."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Finding]:
        if self.torn:
            sentence = f"{self.ring}: no content has a majority of the copies"
            yield Finding("no-majority", "error", sentence, self.contents)
        by: dict[tuple[str, str], list[Outlier]] = {}
        for outlier in self.outliers:
            by.setdefault((outlier.reason, outlier.told), []).append(outlier)
        for (reason, told), some in by.items():
            sentence = f"{self.ring} on {named([one.holder for one in some])}: {told}"
            where = some[0].difference.partitions if some[0].difference else Places()
            yield Finding(f"copy-{reason}", "error", sentence, len(some), where)


def compare(copies: Copies, others: Mapping[str, Ring] | None = None) -> Agreement:
    """Majority and outliers of one ring; ``others`` are the cloud's other rings, by name."""
    read = dict(copies.contents())
    digests = {file: ring.digest for file, ring in read.items() if isinstance(ring, Ring)}
    votes = Counter(digests[copy.file] for copy in copies.copies if copy.file in digests)
    ranked = votes.most_common()
    if not ranked:
        return Agreement(copies.ring, None, (), _unread(copies, read), False, 0)
    common = ranked[0][0]
    majority = next(ring for file, ring in read.items() if digests.get(file) == common)
    assert isinstance(majority, Ring)
    holders = [copy for copy in copies.copies if digests.get(copy.file) == common]
    judge = _Judge(majority, common, _newest(holders), others or {})
    outliers = [
        judge.outlier(copy, read[copy.file], digests[copy.file])
        for copy in copies.copies
        if copy.file in digests and digests[copy.file] != common
    ]
    torn = len(ranked) > 1 and ranked[1][1] == ranked[0][1]
    found = (*_unread(copies, read), *outliers)
    return Agreement(copies.ring, majority, tuple(one.holder for one in holders), found, torn, len(ranked))


def _newest(copies: Iterable[Copy]) -> float | None:
    return max((copy.mtime for copy in copies if copy.mtime is not None), default=None)


def _unread(copies: Copies, read: Mapping[str, Ring | RingError]) -> tuple[Outlier, ...]:
    found = []
    for copy in copies.copies:
        if copy.absent:
            found.append(Outlier(copy.holder, "missing", copy.absent))
        elif isinstance(error := read[copy.file], RingError):
            found.append(Outlier(copy.holder, "unreadable", str(error)))
    return tuple(found)


class _Judge:
    """Says of a copy how it differs; each distinct content is compared once."""

    def __init__(self, majority: Ring, digest: str, newest: float | None, others: Mapping[str, Ring]) -> None:
        self.majority, self.newest = majority, newest
        self.others = {ring.digest: name for name, ring in others.items() if ring.digest != digest}
        self.differences: dict[str, Difference | None] = {}

    def outlier(self, copy: Copy, ring: Ring | RingError, digest: str) -> Outlier:
        assert isinstance(ring, Ring)
        if digest not in self.differences:
            self.differences[digest] = self._difference(ring)
        difference = self.differences[digest]
        if digest in self.others:
            return Outlier(
                copy.holder, "other-ring", f"it is the {self.others[digest]} ring", difference, ring
            )
        reason, order = self._order(copy, ring)
        return Outlier(copy.holder, reason, f"{order}{self._told(ring, difference)}", difference, ring)

    def _difference(self, ring: Ring) -> Difference | None:
        try:
            return diff(self.majority, ring)
        except RingError:
            return None

    def _order(self, copy: Copy, ring: Ring) -> tuple[Reason, str]:
        """Who missed a push: by the builder's version, else by the time of the file."""
        ours, theirs = self.majority.version, ring.version
        if ours is not None and theirs is not None and ours != theirs:
            word: Reason = "behind" if theirs < ours else "ahead"
            return word, f"version {theirs}, the majority has {ours}: "
        if ours == theirs and None not in (copy.mtime, self.newest) and copy.mtime != self.newest:
            older = (copy.mtime or 0) < (self.newest or 0)
            return ("behind", "an older file: ") if older else ("ahead", "a newer file: ")
        return "differs", ""

    def _told(self, ring: Ring, difference: Difference | None) -> str:
        if difference is None:
            return f"part power {ring.part_power}, the majority has {self.majority.part_power}"
        told = [
            f"{counted(difference.partitions.count, 'partition', 'lies', 'lie')} elsewhere"
            f" ({100 * difference.share:.2g} % of the data misplaced, {difference.lost.count} out of reach)"
        ]
        for word, devices in (
            ("more", difference.joined),
            ("missing", difference.left),
            ("changed", difference.changed),
        ):
            if devices:
                told.append(f"{word}: {named([device.label for device in devices])}")
        return "; ".join(told)


def agreed(values: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """What most holders have of any value (a hash suffix, a setting), and who has something else."""
    if not values:
        return None, ()
    common = Counter(values.values()).most_common(1)[0][0]
    return common, tuple(holder for holder, value in values.items() if value != common)
