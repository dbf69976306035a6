"""Whole runs of a small suite against a fake cloud: how it ends, and alike with any number of workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.arch import ClauseTable
from harness.evidence import judge, read_json

Drive = Callable[..., Any]
FLAVOR = 'compute.flavors["m1.tiny"].ram'
AFTER_TOKEN = {
    "catalogue.read",
    "tenants.listed",
    "server.booted",
    "server.shown",
    "server.deleted",
    *(f"api.answers[{name}]" for name in ("identity", "compute", "image", "volume", "object-store")),
}


def test_a_run(drive: Drive) -> None:
    ran = drive()
    assert ran.result.ret == 0
    ran.result.assert_outcomes(passed=21, skipped=1)
    assert ran.keys("not_applicable") == {"ring.of_nobody"}
    assert len(ran.keys("completed")) == 21
    assert ran.phases == ["start", "accounts", "end"]
    starts = [row["scenario"] for row in ran.rows if row["kind"] == "scenario" and row["phase"] == "start"]
    assert starts == [key for key, row in ran.plan.items() if row["applies"]]
    assert starts[-1] == "cleanup.resources"
    assert read_json(ran.folder.run)["options"]["arch"] == "essex/six-node"
    table = ClauseTable.from_json(read_json(ran.folder.architecture))
    judged = judge(table, ran.plan.values(), ran.rows)
    assert {verdict.verdict for verdict in judged.scenarios.values()} == {"pass", "not_applicable"}
    assert not judged.ended_early


def test_a_dead_root_blocks_exactly_what_needs_it_with_any_number_of_workers(drive: Drive) -> None:
    dead = "cloud.refuse('keystone')"
    alone = drive("--junitxml=junit.xml", token=dead)
    four = drive("-n", "4", token=dead, rings="cloud.company(3)")
    assert alone.facts == four.facts
    assert alone.keys("failed") == {"token.given"}
    assert alone.verdicts["token.given"]["component"] == "keystone"
    assert alone.keys("blocked") == AFTER_TOKEN
    assert {alone.verdicts[key]["root"] for key in AFTER_TOKEN} == {"token.given"}
    assert {alone.verdicts[key]["reason"] for key in AFTER_TOKEN} == {"blocked by token.given"}
    assert "rings.equal[account]" in alone.keys("completed")
    assert "cleanup.resources" in alone.keys("completed")
    for ran in (alone, four):
        assert ran.result.ret == 1
        ran.result.stdout.fnmatch_lines(
            ["*token.given blocks 10 more", "*1 failed, 10 passed, 1 skipped, 10 blocked*"]
        )
        assert (ran.folder.path.parent / "released").read_text().count("released") <= 2
    assert len({row["worker"] for row in four.rows}) > 3
    junit = ElementTree.parse(alone.folder.path.parent / "junit.xml").getroot()
    assert [junit[0].get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "22",
        "1",
        "10",
        "1",
    ]
    secret = b"in-memory-only"
    assert not [path for path in four.folder.path.iterdir() if secret in path.read_bytes()]


STORY = """
@scenario("{id}", gate="{gate}", needs={needs})
def test_{name}(cloud):
    'A story.'
    {body}
"""


def test_a_blocked_story_at_the_end_of_a_module_harms_nobody(drive: Drive, pytester: pytest.Pytester) -> None:
    head = "from harness.testing import scenario\n"
    stories = [
        STORY.format(id="token.given", gate="preflight", needs=(), name="token", body=""),
        STORY.format(
            id="a.fails", gate="images", needs=("token.given",), name="a", body="raise AssertionError"
        ),
        STORY.format(id="a.blocked", gate="compute", needs=("a.fails",), name="b", body=""),
    ]
    other = STORY.format(id="b.passes", gate="volumes", needs=("token.given",), name="c", body="")
    pytester.makepyfile(test_another=head + other)
    ran = drive(source=head + "".join(stories))
    assert ran.keys("failed") == {"a.fails"}
    assert ran.keys("blocked") == {"a.blocked"}
    assert ran.keys("completed") == {"token.given", "b.passes"}


def test_a_killed_worker_leaves_its_story_unknown_and_the_others_go_on(drive: Drive) -> None:
    ran = drive(
        "-n",
        "2",
        api="if subject == 'compute': cloud.exchange('nova'); os._exit(9)",
        rings="if subject == 'storage-2': raise OutOfReach('no such file')",
        show="raise ZeroDivisionError('a defect')",
    )
    assert ran.result.ret == 1
    assert ran.keys("crashed") == {"api.answers[compute]"}
    assert ran.verdicts["api.answers[compute]"]["reason"] == "the process that told it died"
    assert ran.verdicts["api.answers[compute]"]["component"] == "nova"
    assert ran.keys("blocked") == {"server.booted", "server.shown", "server.deleted"}
    assert ran.keys("out_of_reach") == {"rings.read[storage-2]"} | {
        f"rings.equal[{ring}]" for ring in ("account", "container", "object")
    }
    assert (
        ran.verdicts["rings.equal[object]"]["reason"]
        == "it needs what is out of reach: rings.read[storage-2]"
    )
    assert ran.keys("not_reached") == set()
    assert ran.outcomes["cleanup.resources"] == "completed"
    ran.result.assert_outcomes(passed=13, skipped=5, errors=1)


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "workers"])
def test_stopping_at_the_first_failure_still_cleans_up(drive: Drive, words: tuple[str, ...]) -> None:
    ran = drive("-x", *words, catalogue="raise AssertionError('no catalogue')", rings="time.sleep(0.5)")
    assert ran.result.ret == 1
    assert ran.keys("failed") == {"catalogue.read"}
    assert ran.keys("blocked") == AFTER_TOKEN - {"catalogue.read", "tenants.listed"}
    assert {"server.booted", "rings.equal[object]"} & ran.keys("not_reached") == {"rings.equal[object]"}
    assert ran.outcomes["cleanup.resources"] == "completed"
    assert set(ran.outcomes) == set(ran.plan)
    ran.result.stdout.fnmatch_lines(["*the run ended early: * not reached"])


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "workers"])
def test_the_first_interrupt_ends_the_stories_and_lets_the_clean_up_run(
    drive: Drive, words: tuple[str, ...]
) -> None:
    main = "os.getppid()" if words else "os.getpid()"
    ran = drive(*words, boot=f"os.kill({main}, 2), time.sleep(30)")
    assert ran.result.ret == pytest.ExitCode.INTERRUPTED
    assert ran.verdicts["server.booted"]["reason"] == "interrupted while it ran"
    assert {"server.booted", "server.shown", "server.deleted"} <= ran.keys("not_reached")
    assert ran.keys("failed") | ran.keys("crashed") == set()
    assert ran.outcomes["cleanup.resources"] == "completed"
    assert set(ran.outcomes) == set(ran.plan)
    assert ran.phases[-1] == "end"


def test_the_second_interrupt_ends_everything(drive: Drive) -> None:
    source = (Path(__file__).parent / "fakes" / "suite.py").read_text()
    source = source.replace('cloud.exchange("nova")', "os.kill(os.getpid(), 2), time.sleep(30)", 1)
    ran = drive("-n", "0", source=source.replace("pass  # boot", "os.kill(os.getpid(), 2)"))
    assert ran.result.ret == pytest.ExitCode.INTERRUPTED
    assert ran.outcomes["cleanup.resources"] == "not_reached"
    assert set(ran.outcomes) == set(ran.plan)
    assert ran.phases[-1] == "end"


def test_a_selection_runs_with_its_needs_and_the_clean_up(drive: Drive) -> None:
    ran = drive("-k", "server.shown")
    assert set(ran.outcomes) == {
        "token.given",
        "catalogue.read",
        "api.answers[compute]",
        "api.answers[image]",
        "server.booted",
        "server.shown",
        "cleanup.resources",
    }
    assert {key for key, row in ran.plan.items() if row["pulled"]} == set(ran.outcomes) - {"server.shown"}
    ran.result.stdout.fnmatch_lines(["*run with the selection: token.given, *", "*7 passed, 15 deselected*"])
    plan = read_json(ran.folder.plan)
    assert plan["scope"] == "-k server.shown"
    assert len(plan["deselected"]) == 15


def test_a_deviation_fails_the_scenario_and_blocks_nothing(drive: Drive, pytester: pytest.Pytester) -> None:
    seen = f"cloud.observe('{FLAVOR}', 1024); cloud.observe('region', 'elsewhere')"
    ran = drive(boot=seen)
    assert ran.result.ret == 1
    assert (ran.outcomes["server.booted"], ran.verdicts["server.booted"]["met"]) == ("completed", True)
    assert ran.outcomes["server.deleted"] == "completed"
    ran.result.assert_outcomes(passed=20, skipped=1, failed=1)
    ran.result.stdout.fnmatch_lines(
        [
            "server.booted was told to its end and saw 2 deviations:",
            f"  {FLAVOR}: described 512, observed 1024".replace("[", "[[]"),
            "  region: described 'RegionOne', observed 'elsewhere'",
        ]
    )
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    rest = f"reason: r, owner: o, ticket: T-1, until: {until}"
    lines = [
        f"- {{clause: '{FLAVOR}', observed: 1024, {rest}}}",
        f"- {{clause: region, observed: elsewhere, {rest}}}",
    ]
    pytester.path.joinpath("waivers.yaml").write_text("\n".join(lines))
    ran = drive(boot=seen)
    assert ran.result.ret == 0
    assert ran.folder.waivers.exists()


ENDINGS = [
    ("assert 1 + 1 == 3, 'no sum'", "failed", "no sum", ""),
    ("cloud.exchange('nova'); assert 1 + 1 == 3, 'no sum'", "failed", "no sum", "nova"),
    ("cloud.exchange('nova'); cloud.refuse('glance')", "failed", "glance answered 503", "glance"),
    ("{}['x']", "crashed", "KeyError: 'x'", ""),
    (
        "pytest.skip('not today')",
        "crashed",
        "a story cannot skip; say `requires=` or `applies=` (not today)",
        "",
    ),
    ("raise OutOfReach('no way in')", "out_of_reach", "no way in", ""),
]


def test_how_a_story_ends_is_what_it_raises(drive: Drive) -> None:
    lines = [f"    if subject == {name!r}: {line}" for name, (line, *_) in enumerate_subjects()]
    ran = drive(source=HEAD + "\n".join(lines))
    for name, (_, outcome, reason, component) in enumerate_subjects():
        row = ran.verdicts[f"story.ends[{name}]"]
        found = (row["outcome"], row["reason"].partition("\n")[0], row["component"], row["met"])
        assert found == (outcome, reason, component, False)
        assert bool(row["cites"]) == bool(component)
    ran.result.assert_outcomes(failed=3, errors=2, skipped=1)


HEAD = '''
import pytest
from harness.testing import OutOfReach, scenario

@scenario("story.ends", gate="compute", subjects=("a", "b", "c", "d", "e", "f"))
def test_story(cloud, subject):
    """It ends."""
'''


def enumerate_subjects() -> list[tuple[str, tuple[str, str, str, str]]]:
    return list(zip("abcdef", ENDINGS, strict=True))


def test_a_hanging_story_is_stopped_and_unknown(drive: Drive) -> None:
    source = '''
import time
from harness.testing import scenario

@scenario("it.hangs", gate="compute", limit=0.3)
def test_hangs(cloud):
    """It hangs."""
    try:
        time.sleep(60)
    except Exception:
        pass

@scenario("it.goes_on", gate="compute")
def test_goes_on(cloud):
    """The run goes on."""
'''
    ran = drive(source=source)
    assert ran.outcomes == {"it.hangs": "crashed", "it.goes_on": "completed"}
    assert ran.verdicts["it.hangs"]["reason"] == "hung: stopped after 0.3 s"


def test_what_is_out_of_reach_is_known_before_or_when_accounts_are_leased(
    drive: Drive, pytester: pytest.Pytester
) -> None:
    pytester.path.joinpath("no-hosts").touch()
    pytester.path.joinpath("missing.json").write_text(json.dumps({"admin": "we are nobody"}))
    ran = drive()
    assert ran.result.ret == 0
    rings = {f"rings.equal[{ring}]" for ring in ("account", "container", "object")}
    nodes = {f"{name}[storage-{n}]" for name in ("hosts.reachable", "rings.read") for n in (1, 2, 3)}
    assert ran.keys("out_of_reach") == rings | nodes | {"tenants.listed"}
    assert ran.verdicts["tenants.listed"]["reason"] == "we are nobody"
    assert ran.verdicts["hosts.reachable[storage-1]"]["reason"] == "the site names no hosts"
    ran.result.stdout.fnmatch_lines(["*out of reach: we are nobody"])
