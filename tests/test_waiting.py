"""Waits on a clock of our own: nothing here takes time."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.waiting import LONGEST_PAUSE, Clock, Pause, Stopwatch, wait


class Time:
    """A clock that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


def states(*told: str) -> Callable[[], str]:
    """One state a probe; the last one for ever."""

    def each() -> Iterator[str]:
        yield from told
        while True:
            yield told[-1]

    steps = each()
    return lambda: next(steps)


def test_the_goal_at_once_takes_no_time() -> None:
    time = Time()
    waited = wait(states("ACTIVE"), lambda s: s == "ACTIVE", limit=5, clock=time.clock)
    assert (waited.outcome, waited.last, waited.seconds, time.slept) == ("reached", "ACTIVE", 0.0, [])


def test_pauses_grow_gently_and_no_further() -> None:
    time = Time()
    wait(states("BUILD"), lambda s: False, limit=60, clock=time.clock)
    assert time.slept[0] == pytest.approx(0.1)
    assert all(one <= other for one, other in zip(time.slept, time.slept[1:-1], strict=False))
    assert max(time.slept) == LONGEST_PAUSE
    assert sum(time.slept) == pytest.approx(60)


def test_transitions_say_how_long_each_state_lasted() -> None:
    time = Time()
    probe = states("BUILD/scheduling", "BUILD/networking", "BUILD/networking", "ACTIVE")
    waited = wait(probe, lambda s: s == "ACTIVE", limit=60, clock=time.clock)
    names = [state for state, _ in waited.transitions]
    assert names == ["BUILD/scheduling", "BUILD/networking", "ACTIVE"]
    assert sum(seconds for _, seconds in waited.transitions) == pytest.approx(waited.seconds, abs=0.01)
    assert str(waited) == "BUILD/scheduling 0.1 s → BUILD/networking 0.4 s → ACTIVE 0.0 s"


def test_a_failed_state_ends_the_wait() -> None:
    waited = wait(
        states("BUILD", "ERROR"),
        lambda s: s == "ACTIVE",
        limit=60,
        failed=lambda s: s == "ERROR",
        clock=Time().clock,
    )
    assert (waited.outcome, waited.last) == ("failed", "ERROR")


def test_the_goal_wins_over_failure() -> None:
    waited = wait(states("DONE"), lambda s: True, limit=1, failed=lambda s: True, clock=Time().clock)
    assert waited.outcome == "reached"


def test_the_last_probe_is_made_at_the_limit() -> None:
    time = Time()
    waited = wait(lambda: time.now, lambda now: now >= 102.0, limit=2.0, clock=time.clock)
    assert waited.outcome == "reached", "what came true while we slept is seen"


def test_no_limit_at_all_still_asks_once() -> None:
    assert wait(states("ACTIVE"), lambda s: True, limit=0, clock=Time().clock).outcome == "reached"
    assert wait(states("BUILD"), lambda s: False, limit=0, clock=Time().clock).outcome == "timeout"


def test_a_probe_may_ask_for_a_pause() -> None:
    time = Time()
    told = iter([Pause(7.0), "ACTIVE"])

    def probe() -> str:
        step = next(told)
        if isinstance(step, Pause):
            raise step
        return step

    waited = wait(probe, lambda s: s == "ACTIVE", limit=60, clock=time.clock)
    assert (waited.outcome, time.slept) == ("reached", [7.0])


def test_a_pause_does_not_outlast_the_limit() -> None:
    time = Time()

    def probe() -> str:
        raise Pause(3600)

    waited = wait(probe, lambda s: True, limit=10, clock=time.clock)
    assert (waited.outcome, waited.last, waited.transitions) == ("timeout", None, ())
    assert waited.seconds == pytest.approx(10)
    assert str(waited) == "nothing was seen"


def test_what_a_probe_raises_passes() -> None:
    def probe() -> str:
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        wait(probe, lambda s: True, limit=1, clock=Time().clock)


def test_a_flapping_state_does_not_fill_the_record() -> None:
    time = Time()
    probe = states(*(f"s{number}" for number in range(5000)))
    waited = wait(probe, lambda s: False, limit=3000, clock=time.clock)
    assert len(waited.transitions) <= 200


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), st.floats(0, 20))
def test_time_is_accounted_for(told: list[str], limit: float) -> None:
    time = Time()
    waited = wait(states(*told), lambda s: False, limit=limit, clock=time.clock)
    assert waited.seconds == pytest.approx(limit)
    assert sum(seconds for _, seconds in waited.transitions) == pytest.approx(limit, abs=0.05)
    names = [state for state, _ in waited.transitions]
    assert all(one != other for one, other in pairwise(names))


def test_a_stopwatch() -> None:
    time = Time()
    watch = Stopwatch(time.clock)
    time.sleep(2)
    assert watch.seconds == pytest.approx(2)
    watch.stop()
    time.sleep(2)
    watch.stop()
    assert watch.seconds == pytest.approx(2)
