"""What the run's users may do, as far as it is known before a run: asked of the cloud, or as described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from harness.accounts.allowance import Allowance, as_described, fresh, read
from harness.accounts.given import Given
from harness.accounts.lent import MOST_USERS
from harness.arch import Architecture
from harness.errors import CloudError, OutOfReach
from harness.plan import Plan
from harness.plan.fitting import at_once, fit, lacking


@dataclass(frozen=True)
class Means:
    """What each user may still do; ``names`` are the users' own. ``leases``: a run takes users of its own,
    as many as it needs.
    """

    book: Mapping[str, Allowance]
    names: Mapping[str, str] = field(default_factory=dict)
    leases: bool = False

    def fitted(self, plan: Plan, servers: int) -> tuple[Plan, Means]:
        """The plan as a run would fit it, and the means with all the users that it would lease."""
        book, more = dict(self.book), dict(self.book)
        while self.leases and len(book) < MOST_USERS:
            more[f"user-{len(book) + 1}"] = book["main"]
            if lacking(plan.scenarios, more) >= lacking(plan.scenarios, book):
                break
            book = dict(more)
        scenarios = fit(plan.scenarios, book, servers)
        return replace(plan, scenarios=scenarios, tenants=at_once(book)), replace(self, book=book)

    @property
    def pace(self) -> dict[str, float]:
        """Seconds between two POSTs of each user."""
        return {name: allowed.pace for name, allowed in self.book.items() if allowed.pace}


def described(arch: Architecture) -> Means:
    """Two users of the run's own, of a cloud that is as it was described."""
    unused = as_described(arch)
    return Means({"main": unused, "other": unused}, leases=True)


def asked(given: Given, arch: Architecture) -> Means:
    """What the site's users may do; where a run leases users, what such a one may that nobody has used.

    Where compute does not answer nothing is known, and nothing is given up.
    """
    sizes = list(arch.model.compute.flavors.values()) if arch.model.compute else []

    def ask(user: str, how: Callable[..., Allowance]) -> Allowance:
        try:
            return how(given.session(user), sizes) if sizes else Allowance()
        except (CloudError, OutOfReach):
            return Allowance()

    if given.leases:
        unused = ask("main", fresh)
        return Means({"main": unused, "other": unused}, leases=True)
    users = given.accounts.users
    return Means({name: ask(name, read) for name in users}, {n: users[n].username for n in users})
