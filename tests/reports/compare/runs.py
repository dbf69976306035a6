"""Reports by hand, for comparisons: small, and each word of them chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BEGAN = 1_800_000_000.0


def scenario(key: str, verdict: str = "pass", **fields: Any) -> dict[str, Any]:
    """A scenario as report.json has it."""
    name, _, subject = key.partition("[")
    steps = fields.pop("steps", [])
    row = {
        "key": key,
        "id": name,
        "subject": subject.rstrip("]") or None,
        "title": f"What {name} does.",
        "gate": name.partition(".")[0],
        "level": "must",
        "nodeid": "",
        "needs": [],
        "verdict": verdict,
        "met": verdict == "pass",
        "counts": verdict != "pass",
        "reason": "" if verdict == "pass" else f"{name} did not",
        "root": None,
        "component": "",
        "duration": 1.0,
        "started": BEGAN,
        "worker": "gw0",
        "steps": [_step(number, *each) for number, each in enumerate(steps, 1)],
        "deviations": [],
        "waivers": [],
        "version": "aaaa",
        "samples": {},
    }
    return row | fields


def _step(number: int, title: str, seconds: float) -> dict[str, Any]:
    said = {"number": number, "title": title, "ok": True, "error": "", "seconds": seconds}
    return said | {"evidence": [], "observations": 0}


def clause(path: str, described: Any, observed: Any = None, **fields: Any) -> dict[str, Any]:
    """A clause as report.json has it: verified unless something else was observed."""
    wrong = observed is not None and observed != described
    row = {
        "path": path,
        "area": path.partition(".")[0],
        "group": path.rpartition(".")[0],
        "described": described,
        "observed": described if observed is None else observed,
        "seen": True,
        "comparator": "equal",
        "origin": "written rack7.yaml:3",
        "file": "rack7.yaml",
        "line": 3,
        "level": "must",
        "visible": "api",
        "measured": False,
        "state": "deviates" if wrong else "verified",
        "reason": "",
        "scenario": "",
        "waived": "",
        "cites": [],
    }
    return row | fields


def report(
    number: int = 1,
    *,
    scenarios: Sequence[Mapping[str, Any]] = (),
    clauses: Sequence[Mapping[str, Any]] = (),
    run: Mapping[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A report, the ``number``-th of its day."""
    told = [scenario("identity.token"), *scenarios]
    bad = any(each["verdict"] == "fail" for each in told) or any(c["state"] == "deviates" for c in clauses)
    verdict = "NO-GO" if bad else "GO"
    facts = {
        "id": f"20270115T0{number:05d}-rack7-{number:04x}",
        "site": "rack7",
        "architecture": "six-node",
        "release": "essex",
        "fingerprint": "c0ffee" + "0" * 58,
        "started": BEGAN + number * 3600,
        "ended": BEGAN + number * 3600 + 60,
        "version": "0.1.0",
        "machine": {"node": "deployer", "cpus": 4},
        "options": {"servers": 4},
        "workers": 2,
        "lab": False,
        "accounts": [],
        "tags": [],
        "load": [0.5, 0.7],
    }
    timings = {
        "wall": 60.0,
        "phases": [],
        "gates": [],
        "waiting": 0.0,
        "exchanges": 9,
        "exchange_seconds": 1.0,
        "round_trip_ms": 1.0,
        "answer_ms": 5.0,
        "commands": 0,
        "command_seconds": 0.0,
        "slowest": [],
        "objectives": [],
    }
    whole = {
        "report": 1,
        "verdict": verdict,
        "exit_code": int(bad),
        "ended_early": False,
        "banner": f"{verdict}: 1 of 1 clauses verified, scope all",
        "because": [],
        "run": facts | dict(run or {}),
        "causes": [],
        "gates": [],
        "scenarios": told,
        "clauses": list(clauses),
        "undescribed": [],
        "coverage": {"verified": 1, "total": 1, "counts": {}, "areas": [], "visible": {}},
        "unverified": [],
        "waivers": [],
        "timings": timings,
        "remainders": [],
        "ledger": {"created": 0, "removed": 0, "left": [], "kinds": {}},
        "doubles": [],
        "omitted": [],
        "warnings": [],
        "discovered": {"names": {}, "systems": {}, "packages": {}},
    }
    return whole | fields


def stored(home: Path, data: Mapping[str, Any], **facts: Any) -> Path:
    """A run's folder with this report."""
    run = data["run"]
    folder = home / run["id"]
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(data))
    about = {"id": run["id"], "site": {"name": run["site"]}, "arch": run["architecture"], "tags": []}
    (folder / "run.json").write_text(json.dumps(about | facts))
    return folder
