"""Comparators hold, and their violations do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.arch.comparators import NAMES, NOBODY, comparator

WORDS = st.text(alphabet="abcxyz-.12", min_size=1, max_size=12)
NUMBERS = st.one_of(st.integers(0, 10**6), st.floats(0, 10**6, allow_nan=False))
LISTS = st.lists(WORDS, max_size=5, unique=True).map(sorted)
DESCRIBED = {
    "equal": st.one_of(WORDS, NUMBERS, st.booleans()),
    "about": NUMBERS,
    "includes": st.one_of(LISTS, st.lists(st.integers(1, 65535), unique=True, max_size=5).map(sorted)),
    "exactly": LISTS,
    "objective": st.floats(0.001, 3600),
    "matches": WORDS,
    "digest": st.text(alphabet="0123456789abcdef", min_size=1, max_size=64),
    "at_least": NUMBERS,
    "nearly": NUMBERS,
    "option": st.one_of(WORDS, st.sampled_from(["true", "False", "1", "off"])),
    "at_most": NUMBERS,
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
PAIRS = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), DESCRIBED[name]))


def test_every_comparator_is_drawn_here() -> None:
    assert set(DESCRIBED) == set(NAMES)


@given(PAIRS)
def test_a_cloud_as_described_holds(pair: tuple[str, Any]) -> None:
    name, described = pair
    assert comparator(name).holds(described, described)


@given(PAIRS)
def test_a_cloud_as_described_contradicts_the_violated_description(pair: tuple[str, Any]) -> None:
    name, described = pair
    violated = comparator(name).violate(described)
    assert violated is None or not comparator(name).holds(violated, described)


@given(PAIRS, JSON)
def test_an_observation_of_another_type_does_not_raise(pair: tuple[str, Any], observed: Any) -> None:
    name, described = pair
    assert comparator(name).holds(described, observed) in (True, False)


@given(DESCRIBED["includes"], st.lists(WORDS, max_size=3))
def test_more_than_described_still_contradicts_a_violated_includes(described: Any, more: list[str]) -> None:
    violated = comparator("includes").violate(described)
    if NOBODY in violated:
        assert not comparator("includes").holds(violated, [*described, *more])


@pytest.mark.parametrize(
    ("name", "described", "observed", "holds"),
    [
        ("equal", 1, 1.0, True),
        ("equal", 1, True, False),
        ("equal", "1", 1, False),
        ("at_least", 32, 31, False),
        ("at_least", 32, 33, True),
        ("at_most", 1.0, 1.01, False),
        ("objective", 60, 60, True),
        ("objective", 60, 60.1, False),
        ("objective", 0, 0, False),
        ("about", 86400, 86399, True),
        ("about", 86400, 85000, False),
        ("includes", ["a"], ["b", "a"], True),
        ("includes", ["a", "b"], ["a"], False),
        ("exactly", ["a", "b"], ["b", "a"], True),
        ("exactly", ["a"], ["a", "b"], False),
        ("exactly", [], [], True),
        ("matches", "2012.1.3-*", "2012.1.3-0ubuntu1", True),
        ("matches", "2012.1.3-*", "2012.1.30-0ubuntu1", False),
        ("digest", "ab12", "AB12", True),
        ("digest", "ab12", "ab13", False),
        ("at_least", 1, "2", False),
        ("nearly", 4096, 3953, True),
        ("nearly", 4096, 3072, False),
        ("nearly", 500, 465.8, True),
        ("option", "false", "False", True),
        ("option", "1", "yes", True),
        ("option", "false", "true", False),
        ("option", "kvm", "KVM", False),
        ("option", "kvm", "qemu", False),
        ("includes", ["a"], "a", False),
    ],
)
def test_what_holds(name: str, described: Any, observed: Any, holds: bool) -> None:
    assert comparator(name).holds(described, observed) is holds


def test_an_open_promise_cannot_be_surely_broken() -> None:
    assert comparator("at_least").violate(32) is None
    assert comparator("at_most").violate(1.0) is None
