"""A plan reckons with what earlier runs took, and a run removes older ones where it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.learning import reckoned
from harness.cli.pruning import rotate
from harness.plan import Plan
from harness.plan.planned import PlannedScenario
from tests.reports.history.many import write

PLAN = Plan(
    (
        PlannedScenario("a.b", None, "compute", "A title.", cost=9.0, limit=60.0, version="c1"),
        PlannedScenario("a.c", None, "compute", "A title.", cost=9.0, limit=60.0, version="c2"),
        PlannedScenario("a.d", None, "compute", "A title.", cost=9.0, limit=60.0, version="c1", reach=False),
    )
)


def test_medians_of_the_same_story_replace_what_is_declared(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, number, {f"a.{n}": ("pass", 2.0 + number) for n in "bcd"})
    plan, known = reckoned(PLAN, "rack7", "six-node", tmp_path)
    assert [row.cost for row in plan.scenarios] == [3.0, 9.0, 3.0]
    assert [row.limit for row in plan.scenarios] == [60.0] * 3
    assert known == 1
    assert plan.minutes()[0] == pytest.approx(12 / 60)


def test_without_runs_of_the_series_nothing_is_learned(tmp_path: Path) -> None:
    assert reckoned(PLAN, "rack7", "six-node", tmp_path / "none") == (PLAN, 0)
    write(tmp_path, 1, {"a.b": ("pass", 2.0)})
    assert reckoned(PLAN, "rack8", "six-node", tmp_path)[1] == 0
    assert reckoned(PLAN, "rack7", "six-node", tmp_path)[1] == 0, "once is not enough"


def test_a_series_is_rotated_alone(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, number)
        write(tmp_path, 100 + number, site="rack8")
    choice = rotate(tmp_path, "rack7", "six-node", 2)
    assert len(choice.going) == 3
    assert sum(path.is_dir() for path in tmp_path.iterdir()) == 7
