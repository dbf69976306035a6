"""What a report says of a scope and of absent nodes, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evidence import RunFolder
from reports.build import build
from reports.render import FORMATS
from tests.reports.stage import BEGAN

Made = Callable[[str], RunFolder]


def change(path: Path, **keys: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data | keys), encoding="utf-8")
    return data


def scoped(folder: RunFolder) -> None:
    """As if the run had been of compute alone."""
    rows = json.loads(folder.plan.read_text(encoding="utf-8"))["scenarios"]
    for row in rows:
        row["outside"] = not row["key"].startswith(("compute.", "cleanup."))
    change(folder.plan, scenarios=rows, bounds=["compute"], scope="area=compute")


def absent(folder: RunFolder, node: str, until: float) -> None:
    site = json.loads(folder.run.read_text(encoding="utf-8"))["site"]
    site = site if isinstance(site, dict) else {"name": site}
    change(folder.run, site=site | {"absent": [{"node": node, "reason": "not <racked>", "until": until}]})


def test_a_failed_need_outside_of_the_scope_is_the_root_cause(made: Made) -> None:
    folder = made("keystone-dead")
    scoped(folder)
    report = build(folder)
    assert (report.verdict, report.exit_code) == ("COULD NOT JUDGE", 2)
    assert report.banner.endswith("scope area=compute")
    assert report.causes[0].scenarios == ["identity.token"]
    assert set(report.causes[0].blocked) >= {"compute.flavors"}
    token = next(each for each in report.scenarios if each.key == "identity.token")
    assert (token.outside, token.counts) == (True, False)
    assert 'message="fails, outside of the scope' in FORMATS["junit"](report)
    assert "outside of the scope" in FORMATS["html"](report)


def test_outside_of_the_scope_nothing_deviates(made: Made) -> None:
    folder = made("deviating")
    scoped(folder)
    change(folder.plan, bounds=["identity"])
    rows = json.loads(folder.plan.read_text(encoding="utf-8"))["scenarios"]
    change(folder.plan, scenarios=[row | {"outside": row["key"].startswith("compute.")} for row in rows])
    report = build(folder)
    assert not [each for each in report.clauses if each.state == "deviates" and each.area == "compute"]


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "json"])
def test_absent_nodes_are_told_with_reason_and_end(made: Made, format_: str) -> None:
    folder = made("go")
    absent(folder, "storage-9", BEGAN + 30 * 86400)
    told = FORMATS[format_](build(folder))
    assert "absent 1 node until" in told
    assert "storage-9" in told.replace("storage\\-9", "storage-9")
    assert "<racked>" not in told or format_ != "html"
    late = FORMATS[format_](build(folder, now=BEGAN + 31 * 86400))
    assert "1 no longer absent" in late
