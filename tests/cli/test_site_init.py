"""A drafted site is a site: as it is, and with its comments taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.site import load_site
from tests.cli.conftest import Here

SHIPPED = ("essex/devstack-single", "essex/six-node", "essex/swift-five-zones")
OWN = """\
deployday: 1
name: rack7
extends: essex/ubuntu-12.04
nodes:
  all: {roles: [database, bus, identity, images, compute-api, scheduler, compute, network]}
"""


def taken(text: str) -> str:
    """The draft with the comments before its keys and nodes removed."""
    return re.sub(r"^#( ?)( *)(?=[A-Za-z0-9_.-]+: |hosts:$)", r"\2", text, flags=re.MULTILINE)


@pytest.mark.parametrize("arch", SHIPPED)
def test_the_draft_is_a_site(deployday: Here, tmp_path: Path, arch: str) -> None:
    done = deployday("site", "init", arch)
    assert done.code == 0
    assert "deployday plan site.yaml" in done.out
    site = load_site(tmp_path / "site.yaml")
    assert site.arch.name == arch.partition("/")[2]
    assert site.hosts == {}


@pytest.mark.parametrize("arch", SHIPPED)
def test_its_comments_are_a_site_too(deployday: Here, tmp_path: Path, arch: str) -> None:
    deployday("site", "init", arch, "-o", "drafts/site.yaml")
    path = tmp_path / "drafts" / "site.yaml"
    path.write_text(taken(path.read_text()))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_rsa").touch()
    (path.parent / f"{arch.partition('/')[2]}.waivers.yaml").write_text("[]\n")
    site = load_site(path)
    assert set(site.hosts) == set(site.arch.model.nodes)
    assert site.file.other_cloud
    assert site.file.waivers
    assert site.file.ssh.user == "ops"


def test_it_overwrites_nothing(deployday: Here, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("mine\n")
    done = deployday("site", "init", "essex/six-node")
    assert done.code == 3
    assert "exists already" in done.err
    assert (tmp_path / "site.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["a: b", "007", "#x", "yes", "é\"'"])
def test_any_name_of_a_cloud_survives(deployday: Here, tmp_path: Path, name: str) -> None:
    assert deployday("site", "init", "essex/six-node", "--cloud", name).code == 0
    assert load_site(tmp_path / "site.yaml").file.cloud == name


def test_an_own_architecture_is_named_from_the_folder_of_the_site(deployday: Here, tmp_path: Path) -> None:
    (tmp_path / "rack7.yaml").write_text(OWN)
    assert deployday("site", "init", "rack7.yaml").code == 0
    site = load_site(tmp_path / "site.yaml")
    assert (site.file.architecture, site.arch.name) == ("rack7.yaml", "rack7")


def test_then_plan_says_what_is_still_to_do(deployday: Here, tmp_path: Path) -> None:
    deployday("site", "init", "essex/six-node")
    done = deployday("plan", "site.yaml")
    assert done.code == 3
    assert "cloud 'six-node' was not found" in done.err
    assert deployday("plan", "site.yaml", "--offline").code == 0
