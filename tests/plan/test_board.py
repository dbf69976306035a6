"""The board, without pytest's help: any plan, any endings, any order."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.plan import Board, PlannedScenario, Unable
from harness.plan.ordering import with_late
from tests.plan.relaxed import RELAXED

BUDGET = 4
ENDINGS = ("completed", "failed", "crashed", "out_of_reach")


def scenario(key: str, needs: tuple[str, ...] = (), **words: object) -> PlannedScenario:
    return PlannedScenario(id=key, subject=None, gate="compute", title=key, needs=needs, **words)  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn) -> list[PlannedScenario]:
    """A plan in running order: needs and `after` point backwards, what disturbs stands behind all that does
    not wait for such, the clean-up at the end.
    """
    count = draw(st.integers(1, 14))
    clean = draw(st.integers(0, min(3, count)))
    rows: list[PlannedScenario] = []
    for index in range(count):
        earlier = st.sampled_from([row.key for row in rows]) if rows else st.nothing()
        others = st.lists(earlier, max_size=3, unique=True).map(tuple) if rows else st.just(())
        rows.append(
            scenario(
                f"s.{index}",
                draw(others),
                after=draw(others),
                servers=draw(st.integers(0, BUDGET)),
                after_all=index >= count - clean,
                disturbs="n/s" if index < count - clean and not draw(st.integers(0, 4)) else "",
                applies=draw(st.integers(0, 9)) > 0,
                reach=draw(st.integers(0, 9)) > 0,
            )
        )
    return sorted(with_late(rows), key=lambda row: (row.after_all, row.late))


@st.composite
def games(draw: st.DrawFn) -> tuple[list[PlannedScenario], dict[str, str]]:
    plan = draw(plans())
    return plan, {row.key: draw(st.sampled_from(ENDINGS)) for row in plan}


Look = Callable[[Board, dict[str, str]], None]


def play(
    plan: list[PlannedScenario],
    endings: dict[str, str],
    *,
    workers: int,
    chance: Random,
    look: Look | None = None,
) -> dict[str, tuple[str, str | None]]:
    """Play to the end, starting and finishing in a random order; outcome and root by key."""
    board = Board(plan, BUDGET)
    outcomes: dict[str, tuple[str, str | None]] = {}
    for _ in range(10 * len(plan)):
        outcomes |= {row.key: (row.outcome, row.root) for row in board.unable()}
        if board.done:
            return outcomes
        ready = board.ready()
        if ready and len(board.running) < workers and (not board.running or chance.random() < 0.7):
            board.start(chance.choice(ready))
            if look:
                look(board, {key: outcome for key, (outcome, _) in outcomes.items()})
        else:
            key = chance.choice(board.running)
            board.finish(key, met=endings[key] == "completed", outcome=endings[key])
            outcomes[key] = (endings[key], None)
    raise AssertionError("the game does not end")


@RELAXED
@given(games(), st.randoms(use_true_random=False))
def test_nothing_starts_before_its_needs_are_met_nor_beyond_the_budget(
    game: tuple[list[PlannedScenario], dict[str, str]], chance: Random
) -> None:
    plan, endings = game
    by_key = {row.key: row for row in plan}

    def look(board: Board, outcomes: dict[str, str]) -> None:
        assert sum(by_key[key].servers for key in board.running) <= BUDGET
        for key in board.running:
            row = by_key[key]
            assert row.runs
            assert all(outcomes.get(need) == "completed" for need in row.needs)
            assert all(other in outcomes for other in row.after)
            assert len(board.running) == 1 or not row.disturbs
            if row.late:
                assert all(other.after_all or other.late or other.key in outcomes for other in plan)
            if row.after_all:
                assert all(other.after_all or other.key in outcomes for other in plan)

    play(plan, endings, workers=4, chance=chance, look=look)


@RELAXED
@given(games(), st.randoms(use_true_random=False))
def test_every_order_gives_the_same_outcomes_and_roots(
    game: tuple[list[PlannedScenario], dict[str, str]], chance: Random
) -> None:
    plan, endings = game
    alone = play(plan, endings, workers=1, chance=Random(0))
    assert set(alone) == {row.key for row in plan}
    for workers in (1, 2, 4):
        assert play(plan, endings, workers=workers, chance=chance) == alone


@RELAXED
@given(games())
def test_in_running_order_the_next_one_is_always_ready_or_settled(
    game: tuple[list[PlannedScenario], dict[str, str]],
) -> None:
    plan, endings = game
    board = Board(plan, BUDGET)
    for row in plan:
        board.unable()
        if row.key in board.waiting:
            board.start(row.key)
            board.finish(row.key, met=endings[row.key] == "completed", outcome=endings[row.key])
    board.unable()
    assert board.done


@RELAXED
@given(games(), st.integers(0, 10))
def test_after_a_stop_only_the_clean_up_runs(
    game: tuple[list[PlannedScenario], dict[str, str]], count: int
) -> None:
    plan, endings = game
    board = Board(plan, BUDGET)
    for row in plan[:count]:
        board.unable()
        if row.key in board.waiting:
            board.start(row.key)
            board.finish(row.key, met=endings[row.key] == "completed", outcome=endings[row.key])
    board.stop()
    clean = {row.key for row in plan if row.after_all}
    assert set(board.waiting) <= clean
    board.unable()
    while board.ready():
        board.start(board.ready()[0])
        board.finish(board.running[0], met=True, outcome="completed")
        board.unable()
    assert board.done


def test_what_disturbs_runs_alone_after_the_others_and_before_the_clean_up() -> None:
    rows = [
        scenario("a.out", disturbs="storage-1/object-server"),
        scenario("a.back", ("a.out",)),
        scenario("b.b"),
        scenario("c.c"),
        scenario("d.out", disturbs="storage-1/object-server"),
        scenario("z.clean", after_all=True),
    ]
    board = Board(with_late(rows))
    for together in (["b.b", "c.c"], ["a.out"], ["a.back"], ["d.out"], ["z.clean"]):
        while board.ready():
            board.start(board.ready()[0])
        assert list(board.running) == together
        for key in together:
            board.finish(key, met=True, outcome="completed")
    assert board.done


def test_the_root_is_the_failed_need_nearest_the_root() -> None:
    board = Board([scenario("a.a"), scenario("b.b", ("a.a",)), scenario("c.c", ("b.b",)), scenario("d.d")])
    board.start("a.a")
    board.finish("a.a", met=False, outcome="failed")
    assert board.unable() == [
        Unable("b.b", "blocked", "a.a", "blocked by a.a"),
        Unable("c.c", "blocked", "a.a", "blocked by a.a"),
    ]
    assert board.ready() == ["d.d"]


def test_of_two_failed_needs_the_plan_chooses_not_the_clock() -> None:
    plan = [scenario("a.a"), scenario("b.b"), scenario("c.c", ("b.b", "a.a"))]
    board = Board(plan)
    for key in ("b.b", "a.a"):
        board.start(key)
        assert board.unable() == []
        board.finish(key, met=False, outcome="failed")
    assert board.unable() == [Unable("c.c", "blocked", "a.a", "blocked by a.a")]


def test_a_deviation_does_not_block() -> None:
    board = Board([scenario("a.a"), scenario("b.b", ("a.a",))])
    board.start("a.a")
    board.finish("a.a", met=True, outcome="completed")
    assert board.ready() == ["b.b"]


@pytest.mark.parametrize("outcome", ["out_of_reach", "not_reached"])
def test_what_could_not_be_seen_hands_its_word_on(outcome: str) -> None:
    board = Board([scenario("a.a"), scenario("b.b", ("a.a",))])
    board.start("a.a")
    board.finish("a.a", met=False, outcome=outcome)
    assert [(row.key, row.outcome, row.root) for row in board.unable()] == [("b.b", outcome, "a.a")]


def test_a_failure_weighs_more_than_what_was_out_of_reach() -> None:
    board = Board([scenario("a.a"), scenario("b.b"), scenario("c.c", ("a.a", "b.b"))])
    for key, outcome in (("a.a", "out_of_reach"), ("b.b", "failed")):
        board.start(key)
        board.finish(key, met=False, outcome=outcome)
    assert [(row.outcome, row.root) for row in board.unable()] == [("blocked", "b.b")]


def test_misuse_is_an_error() -> None:
    board = Board([scenario("a.a", servers=2), scenario("b.b", ("a.a",))], budget=2)
    with pytest.raises(ValueError, match=r"b\.b is not ready"):
        board.start("b.b")
    with pytest.raises(ValueError, match=r"a\.a does not run"):
        board.finish("a.a", met=True, outcome="completed")
    with pytest.raises(ValueError, match=r"budget of 1: a\.a"):
        Board([scenario("a.a", servers=2)], budget=1)


def test_two_stories_that_hold_one_thing_take_turns() -> None:
    board = Board(
        [
            PlannedScenario("a.one", None, "compute", "", holds=("server",)),
            PlannedScenario("a.two", None, "compute", "", holds=("server", "group")),
            PlannedScenario("a.three", None, "compute", "", holds=("image",)),
        ]
    )
    assert board.ready() == ["a.one", "a.two", "a.three"]
    board.start("a.one")
    assert board.ready() == ["a.three"]
    with pytest.raises(ValueError, match="not ready"):
        board.start("a.two")
    board.finish("a.one", met=True, outcome="completed")
    assert board.ready() == ["a.two", "a.three"]


def test_a_server_that_is_left_running_counts_until_it_is_deleted() -> None:
    board = Board(
        [
            PlannedScenario("a.boot", None, "compute", "", servers=1, until=("a.delete",)),
            PlannedScenario("a.show", None, "compute", "", needs=("a.boot",)),
            PlannedScenario("a.delete", None, "compute", "", needs=("a.boot",), after=("a.show",)),
            PlannedScenario("a.pair", None, "compute", "", servers=2),
        ],
        budget=2,
    )
    board.start("a.boot")
    board.finish("a.boot", met=True, outcome="completed")
    assert board.ready() == ["a.show"]
    board.start("a.show")
    board.finish("a.show", met=True, outcome="completed")
    board.start("a.delete")
    assert board.ready() == []
    board.finish("a.delete", met=True, outcome="completed")
    assert board.ready() == ["a.pair"]
