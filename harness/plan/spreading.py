"""Who tells which story: those that anybody may tell are handed out over the run's users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.plan.planned import PlannedScenario

MAIN = "main"


def spread(
    scenarios: Iterable[PlannedScenario], users: Sequence[str], left: Mapping[str, int] | None = None
) -> tuple[PlannedScenario, ...]:
    """The same scenarios, each with the user that tells it.

    All stories of one subject that may be spread have the same user. Each subject in turn goes to the user
    with the fewest creations so far, of those with equally many to the one with the fewest stories, then to
    the first of ``users``. ``left`` is how many creations a user has left, where that is known: while there
    is somebody with enough, nobody gets more.
    """
    most = left or {}
    rows = list(scenarios)
    load = Counter(dict.fromkeys(users, 0))
    stories = Counter(dict.fromkeys(users, 0))
    for row in rows:
        if row.runs and not row.spread:
            load[MAIN] += row.creates
            stories[MAIN] += 1
    told: dict[str | None, str] = {}
    for subject, group in _by_subject(rows).items():
        sent = sum(row.creates for row in group)
        able = [name for name in users if load[name] + sent <= most.get(name, load[name] + sent)]
        user = min(able or users, key=lambda name: (load[name], stories[name], users.index(name)))
        told[subject] = user
        load[user] += sent
        stories[user] += len(group)
    return tuple(replace(row, account=told.get(row.subject, MAIN) if row.spread else MAIN) for row in rows)


def creations(scenarios: Iterable[PlannedScenario]) -> Counter[str]:
    """Requests for a server that each user sends, as planned."""
    found: Counter[str] = Counter()
    for row in scenarios:
        if row.runs:
            found[row.account] += row.creates
    return found


def _by_subject(rows: Iterable[PlannedScenario]) -> dict[str | None, list[PlannedScenario]]:
    groups: dict[str | None, list[PlannedScenario]] = {}
    for row in rows:
        if row.spread and row.runs:
            groups.setdefault(row.subject, []).append(row)
    return groups
