"""What fits into a run that must end in time, and how it is played: what matters first, never too late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.arch.units import span
from harness.errors import UsageError
from harness.plan import Board, PlannedScenario
from harness.plan.pacing import Pacing
from harness.plan.within import AREA, ENDING, PREFLIGHT, REST, SPARE, fitting, reserve, wall, with_costs
from tests.plan.relaxed import RELAXED
from tests.plan.test_board import plans


def row(key: str, gate: str = "compute", cost: float = 1.0, **words: object) -> PlannedScenario:
    return PlannedScenario(id=key, subject=None, gate=gate, title=key, cost=cost, worst=10 * cost, **words)  # type: ignore[arg-type]


CLEAN = row("clean", "cleanup", 0.4, after_all=True)
PLAN = (
    row("token", "preflight", owns=("identity.token",)),
    row("flavor", owns=("compute.flavors",), cost=3.0),
    row("quota", owns=("compute.quota", 'network.fixed["x"]'), cost=2.0, needs=("tenant",)),
    row("tenant", "identity", cost=6.0),
    row("boot", cost=20.0),
    row("object", "objects", cost=5.0, owns=("objects.rings",)),
    CLEAN,
)


def test_the_end_has_its_reserve_before_anything_else() -> None:
    assert reserve(PLAN) == ENDING + 4.0
    fits = fitting(PLAN, reserve(PLAN))
    assert {key for key, rank in fits.ranks.items() if rank < SPARE} == {"token"}
    assert fits.least == pytest.approx(reserve(PLAN) + 1.05)
    assert set(fits.spare) == {"tenant", "flavor", "quota", "object", "boot"}


def test_each_area_comes_before_what_is_shorter() -> None:
    fits = fitting(PLAN, reserve(PLAN) + 9.5)
    ranks = fits.ranks
    assert ranks["token"] == PREFLIGHT
    assert ranks["object"] == AREA, "no other looks at objects"
    assert ranks["flavor"] == AREA, "what it costs with all that it needs decides"
    assert "quota" in fits.spare
    assert fits.likely <= 9.5


def test_needs_come_along_and_what_does_not_fit_is_spare() -> None:
    fits = fitting(PLAN, reserve(PLAN) + 18)
    assert fits.spare == ("boot",)
    assert fits.ranks["tenant"] == fits.ranks["quota"] == AREA, "network has no other story"
    whole = fitting(PLAN, 1000)
    assert whole.spare == ()
    assert whole.ranks["boot"] == REST


def test_workers_share_what_need_not_be_alone() -> None:
    many = [row(f"s{n}") for n in range(20)]
    assert len(fitting([*many, CLEAN], reserve([CLEAN]) + 10.6, 1).spare) == 10
    assert len(fitting([*many, CLEAN], reserve([CLEAN]) + 10.6, 2).spare) == 4
    alone = [row(f"s{n}", disturbs="n/s") for n in range(20)]
    assert len(fitting([*alone, CLEAN], reserve([CLEAN]) + 10.6, 4).spare) == 10


def test_earlier_runs_tell_how_long_it_takes_and_how_much_to_reserve() -> None:
    slow = row("clean", "cleanup", 30.0, version="a")
    [told] = with_costs([slow], {("clean", "a"): 1.0, ("clean", "b"): 99.0})
    assert (told.cost, told.worst) == (1.0, 9.0)
    assert with_costs([slow], {("clean", "b"): 1.0}) == (slow,)


@given(plans(), st.floats(0, 60), st.integers(1, 4))
@RELAXED
def test_every_story_is_ranked_once_and_no_need_is_less_important(
    plan: list[PlannedScenario], left: float, workers: int
) -> None:
    ranks = fitting(plan, left, workers).ranks
    assert set(ranks) == {each.key for each in plan if each.runs and each.gate != "cleanup"}
    for each in plan:
        for need in each.needs:
            if ranks.get(each.key, SPARE) < SPARE and need in ranks:
                assert ranks[need] <= ranks[each.key]


@given(plans(), st.floats(0, 40), st.integers(1, 3), st.floats(0.05, 8))
@RELAXED
def test_a_run_is_played_to_its_end_and_nothing_is_begun_that_will_not_end_in_time(
    plan: list[PlannedScenario], left: float, workers: int, pace: float
) -> None:
    """However long stories really take (``pace``): what will not fit, as far as is known, never begins."""
    board = Board(plan)
    pacing = Pacing(board.plan, fitting(plan, left, workers).ranks, left, workers)
    now, running, out = 0.0, [], set()
    for _ in range(10 * len(plan) + 10):
        board.unable()
        key = pacing.pick(board, now) if len(running) < workers else None
        if key:
            assert pacing.pace * board.plan[key].cost <= left - now
            board.start(key)
            pacing.began(key, now)
            running.append((now + board.plan[key].cost * pace, key))
        elif given_up := pacing.given_up(board, now) if len(running) < workers else []:
            out |= {each.key for each in board.leave_out(given_up, "left out")}
        elif running:
            running.sort()
            ends, key = running.pop(0)
            now = max(now, min(ends, left) if now < left else ends)
            pacing.over(key, now)
            board.finish(key, met=True, outcome="completed")
        else:
            break
    assert board.done
    assert not out & board._ran


def test_what_is_left_out_leaves_out_what_needs_it() -> None:
    board = Board([row("a"), row("b", needs=("a",)), CLEAN])
    assert [each.key for each in board.leave_out(["a"], "left out: --within 1m")] == ["a"]
    [lost] = board.unable()
    assert (lost.key, lost.outcome, lost.root, lost.reason) == ("b", "left_out", "a", "left out with a")
    assert board.ready() == ["clean"]


def test_the_clean_up_is_begun_whatever_the_time() -> None:
    board = Board([row("a"), CLEAN])
    pacing = Pacing(board.plan, {"a": PREFLIGHT}, ends=5.0)
    assert pacing.pick(board, 4.5) is None
    assert pacing.given_up(board, 4.5) == ["a"]
    board.leave_out(["a"], "")
    assert pacing.pick(board, 99.0) == "clean"


def test_what_stories_took_so_far_corrects_what_is_expected() -> None:
    board = Board([row(f"s{n}") for n in range(12)])
    pacing = Pacing(board.plan, {}, ends=100.0)
    for n in range(10):
        pacing.began(f"s{n}", 0.0)
        pacing.over(f"s{n}", 3.0)
    assert pacing.pace == 3.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("90 s", 90),
        ("1h", 3600),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("2 min", 120),
        ("1d", 86400),
    ],
)
def test_times_as_people_say_them(text: str, seconds: float) -> None:
    assert span(text) == seconds
    assert wall(text, 1000.0).ends == 1000.0 + seconds


@pytest.mark.parametrize("text", ["", "30", "soon", "1h soon", "-5m", "m", "5 parsecs", "1..5 s", "30 m m"])
def test_what_is_no_time_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--within"):
        wall(text, 0.0)
