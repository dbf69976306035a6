"""The proof that nothing was left: what a cloud holds before and after, compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import CloudError, OutOfReach
from harness.ledger.cleaner import Cleaner, Thing
from harness.ledger.ending import LIMIT, Clock, end_all
from harness.ledger.file import KINDS

CLOUDWIDE = ("user", "tenant", "role", "aggregate")
"""What only an administrator sees."""
LISTED = tuple(kind for kind in KINDS if kind not in ("attachment", *CLOUDWIDE))
"""What a tenant can hold; attachments go with their servers."""


@dataclass(frozen=True)
class Inventory:
    """What some tenants hold. ``unseen`` maps what could not be listed (``volume of deployday-1``) to the
    reason; ``blind`` where that is everything.
    """

    things: frozenset[Thing] = frozenset()
    unseen: Mapping[str, str] = field(default_factory=dict)
    blind: bool = False

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form; ``from_json`` reads it back."""
        things = [thing.to_json() for thing in sorted(self.things)]
        return {"things": things, "unseen": dict(self.unseen), "blind": self.blind}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Inventory:
        """Read what ``to_json`` wrote."""
        things = frozenset(Thing(*texts) for texts in data["things"])
        return cls(things, dict(data["unseen"]), bool(data["blind"]))


@dataclass(frozen=True)
class Leaks:
    """What is there now and was not there before.

    ``ours`` was made by this run and may be removed; ``foreign`` appeared in a tenant that is not our own and
    carries no sign of this run: it is told, never deleted by guess. ``unseen`` says what this proof does not
    cover.
    """

    ours: tuple[Thing, ...] = ()
    foreign: tuple[Thing, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


def take(cleaner: Cleaner, tenants: Iterable[str], *, cloudwide: bool = False) -> Inventory:
    """List everything that the tenants (names) hold; with ``cloudwide``, all users and tenants as well.

    A kind that a cloud does not have, or that nobody may list, is noted; raises ``CloudError`` where the
    cloud fails.
    """
    things: set[Thing] = set()
    unseen: dict[str, str] = {}
    places = [(kind, tenant) for tenant in tenants for kind in LISTED]
    places += [(kind, "") for kind in CLOUDWIDE] if cloudwide else []
    for kind, tenant in places:
        try:
            things.update(cleaner.list(kind, tenant))
        except (CloudError, OutOfReach) as reason:
            unseen[_place(kind, tenant)] = str(reason)
    return Inventory(frozenset(things), unseen, blind=len(unseen) == len(places))


def leaks(
    before: Inventory,
    after: Inventory,
    *,
    prefix: str,
    own: Collection[str] = (),
    made: Collection[tuple[str, str]] = (),
) -> Leaks:
    """Compare: in tenants of our own (``own``, names) everything new is ours,
    elsewhere what carries the prefix or was ``made`` (kind, id).

    What could not be listed before is not new because it can be now: there only prefix and id tell. Other
    people's new users and tenants are nobody's business here and are not told.
    """
    new = sorted(after.things - before.things)
    known = [thing for thing in new if _place(thing.kind, thing.tenant) not in before.unseen]
    marked = {thing for thing in new if thing.name.startswith(prefix) or (thing.kind, thing.id) in made}
    ours = [thing for thing in new if thing in marked or (thing.tenant in own and thing in known)]
    foreign = [thing for thing in known if thing not in ours and thing.kind not in CLOUDWIDE]
    return Leaks(tuple(ours), tuple(foreign), {**before.unseen, **after.unseen})


def _place(kind: str, tenant: str) -> str:
    return f"{kind} of {tenant}" if tenant else kind


def sweep(
    cleaner: Cleaner, things: Collection[Thing], *, limit: float = LIMIT, clock: Clock | None = None
) -> dict[Thing, str]:
    """Remove things that are surely ours, rank by rank; gives those that stayed, each with the reason."""
    stayed: dict[Thing, str] = {}
    for kind in KINDS:
        of_kind = [thing for thing in sorted(things) if thing.kind == kind]
        stayed |= end_all(cleaner, of_kind, limit=limit, clock=clock).stayed
    return stayed
