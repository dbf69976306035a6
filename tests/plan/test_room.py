"""Servers that are left running, shared things and several tenants: no order of events breaks a budget,
and none ends with everybody waiting for somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.plan import Board, PlannedScenario
from harness.plan.room import Room
from tests.plan.relaxed import RELAXED

ACCOUNTS = ("main", "other")


@st.composite
def plans(draw: st.DrawFn, most: int = 10) -> list[PlannedScenario]:
    """A plan in running order; what a story leaves running ends with a later one that it may wait for."""
    count = draw(st.integers(1, most))
    keys = [f"s.{number}" for number in range(count)]
    rows: list[PlannedScenario] = []
    for number, key in enumerate(keys):
        earlier = st.lists(st.sampled_from(keys[:number]), max_size=2, unique=True) if number else st.just([])
        later = st.lists(st.sampled_from(keys[number + 1 :]), max_size=2, unique=True)
        rows.append(
            PlannedScenario(
                key,
                None,
                "compute",
                key,
                needs=tuple(draw(earlier)),
                after=tuple(draw(earlier)),
                servers=draw(st.integers(0, 2)),
                until=tuple(draw(later)) if number + 1 < count and draw(st.booleans()) else (),
                holds=tuple(draw(st.lists(st.sampled_from("xy"), max_size=2, unique=True))),
                account=draw(st.sampled_from(ACCOUNTS)),
            )
        )
    return rows


BUDGETS = st.tuples(st.integers(2, 5), st.integers(2, 4), st.integers(2, 4))


def boards(plan: Sequence[PlannedScenario], budget: tuple[int, int, int]) -> tuple[int, dict[str, int]]:
    return budget[0], dict(zip(ACCOUNTS, budget[1:], strict=True))


def play(
    plan: list[PlannedScenario], budget: tuple[int, int, int], workers: int, chance: Random
) -> dict[str, str]:
    """Play to the end in any order, looking after every move; the outcomes by key."""
    board = Board(plan, *boards(plan, budget))
    outcomes: dict[str, str] = {}
    over: set[str] = set()
    for _ in range(10 * len(plan) + 10):
        for row in board.unable():
            outcomes[row.key] = row.outcome
            over.add(row.key)
        if board.done:
            return outcomes
        ready = board.ready()
        if ready and len(board.running) < workers and (not board.running or chance.random() < 0.7):
            board.start(chance.choice(ready))
            look(board, over, outcomes)
        else:
            key = chance.choice(board.running)
            board.finish(key, met=True, outcome="completed")
            outcomes[key] = "completed"
            over.add(key)
    raise AssertionError("the game does not end")


def look(board: Board, over: set[str], outcomes: dict[str, str]) -> None:
    """Nobody holds what another one holds; all servers that are there stay within the budgets."""
    held = Counter(name for key in board.running for name in board.plan[key].holds)
    assert all(count == 1 for count in held.values()), held
    there: Counter[str] = Counter()
    for key in board.plan:
        planned = board.plan[key]
        stays = outcomes.get(key) == "completed" and not set(planned.until) <= over
        if key in board.running or (planned.until and stays):
            there[planned.account] += planned.servers
    assert sum(there.values()) <= board.budget
    assert all(there[name] <= most for name, most in board.tenants.items())


@RELAXED
@given(plans(), BUDGETS, st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_order_breaks_a_budget_or_never_ends(
    plan: list[PlannedScenario], budget: tuple[int, int, int], workers: int, chance: Random
) -> None:
    outcomes = play(plan, budget, workers, chance)
    assert set(outcomes) == {row.key for row in plan}
    if Room(plan, *boards(plan, budget)).suffices():
        assert set(outcomes.values()) == {"completed"}


@RELAXED
@given(plans(7), BUDGETS)
def test_there_is_room_where_any_order_at_all_leads_to_the_end(
    plan: list[PlannedScenario], budget: tuple[int, int, int]
) -> None:
    assert Room(plan, *boards(plan, budget)).suffices() == any_order(plan, *boards(plan, budget))


def any_order(plan: list[PlannedScenario], budget: int, each: dict[str, int]) -> bool:
    """Every order, one story after the other, without any cleverness."""
    by_key = {row.key: row for row in plan}
    seen: set[frozenset[str]] = set()
    left: list[frozenset[str]] = [frozenset()]
    while left:
        done = left.pop()
        if len(done) == len(plan):
            return True
        if done in seen:
            continue
        seen.add(done)
        there = [by_key[key] for key in done if by_key[key].until and not set(by_key[key].until) <= done]
        for row in plan:
            if row.key in done or not {*row.needs, *row.after} <= done:
                continue
            mine = sum(other.servers for other in there if other.account == row.account)
            in_all = sum(other.servers for other in there)
            fits = in_all + row.servers <= budget and mine + row.servers <= each[row.account]
            if fits or not row.servers:
                left.append(done | {row.key})
    return False


def server(key: str, **words: object) -> PlannedScenario:
    return PlannedScenario(key, None, "compute", "", servers=1, **words)  # type: ignore[arg-type]


def test_two_servers_that_wait_for_each_other_are_not_both_started() -> None:
    plan = [
        server("a.boot", until=("a.delete",)),
        server("b.boot", until=("b.delete",)),
        server("a.pair", needs=("a.boot",)),
        server("b.pair", needs=("b.boot",)),
        PlannedScenario("a.delete", None, "compute", "", after=("a.pair",)),
        PlannedScenario("b.delete", None, "compute", "", after=("b.pair",)),
    ]
    board = Board(plan, 2)
    assert board.ready() == ["a.boot", "b.boot"]
    board.start("a.boot")
    assert board.ready() == []
    board.finish("a.boot", met=True, outcome="completed")
    assert board.ready() == ["a.pair"]


def test_what_finds_no_room_is_told_and_the_rest_goes_on() -> None:
    plan = [
        server("a.boot", until=("a.delete",)),
        server("a.pair", needs=("a.boot",)),
        PlannedScenario("a.twin", None, "compute", "", needs=("a.pair",)),
        PlannedScenario("a.delete", None, "compute", "", after=("a.pair",)),
        server("z.clean", after_all=True),
    ]
    outcomes = play(plan, (1, 1, 1), 2, Random(1))
    assert outcomes == {
        "a.boot": "completed",
        "a.pair": "out_of_reach",
        "a.twin": "out_of_reach",
        "a.delete": "completed",
        "z.clean": "completed",
    }


@pytest.mark.parametrize("mine", [0, 1])
def test_a_tenant_has_a_budget_of_its_own(mine: int) -> None:
    plan = [server("a.one"), server("a.two", account="other")]
    board = Board(plan, 4, {"main": mine})
    assert board.ready() == (["a.one", "a.two"] if mine else ["a.two"])
