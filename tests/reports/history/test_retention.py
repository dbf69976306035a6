"""Which runs a bound lets go: each bound alone is kept, and what must stay stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from reports.history.retention import Bounds, Stored, age, choose, size

NOW = 1000.0


def stored(
    number: int, *, series: str = "a", verdict: str = "NO-GO", size: int = 10, why: str = ""
) -> Stored:
    return Stored(f"run-{number:03}", (series, "x"), float(number), verdict, size, why)


def gone(runs: list[Stored], bounds: Bounds) -> list[str]:
    return [each.run.id for each in choose(runs, bounds, NOW).going]


def test_the_newest_of_each_series_stay() -> None:
    runs = [stored(n, series="ab"[n % 2]) for n in range(10)]
    assert gone(runs, Bounds(keep=2)) == [f"run-{n:03}" for n in range(6)]


def test_what_is_older_goes() -> None:
    assert gone([stored(n) for n in (1, 500, 999)], Bounds(older=501.0)) == ["run-001"]


def test_over_the_size_the_oldest_go_first() -> None:
    choice = choose([stored(n) for n in range(5)], Bounds(size=25), NOW)
    assert [each.run.id for each in choice.going] == ["run-000", "run-001", "run-002"]
    assert choice.left == 20


def test_the_last_go_of_a_series_stays_and_counts() -> None:
    runs = [stored(0, verdict="GO"), stored(1, verdict="GO"), stored(2), stored(3)]
    choice = choose(runs, Bounds(keep=1, size=5), NOW)
    assert [each.run.id for each in choice.going] == ["run-000", "run-002", "run-003"]
    assert [(each.run.id, each.because) for each in choice.held] == [("run-001", "the last GO of its series")]
    assert choice.left == 10


def test_what_must_stay_says_why() -> None:
    [held] = choose([stored(0, why="it still goes"), stored(1)], Bounds(keep=1), NOW).held
    assert (held.run.id, held.because) == ("run-000", "it still goes")


def test_without_bounds_nothing_goes() -> None:
    assert not Bounds().given
    assert gone([stored(n) for n in range(3)], Bounds()) == []


RUNS = st.lists(
    st.builds(
        stored,
        st.integers(0, 900),
        series=st.sampled_from("abc"),
        verdict=st.sampled_from(["GO", "NO-GO", ""]),
        size=st.integers(0, 50),
        why=st.sampled_from(["", "", "it still goes"]),
    ),
    max_size=20,
    unique_by=lambda run: run.id,
)
BOUNDS = st.builds(
    Bounds,
    keep=st.none() | st.integers(1, 5),
    older=st.none() | st.floats(0, 1000),
    size=st.none() | st.integers(0, 300),
)


@given(RUNS, BOUNDS)
def test_the_bounds_hold_and_what_must_stay_stays(runs: list[Stored], bounds: Bounds) -> None:
    choice = choose(runs, bounds, NOW)
    going, held = ({each.run.id for each in rows} for rows in (choice.going, choice.held))
    staying = [run for run in runs if run.id not in going]
    assert not going & held
    assert not any(run.why for run in runs if run.id in going)
    for series in {run.series for run in runs if run.verdict == "GO"}:
        newest = max(
            (run for run in runs if run.series == series and run.verdict == "GO"), key=lambda r: r.started
        )
        assert newest in staying
    assert choice.left == sum(run.size for run in staying)
    free = [run for run in staying if run.id not in held]
    for run in free:
        newer = [each for each in runs if each.series == run.series and each.started > run.started]
        assert bounds.keep is None or len(newer) < bounds.keep
        assert bounds.older is None or NOW - run.started <= bounds.older
    if bounds.size is not None and choice.left > bounds.size:
        assert not free


@pytest.mark.parametrize(
    ("text", "number"), [("2GB", 2_000_000_000), ("500 mb", 500_000_000), ("1.5G", 1_500_000_000), ("12", 12)]
)
def test_sizes(text: str, number: int) -> None:
    assert size(text) == number


@pytest.mark.parametrize(("text", "number"), [("90d", 7_776_000), ("12 h", 43_200), ("1W", 604_800)])
def test_ages(text: str, number: float) -> None:
    assert age(text) == number


@pytest.mark.parametrize("text", ["", "-1", "ten", "1e9", "5 parsecs", "\x1b[31m"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        size(text)
    with pytest.raises(UsageError):
        age(text)
