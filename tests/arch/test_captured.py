"""What the cloud itself was asked for is captured, not written: clauses and table say so."""

import json
from pathlib import Path

import pytest

from harness.arch import ClauseTable, load
from harness.errors import UsageError

MARK = 'captured: {from: rack7, at: "2012-05-04T06:00Z", by: deployday 1.0}'
CLOUD = "nodes: {one: {roles: [database, identity]}}"


def written(path: Path, mark: str = MARK, more: str = "") -> Path:
    path.write_text(f"deployday: 1\nname: rack7\nextends: essex/ubuntu-12.04\n{mark}\n{CLOUD}\n{more}\n")
    return path


def test_what_the_file_says_is_captured_and_so_is_what_follows(tmp_path: Path) -> None:
    arch = load(written(tmp_path / "rack7.yaml", more="identity: {token_lifetime: 12 h}"))
    kinds = {str(clause): str(clause.origin) for clause in arch.table.clauses.values()}
    file = tmp_path / "rack7.yaml"
    assert kinds["identity.token_lifetime"] == f"captured {file}:6"
    assert kinds["nodes.one.roles"] == f"captured {file}:5"
    assert kinds["nodes.one.services.keystone.state"].startswith(f"captured {file}:5 (a service of the role")
    assert kinds["identity.backend"].startswith("inherited essex/ubuntu-12.04.yaml:")
    assert arch.table.captured == ("rack7, 2012-05-04T06:00Z",)


def test_it_stays_captured_where_somebody_builds_upon_it(tmp_path: Path) -> None:
    written(tmp_path / "rack7.yaml")
    mine = tmp_path / "mine.yaml"
    mine.write_text("deployday: 1\nname: mine\nextends: rack7.yaml\nidentity: {token_lifetime: 8 h}\n")
    arch = load(mine)
    origins = {str(clause): clause.origin.kind for clause in arch.table.clauses.values()}
    assert origins["identity.token_lifetime"] == "written"
    assert origins["nodes.one.roles"] == "captured"
    assert arch.table.captured == ("rack7, 2012-05-04T06:00Z",)


def test_the_mark_promises_nothing_and_is_stored(tmp_path: Path) -> None:
    arch = load(written(tmp_path / "rack7.yaml"))
    assert arch.fingerprint == load(written(tmp_path / "plain.yaml", mark="")).fingerprint
    assert ClauseTable.from_json(json.loads(json.dumps(arch.table.to_json()))) == arch.table
    assert arch.with_changes({}).table.captured == arch.table.captured
    assert load("essex/six-node").table.captured == ()


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("captured: true", "not a mark of what was captured"),
        ("captured: {from: rack7}", "not a mark of what was captured"),
        ("captured: {from: rack7, at: today, by: [me]}", "not a mark of what was captured"),
        ("captured: {from: rack7, at: today, by: me, form: x}", "unknown key"),
    ],
)
def test_a_mark_that_is_none_is_a_problem(tmp_path: Path, mark: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        load(written(tmp_path / "rack7.yaml", mark=mark))
    [problem] = error.value.problems
    assert problem.message == told
    assert problem.where == f"{tmp_path / 'rack7.yaml'}:4"
