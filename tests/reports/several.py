"""A run on two workers in which each kind of waiting happens once."""

from __future__ import annotations

import json
from pathlib import Path

from harness.evidence.folder import RunFolder
from tests.reports.stage import BEGAN, Stage, planned

HOLDS = {"holds": ["the server"]}
PLAN = [
    planned("identity.first", "identity", "The first story."),
    planned("identity.late_start", "identity", "Begins late, and nothing says why."),
    planned("images.slow", "images", "Takes five seconds."),
    planned("images.needs", "images", "Needs what takes five seconds.", ["images.slow"]),
    planned("compute.holds", "compute", "Holds the server.", **HOLDS),
    planned("compute.waits", "compute", "Waits for the server.", **HOLDS),
    planned("compute.boots", "compute", "Boots the one server that may be.", servers=1),
    planned("compute.boots_too", "compute", "Boots when there is room.", servers=1),
    planned("cleanup.last", "cleanup", "Comes after all others.", after_all=True),
]
TOLD = [
    ("gw0", "identity.first", 0.0, 0.2),
    ("gw0", "identity.late_start", 1.0, 2.0),
    ("gw1", "images.slow", 0.0, 5.0),
    ("gw0", "images.needs", 5.05, 5.5),
    ("gw1", "compute.holds", 5.06, 7.0),
    ("gw0", "compute.waits", 7.05, 7.5),
    ("gw1", "compute.boots", 7.06, 9.0),
    ("gw0", "compute.boots_too", 9.05, 11.0),
    ("gw1", "cleanup.last", 11.05, 12.0),
]
"""Worker, story, and when it began and ended, in seconds after the run's start."""


def several(home: Path) -> RunFolder:
    """Two workers, one server at once, and a rate limit within ``compute.boots_too``."""
    stage = Stage(home, plan=PLAN)
    run = json.loads(stage.folder.run.read_text())
    stage.file("run.json", run | {"options": {"workers": 2, "servers": 1}})
    for worker, key, began, ended in TOLD:
        stage.scenario = key
        stage.row("scenario", phase="start", t=BEGAN + began, worker=worker)
        if key == "compute.boots_too":
            limit = {"what": "rate limit", "seconds": 1.0, "transitions": [["rate limited", 1.0]]}
            stage.row(
                "wait",
                t=BEGAN + 10.5,
                worker=worker,
                goal="it is let in",
                limit=60,
                outcome="reached",
                **limit,
            )
        verdict = {"outcome": "completed", "met": True, "duration": ended - began, "cites": []}
        stage.row("verdict", t=BEGAN + ended, worker=worker, reason="", root=None, component="", **verdict)
        stage.row("scenario", phase="end", t=BEGAN + ended, worker=worker)
    stage.scenario, stage.now = None, BEGAN + 12.0
    return stage.end()
