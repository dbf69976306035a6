"""The plan meets what the cloud allows: servers at once by quota, creations by rate limit.

What there is no room for is given up before the run, and told why; the last declared first. A story that
is needed is never given up without those that need it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.accounts.allowance import Allowance
from harness.plan.planned import PlannedScenario
from harness.plan.room import Room
from harness.plan.spreading import MAIN, creations, spread, stranger

Rows = tuple[PlannedScenario, ...]
Book = Mapping[str, Allowance]
"""What each of the run's users may still do."""


def fit(scenarios: Sequence[PlannedScenario], book: Book, budget: int) -> Rows:
    """The same scenarios: each with its user, and out of reach where the cloud allows it nobody.

    Where the main user may not make a single server, nothing is given up: the story that looks at the
    budget (``preflight.budget``) fails, and all that needs a server waits for it in vain.
    """
    rows = told(scenarios, book)
    if book[MAIN].none:
        return rows
    return _within_creations(_within_quotas(rows, book, budget), book)


def told(scenarios: Sequence[PlannedScenario], book: Book) -> Rows:
    """The same scenarios, each with its user; one who may not make a server is asked for none."""
    able = [name for name, allowed in book.items() if name == MAIN or not allowed.none]
    left = {name: allowed.creations for name, allowed in book.items() if allowed.creations is not None}
    return spread(scenarios, able, left)


def short(rows: Iterable[PlannedScenario], book: Book) -> dict[str, int]:
    """How many creations more each user would need than it has left; those with enough are left out."""
    needed = creations(rows)
    lacks = {name: count - _left(book, name, count) for name, count in needed.items() if name in book}
    return {name: count for name, count in lacks.items() if count > 0}


def lacking(scenarios: Sequence[PlannedScenario], book: Book) -> int:
    """How many creations find no user."""
    return sum(short(told(scenarios, book), book).values())


def at_once(book: Book) -> dict[str, int]:
    """Servers at once in the tenant of each user, where a quota says."""
    return {name: allowed.servers for name, allowed in book.items() if allowed.servers is not None}


def _left(book: Book, name: str, otherwise: int) -> int:
    found = book[name].creations
    return otherwise if found is None else found


def _within_quotas(rows: Rows, book: Book, budget: int) -> Rows:
    """First what never fits by itself, then what finds no room beside the servers it lives with."""
    each = at_once(book)
    for row in rows:
        if row.runs and row.servers > each.get(row.account, row.servers):
            rows = without(rows, row.key, _quota(row, book))

    def ends(kept: Rows) -> bool:
        return Room([row for row in kept if row.runs and row.servers <= budget], budget, each).suffices()

    while not ends(rows):
        able = [row for row in reversed(rows) if row.runs and row.servers]
        row = next((one for one in able if ends(without(rows, one.key, ""))), able[0])
        rows = without(rows, row.key, _beside(row, book, budget))
    return rows


def _within_creations(rows: Rows, book: Book) -> Rows:
    while missing := short(rows, book):
        last = next(row for row in reversed(rows) if row.runs and _asked(row) & missing.keys())
        user = min(_asked(last) & missing.keys())
        rows = without(rows, last.key, _spent(user, book, creations(rows)))
    return rows


def without(rows: Rows, key: str, reason: str) -> Rows:
    """The plan without one story and all that need it."""
    lost = {key: reason}
    for row in rows:
        need = next((other for other in row.needs if other in lost), None)
        if need is not None and row.runs:
            lost[row.key] = f"it needs what is out of reach: {need}"
    return tuple(
        replace(row, reach=False, reason=lost[row.key]) if row.runs and row.key in lost else row
        for row in rows
    )


def _count(number: int) -> str:
    return f"{number} server" + ("s" if number != 1 else "")


def _quota(row: PlannedScenario, book: Book) -> str:
    allowed = book[row.account]
    return f"it runs {_count(row.servers)} at once, and the quota of {allowed.quota} leaves {allowed.servers}"


def _beside(row: PlannedScenario, book: Book, budget: int) -> str:
    allowed = book[row.account]
    most = budget if allowed.servers is None else min(budget, allowed.servers)
    whose = "the quota of" if most < budget else "the budget of"
    words = allowed.quota if most < budget else _count(budget)
    return f"beside the servers that it needs, {whose} {words} leaves no room for {_count(row.servers)} more"


def _asked(row: PlannedScenario) -> set[str]:
    """Whose creations a story costs."""
    return {
        name for name, count in ((row.account, row.creates), (stranger(row.account), row.foreign)) if count
    }


def _spent(user: str, book: Book, needed: Counter[str]) -> str:
    allowed = book[user]
    return (
        f"over the budget of creations: {allowed.creations} of {allowed.of} are left for this user, "
        f"and the plan needs {needed[user]}"
    )
