"""Broken, mended, run again: what comes of it is what a whole run would say, with less told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.matrix.rig import Ran, Rig

pytestmark = [pytest.mark.matrix(kind="again"), pytest.mark.lab]
ARCHITECTURE = "essex/devstack-single"
FAULTS = ("images.dead", "volumes.never_available", "compute.flavor_wrong_memory")
SHORT = ("--set", "objectives.volume=3 s")


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig.up(tmp_path_factory.mktemp("again"), architecture=ARCHITECTURE) as made:
        yield made


@pytest.fixture(scope="module")
def sound(rig: Rig) -> Ran:
    """A run of the lab as it should be."""
    ran = rig.run()
    assert ran.code == 0, ran.told
    return ran


def again(rig: Rig, of: Ran, *words: str) -> Ran:
    """``run --rerun`` of a run, beside it."""
    before = set(of.folder.parent.iterdir())
    done = rig.call("run", rig.site, "--rerun", str(of.folder), "--runs", str(of.folder.parent), *words)
    [folder] = [path for path in set(of.folder.parent.iterdir()) - before if (path / "run.json").exists()]
    return Ran(done.returncode, folder, done.stdout + done.stderr)


def carried(ran: Ran) -> dict[str, dict[str, Any]]:
    return {row["key"]: row["carried"] for row in ran.report["scenarios"] if row["carried"]}


def gates(ran: Ran, keys: Iterator[str] | dict[str, Any]) -> Counter[str]:
    of = {row["key"]: row["gate"] for row in ran.report["scenarios"]}
    return Counter(of[key] for key in keys)


@pytest.mark.parametrize("name", FAULTS)
def test_mended_and_run_again_it_is_go(rig: Rig, name: str) -> None:
    with rig.fault(name):
        broken = rig.run(*SHORT)
    assert broken.code == 1, broken.told
    mended = again(rig, broken, *SHORT)
    lent = carried(mended)
    assert (mended.code, mended.report["verdict"]) == (0, "GO"), mended.told
    assert mended.verdicts.keys() == broken.verdicts.keys()
    assert f"{len(lent)} carried from " in mended.report["banner"]
    assert lent
    assert not set(lent) & (broken.having("fail") | broken.having("blocked") | broken.having("unknown"))
    assert {each["run"] for each in lent.values()} == {broken.report["run"]["id"]}


def test_in_a_chain_the_run_that_told_it_stays_the_one_that_did(rig: Rig) -> None:
    with rig.fault("compute.boot_error"):
        broken = rig.run()
    mended = again(rig, broken)
    third = again(rig, mended)
    assert (mended.code, third.code) == (0, 0), mended.told + third.told
    first, then = ({key: each["run"] for key, each in carried(ran).items()} for ran in (mended, third))
    assert {then[key] for key in first if key in then} == {broken.report["run"]["id"]}
    assert then["compute.boot"] == mended.report["run"]["id"]


def test_still_broken_it_is_still_no_go(rig: Rig) -> None:
    with rig.fault("compute.boot_error"):
        broken = rig.run()
        still = again(rig, broken)
    assert still.code == 1
    assert still.having("fail") == broken.having("fail")
    assert still.having("blocked") == broken.having("blocked")


def test_broken_anew_elsewhere_it_is_no_go_although_that_passed_then(rig: Rig, sound: Ran) -> None:
    """Preflight, which is never carried, sees it; what rests on it does not hold any more."""
    with rig.fault("images.dead"):
        ran = again(rig, sound)
    assert ran.code == 1
    assert "images.upload" not in {key for key, verdict in ran.verdicts.items() if verdict == "pass"}
    assert "objects.put_get" in carried(ran)


@contextmanager
def edited(rig: Rig, path: str, text: str) -> Iterator[None]:
    """A file of the lab's node with a line more."""
    file = rig.lab.folder / "nodes" / "devstack" / path
    before = file.read_text()
    file.write_text(f"{before}\n{text}\n")
    try:
        yield
    finally:
        file.write_text(before)


def test_an_edited_nova_conf_runs_compute_again_and_carries_object_storage(rig: Rig, sound: Ran) -> None:
    with edited(rig, "etc/nova/nova.conf", "quota_note = 1"):
        ran = again(rig, sound)
    assert ran.code == 0, ran.told
    assert "because /etc/nova/nova.conf [DEFAULT] quota_note changed on devstack" in ran.output
    lent = gates(ran, carried(ran))
    assert [gate for gate in ("preflight", "hosts", "compute", "guests", "cleanup") if lent[gate]] == []
    assert lent["objects"] > 20


def test_an_edited_swift_conf_runs_object_storage_again_and_carries_images(rig: Rig, sound: Ran) -> None:
    with edited(rig, "etc/swift/swift.conf", "note = 1"):
        ran = again(rig, sound)
    assert ran.code == 0, ran.told
    lent = gates(ran, carried(ran))
    assert (lent["objects"], lent["rings"]) == (0, 0)
    assert lent["images"] > 10
