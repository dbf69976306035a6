"""Bases, overlays and settings: the last one wins, and each clause remembers who said it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.arch import load, parse
from harness.arch.ranges import expand
from harness.errors import UsageError

Write = Callable[[str, str], str]
RAM = parse('compute.flavors["m1.tiny"].ram')


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file into an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return name

    return write


def problems(*args: Any, **kwargs: Any) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load(*args, **kwargs)
    return [str(problem) for problem in caught.value.problems]


def test_each_layer_leaves_its_origin(write: Write) -> None:
    write("base.yaml", "deployday: 1\nextends: essex/six-node\nobjectives:\n  boot: 2 min\n")
    write("mine.yaml", "deployday: 1\nname: mine\nextends: base.yaml\nobjectives:\n  token: 3 s\n")
    write("over.yaml", "compute:\n  hypervisor: kvm\n  quotas: {cores: 40}\n")
    arch = load("mine.yaml", ["over.yaml"], ["compute.quotas.instances=20"])
    clauses = arch.table.clauses
    origins = {
        "objectives.boot": ("inherited", "base.yaml", 4, 120),
        "objectives.token": ("written", "mine.yaml", 5, 3),
        "objectives.volume": ("inherited", "essex/six-node.yaml", 44, 30),
        "compute.quotas.cores": ("written", "over.yaml", 3, 40),
        "compute.quotas.instances": ("written", "--set compute.quotas.instances=20", 0, 20),
        "compute.quotas.ram": (
            "inherited",
            "essex/ubuntu-12.04.yaml",
            clauses[parse("compute.quotas.ram")].origin.line,
            51200,
        ),
    }
    for path, (kind, file, line, value) in origins.items():
        origin = clauses[parse(path)].origin
        assert (origin.kind, origin.file, origin.line, clauses[parse(path)].value) == (
            kind,
            file,
            line,
            value,
        )
    assert arch.name == "mine"


def test_a_derived_clause_names_what_it_follows_from() -> None:
    arch = load("essex/six-node")
    origin = arch.table.clauses[parse("compute.hosts.compute-2.services")].origin
    assert (origin.kind, origin.file, origin.line) == ("derived", "essex/six-node.yaml", 12)
    assert "compute API" in str(origin)
    path = ("objects", "rings", "object", "devices", "storage-3/sdc", "zone")
    assert arch.table.clauses[path].value == 3


VALUES = st.integers(1, 10**6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(overlays=st.lists(VALUES, max_size=3), sets=st.lists(VALUES, max_size=3))
def test_the_last_layer_wins_and_is_the_origin(write: Write, overlays: list[int], sets: list[int]) -> None:
    files = [
        write(f"o{n}.yaml", f"compute: {{flavors: {{m1.tiny: {{ram: {v}}}}}}}\n")
        for n, v in enumerate(overlays)
    ]
    options = [f'compute.flavors["m1.tiny"].ram={value}' for value in sets]
    clause = load("essex/six-node", files, options).table.clauses[RAM]
    assert clause.value == [512, *overlays, *sets][-1]
    if sets:
        assert clause.origin.file == f"--set {options[-1]}"
    elif overlays:
        assert (clause.origin.kind, clause.origin.file, clause.origin.line) == ("written", files[-1], 1)
    else:
        assert (clause.origin.kind, clause.origin.file) == ("inherited", "essex/ubuntu-12.04.yaml")


def test_null_takes_away_what_a_base_gave() -> None:
    arch = load("essex/six-node", sets=["catalogue.ec2=null", "network.label="])
    assert "ec2" not in arch.model.catalogue
    assert arch.model.network.label is None
    assert 8773 not in arch.model.nodes["controller"].ports


def test_null_that_takes_nothing_away_is_an_error() -> None:
    [message] = problems("essex/six-node", sets=["catalogue.ec3=null"])
    assert message.startswith("--set catalogue.ec3=null: catalogue.ec3: has no effect")


def test_a_setting_reaches_every_node_of_a_range() -> None:
    arch = load("essex/six-node", sets=['nodes["storage-[1:3]"].devices=[sdb, sdd]'])
    assert {tuple(arch.model.nodes[f"storage-{n}"].devices) for n in (1, 2, 3)} == {("sdb", "sdd")}


@pytest.mark.parametrize(
    "option", ["", "x", "=1", "a..b=1", "compute.quotas", "compute.quotas.cores=[", "a b=2"]
)
def test_what_is_no_setting_is_said(option: str) -> None:
    [message] = problems("essex/six-node", sets=[option])
    assert message.startswith(f"--set {option}:")


def test_a_chain_that_comes_back_is_shown(write: Write) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        write(f"{one}.yaml", f"deployday: 1\nname: {one}\nextends: {other}.yaml\n")
    [message] = problems("a.yaml")
    assert message == (
        "c.yaml:3: extends: the chain of extends comes back to itself\n"
        "    found: a.yaml → b.yaml → c.yaml → a.yaml"
    )


def test_a_chain_without_end_is_cut(write: Write) -> None:
    for n in range(12):
        write(f"r{n}.yaml", f"deployday: 1\nname: r\nextends: r{n + 1}.yaml\n")
    assert "the chain of extends is too long" in problems("r0.yaml")[0]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "essex/../essex/six-node", "/etc/passwd", "essex//six-node", "essex/six-nodes"],
)
def test_a_shipped_name_leads_nowhere_else(write: Write, name: str) -> None:
    write("a.yaml", f"deployday: 1\nname: a\nextends: {name}\n")
    [message] = problems("a.yaml")
    assert message.startswith("a.yaml:3: extends: no architecture of that name is shipped")


def test_a_mistyped_shipped_name_gets_a_hint() -> None:
    assert "did you mean essex/six-node?" in problems("essex/sixnode")[0]


@pytest.mark.parametrize("name", ["missing.yaml", "folder.yaml", "pipe.yaml"])
def test_what_is_no_file_is_said(write: Write, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    [message] = problems(name)
    assert message.startswith(name)


def test_a_large_file_is_not_even_opened(write: Write, tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(2_000_000_000)
    [message] = problems("large.yaml")
    assert "the file is too large" in message
    assert "2,000,000,000 bytes" in message


def test_the_problems_of_all_files_are_said_together(write: Write) -> None:
    write("a.yaml", "deployday: 1\nname: a\nextends: essex/six-node\nobjectives: {boot: soon}\n")
    write("b.yaml", "compute: {hypervizor: kvm}\nextends: essex/six-node\n")
    found = problems("a.yaml", ["b.yaml"], ["volumes.types=fast", "x"])
    starts = [
        "b.yaml:2: extends",
        "--set x",
        "--set volumes.types=fast",
        "b.yaml:1: compute.hypervizor",
        "a.yaml:4: objectives.boot",
    ]
    assert all(any(message.startswith(start) for message in found) for start in starts), found


def test_ranges() -> None:
    assert expand("compute-[1:3]") == ["compute-1", "compute-2", "compute-3"]
    assert expand("c[08:10]") == ["c08", "c09", "c10"]
    assert expand("r[1:2]-n[1:2]") == ["r1-n1", "r1-n2", "r2-n1", "r2-n2"]
    assert len(expand("compute-[001:120]")) == 120
    assert expand("controller") == ["controller"]


@pytest.mark.parametrize(
    "name",
    ["", "a[2:1]", "a[1]", "a[01:100]", "a[0:99999]", "a[1:100]b[1:100]", "../x", "a/b", "-a", "a b", "[:]"],
)
def test_what_is_no_range(name: str) -> None:
    with pytest.raises(ValueError, match="a "):
        expand(name)


@given(st.text(max_size=30))
def test_no_node_name_leaves_its_folder(name: str) -> None:
    try:
        names = expand(name)
    except ValueError:
        return
    assert all(each not in (".", "..") and "/" not in each and "\0" not in each for each in names)
