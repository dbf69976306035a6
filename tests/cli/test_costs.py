"""What ``plan`` says of a plan's cost, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from harness.accounts.allowance import Allowance
from harness.cli.costs import show_costs
from harness.cli.means import Means
from harness.plan.planned import Plan, PlannedScenario


def story(key: str, subject: str | None = None, **words: object) -> PlannedScenario:
    return PlannedScenario(key, subject, "compute", "", **words)  # type: ignore[arg-type]


SUITE = (
    story("identity.token", cost=0.5),
    story("preflight.budget", needs=("identity.token",), creates=1),
    story(
        "compute.boot", needs=("preflight.budget",), servers=1, creates=1, cost=5.0, until=("compute.delete",)
    ),
    story("compute.show", needs=("compute.boot",), holds=("server",), cost=0.5),
    story("compute.reboot", needs=("compute.boot",), holds=("server",), cost=4.0),
    story("compute.pair", needs=("compute.boot",), servers=2, creates=2, cost=3.0),
    story("compute.delete", needs=("compute.boot",), after=("compute.show", "compute.reboot"), cost=2.0),
    *(story("compute.boots_on_host", host, servers=1, creates=1, spread=True) for host in "abc"),
)
STOCK = Allowance(servers=10, quota="10 servers", creations=50, of="50 a day", pace=6.0)
MEANS = {
    "nobody": Means({"main": Allowance(), "other": Allowance()}, leases=True),
    "stock": Means({"main": STOCK, "other": STOCK}, leases=True),
    "member": Means(
        {
            "main": Allowance(
                servers=2, quota="4 servers, of which 2 are taken,", creations=3, of="50 a day"
            ),
            "other": Allowance(servers=10, quota="10 servers", creations=0, of="50 a day"),
        },
        {"main": "demo", "other": "guest"},
    ),
}
TOLD = {
    "nobody": """
  requests for a server:
    main                       4 needed, no limit is announced
    other                      3 needed, no limit is announced
    the run leases these users; what is left to them is seen then
  servers at once: 4 at most, 2 by one story
  taken in turns: server (2) (stories that hold it)
  longest chain of needs, 12 s: identity.token 0.5 s → preflight.budget 1 s → compute.boot 5 s → \
compute.reboot 4 s → compute.delete 2 s
""",
    "stock": """
  requests for a server:
    main                       4 needed, 50 of 50 a day left, a POST every 6 s
    other                      3 needed, 50 of 50 a day left, a POST every 6 s
    the run leases these users; what is left to them is seen then
  servers at once: 4 at most, 2 by one story; users have room for 10 (quota of 10 servers) each
  taken in turns: server (2) (stories that hold it)
  longest chain of needs, 12 s: identity.token 0.5 s → preflight.budget 1 s → compute.boot 5 s → \
compute.reboot 4 s → compute.delete 2 s
""",
    "member": """
  requests for a server:
    main (demo)                2 needed, 3 of 50 a day left
  servers at once: 4 at most, 1 by one story; users have room for 2 (quota of 4 servers, of which 2 are \
taken) each
  taken in turns: server (2) (stories that hold it)
  longest chain of needs, 12 s: identity.token 0.5 s → preflight.budget 1 s → compute.boot 5 s → \
compute.reboot 4 s → compute.delete 2 s
""",
}


@pytest.mark.parametrize("name", MEANS)
def test_costs_are_told(name: str, tmp_path: Path) -> None:
    plan, means = MEANS[name].fitted(Plan(SUITE), 4)
    with (tmp_path / "out").open("w+") as file:
        show_costs(Console(file=file, width=100, soft_wrap=True, highlight=False), plan, means, 4)
        file.seek(0)
        assert file.read() == TOLD[name]


def test_a_member_without_enough_left_is_told_what_is_given_up() -> None:
    plan, _ = MEANS["member"].fitted(Plan(SUITE), 4)
    given_up = {row.key: row.reason for row in plan.scenarios if not row.reach}
    hosts = [f"compute.boots_on_host[{name}]" for name in "abc"]
    assert list(given_up) == ["compute.pair", *hosts]
    assert given_up["compute.boots_on_host[c]"] == (
        "over the budget of creations: 3 of 50 a day are left for this user, and the plan needs 7"
    )


def test_an_administrator_leases_as_many_users_as_help() -> None:
    tight = Allowance(creations=4, of="50 a day")
    _, means = Means({"main": tight, "other": Allowance(creations=1)}, leases=True).fitted(Plan(SUITE), 4)
    assert list(means.book) == ["main", "other", "user-3"]
    _, means = Means({"main": tight, "other": tight}, leases=True).fitted(Plan(SUITE), 4)
    assert list(means.book) == ["main", "other"]


def test_a_plan_without_servers_says_nothing_of_them(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+") as file:
        show_costs(Console(file=file), Plan((story("rings.read"),)), MEANS["nobody"], 4)
        file.seek(0)
        assert file.read() == ""
