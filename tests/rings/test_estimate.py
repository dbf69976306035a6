"""Intervals: known values, and that they hold the truth as often as they say."""

import math
import random

import pytest

from harness.rings import Sample, exact, spread, wilson
from tests.rings.defects import sound


def test_known_intervals() -> None:
    """Wilson: 81 of 263 is 0.2553 to 0.3662 (Newcombe 1998); Clopper-Pearson 0.2527 to 0.3676."""
    found = wilson(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    found = exact(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2527, abs=1e-4), pytest.approx(0.3676, abs=1e-4))


@pytest.mark.parametrize("interval", [wilson, exact])
def test_the_ends(interval: object) -> None:
    none, all_ = interval(0, 30), interval(30, 30)  # type: ignore[operator]
    assert none.low == 0.0
    assert 0.08 < none.high < 0.13
    assert all_.high == 1.0
    assert all_.low == pytest.approx(1 - none.high)
    empty = interval(0, 0)  # type: ignore[operator]
    assert (empty.low, empty.high) == (0.0, 1.0)
    assert math.isnan(empty.value)
    for wrong in ((2, 1, 0.95), (-1, 1, 0.95), (1, 1, 1.0)):
        with pytest.raises(ValueError, match="confidence"):
            interval(*wrong)  # type: ignore[operator]


def test_exact_holds_the_truth_as_often_as_it_says() -> None:
    dice = random.Random(1)
    held = 0
    for _ in range(400):
        share = dice.random()
        found = exact(sum(dice.random() < share for _ in range(40)), 40, 0.9)
        held += found.low <= share <= found.high
    assert held >= 0.88 * 400


def test_what_a_sample_of_objects_says() -> None:
    ring = sound()
    samples = [Sample(p, ring.primaries(p)) for p in range(20)]
    samples += [Sample(p, ring.primaries(p)[:2]) for p in range(20, 24)]
    samples.append(Sample(30, (*ring.primaries(30)[:2], 15)))
    samples.append(Sample(31, ()))
    found = spread(ring, samples)
    assert (found.complete.hits, found.majority.hits, found.found.hits, found.found.sample) == (
        20,
        25,
        25,
        26,
    )
    assert found.apart["device"].hits == 26
    assert 0 < found.complete.low < found.complete.value < found.complete.high < 1
    both = [n for n in range(16) if n % 4 == 0]
    assert spread(ring, [Sample(0, tuple(both))]).apart["zone"].hits == 0
