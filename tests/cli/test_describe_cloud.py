"""``deployday describe SITE``: from a running cloud to a file that ``deployday run`` takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.arch import load
from tests.cli.command import Lab
from tests.cli.conftest import Here

SITE = "name: rack7\ncloud: {name}\nclouds_file: {folder}/clouds.yaml\n"


NOBODY = """\
clouds: {rack7: {auth: {auth_url: "http://127.0.0.1:1/v2.0", username: u, password: canary, tenant_name: t}}}
"""


@pytest.fixture
def clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own clouds file, with a cloud that does not answer."""
    file = tmp_path / "clouds.yaml"
    file.write_text(NOBODY)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    return file


@pytest.fixture
def folder(shared_lab: Lab) -> Path:
    return Path(shared_lab.site).parent


@pytest.mark.lab
def test_a_site_is_captured_into_a_file(shared_lab: Lab, deployday: Here, tmp_path: Path) -> None:
    done = deployday("describe", shared_lab.site, "-o", "found/rack7.yaml")
    assert done.code == 0, done.text
    file = tmp_path / "found" / "rack7.yaml"
    arch = load(file)
    assert arch.warnings == ()
    assert list(arch.model.nodes) == list(load("essex/six-node").model.nodes)
    lines = len(file.read_text().splitlines())
    assert lines <= 80
    assert f"wrote found/rack7.yaml: 6 nodes in {lines} lines" in done.out
    assert "architecture: rack7.yaml" in done.out
    again = deployday("describe", shared_lab.site, "-o", "found/rack7.yaml")
    assert (again.code, "exists already" in again.err) == (3, True)
    assert "captured found/rack7.yaml:" in deployday("describe", "found/rack7.yaml").out


@pytest.mark.lab
def test_a_site_needs_no_architecture_for_that(folder: Path, deployday: Here, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE.format(name=folder.name, folder=folder))
    done = deployday("describe", str(site), "--name", "harbour")
    assert done.code == 0, done.text
    assert "\nname: harbour\n" in done.out
    assert "captured: {from: rack7, at: " in done.out
    assert "no way into the hosts" in done.out
    inventory = tmp_path / "inventory.ini"
    nodes = load("essex/six-node").model.nodes
    inventory.write_text("".join(f"{name} ansible_host=192.0.2.{n}\n" for n, name in enumerate(nodes, 1)))
    missing = deployday("describe", str(site), "--hosts", "nowhere.ini")
    assert (missing.code, "there is no such file of hosts" in missing.err) == (3, True)


@pytest.mark.lab
def test_a_cloud_by_its_name_alone(folder: Path, deployday: Here, clouds: Path) -> None:
    shutil.copy(folder / "clouds.yaml", clouds)
    done = deployday("describe", "--cloud", folder.name, "-o", "rack7.yaml")
    assert done.code == 0, done.text
    assert f"deployday run rack7.yaml --cloud {folder.name}" in done.out
    base = deployday("describe", "--cloud", folder.name, "--base", "rack7.yaml", "--name", "more")
    assert base.code == 0, base.text
    assert "extends: rack7.yaml" in base.out
    assert "nodes:" not in base.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name an architecture to print, a site to capture, or --cloud NAME"),
        (["essex/six-node", "--cloud", "rack7"], "--base essex/six-node extends another base"),
        (["site.yaml", "--cloud", "rack7"], "a site names its cloud itself"),
        (["site.yaml", "--set", "region=x"], "--set: goes with an architecture, and this is a cloud"),
        (["essex/six-node", "-o", "x.yaml"], "--output: goes with a site, and this is an architecture"),
        (["--cloud", "rack7", "--base", "essex/nothing"], "no architecture of that name is shipped"),
        (["--cloud", " "], "not the name of a cloud"),
        (["nothing.yaml"], "nothing.yaml"),
        (["site.yaml"], "cloud 'nowhere' was not found"),
    ],
)
def test_wrong_usage_is_told(
    words: list[str], told: str, deployday: Here, clouds: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("name: rack7\ncloud: nowhere\n")
    done = deployday("describe", *words)
    assert done.code == 3, done.text
    assert told in done.err
    assert "canary" not in done.text


def test_a_cloud_that_does_not_answer_is_not_described(deployday: Here, clouds: Path, tmp_path: Path) -> None:
    done = deployday("describe", "--cloud", "rack7", "-o", "rack7.yaml")
    assert done.code == 2, done.text
    assert not (tmp_path / "rack7.yaml").exists()
    assert "canary" not in done.text
