"""Verdicts depend on the cloud: not on how many workers look at it, nor on how long its answers take."""

from __future__ import annotations

import random
from contextlib import nullcontext

import pytest

from tests.matrix.rig import Ran, Rig

pytestmark = [pytest.mark.matrix, pytest.mark.lab]

WORKERS = (1, 2, 4, 8)
SEEDS = 10
MOST = 300
"""Milliseconds that an answer or a state may take longer."""
BROKEN = ("", "compute.dead", "volumes.never_available")
"""A sound cloud, one where a whole area is blocked, one where a story waits until its time is over."""


@pytest.fixture(scope="module")
def quiet(rig: Rig) -> Ran:
    """The sound cloud, without jitter, looked at by one worker."""
    ran = rig.run(workers=1)
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output
    return ran


SHORT = ("--set", "objectives.boot=4 s", "--set", "objectives.volume=3 s", "--set", "objectives.delete=3 s")


@pytest.mark.parametrize("broken", BROKEN)
def test_the_number_of_workers_changes_no_verdict(rig: Rig, broken: str) -> None:
    with rig.fault(broken) if broken else nullcontext():
        alone, *others = [rig.run(*SHORT, workers=workers) for workers in WORKERS]
    for ran in others:
        assert ran.verdicts == alone.verdicts, ran.told
        assert states(ran) == states(alone)
        assert (ran.code, ran.report["verdict"]) == (alone.code, alone.report["verdict"])
    assert alone.report["verdict"] == ("NO-GO" if broken else "GO")


@pytest.mark.parametrize("number", range(SEEDS))
def test_an_uneven_cloud_raises_no_alarm(rig: Rig, quiet: Ran, seed: str, number: int) -> None:
    with rig.jitter(MOST, random.Random(f"{seed} jitter {number}").randrange(10**6)):
        ran = rig.run(workers=4)
    assert ran.verdicts == quiet.verdicts, ran.told
    assert states(ran) == states(quiet)
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output
    assert slower(ran, quiet), "there was no jitter"


def states(ran: Ran) -> dict[str, str]:
    """What was judged of every statement of the description."""
    return {row["path"]: row["state"] for row in ran.report["clauses"]}


def slower(ran: Ran, quiet: Ran) -> bool:
    """Whether the stories took longer: a check of the jitter itself."""
    return waited(ran) > waited(quiet) + MOST / 1000


def waited(ran: Ran) -> float:
    """Seconds that all stories took, together."""
    return sum(float(row["duration"] or 0) for row in ran.report["scenarios"])
