"""Which thing to look at first, and what it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from tests.reports.runs import NOVA, preflight, rest
from tests.reports.stage import KEYSTONE, Stage, planned


def test_a_dead_keystone_is_one_cause_with_its_dependants(made: Callable[[str], RunFolder]) -> None:
    (cause,) = build(made("keystone-dead")).causes
    assert (cause.kind, cause.component, cause.scenarios) == ("failed", "keystone", ["identity.token"])
    assert cause.title == "keystone does not answer at 127.77.1.1:5000"
    assert len(cause.blocked) == 6
    assert "rings.equal[object]" not in cause.blocked
    assert "[Errno 111] connection refused" in cause.symptom
    assert cause.next[0] == "curl -si http://127.77.1.1:5000/"


def test_a_deviation_names_the_service_behind_the_exchange_that_showed_it(
    made: Callable[[str], RunFolder],
) -> None:
    extra, memory = build(made("deviating")).causes
    assert (extra.component, extra.deviations[0].path, extra.deviations[0].undescribed) == (
        "keystone",
        "catalogue.s3",
        True,
    )
    assert (memory.component, memory.kind, memory.blocked) == ("nova", "deviates", [])
    assert [(d.described, d.observed) for d in memory.deviations] == [(512, 256)]
    assert memory.next[0] == "nova flavor-list"


def test_an_early_end_says_what_was_going_on(made: Callable[[str], RunFolder]) -> None:
    (cause,) = build(made("killed")).causes
    assert cause.kind == "ended early"
    assert "compute.boot was in step 1: boot a server of the smallest flavor" in cause.symptom
    assert cause.next[0].startswith("deployday clean ")


def test_an_interrupted_run_ended_early_too(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    preflight(stage)
    rest(stage)
    stage.verdict("compute.flavors", "not_reached", reason="the run ended early")
    report = build(stage.end())
    assert report.ended_early
    assert [(cause.kind, cause.scenarios) for cause in report.causes] == [
        ("ended early", ["compute.flavors"])
    ]


def stories(home: Path, *told: tuple[str, str, int | None]) -> Report:
    """Each story makes one exchange (service, status) and fails on it."""
    stage = Stage(home, plan=[planned(key, "compute", "A story.") for key, _, _ in told])
    for key, service, status in told:
        row = f"gw0:{stage.seq + 3}"
        with (
            stage.story(key, "failed", reason=f"{key} went wrong", cites=[row]),
            stage.told(1, "ask", "wrong"),
        ):
            error = "[Errno 111] connection refused" if status is None else None
            stage.exchange(service, "GET", f"{NOVA}/x", status, error=error, request_id="req-7")
    return build(stage.end())


def test_stories_that_find_one_address_silent_are_one_cause(tmp_path: Path) -> None:
    (cause,) = stories(tmp_path, ("a", "compute", None), ("b", "compute", None)).causes
    assert cause.scenarios == ["a", "b"]
    assert cause.title == "nova does not answer at 127.77.1.1:8774"


def test_one_story_that_fails_alike_on_subjects_is_one_cause(tmp_path: Path) -> None:
    (cause,) = stories(tmp_path, ("a.b[x]", "compute", 500), ("a.b[y]", "compute", 500)).causes
    assert cause.scenarios == ["a.b[x]", "a.b[y]"]
    assert cause.title.startswith("a.b failed on all 2 subjects: ")
    assert cause.next[0] == "grep -h req-7 /var/log/nova/*.log"


def test_subjects_of_one_failure_are_summed_up(tmp_path: Path) -> None:
    nodes = [f"compute-{number:03d}" for number in range(1, 9)]
    keys = {node: f"hosts.services[{node}]" for node in nodes}
    stage = Stage(tmp_path, plan=[planned(key, "hosts", "Services run.") for key in keys.values()])
    run = json.loads((stage.folder.path / "run.json").read_text(encoding="utf-8"))
    run["site"]["racks"] = {node: "3" if node > "compute-004" else "2" for node in nodes}
    stage.file("run.json", run)
    for node, key in keys.items():
        bad = node in ("compute-005", "compute-007")
        with stage.story(key, "failed" if bad else "completed", reason="dead" if bad else ""):
            pass
    (cause,) = build(stage.end()).causes
    assert cause.title == "hosts.services failed on 2 of 8 (005, 007, all rack 3): dead"


def test_different_failures_stay_apart(tmp_path: Path) -> None:
    causes = stories(tmp_path, ("a", "compute", 500), ("b", "image", 404)).causes
    assert [cause.component for cause in causes] == ["nova", "glance"]


def test_the_component_comes_from_the_exchange_and_not_from_the_story(tmp_path: Path) -> None:
    """A story about servers that cannot get its token is about keystone."""
    plan = [planned("compute.boot", "compute", "A server boots.")]
    stage = Stage(tmp_path, plan=plan)
    with (
        stage.story("compute.boot", "failed", reason="no token", component="nova"),
        stage.told(1, "boot", "no"),
    ):
        stage.exchange("compute", "GET", f"{NOVA}/servers", 200)
        stage.exchange("identity", "POST", f"{KEYSTONE}/v2.0/tokens", None, error="timed out", answer=None)
    (cause,) = build(stage.end()).causes
    assert cause.component == "keystone"


def test_a_check_leads_to_the_exchange_that_it_cites(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[planned("images.unknown", "images", "An unknown image is refused.")])
    stage.scenario = "images.unknown"
    with stage.told(1, "ask for an image that is not there", "expected 404"):
        asked = stage.exchange("image", "GET", "http://127.77.1.1:9292/v1/images/none", 200)
        stage.exchange("identity", "GET", f"{KEYSTONE}/v2.0", 200)
        check = stage.row(
            "check", sentence="it is refused", ok=False, expected="404", found="200", cites=[asked]
        )
    stage.verdict("images.unknown", "failed", reason="it is refused: expected 404, found 200", cites=[check])
    (cause,) = build(stage.end()).causes
    assert (cause.component, cause.cites) == ("glance", [asked])


def test_a_crash_of_a_check_blames_no_component(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    preflight(stage)
    with stage.story("compute.flavors", "crashed", reason="KeyError: 'ram'", component="nova"):
        stage.exchange("compute", "GET", f"{NOVA}/flavors")
    rest(stage)
    cause = build(stage.end()).causes[0]
    assert (cause.kind, cause.component) == ("unknown", "")


def test_what_blocks_most_comes_first(tmp_path: Path) -> None:
    plan = [
        planned("a", "compute", "First told, blocks nobody."),
        planned("b", "compute", "Told later, blocks one."),
        planned("c", "compute", "Blocked.", ["b"]),
    ]
    stage = Stage(tmp_path, plan=plan)
    for key in "ab":
        with stage.story(key, "failed", reason=f"{key} failed"):
            stage.exchange("compute", "GET", f"{NOVA}/{key}", 500)
    stage.verdict("c", "blocked", reason="blocked by b", root="b")
    assert [(cause.scenarios, cause.blocked) for cause in build(stage.end()).causes] == [
        (["b"], ["c"]),
        (["a"], []),
    ]


@pytest.mark.parametrize("host", ["x; rm -rf /", "$(id)", "a'b"])
def test_what_a_host_is_called_is_quoted_for_the_shell(tmp_path: Path, host: str) -> None:
    stage = Stage(tmp_path, plan=[planned("hosts.reachable", "preflight", "The node can be reached.")])
    with stage.story("hosts.reachable", "failed", reason="no route"), stage.told(1, "connect", "no route"):
        stage.row(
            "command", host=host, command="true", component="ssh", status=None, stdout="", stderr="", ms=1.0
        )
    (cause,) = build(stage.end()).causes
    quoted = "'" + host.replace("'", "'\"'\"'") + "'"
    assert cause.next[0] == f"ssh -v {quoted} true"
