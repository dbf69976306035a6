"""The proof that coverage is real: what is described wrongly deviates and is never verified."""

from __future__ import annotations

import json

import pytest

from harness.arch import Clause, load, show
from harness.arch.comparators import comparator
from tests.matrix.rig import ARCHITECTURE, Rig

pytestmark = [pytest.mark.matrix, pytest.mark.lab]

ARCH = load(ARCHITECTURE)
TABLE, MODEL = ARCH.table, ARCH.model
RINGS = ("account", "container", "object")
SHOWN = [c for c in TABLE.clauses.values() if c.visible in ("api", "ring", "host")]
AREAS = sorted({clause.area for clause in SHOWN})


def violable(clause: Clause) -> bool:
    return comparator(clause.comparator).violate(clause.value) is not None


@pytest.mark.parametrize("area", AREAS)
def test_every_changed_statement_of_an_area_deviates(rig: Rig, area: str) -> None:
    changed = {
        show(c.path): comparator(c.comparator).violate(c.value)
        for c in SHOWN
        if c.area == area and violable(c)
    }
    assert changed
    ran = rig.pytest("tests.matrix.changed", {"MUTATIONS": json.dumps(changed)})
    states = {row["path"]: (row["state"], row["reason"]) for row in ran.report["clauses"]}
    wrong = {path: states[path] for path in changed if states[path][0] != "deviates"}
    assert not wrong, ran.output[-3000:]
    binding = any(c.level == "must" for c in SHOWN if c.area == area and violable(c))
    assert ran.code == (1 if binding else 2), "where only wishes are unmet, nothing of the area was verified"


def test_what_cannot_be_violated_is_known() -> None:
    """The proof says nothing of these: bounds that any cloud above or below them keeps. They are few."""
    left = {show(c.path) for c in SHOWN if not violable(c)}
    bounds = {f"objects.rings.{ring}.{part}" for ring in RINGS for part in ("balance", "dispersion")}
    bounds |= (
        {f"network.floating.{pool}.at_least" for pool in MODEL.network.floating} if MODEL.network else set()
    )
    for name, node in MODEL.nodes.items():
        bounds |= {f"nodes.{name}.hardware.{part}" for part in ("cpus", "memory_mb")}
        bounds |= {show(("nodes", name, "space", path, "free_gb")) for path in node.space}
        bounds |= {f"nodes.{name}.volume_group.size_gb"} if node.volume_group else set()
    assert left == bounds


def test_the_lab_shows_what_it_should(rig: Rig) -> None:
    """At least 95 % of what an API, a ring or a host can show is verified."""
    report = rig.run().report
    rows = [row for row in report["clauses"] if row["visible"] in ("api", "ring", "host")]
    verified = [row for row in rows if row["state"] == "verified"]
    assert len(verified) >= 0.95 * len(rows)
    assert sum(1 for row in report["clauses"] if row["visible"] == "none") <= 0.03 * len(report["clauses"])
    assert all(row["reason"] for row in report["clauses"] if row["state"] != "verified")
