"""``deployday report``: what it prints, writes and exits with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.cli.report import report, write_reports
from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from reports.render import FILES

RUNNER = CliRunner()


def call(*words: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(report)
    result = RUNNER.invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(("name", "code"), [("go", 0), ("deviating", 1), ("killed", 2)])
def test_it_exits_with_the_verdict_and_writes_every_file(
    made: Callable[[str], RunFolder], name: str, code: int
) -> None:
    folder = made(name)
    found, printed = call(str(folder.path))
    assert found == code
    assert "rack7" in printed
    assert all((folder.path / file).exists() for file in FILES)


def test_it_exits_1_for_a_killed_run_with_a_failure(made: Callable[[str], RunFolder]) -> None:
    folder = made("deviating")
    rows = folder.events.read_text().splitlines(keepends=True)
    folder.events.write_text(
        "".join(row for row in rows if '"phase": "end"' not in row or '"kind": "run"' not in row)
    )
    code, printed = call(str(folder.path))
    assert code == 1
    assert "ended early" in printed


def test_a_run_is_found_by_its_digits(made: Callable[[str], RunFolder]) -> None:
    folder = made("go")
    code, printed = call("3f2a", "--runs", str(folder.path.parent), "--format", "json")
    assert code == 0
    assert json.loads(printed)["run"]["id"] == folder.id


def test_it_can_write_one_format_into_a_file(made: Callable[[str], RunFolder], tmp_path: Path) -> None:
    code, printed = call(str(made("go").path), "-f", "markdown", "-o", str(tmp_path / "out.md"))
    assert (code, printed) == (0, "")
    assert (tmp_path / "out.md").read_text().startswith("## GO")


def test_judged_as_of_another_time_it_leaves_the_files_alone(made: Callable[[str], RunFolder]) -> None:
    folder = made("go")
    _, printed = call(str(folder.path), "--as-of", "2028-01-01")
    assert "it counts again" in printed
    assert not folder.report_json.exists()


def test_a_time_that_is_none_is_wrong_usage(made: Callable[[str], RunFolder]) -> None:
    with pytest.raises(UsageError, match="not a time"):
        call(str(made("go").path), "--as-of", "yesterday")


def test_after_a_run_it_writes_prints_and_gives_the_code(
    made: Callable[[str], RunFolder], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made("keystone-dead")
    assert write_reports(folder) == 1
    assert "keystone does not answer" in capsys.readouterr().out
    assert folder.report_html.exists()
