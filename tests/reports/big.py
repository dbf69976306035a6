"""A run of the size of a six-node cloud: 60 scenarios, 350 clauses, 1,500 exchanges."""

from __future__ import annotations

import json
from pathlib import Path

from harness.arch.clauses import Origin
from harness.evidence.folder import RunFolder
from tests.reports.stage import KEYSTONE, Stage, clause, planned

GATES = ("preflight", "identity", "images", "compute", "volumes", "objects", "rings", "cleanup")
SERVICES = ("identity", "compute", "image", "volume")
BODY = json.dumps(
    {
        "flavor": {
            "name": "m1.tiny",
            "ram": 512,
            "links": [{"rel": "self", "href": "http://10.0.0.1:8774/v2/f/1"}] * 5,
        }
    }
)


def big(home: Path, *, scenarios: int = 60, each: int = 25, leaves: int = 350, broken: int = 0) -> RunFolder:
    """``broken`` of the scenarios fail, the rest pass; every eleventh leaf deviates where any is broken."""
    plan = [_planned(number) for number in range(scenarios)]
    origins = (
        Origin("written", "rack7.yaml", 14),
        Origin("inherited", "essex/ubuntu-12.04.yaml", 208),
        Origin("derived", rule="endpoints of a role"),
    )
    areas = ("identity", "catalogue", "compute", "images", "network", "volumes", "objects")
    rows = [
        clause(
            f'{areas[n * len(areas) // leaves]}.items["thing-{n // 5}"].field_{n % 5}',
            n * 7,
            origin=origins[n % 3],
        )
        for n in range(leaves)
    ]
    stage = Stage(home, rows=rows, plan=plan)
    for number, row in enumerate(plan):
        failed = number < broken
        reason = "the server went to ERROR" if failed else ""
        with stage.story(row["key"], "failed" if failed else "completed", reason=reason):
            _story(stage, number, each, failed)
            cited = f"gw0:{stage.seq - 1}"
            for at in range(number, leaves, scenarios):
                stage.see(str(rows[at]), rows[at].value + (broken and at % 11 == 0), [cited])
    return stage.end()


def _planned(number: int) -> dict[str, object]:
    gate = GATES[number * len(GATES) // 60 % len(GATES)]
    return planned(
        f"{gate}.story_{number}",
        gate,
        f"Story {number} of the {gate} gate does what it says it does.",
        owns=[],
    )


def _story(stage: Stage, number: int, each: int, failed: bool) -> None:
    service = SERVICES[number % len(SERVICES)]
    for step in range(1, 6):
        error = f"expected ACTIVE, found ERROR in story {number}" if failed and step == 5 else ""
        with stage.told(step, f"do the part number {step} of story {number}", error):
            for call in range(each // 5):
                status = 500 if error and call == each // 5 - 1 else 200
                stage.exchange(
                    service,
                    "GET",
                    f"{KEYSTONE}/v2.0/things/{number}/{step}/{call}",
                    status,
                    request_id=f"req-{number}-{step}-{call}",
                    answer=BODY,
                )
            stage.row(
                "check",
                sentence="the answer names the thing",
                ok=True,
                expected="thing",
                found="thing",
                cites=[],
            )
