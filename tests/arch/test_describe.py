"""The verb describe prints every clause with its origin."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner

from harness.arch import ClauseTable, load
from harness.cli.describe import describe

app = typer.Typer()
app.command()(describe)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_table_has_a_line_for_each_clause() -> None:
    lines = run("essex/six-node").splitlines()
    arch = load("essex/six-node")
    assert lines[0].split() == ["clause", "value", "level", "seen", "by", "origin"]
    assert [line.split()[0] for line in lines[1:-2]] == [
        str(clause).split()[0] for clause in arch.table.clauses.values()
    ]
    assert lines[-1] == f"six-node: {len(arch.table.clauses)} clauses, fingerprint {arch.fingerprint[:12]}"
    [flavor] = [line for line in lines if line.startswith('compute.flavors["m1.tiny"].ram ')]
    assert flavor.split()[1:5] == ["512", "must", "api", "inherited"]


def test_json_is_the_table_that_a_run_stores() -> None:
    table = ClauseTable.from_json(json.loads(run("essex/devstack-single", "--format", "json")))
    assert table == load("essex/devstack-single").table


def test_yaml_is_the_resolved_tree_with_origins() -> None:
    text = run("essex/six-node", "--format", "yaml", "--set", "objects.rings.part_power=11")
    data = YAML(typ="safe", pure=True).load(text)
    assert data["objects"]["rings"]["object"]["part_power"] == 11
    assert "part_power: 11 # must, written --set objects.rings.part_power=11" in " ".join(text.split())


def test_overlays_count_and_warnings_go_elsewhere(tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "over.yaml"
    file.write_text("objects: {rings: {part_power: 4}}\n")
    result = CliRunner().invoke(app, ["essex/six-node", "--overlay", str(file)])
    assert "few partitions" not in result.stdout
    assert "few partitions" in result.stderr


@pytest.mark.parametrize("form", ["table", "yaml"])
def test_names_that_look_like_markup_survive(form: str) -> None:
    text = run("essex/six-node", "--format", form, "--set", "config={x.conf: {'[bold]key': '[/red]'}}")
    assert "[/red]" in text
