"""The plan meets the accounts: who tells what, and what the cloud has no room for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from harness.accounts import Held
from harness.accounts.allowance import Allowance, Size
from harness.arch import Architecture
from harness.errors import CloudError, OutOfReach
from harness.evidence.writer import Recorder
from harness.plan.fitting import Rows, at_once, fit, lacking, short, told, without
from harness.plan.planned import Plan
from harness.plan.spreading import MAIN, creations


def budgeted(plan: Plan, held: Held, arch: Architecture, servers: int, record: Recorder) -> Plan:
    """The plan with the user that tells each story, within what limits and quotas leave.

    Where users of our own can be leased, so many are that all creations find one. Where compute does not
    answer nothing is given up: the first story that asks tells why.
    """
    plan = replace(plan, scenarios=_within_reach(plan.scenarios, held.missing))
    book = _Book(held, sizes(arch))
    if any(row.runs and (row.servers or row.creates) for row in plan.scenarios):
        book.ask(*held.accounts.users)
        book.lease_what_lacks(plan)
        record.write("run", phase="budget", users={n: asdict(each) for n, each in book.allowances.items()})
    else:
        book.allowances = {name: Allowance() for name in held.accounts.users}
    scenarios = fit(plan.scenarios, book.allowances, servers)
    users = {row.key: row.account for row in scenarios if row.account != MAIN}
    held.assign(users, creations(scenarios))
    return replace(plan, scenarios=scenarios, tenants=at_once(book.allowances))


def _within_reach(scenarios: Rows, missing: Mapping[str, str]) -> Rows:
    """What the accounts turned out to lack is out of reach, and costs nothing."""
    for row in scenarios:
        lacking = [missing[name] for name in row.requires if name in missing]
        if row.runs and lacking:
            scenarios = without(scenarios, row.key, "; ".join(lacking))
    return scenarios


def sizes(arch: Architecture) -> list[Size]:
    """The flavors as described."""
    return list(arch.model.compute.flavors.values()) if arch.model.compute else []


class _Book:
    """What each of the run's users may still do, while further users are leased."""

    def __init__(self, held: Held, flavors: Iterable[Size]) -> None:
        self.held = held
        self.flavors = list(flavors)
        self.allowances: dict[str, Allowance] = {}

    def ask(self, *users: str) -> None:
        for user in users:
            try:
                self.allowances[user] = self.held.allowance(user, self.flavors)
            except (CloudError, OutOfReach):
                self.allowances[user] = Allowance()

    def lease_what_lacks(self, plan: Plan) -> None:
        """Lease users until everybody has enough creations left; the one with the most is the main one.

        It ends where a user who has as many left as the main one is of no help.
        """
        while self.held.leased and (before := lacking(plan.scenarios, self.allowances)):
            if self._promoted(plan):
                continue
            user = self.held.more()
            if user is None:
                return
            self.ask(user)
            helped = lacking(plan.scenarios, self.allowances) < before
            if not helped and _creations(self.allowances[user]) == _creations(self.allowances[MAIN]):
                return

    def _promoted(self, plan: Plan) -> bool:
        """Whether another user became the main one: where that one's own stories need more than it has."""
        if MAIN not in short(told(plan.scenarios, self.allowances), self.allowances):
            return False
        best = max(self.allowances, key=lambda name: _creations(self.allowances[name]))
        if _creations(self.allowances[best]) <= _creations(self.allowances[MAIN]):
            return False
        self.held.promote(best)
        mine = self.allowances[MAIN]
        self.allowances[MAIN], self.allowances[best] = self.allowances[best], mine
        return True


def _creations(allowed: Allowance) -> float:
    return float("inf") if allowed.creations is None else allowed.creations
