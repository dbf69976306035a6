"""Every fault is caught by exactly the scenarios that say so; dependants are blocked, the rest passes."""

from __future__ import annotations

import shutil

import pytest

from harness.arch import load
from harness.lab.faults import faults
from tests.matrix.rig import ARCHITECTURE, Ran, Rig

pytestmark = [pytest.mark.matrix, pytest.mark.lab]

NAMES = sorted(faults())
RSYNC = shutil.which("rsync") is not None
"""Where there is none, ``rings.repaired`` is out of reach."""


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_caught(rig: Rig, name: str) -> None:
    if name == "rings.never_repaired" and not RSYNC:
        pytest.skip("this machine has no rsync: nothing is repaired with or without the fault")
    fault = faults()[name]
    caught_by = set(fault.catchers(load(ARCHITECTURE)))
    with rig.fault(name):
        ran = rig.run(
            "--set", "objectives.boot=4 s", "--set", "objectives.volume=3 s", "--set", "objectives.delete=3 s"
        )
    assert ran.having("fail") == caught_by, ran.told
    must = any(row["level"] == "must" for row in ran.report["scenarios"] if row["key"] in caught_by)
    assert (ran.code, ran.report["verdict"]) == ((1, "NO-GO") if must else (0, "GO")), ran.output
    assert ran.having("unknown") == set()
    assert ran.having("blocked") == dependants(ran, caught_by), ran.told
    assert ran.report["causes"][0]["component"] == fault.component


def dependants(ran: Ran, failed: set[str]) -> set[str]:
    """Everything that needs, directly or not, a story that could not be completed."""
    rows = {row["key"]: row for row in ran.report["scenarios"]}
    lost = {key for key in failed if not rows[key]["met"]}
    blocked: set[str] = set()
    while True:
        more = {
            key
            for key, row in rows.items()
            if key not in blocked | lost
            and row["verdict"] != "not_applicable"
            and set(row["needs"]) & (lost | blocked)
        }
        if not more:
            return blocked
        blocked |= more


def test_the_whole_cloud_is_go(rig: Rig) -> None:
    ran = rig.run()
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output
    assert set(ran.verdicts) - ran.having("pass") == (set() if RSYNC else {"rings.repaired"}), ran.told


def test_with_keystone_dead_one_scenario_fails_and_rings_are_still_judged(rig: Rig) -> None:
    with rig.fault("identity.dead"):
        ran = rig.run()
    assert ran.having("fail") == {"identity.token"}
    blocked = dependants(ran, {"identity.token"})
    rings = {key for key in ran.verdicts if key.startswith(("rings.", "hosts."))}
    assert rings - blocked <= ran.having("pass")
    assert {"rings.equal[object]", "rings.sound[object]", "rings.servers[storage-1]"} <= rings - blocked
    assert ran.having("blocked") == blocked
