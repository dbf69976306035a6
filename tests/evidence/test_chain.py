"""The longest chain of stories that wait for each other."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.chain import Chain, longest


def test_the_longest_is_the_slowest_and_not_the_one_with_most_links() -> None:
    waits = {"a": (), "b": ("a",), "c": ("b",), "d": ("a",), "e": ("d", "x")}
    assert longest(waits, {"a": 1.0, "b": 1.0, "c": 1.0, "d": 5.0}) == Chain((("a", 1.0), ("d", 5.0)))
    assert longest(waits, {"a": 1.0, "b": 1.0, "c": 1.0, "d": 5.0, "e": 0.5}).seconds == 6.5


def test_nothing_waits_for_nothing() -> None:
    assert longest({}, {}) == Chain()
    assert Chain().seconds == 0


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    count = draw(st.integers(1, 6))
    keys = [str(number) for number in range(count)]
    waits = {
        key: tuple(draw(st.lists(st.sampled_from(keys[:number]), unique=True))) if number else ()
        for number, key in enumerate(keys)
    }
    return waits, {key: float(draw(st.integers(0, 9))) for key in keys}


@given(graphs())
def test_no_chain_takes_longer(graph: tuple[dict[str, tuple[str, ...]], dict[str, float]]) -> None:
    waits, seconds = graph
    keys = list(waits)
    chains = [
        chosen
        for size in range(1, len(keys) + 1)
        for chosen in combinations(keys, size)
        if all(one in waits[other] for one, other in pairwise(chosen))
    ]
    found = longest(waits, seconds)
    assert found.seconds == max(sum(seconds[key] for key in chain) for chain in chains)
    assert tuple(key for key, _ in found.links) in chains
