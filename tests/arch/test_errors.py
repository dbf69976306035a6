"""Golden messages: what is wrong, where, what was expected, what to do; all of it at once."""

import pathlib
import re

import pytest

from harness.arch import load
from harness.errors import UsageError

FOLDER = pathlib.Path(__file__).parent / "errors"


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_messages_are_as_stored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(UsageError) as caught:
        load(f"{name}.yaml")
    text = re.sub(r"(essex/ubuntu-12\.04\.yaml):\d+", r"\1:N", str(caught.value))
    assert text + "\n" == (FOLDER / f"{name}.txt").read_text("utf-8")


def problems(*sets: str) -> str:
    with pytest.raises(UsageError) as caught:
        load("essex/six-node", sets=sets)
    return "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (
            "nodes.controller.devices=[sdb]",
            ["nodes.controller.devices: has no effect", "not the role object-storage"],
        ),
        (
            "nodes.storage-1.devices=null",
            ["nodes.storage-1: has the role object-storage (essex/six-node.yaml:13)"],
        ),
        ("nodes.storage-1.zone=1", ["a zone is given here but not for storage-2 (essex/six-node.yaml:13)"]),
        ("nodes.compute-1.volume_group={name: x, at_least: 1 GB}", ["has no effect", "not the role volume"]),
        ("catalogue.image.port=5672", ["the image endpoint and the role bus", "essex/ubuntu-12.04.yaml:"]),
        (
            "catalogue.image.internal.node=storage-9",
            ["a node that is not described", "did you mean storage-"],
        ),
        ("objects.rings.zone=1", ["fewer zones than replicas", "3 replicas; 1 zones"]),
        (
            "objects.rings.container.port=6000",
            ["the object server and the container server want the same port"],
        ),
        ("nodes.compute-1.roles=[compute]", ["multi_host (essex/six-node.yaml:29) needs the role network"]),
        ("network.vlan=100", ["network.vlan: has no effect", "the manager is FlatDHCP"]),
        ("config={a: [", ["config: not YAML"]),
        ("volumes.extensions.level=info", ["volumes.extensions: not a list"]),
        ("objectives.level=maybe", ["not a level", "must, should, info"]),
        ("compute.hosts.controller=x", ["compute.hosts: is derived, never written"]),
        ("objects.rings.holders=[x]", ["objects.rings.holders"]),
        ("roles.metering={services: [x]}", ["roles.metering: has no effect", "no node has the role"]),
        ("nodes.level=info", []),
    ],
)
def test_one_wrong_setting_is_said_in_words(setting: str, words: list[str]) -> None:
    if not words:
        assert load("essex/six-node", sets=[setting]).table.clauses
        return
    text = problems(setting)
    assert all(word in text for word in words), text


def test_a_level_under_which_nothing_stands_is_an_error() -> None:
    assert "roles.dashboard.level: has no effect" in problems("roles.dashboard.level=info")


def test_what_is_unwise_is_a_warning() -> None:
    arch = load("essex/devstack-single")
    assert [warning.message for warning in arch.warnings] == [
        "replicas must share a node (essex/devstack-single.yaml:9)"
    ]
    thin = load("essex/six-node", sets=["objects.rings.part_power=4", "nodes.controller.volume_group=null"])
    assert [warning.message.split(" (")[0] for warning in thin.warnings] == ["few partitions"] * 3 + [
        "runs lvm-iscsi without a volume group that is described"
    ]
    assert load("essex/six-node").warnings == ()
