"""A plan meets accounts: users are leased while they help, the one with the most left is the main one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.accounts.allowance import Allowance
from harness.arch import Architecture, load
from harness.clients.errors import Unreachable
from harness.plan.planned import Plan, PlannedScenario
from harness.plugin.budgeting import budgeted


class Users:
    """Accounts with so many creations left each; those after the first two are leased on demand."""

    def __init__(self, *left: int | None, leased: bool = True) -> None:
        self.left = list(left)
        self.leased = leased
        self.names = ["main", "other"][: len(left)]
        self.users: dict[str, int] = {name: number for number, name in enumerate(self.names)}
        self.assigned: Mapping[str, str] = {}
        self.asked: Mapping[str, int] = {}
        self.missing: Mapping[str, str] = {} if leased else {"admin": "demo is no administrator"}

    @property
    def accounts(self) -> Users:
        return self

    def allowance(self, user: str, sizes: object) -> Allowance:
        left = self.left[self.users[user]]
        if left is None:
            raise Unreachable("compute does not answer")
        return Allowance(creations=left, of="50 a day")

    def more(self) -> str | None:
        if len(self.users) >= len(self.left):
            return None
        name = f"user-{len(self.users) + 1}"
        self.users[name] = len(self.users)
        return name

    def promote(self, user: str) -> None:
        self.users["main"], self.users[user] = self.users[user], self.users["main"]

    def assign(self, users: Mapping[str, str], asked: Mapping[str, int]) -> None:
        self.assigned, self.asked = users, asked


class Rows:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def write(self, kind: str, **fields: Any) -> str:
        self.rows.append(fields)
        return "main:1"


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


def server(id: str, subject: str | None = None, **words: Any) -> PlannedScenario:
    return PlannedScenario(id, subject, "compute", "", servers=1, creates=1, **words)


MAIN = tuple(server(f"compute.s{number}") for number in range(4))
SPREAD = tuple(server("compute.on_host", name, spread=True) for name in "abcdef")


def fitted(arch: Architecture, users: Users, rows: tuple[PlannedScenario, ...] = (*MAIN, *SPREAD)) -> Plan:
    return budgeted(Plan(rows), users, arch, 4, Rows())  # type: ignore[arg-type]


def lost(plan: Plan) -> list[str]:
    return [row.key for row in plan.scenarios if not row.reach]


def test_with_enough_left_two_users_do(arch: Architecture) -> None:
    users = Users(50, 50, 50)
    assert lost(fitted(arch, users)) == []
    assert list(users.users) == ["main", "other"]
    assert users.asked == {"main": 5, "other": 5}
    assert set(users.assigned.values()) == {"other"}


def test_as_many_users_are_leased_as_help(arch: Architecture) -> None:
    users = Users(4, 2, 2, 2, 2)
    assert lost(fitted(arch, users)) == []
    assert list(users.users) == ["main", "other", "user-3", "user-4"]
    assert users.asked == {"main": 4, "other": 2, "user-3": 2, "user-4": 2}


def test_who_has_the_most_left_becomes_the_main_user(arch: Architecture) -> None:
    users = Users(1, 0, 3, 40)
    assert lost(fitted(arch, users)) == []
    assert users.users["main"] == 3
    assert users.asked["main"] >= 4


def test_nobody_is_leased_in_vain(arch: Architecture) -> None:
    users = Users(3, 3, 3, 3, 3, 3)
    assert lost(fitted(arch, users, MAIN)) == ["compute.s3"]
    assert len(users.users) == 3, "one was tried and was of no help"


def test_without_an_administrator_the_last_declared_is_given_up(arch: Architecture) -> None:
    users = Users(5, 2, leased=False)
    plan = fitted(arch, users)
    assert lost(plan) == ["compute.on_host[d]", "compute.on_host[e]", "compute.on_host[f]"]
    assert "2 of 50 a day are left for this user" in plan.by_key["compute.on_host[f]"].reason


def test_what_the_accounts_cannot_do_costs_nothing(arch: Architecture) -> None:
    rows = (
        server("compute.hosts", requires=("admin",)),
        server("compute.more", needs=("compute.hosts",)),
        *MAIN,
    )
    plan = fitted(arch, Users(4, leased=False), rows)
    assert lost(plan) == ["compute.hosts", "compute.more"]
    assert plan.by_key["compute.hosts"].reason == "demo is no administrator"


def test_where_compute_does_not_answer_nothing_is_given_up(arch: Architecture) -> None:
    assert lost(fitted(arch, Users(None, None))) == []


def test_a_plan_without_servers_asks_nobody(arch: Architecture) -> None:
    rows = (PlannedScenario("rings.read", None, "rings", ""),)
    assert fitted(arch, Users(None), rows).scenarios == rows
