"""From declared scenarios and one description to a plan, and the board that a plan is played on.

``declared`` is what an author writes at a story, ``subjects`` what it runs on, ``planning`` makes the plan,
``planned`` is its stored form, ``board`` says what may run next, ``within`` and ``pacing`` what there is time
for, ``again`` what of an ``earlier`` run is told again. All of it is pure: no pytest, no cloud.
"""

from harness.plan.board import Board, Unable
from harness.plan.declared import GATES, REQUIREMENTS, Scenario
from harness.plan.planned import Plan, PlannedScenario
from harness.plan.planning import make_plan
from harness.plan.reach import missing
from harness.plan.subjects import subjects_of

__all__ = [
    "GATES",
    "REQUIREMENTS",
    "Board",
    "Plan",
    "PlannedScenario",
    "Scenario",
    "Unable",
    "make_plan",
    "missing",
    "subjects_of",
]
