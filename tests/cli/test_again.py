"""Runs that are run again, over recorded folders: what is chosen, what is carried, what comes of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from harness.cli.again import the_run, words
from harness.cli.rerunning import of_the_run, refuse_beside
from harness.errors import UsageError
from harness.evidence.carried import STALE
from harness.evidence.folder import RunFolder, open_run
from harness.lease import join
from harness.site import Site
from reports.build import build
from tests.cli.again_runs import MORNING, choose, edited, site_of, told, visits

BOOT = "compute.boot"
NOON = MORNING + 4 * 3600


@pytest.fixture(scope="module")
def site() -> Site:
    return site_of()


@pytest.fixture(scope="module")
def sound(site: Site, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that passed; nobody may change it."""
    return told(tmp_path_factory.mktemp("sound"), site)


@pytest.fixture
def copy(sound: RunFolder, tmp_path: Path) -> RunFolder:
    """The same, to be changed."""
    return RunFolder(Path(shutil.copytree(sound.path, tmp_path / sound.id)))


@pytest.fixture(scope="module")
def broken(site: Site, sound: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """No server boots: what needs one is blocked."""
    after = {BOOT}
    for row in json.loads(sound.plan.read_text())["scenarios"]:
        after |= {row["key"]} if after & set(row["needs"]) else set()
    outcomes = dict.fromkeys(after, "blocked") | {BOOT: "failed"}
    return told(tmp_path_factory.mktemp("broken"), site, outcomes=outcomes)


def test_fixed_and_run_again_it_is_go_with_what_is_carried(
    site: Site, broken: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build(broken)
    assert before.verdict == "NO-GO"
    chosen = choose(monkeypatch, site, broken)
    kinds = Counter(why.kind for why in chosen.choice.again.values())
    assert (kinds["fail"], kinds["blocked"] > 30, kinds["changed"]) == (1, True, 0)
    assert chosen.choice.again["compute.flavors"].kind == "needed"
    assert "objects.put_get" in chosen.choice.carried
    mended = build(told(tmp_path, site, chosen=chosen, began=NOON, digits="91c0"))
    now, lent = len(chosen.choice.again), len(chosen.choice.carried)
    assert mended.verdict == "GO", mended.because
    assert mended.banner.startswith(f"GO: {now} run now, {lent} carried from 08:00 UTC, ")
    unseen = mended.coverage.counts["out_of_reach"]  # there is no way into guests
    assert (mended.coverage.verified + unseen, lent > 100) == (mended.coverage.total, True)
    assert 0 < mended.coverage.carried < mended.coverage.verified
    [lender] = mended.carried
    assert (lender.run, lender.started, lender.scenarios) == (broken.id, MORNING, lent)
    assert {s.key for s in mended.scenarios} == {s.key for s in before.scenarios}
    assert [gate.name for gate in mended.gates] == [gate.name for gate in before.gates]
    assert mended.timings.wall < before.timings.wall
    assert all(s.started is None for s in mended.scenarios if s.carried)


def test_the_reasons_are_said_before_the_run(
    site: Site, broken: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = visits(site, verbose="False")
    said = words(choose(monkeypatch, site, broken, hosts=changed))
    assert said[0] == f"again: {broken.id} (NO-GO, 2027-01-15 08:00 UTC)"
    assert f"1 failed: {BOOT}" in said[2]
    assert " blocked: " in said[3]
    assert "because /etc/nova/nova.conf [DEFAULT] verbose changed on devstack: " in said[4]
    assert " always run: " in said[5]


def test_hostile_words_of_a_host_reach_no_terminal(
    site: Site, broken: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = words(choose(monkeypatch, site, broken, hosts=visits(site, **{"\x1b[2Jevil\u202e": "1"})))
    assert not any("\x1b" in row or "\u202e" in row for row in said)
    assert any("evil" in row for row in said)


def test_an_edited_nova_conf_runs_compute_again_and_carries_object_storage(
    site: Site, sound: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = choose(monkeypatch, site, sound)
    assert {why.kind for why in quiet.choice.again.values()} == {"always"}
    gates = {row.key: row.gate for row in quiet.plan.carried}
    choice = choose(monkeypatch, site, sound, hosts=visits(site, libvirt_type="kvm")).choice
    carried = Counter(gates[key] for key in choice.carried)
    assert {gate for gate in ("compute", "guests", "network", "volumes") if carried[gate]} == set()
    assert carried["objects"] > 10
    assert carried["images"] > 10


def test_a_chain_keeps_the_time_of_the_run_that_told_it(
    site: Site, broken: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = choose(monkeypatch, site, broken)
    second = told(tmp_path, site, chosen=first, began=NOON, digits="91c0")
    third = choose(monkeypatch, site, second, now=NOON + 60)
    last = build(told(tmp_path, site, chosen=third, began=NOON + 60, digits="b7e1"))
    assert last.verdict == "GO", last.because
    froms = {s.key: s.carried.run for s in last.scenarios if s.carried}
    assert froms["objects.put_get"] == broken.id
    assert froms[BOOT] == second.id
    assert {(each.run, each.started) for each in last.carried} == {(broken.id, MORNING), (second.id, NOON)}
    assert " carried from 12:00 UTC, " in last.banner
    assert " carried from 08:00 UTC, " in last.banner
    rows = third.carried.rows
    assert {str(row["worker"]) for row in rows} == {"3f2a/gw0", "91c0/gw0"}
    late = choose(monkeypatch, site, second, now=MORNING + 24 * 3600 + 60)
    assert late.choice.again["objects.put_get"].kind == "old"
    assert BOOT in late.choice.carried


def test_what_changed_while_it_ran_is_unknown_and_no_pass(
    site: Site, broken: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = choose(monkeypatch, site, broken)
    late = {"kind": "run", "phase": STALE, "keys": {"objects.put_get": "swift.conf changed on devstack"}}
    report = build(told(tmp_path, site, chosen=chosen, began=NOON, digits="91c0", rows=[late]))
    assert report.verdict == "COULD NOT JUDGE"
    [lost] = [s for s in report.scenarios if s.key == "objects.put_get"]
    assert (lost.verdict, "swift.conf changed on devstack" in lost.reason) == ("unknown", True)


def test_unrun_stories_of_an_interrupted_run_run(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = told(tmp_path, site, killed_before=BOOT)
    choice = choose(monkeypatch, site, killed).choice
    assert choice.again[BOOT].kind == "unrun"
    assert choice.again["objects.put_get"].kind == "unrun"


def test_an_interrupted_run_never_visited_its_hosts_to_the_end(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = told(tmp_path, site, killed_before="objects.put_get")
    assert choose(monkeypatch, site, killed).choice.carried == ()
    killed.hosts.mkdir()
    for node, visit in visits(site).items():
        (killed.hosts / f"{node}.json").write_text(visit.model_dump_json())
    assert BOOT in choose(monkeypatch, site, killed).choice.carried


@pytest.mark.parametrize(
    ("what", "expected"),
    [("cloud", "the cloud is another now"), ("lab", "a lab or not is another now")],
)
def test_of_another_cloud_nothing_is_carried(
    what: str, expected: str, site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edited(copy.run) as facts:
        facts["site"][what] = {"control": "x"} if what == "lab" else "rack8"
    chosen = choose(monkeypatch, site, copy)
    assert chosen.choice.carried == ()
    assert any(expected in row for row in words(chosen))


def test_of_another_version_nothing_is_carried(
    site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edited(copy.run) as facts:
        facts["version"] = "0.0.9"
    assert choose(monkeypatch, site, copy).choice.carried == ()


def test_a_run_from_before_scenarios_had_versions_is_told_anew(
    site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edited(copy.plan) as plan:
        for row in plan["scenarios"]:
            del row["version"]
    assert choose(monkeypatch, site, copy).choice.carried == ()


def test_a_host_at_another_address_is_another_machine(
    site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edited(copy.run) as facts:
        facts["site"]["hosts"] = {"devstack": "192.0.2.99"}
    assert choose(monkeypatch, site, copy).choice.carried == ()


def test_a_changed_description_runs_what_looks_at_it(
    sound: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = site_of(sets=['compute.flavors["m1.tiny"].ram=1024'])
    choice = choose(monkeypatch, now, sound).choice
    assert choice.again["compute.flavors"].kind == "changed"
    assert choice.again["volumes.attach"].kind == "changed", "it needs a server of that flavor"
    assert "objects.put_get" in choice.carried


def test_another_version_of_an_api_runs_what_rests_on_it(
    site: Site, sound: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = choose(monkeypatch, site, sound, found={"catalogue.image.version": "v1.1"})
    assert "images.upload" in same.choice.carried
    other = choose(monkeypatch, site, sound, found={"catalogue.image.version": "v2.0"})
    assert other.choice.again["images.upload"].kind == "changed"
    assert "objects.put_get" in other.choice.carried


@pytest.mark.parametrize(
    ("tenants", "carries"),
    [
        ({"tenant admin": "1", "tenant deployday-1": "4e"}, True),
        ({"tenant admin": "1", "tenant deployday-1": "5f"}, False),
        ({"tenant admin": "1"}, False),
        ({}, True),
    ],
)
def test_a_cloud_that_was_built_anew_is_another_one(
    tenants: dict[str, str], carries: bool, site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [{"kind": "tenant", "name": "deployday-1", "id": "4e"}]
    row = {"t": MORNING, "worker": "main", "seq": 1, "kind": "run", "phase": "remainders", "remainders": left}
    with copy.events.open("a") as file:
        file.write(json.dumps(row) + "\n")
    assert bool(choose(monkeypatch, site, copy, found=tenants).choice.carried) == carries


@pytest.mark.parametrize("name", ["rack8", ""])
def test_a_run_of_another_site_is_refused(
    name: str, site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edited(copy.run) as facts:
        facts["site"]["name"] = name
    with pytest.raises(UsageError, match="a run of another cloud"):
        choose(monkeypatch, site, copy)


@pytest.mark.parametrize("file", ["run.json", "plan.json", "architecture.json"])
def test_a_tampered_run_is_a_usage_error(
    file: str, site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy.path / file).write_text('{"scenarios": 3')
    with pytest.raises(UsageError, match=file):
        choose(monkeypatch, site, copy)


def test_a_damaged_record_is_told_anew_where_it_is_damaged(
    site: Site, copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [row for row in copy.events.read_text().splitlines() if '"objects.put_get"' not in row]
    copy.events.write_text("\n".join(kept) + "\n")
    choice = choose(monkeypatch, site, copy).choice
    assert choice.again["objects.put_get"].kind == "unrun"
    assert BOOT in choice.carried


def test_a_run_that_still_goes_and_one_that_is_not_there_are_refused(
    site: Site, copy: RunFolder, tmp_path: Path
) -> None:
    with join(copy.lock), pytest.raises(UsageError, match="still goes"):
        the_run("last", tmp_path)
    assert the_run("last", tmp_path) == copy
    with pytest.raises(UsageError, match="no such run"):
        the_run("beef", tmp_path)
    assert open_run("20270115T08", home=tmp_path) == open_run("3f2a", home=tmp_path) == copy


def test_without_a_site_it_is_run_on_what_the_run_was_run_on(copy: RunFolder, tmp_path: Path) -> None:
    with edited(copy.run) as facts:
        facts["options"] |= {"sets": ["a=1"], "scope": ["area=compute"]}
    found = of_the_run("last", tmp_path, "", None, [], [])
    assert found.run == str(copy.path.resolve())
    assert found[1:] == ("essex/devstack-single", "rack7", [], ["a=1"], ["area=compute"])
    assert of_the_run("last", tmp_path, "x.yaml", None, [], [])[1:5] == ("x.yaml", None, [], [])
    with edited(copy.run) as facts:
        facts["site"]["path"] = "/gone/site.yaml"
    with pytest.raises(UsageError, match="not there any more"):
        of_the_run("last", tmp_path, "", None, [], [])


@pytest.mark.parametrize("option", ["--lab", "-k", "--scope", "--repeat", "--offline"])
def test_options_that_choose_otherwise_are_refused(option: str) -> None:
    refuse_beside("--rerun", {option: False})
    with pytest.raises(UsageError, match="exclude each other"):
        refuse_beside("--rerun", {option: True})
