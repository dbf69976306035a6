"""Empty a ledger: remove what a run made, what uses others first, and wait until it is really gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from harness.errors import CloudError, OutOfReach
from harness.ledger.cleaner import Cleaner, Thing
from harness.ledger.ending import LIMIT, Clock, end_all, still_there
from harness.ledger.file import STOPPED, Ledger, LedgerEntry

SETTLED = 5.0
"""Seconds after which a request that was sent and never answered has taken effect, or never will."""
_UNTOLD = "it may exist, and nothing tells it from what others made"


@dataclass(frozen=True)
class Left:
    """Something that may still be there, and why."""

    entry: LedgerEntry
    why: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.why}"


@dataclass(frozen=True)
class Cleaned:
    """What became of the open entries: removed now, not there any more (or never made), left."""

    removed: tuple[LedgerEntry, ...] = ()
    absent: tuple[LedgerEntry, ...] = ()
    left: tuple[Left, ...] = ()


def clean(
    ledger: Ledger,
    cleaner: Cleaner,
    *,
    prefix: str,
    own: Collection[str] = (),
    limit: float = LIMIT,
    clock: Clock | None = None,
) -> Cleaned:
    """Remove everything that the ledger holds open and note in it what is gone.

    ``prefix`` is what this run's names begin with, ``own`` the names of the tenants that belong to the
    harness. Something intended of which no id is known is looked up by its name, and only where the name
    begins so or the tenant is our own. ``limit`` (seconds) holds for each rank. Whatever cannot be removed is
    told in ``left``, nothing is raised for it. Services that were stopped are ``restore``'s.
    """
    work = _Cleaning(ledger, cleaner, prefix, frozenset(own), limit, clock or Clock())
    things = (entry for entry in ledger.open_entries() if entry.kind != STOPPED)
    for _, entries in groupby(things, key=lambda entry: entry.rank):
        work.rank(list(entries))
    work.last_look()
    return Cleaned(tuple(work.removed), tuple(work.absent), tuple(work.left))


class _Cleaning:
    def __init__(
        self, ledger: Ledger, cleaner: Cleaner, prefix: str, own: frozenset[str], limit: float, clock: Clock
    ) -> None:
        self.ledger, self.cleaner, self.clock = ledger, cleaner, clock
        self.prefix, self.own, self.limit = prefix, own, limit
        self.removed: list[LedgerEntry] = []
        self.absent: list[LedgerEntry] = []
        self.left: list[Left] = []
        self._seen: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._stayed: dict[LedgerEntry, list[Thing]] = {}

    def rank(self, entries: Sequence[LedgerEntry]) -> None:
        """End all things of one rank together, and note entry by entry what is gone."""
        found = {entry: things for entry in entries if (things := self._find(entry)) is not None}
        things = [thing for each in found.values() for thing in each]
        ended = end_all(self.cleaner, things, limit=self.limit, clock=self.clock)
        for entry, theirs in found.items():
            stayed = [ended.stayed[thing] for thing in theirs if thing in ended.stayed]
            if stayed:
                self.left.append(Left(entry, stayed[0]))
                self._stayed[entry] = theirs
                continue
            self.ledger.gone(entry)
            (self.removed if ended.removed.intersection(theirs) else self.absent).append(entry)

    def last_look(self) -> None:
        """Look once more at what stayed, what uses others last:
        so the last answer on record is about what matters.
        """
        for entry, things in reversed(self._stayed.items()):
            if not still_there(self.cleaner, things):
                self.ledger.gone(entry)
                self.removed.append(entry)
                self.left = [left for left in self.left if left.entry != entry]

    def _find(self, entry: LedgerEntry) -> list[Thing] | None:
        """The things behind an entry, none where it was never made; ``None`` where nobody can tell."""
        if entry.id:
            return self._known(entry)
        if not entry.name:
            return self._nameless(entry)
        if not (entry.name.startswith(self.prefix) or entry.tenant in self.own):
            self.left.append(Left(entry, _UNTOLD))
            return None
        return self._looked_up(entry, lambda thing: entry.name in (thing.name, thing.id))

    def _nameless(self, entry: LedgerEntry) -> list[Thing] | None:
        """What has no name (a floating address), by what no other entry knows.

        In a tenant of our own that is ours; elsewhere it may be anybody's.
        """
        known = {other.id for other in self.ledger.entries() if other.kind == entry.kind}
        things = self._looked_up(entry, lambda thing: thing.id not in known)
        if things and entry.tenant not in self.own:
            shown = ", ".join(thing.name or thing.id for thing in things)
            self.left.append(Left(entry, f"{_UNTOLD}: {shown}"))
            return None
        return things

    def _looked_up(self, entry: LedgerEntry, is_it: Callable[[Thing], bool]) -> list[Thing] | None:
        """By listing; a request that was sent just before everything ended may take effect for a while."""
        try:
            while True:
                things = [thing for thing in self.cleaner.list(entry.kind, entry.tenant) if is_it(thing)]
                if things or self.clock.now() >= entry.t + SETTLED:
                    return things
                self.clock.sleep(0.5)
        except (CloudError, OutOfReach) as error:
            self.left.append(Left(entry, f"could not be looked up: {error}"))
            return None

    def _known(self, entry: LedgerEntry) -> list[Thing] | None:
        """By id, unless another name has it: small numbers come again when a cloud is built anew.

        Another name of this run is no other's: stories rename what they made.
        """
        others = [
            name
            for id, name in self._listed(entry)
            if id == entry.id and entry.name and name != entry.name and not name.startswith(self.prefix)
        ]
        if others:
            self.left.append(Left(entry, f"its id belongs to {others[0] or 'something without a name'} now"))
            return None
        return [Thing(entry.kind, entry.id, entry.name, entry.tenant)]

    def _listed(self, entry: LedgerEntry) -> list[tuple[str, str]]:
        """Ids and names of the tenant's things of a kind, as far as they can be listed; each kind once."""
        place = (entry.kind, entry.tenant)
        if place not in self._seen:
            try:
                self._seen[place] = [(thing.id, thing.name) for thing in self.cleaner.list(*place)]
            except (CloudError, OutOfReach):
                self._seen[place] = []
        return self._seen[place]
