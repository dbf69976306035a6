"""A run that carries results: what is told, what is planned beside it, and what is found too late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.arch import load
from harness.evidence import RunFolder, judge, read_json
from harness.evidence.carried import STALE, Carried, From, in_order, lifted, read_carried
from harness.evidence.carrying import carried_of
from harness.hosts.facts.model import Config
from harness.hosts.visiting import Visit
from harness.plugin import holding
from tests.fleet.hosts import host

Drive = Callable[..., Any]
AGAIN = {"token.given": "always run", "tenants.listed": "failed"}
LOOKS = "observe('catalogue.compute.version', 'v2.0')"


def carry(first: Any, home: Path, selected: dict[str, str] | None = None, **more: Any) -> RunFolder:
    """The folder of a run that tells ``selected`` of an earlier one, and carries the rest."""
    folder = RunFolder(home / "again")
    folder.path.mkdir(exist_ok=True)
    keys = {key for key, outcome in first.outcomes.items() if outcome == "completed"} - set(AGAIN)
    results = {key: From(first.folder.id, 1000.0, 1010.0) for key in keys}
    rows = lifted(first.rows, keys, "3f2a")
    told = {"of": first.folder.id, "folder": str(first.folder.path), "scope": "-k x", **more}
    Carried(results=results, rows=rows, selected=AGAIN if selected is None else selected, **told).write(
        folder
    )
    return folder


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_the_selected_stories_run_and_the_others_are_carried(
    drive: Drive, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    first = drive()
    folder = carry(first, tmp_path)
    drive("--run-dir", str(folder.path), *workers)
    plan = read_json(folder.plan)
    told = {row["key"] for row in plan["scenarios"]}
    lent = {row["key"] for row in plan["carried"]}
    assert {"token.given", "tenants.listed", "cleanup.resources"} <= told
    assert "server.booted" in lent
    assert not told & lent
    order = [row["key"] for row in in_order(plan)]
    assert order == [
        row["key"] for row in read_json(first.folder.plan)["scenarios"] if row["key"] in told | lent
    ]
    assert plan["scope"] == "-k x"
    record = type(first)(first.result, folder)
    assert set(record.outcomes) == told, "nothing that is carried has a verdict of this run"


def test_the_needs_of_what_runs_again_run_too(drive: Drive, tmp_path: Path) -> None:
    folder = carry(drive(), tmp_path, {"server.shown": "failed"})
    drive("--run-dir", str(folder.path))
    told = {row["key"] for row in read_json(folder.plan)["scenarios"]}
    assert {"server.booted", "api.answers[compute]", "catalogue.read", "token.given"} <= told
    assert "server.deleted" not in told


def test_what_preflight_finds_otherwise_makes_what_rests_on_it_unknown(drive: Drive, tmp_path: Path) -> None:
    first = drive(boot="cloud.exchange('nova')", show="cloud.exchange('swift')")
    told = {"token.given": "always run"}
    changed = carry(first, tmp_path, told, found={"catalogue.compute.version": "v1.1"})
    again = drive("--run-dir", str(changed.path), token=f"cloud.{LOOKS}")
    [row] = [row for row in _rows(again, changed) if row.get("phase") == STALE]
    assert row["keys"]["server.booted"] == "catalogue.compute.version changed"
    carried = carried_of(read_json(changed.plan), read_carried(changed).results)
    rows = [*read_carried(changed).rows, *_rows(again, changed)]
    judged = judge(load("essex/six-node").table, in_order(read_json(changed.plan)), rows, carried=carried)
    assert judged.scenarios["server.booted"].verdict == "unknown"
    same = RunFolder(tmp_path / "same")
    (tmp_path / "again").rename(same.path)
    same = carry(first, tmp_path, told, found={"catalogue.compute.version": "v2.0"})
    drive("--run-dir", str(same.path), token=f"cloud.{LOOKS}")
    assert not [row for row in _rows(again, same) if row.get("phase") == STALE]


def test_what_the_hosts_say_otherwise_is_held_against_the_earlier_run(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = drive(boot="cloud.exchange('nova')", show="cloud.exchange('swift')")
    folder = carry(first, tmp_path, {"token.given": "always run"})

    def visits(where: Path) -> dict[str, Visit]:
        value = "kvm" if where == folder.hosts else "qemu"
        conf = {"/etc/nova/nova.conf": Config(form="ini", options={"DEFAULT": {"libvirt_type": (value,)}})}
        return {"compute-1": Visit(node="compute-1", facts=host("compute-1", configs=conf))}

    monkeypatch.setattr(holding, "read_visits", visits)
    ran = drive("--run-dir", str(folder.path))
    [row] = [row for row in _rows(ran, folder) if row.get("phase") == STALE]
    assert row["keys"]["server.booted"].endswith("[DEFAULT] libvirt_type changed on compute-1")
    own = {key for key, why in row["keys"].items() if "libvirt_type" in why}
    rests = {r["scenario"] for r in first.rows if r["kind"] == "exchange" and r["component"] == "swift"}
    assert not own & rests


def _rows(ran: Any, folder: RunFolder) -> list[dict[str, Any]]:
    return list(type(ran)(ran.result, folder).rows)
