"""Rows of dots: every measurement is drawn, on one scale, and the words say the same."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.spread import HALF, MOST, WHOLE, Plot, spread

DOT = re.compile(r"M([\d.]+) ([\d.]+)h0")
SECONDS = st.floats(min_value=0, max_value=1e5, allow_nan=False)


def drawn(*rows: tuple[str, list[float], float | None]) -> Plot:
    plot = spread((name, values, limit, len(values)) for name, values, limit in rows)
    assert plot is not None
    return plot


def places(plot: Plot, row: int = 0) -> list[float]:
    return [float(x) for x, _ in DOT.findall(plot.rows[row].dots)]


def test_nothing_measured_is_no_plot() -> None:
    assert spread([("boot", [], None, 0)]) is None


@given(st.lists(st.lists(SECONDS, min_size=1, max_size=30), min_size=1, max_size=4))
def test_all_dots_lie_inside_and_in_order(rows: list[list[float]]) -> None:
    plot = drawn(*((f"row {n}", values, None) for n, values in enumerate(rows)))
    for n, values in enumerate(rows):
        found = places(plot, n)
        assert len(found) == len(values)
        assert found == sorted(found)
        assert all(WHOLE.left <= x <= WHOLE.wide - WHOLE.right for x in found)
    assert all(math.isfinite(tick.x) for tick in plot.ticks)


def test_the_scale_is_shared_and_begins_at_nothing_where_it_can() -> None:
    plot = drawn(("before", [1.0, 2.0], None), ("after", [4.0], None))
    assert not plot.logarithmic
    assert [tick.text for tick in plot.ticks] == ["0", "1 s", "2 s", "3 s", "4 s"]
    at = {tick.text: tick.x for tick in plot.ticks}
    assert places(plot) == [at["1 s"], at["2 s"]]
    assert places(plot, 1) == [at["4 s"]]


def test_what_differs_by_much_is_drawn_by_its_logarithm() -> None:
    plot = drawn(("token", [0.01, 0.1, 1.0], 0.1))
    assert plot.logarithmic
    first, second, third = places(plot)
    assert second - first == pytest.approx(third - second, abs=0.2)
    assert plot.rows[0].limit == second


def test_of_very_many_the_ends_and_the_number_stay() -> None:
    values = [1 + n / 1000 for n in range(5000)]
    plot = drawn(("a whole story", values, None))
    assert len(places(plot)) == MOST
    assert places(plot)[-1] == max(places(plot)) == WHOLE.wide - WHOLE.right
    assert plot.told == "a whole story: n 5000, median 3.5 s, p95 5.7 s"


def test_a_box_needs_eight_and_a_high_share_twenty() -> None:
    few, some, many = (drawn(("x", [1.0 + n for n in range(count)], None)).rows[0] for count in (7, 8, 20))
    assert (few.box, some.high) == (None, None)
    assert some.box is not None
    assert many.high is not None


def test_a_narrow_plot_says_the_median_and_how_many() -> None:
    plot = spread([("six-node", [0.3, 0.4, 0.5], None, 3)], HALF)
    assert plot is not None
    assert plot.rows[0].said == "400 ms (n 3)"
    assert plot.wide == 560
