"""Many names in few words, which a person reads and ``expand`` reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.arch.layout import natural
from harness.arch.ranges import expand
from harness.arch.summing import by_value, compress, listed, sum_up

COMPUTE = [f"compute-{number:03d}" for number in range(1, 161)]
RACKS = {name: str(1 + place // 40) for place, name in enumerate(COMPUTE)}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["controller"], "controller"),
        (["compute-044", "compute-017"], "compute-017, -044"),
        (["storage-1", "storage-3", "storage-2"], "storage-[1:3]"),
        (["n9", "n10", "n11", "n1"], "n1, [9:11]"),
        (["n1.example.org", "n2.example.org"], "n1.example.org, n2.example.org"),
        (["n1.x", "n2.x", "n3.x"], "n[1:3].x"),
        (["rack1-n3", "rack2-n3", "rack1-n1"], "rack1-n1, -n3, rack2-n3"),
        (["compute-1", "controller", "compute-2", "storage-1"], "compute-1, -2, controller, storage-1"),
        (["a08", "a9"], "a08, a9"),
        ([f"n{2 * each}" for each in range(20)], "n0, 2, 4, 6, 8, 10, 12, 14 and 12 more"),
    ],
)
def test_names_for_people(names: list[str], told: str) -> None:
    assert listed(names) == told


@pytest.mark.parametrize(
    ("some", "told"),
    [
        ([16, 43, 100], "3 of 160: 017, 044, 101"),
        ([], "0 of 160"),
        ([81, 84, 119], "3 of 160: 082, 085, 120, all rack 3"),
        (range(80, 120), "40 of 160: [081:120], the whole of rack 3"),
        ([5], "1 of 160: 006"),
        (set(range(160)) - {16, 43}, "158 of 160: all but 017, 044"),
        (range(160), "all 160"),
    ],
)
def test_some_of_many(some: list[int], told: str) -> None:
    assert sum_up([COMPUTE[place] for place in some], COMPUTE, RACKS) == told


def test_racks_are_told_only_where_there_are_several() -> None:
    assert sum_up(COMPUTE[:2], COMPUTE) == "2 of 160: 001, 002"
    assert sum_up(COMPUTE[:2], COMPUTE, dict.fromkeys(COMPUTE, "rack-1")) == "2 of 160: 001, 002"
    assert sum_up(["a", "b"], "abcdef", {"a": "rack7", "b": "rack7"}) == "2 of 6: a, b, the whole of rack7"
    assert sum_up(["a"], ["a"]) == "a"
    assert sum_up(["n3"], ["n1", "n2", "n3"]) == "1 of 3: n3"
    assert sum_up(["n3"], [f"n{number}" for number in range(12)]) == "1 of 12: 3"
    assert sum_up(["controller"], ["controller", "compute-1"]) == "1 of 2: controller"


def test_values_by_how_many_have_them() -> None:
    found = by_value({"n10": "b", "n2": "b", "n1": "a"})
    assert list(found.items()) == [("b", ["n2", "n10"]), ("a", ["n1"])]


PREFIXES = st.sampled_from(["n", "compute-", "rack1-n", "a1b"])
NUMBERS = st.one_of(st.integers(0, 120).map(str), st.integers(0, 120).map("{:03d}".format))
NAMES = st.sets(
    st.one_of(st.builds("{}{}{}".format, PREFIXES, NUMBERS, st.sampled_from(["", ".x", "b"])),
              st.sampled_from(["controller", "proxy", "x"])), max_size=60)  # fmt: skip


@given(NAMES)
def test_ranges_are_read_back(names: set[str]) -> None:
    written = compress(names)
    assert sorted((name for each in written for name in expand(each)), key=natural) == sorted(
        names, key=natural
    )
    assert len(written) <= len(names)
