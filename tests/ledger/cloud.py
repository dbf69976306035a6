"""A cloud in memory, for cleaning: things that take a while to go, that refuse, that vanish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.clients.errors import Conflict, NotFound, ServerFault
from harness.errors import OutOfReach
from harness.ledger import Clock, Thing


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


@dataclass
class InMemory:
    """Implements ``harness.ledger.Cleaner``.

    ``lingering`` polls pass before a deleted thing is gone; ``refusing`` counts deletions that are refused
    first; ``late`` appear in listings at a moment; ``broken`` kinds cannot be listed, ``strange`` ones do not
    exist here.
    """

    time: Time = field(default_factory=Time)
    things: dict[Thing, int] = field(default_factory=dict)
    lingering: int = 0
    refusing: dict[Thing, int] = field(default_factory=dict)
    late: dict[Thing, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    deleted: list[Thing] = field(default_factory=list)

    def put(self, kind: str, id: str, name: str = "", tenant: str = "deployday-1") -> Thing:
        thing = Thing(kind, id, name or id, tenant)
        self.things[thing] = -1
        return thing

    def list(self, kind: str, tenant: str) -> Sequence[Thing]:
        if kind in self.strange:
            raise OutOfReach(f"no {kind} here")
        if kind in self.broken:
            raise ServerFault(f"{kind} cannot be listed")
        for thing, moment in list(self.late.items()):
            if self.time.now >= moment:
                self.things[thing] = -1
                del self.late[thing]
        return [thing for thing in self.things if (thing.kind, thing.tenant) == (kind, tenant)]

    def delete(self, thing: Thing) -> None:
        found = self._find(thing)
        if self.refusing.get(found, 0) > 0:
            self.refusing[found] -= 1
            raise Conflict(f"{found.id} is busy")
        self.deleted.append(found)
        self.things[found] = self.lingering

    def exists(self, thing: Thing) -> bool:
        try:
            found = self._find(thing)
        except NotFound:
            return False
        if self.things[found] == 0:
            del self.things[found]
            return False
        if self.things[found] > 0:
            self.things[found] -= 1
        return True

    def _find(self, thing: Thing) -> Thing:
        for found in self.things:
            if (found.kind, found.id) == (thing.kind, thing.id):
                return found
        raise NotFound(f"no {thing.id}")
