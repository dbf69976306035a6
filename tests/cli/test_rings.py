"""``deployday rings``: files, and the whole of a cloud."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from harness.credentials import read_credentials
from tests.cli.command import Lab, start
from tests.cli.conftest import Here

RINGS = Path(__file__).resolve().parents[1] / "rings" / "fixtures"
OBJECT = str(RINGS / "object.ring.gz")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RINGS, tmp_path / "rings"))


def test_check_says_what_a_ring_of_essex_is_like(deployday: Here) -> None:
    done = deployday("rings", "check", OBJECT)
    assert done.code == 0
    assert "pickle, part power 10, 3 replicas, 4 devices, 4 zones; balance 0.00 %" in done.out
    assert "a server stands in several zones" in done.out
    assert deployday("rings", "check", "--strict", OBJECT).code == 1


def test_check_says_what_is_wrong_with_a_file(deployday: Here, copied: Path) -> None:
    file = copied / "object.ring.gz"
    file.write_bytes(file.read_bytes()[:900])
    done = deployday("rings", "check", OBJECT, str(file))
    assert done.code == 1
    assert f"{file}: " in done.out
    [good, bad] = json.loads(deployday("rings", "check", "--json", OBJECT, str(file)).out)
    assert good["ring"]["part_power"] == 10
    assert bad["error"].startswith(f"{file}: ")


def test_check_holds_a_ring_against_another_builder(deployday: Here) -> None:
    done = deployday("rings", "check", OBJECT, "--builder", str(RINGS / "account.builder"))
    assert done.code == 1
    assert "wrong     " in done.out


def test_wrong_usage_of_check(deployday: Here, tmp_path: Path) -> None:
    missing = deployday("rings", "check", str(tmp_path / "none.ring.gz"))
    assert (missing.code, "No such file" in missing.err) == (3, True)
    two = deployday("rings", "check", OBJECT, OBJECT, "--builder", OBJECT)
    assert (two.code, "one ring" in two.err) == (3, True)


def test_diff(deployday: Here) -> None:
    assert deployday("rings", "diff", OBJECT, OBJECT).code == 0
    done = deployday("rings", "diff", OBJECT, str(RINGS / "account.ring.gz"))
    assert done.code == 1
    assert "1024 partitions differ (0-1023)" in done.out
    assert "joined  " in done.out
    data = json.loads(deployday("rings", "diff", "--json", OBJECT, str(RINGS / "account.ring.gz")).out)
    assert data["share"] == 1.0


def placements() -> list[dict[str, Any]]:
    return list(json.loads((RINGS / "placements.json").read_text())["rings"]["object.ring.gz"])


def test_locate_finds_what_the_code_of_1_4_8_found(deployday: Here, tmp_path: Path) -> None:
    conf = tmp_path / "swift.conf"
    suffix = json.loads((RINGS / "placements.json").read_text())["hash_path_suffix"]
    conf.write_text(f"[swift-hash]\nswift_hash_path_suffix = {suffix}\n")
    for row in placements()[:5]:
        name = [part for part in (row["account"], row["container"], row["object"]) if part]
        done = deployday("rings", "locate", *name, "--ring", OBJECT, "--conf", str(conf), "--json")
        found = json.loads(done.out)
        assert found["partition"] == row["partition"]
        assert [device["id"] for device in found["primaries"]] == row["primaries"]
        assert [device["id"] for device in found["handoffs"]] == row["handoffs"]
    assert suffix not in done.text


def test_locate_needs_the_suffix_of_the_cloud(deployday: Here, tmp_path: Path) -> None:
    done = deployday("rings", "locate", "AUTH_a", "--ring", OBJECT, "--conf", str(tmp_path / "none"))
    assert (done.code, "hash suffix" in done.err) == (3, True)


def test_what_if(deployday: Here) -> None:
    done = deployday("rings", "what-if", OBJECT, "--zone", "1", "--zone", "2")
    assert done.code == 1
    assert "zone 1, zone 2" in done.out
    assert deployday("rings", "what-if", OBJECT, "--zone", "1").code == 0
    assert deployday("rings", "what-if", OBJECT, "--zone", "9").code == 3


@pytest.mark.lab
def test_compare_visits_a_cloud(shared_lab: Lab, tmp_path: Path) -> None:
    done = start(tmp_path, "rings", "compare", shared_lab.site).end()
    assert done.code == 0, done.text
    assert "rings of 6 of 6 nodes" in done.out
    assert done.out.count("one content") == 3


@pytest.mark.lab
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("rings.ring_missing", "object on storage-3: there is no such file"),
        ("rings.ring_truncated", "object on storage-3: "),
        ("rings.ring_differs", "2 contents, the majority on controller, storage-1, storage-2"),
        ("rings.wrong_power", "part power 13, described as 12"),
        ("rings.wrong_replicas", "replicas 2, described as 3"),
    ],
)
def test_compare_names_what_is_wrong(shared_lab: Lab, tmp_path: Path, fault: str, told: str) -> None:
    folder = Path(str(shared_lab.info["folder"]))
    password = read_credentials(str(shared_lab.info["name"]), folder / "clouds.yaml").password

    def toggle(method: str) -> None:
        url = f"{shared_lab.info['control_url']}/_lab/faults/{fault}"
        request = urllib.request.Request(url, method=method, headers={"X-Lab-Password": password})
        urllib.request.urlopen(request, timeout=10).close()

    toggle("POST")
    try:
        done = start(tmp_path, "rings", "compare", shared_lab.site).end()
    finally:
        toggle("DELETE")
    assert done.code == 1, done.text
    assert told in done.out
