"""Who tells which story: those that anybody may tell are handed out over the run's users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from harness.plan.planned import PlannedScenario

MAIN, OTHER = "main", "other"


def spread(
    scenarios: Iterable[PlannedScenario], users: Sequence[str], left: Mapping[str, int] | None = None
) -> tuple[PlannedScenario, ...]:
    """The same scenarios, each with the user that tells it.

    Stories that may be spread and have something in common have the same user: a subject, a need or an order
    among themselves, a shared thing that they hold. Each such group in turn goes to the user with the fewest
    creations so far, of those with equally many to the one with the fewest stories, then to the first of
    ``users``. ``left`` is how many creations a user has left, where that is known: while there is somebody
    with enough, nobody gets more.
    """
    most = left or {}
    rows = list(scenarios)
    load = Counter(dict.fromkeys(users, 0))
    stories = Counter(dict.fromkeys(users, 0))
    for row in rows:
        if row.runs and not row.spread:
            load[MAIN] += row.creates
            load[OTHER] += row.foreign
            stories[MAIN] += 1
    told: dict[str, str] = {}
    for group in _groups([row for row in rows if row.spread and row.runs]):
        sent = sum(row.creates for row in group)
        able = [name for name in users if load[name] + sent <= most.get(name, load[name] + sent)]
        user = min(able or users, key=lambda name: (load[name], stories[name], users.index(name)))
        told |= {row.key: user for row in group}
        load[user] += sent
        stories[user] += len(group)
    return tuple(replace(row, account=told.get(row.key, MAIN)) for row in rows)


def creations(scenarios: Iterable[PlannedScenario]) -> Counter[str]:
    """Requests for a server that each user sends, as planned."""
    found: Counter[str] = Counter()
    for row in scenarios:
        if row.runs:
            found[row.account] += row.creates
            found[stranger(row.account)] += row.foreign
    return found


def stranger(user: str) -> str:
    """Who is the user of another tenant in a story that this one tells (``cloud.other``)."""
    return OTHER if user == MAIN else MAIN


def _groups(rows: list[PlannedScenario]) -> list[list[PlannedScenario]]:
    """Stories that have something in common, directly or through others; in running order."""
    groups: list[tuple[set[str], list[PlannedScenario]]] = []
    place = {row.key: number for number, row in enumerate(rows)}
    for row in rows:
        common, alike = _common(row, place), [row]
        for other in [group for group in groups if group[0] & common]:
            groups.remove(other)
            common, alike = common | other[0], [*other[1], *alike]
        groups.append((common, alike))
    ordered = [sorted(alike, key=lambda row: place[row.key]) for _, alike in groups]
    return sorted(ordered, key=lambda alike: place[alike[0].key])


def _common(row: PlannedScenario, among: Collection[str]) -> set[str]:
    """What no two stories that are told by different users have in common."""
    found = {key for key in (row.key, *row.needs, *row.after, *row.until) if key in among}
    found |= {f"held {name}" for name in row.holds}
    return found | ({f"subject {row.subject}"} if row.subject is not None else set())
