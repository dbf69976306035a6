"""Parts of a real lab: a node that is not there yet, and a scope; each is GO, and says what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.matrix.described import six_node
from tests.matrix.rig import Rig

pytestmark = [pytest.mark.matrix(kind="parts"), pytest.mark.lab]
_YAML = YAML(typ="safe")
TWO_HOSTS = {"compute.resize", "compute.resize_reverted", "compute.migrate"}
"""The stories that a server tells which leaves one compute host for another."""


@pytest.fixture(scope="module")
def less(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A lab without the second compute node."""
    home = tmp_path_factory.mktemp("parts")
    described = six_node()
    nodes = described.ra["nodes"]
    nodes["compute-1"] = nodes.pop("compute-[1:2]")
    with Rig.up(home, architecture=described.write(home / "architecture.yaml")) as rig:
        yield rig


def site_of(rig: Rig, name: str, **keys: Any) -> str:
    """The lab's site with other keys."""
    place = Path(rig.site)
    site = _YAML.load(place.read_text(encoding="utf-8"))
    path = place.parent / f"{name}.yaml"
    with path.open("w", encoding="utf-8") as file:
        _YAML.dump(site | keys, file)
    return str(path)


def whole(rig: Rig) -> dict[str, str]:
    """The architecture with the node that the lab is without."""
    return {"architecture": str(six_node().write(Path(rig.site).parent / "whole.yaml"))}


def absent(days: int) -> dict[str, Any]:
    until = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"
    return {"compute-2": {"reason": "the rack is filled next week", "until": until}}


def test_a_cloud_whose_node_is_not_there_yet_is_go(less: Rig) -> None:
    ran = less.run(site=site_of(less, "absent", **whole(less), absent=absent(7)))
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output + ran.told
    assert "absent 1 node until" in ran.report["banner"]
    assert [each["state"] for each in ran.report["absent"]] == ["waiting"]
    lost = {key for key in ran.having("out_of_reach") if "compute-2" not in key}
    assert lost == TWO_HOSTS, ran.told
    clauses = {row["path"]: row["state"] for row in ran.report["clauses"]}
    assert {state for path, state in clauses.items() if "compute-2" in path} == {"out_of_reach"}
    assert {state for path, state in clauses.items() if "compute-2" not in path} == {"verified"}


def test_it_is_missed_where_nobody_says_so(less: Rig) -> None:
    words = ["-k", "hosts and (compute or managed)"]
    assert less.run(*words, site=site_of(less, "missed", **whole(less))).code == 1
    over = less.run(*words, site=site_of(less, "over", **whole(less), absent=absent(-7)))
    assert over.code == 1
    assert "1 no longer absent" in over.report["banner"]


def test_one_that_is_there_is_told_and_does_no_harm(rig: Rig) -> None:
    site = site_of(rig, "there", absent=absent(7))
    ran = rig.run("-k", "compute or hosts", site=site)
    assert ran.code == 0, ran.output + ran.told
    assert [each["state"] for each in ran.report["absent"]] == ["there"]


def test_a_part_is_go_though_another_is_broken(rig: Rig) -> None:
    with rig.fault("compute.quota_wrong"):
        ran = rig.run("--scope=role=object-storage")
        broken = rig.run("--scope=area=compute", "-k", "quotas or flavors")
    assert broken.code == 1, broken.told
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output + ran.told
    assert ran.report["banner"].endswith("scope role=object-storage")
    outside = {row["key"] for row in ran.report["scenarios"] if row["outside"]}
    assert "identity.token" in outside
    judged = {row["path"].split(".")[0] for row in ran.report["clauses"] if row["state"] == "verified"}
    assert "objects" in judged
    assert not judged & {"compute", "volumes"}
