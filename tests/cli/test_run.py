"""``deployday run`` as a whole: exit codes, what is said last, what is left running, and plain pytest."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Lab, Running, start, start_pytest

pytestmark = pytest.mark.lab


def verdicts(folder: Path) -> dict[str, str]:
    report = json.loads((folder / "report.json").read_text())
    return {row["key"]: row["verdict"] for row in report["scenarios"]}


def clauses(folder: Path) -> dict[str, str]:
    report = json.loads((folder / "report.json").read_text())
    return {row["path"]: row["state"] for row in report["clauses"]}


def test_a_whole_cloud_in_one_command_is_go(whole_run: Running) -> None:
    done = whole_run.done
    assert done
    assert done.code == 0, done.text
    assert re.search(r"^ GO +six-node", done.out, re.MULTILINE)
    assert f"report: {whole_run.folder / 'report.html'}" in done.out
    for name in ("report.html", "report.json", "junit.xml", "summary.md"):
        assert (whole_run.folder / name).stat().st_size > 500
    assert set(verdicts(whole_run.folder).values()) == {"pass"}
    assert whole_run.left() == []


def test_a_stored_run_gets_the_same_verdict(whole_run: Running) -> None:
    before = json.loads((whole_run.folder / "report.json").read_text())
    done = start(whole_run.home, "report", "latest").end()
    assert done.code == 0, done.text
    assert json.loads((whole_run.folder / "report.json").read_text()) == before
    assert re.search(r"^ GO +six-node", done.out, re.MULTILINE)


@pytest.fixture(scope="module")
def storage_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab of the architecture that is object storage alone: two runs cost less than another's one."""
    lab = Lab(tmp_path_factory.mktemp("storage"), "swift-five-zones")
    lab.up()
    yield lab
    lab.down()


def test_plain_pytest_judges_alike(storage_lab: Lab) -> None:
    command = start(storage_lab.home, "run", storage_lab.site)
    assert command.end().code == 0, command.over().text
    assert re.search(r"^ GO +swift-five-zones", command.over().out, re.MULTILINE)
    folder = storage_lab.home / "plain"
    done = start_pytest(storage_lab.home, "--site", storage_lab.site, "--run-dir", str(folder)).end()
    assert done.code == 0, done.text
    again = start(storage_lab.home, "report", str(folder)).end()
    assert again.code == 0, again.text
    assert len(verdicts(folder)) > 200
    assert verdicts(folder) == verdicts(command.folder)
    assert clauses(folder) == clauses(command.folder)


def test_a_broken_cloud_is_no_go_and_names_the_component(tmp_path: Path) -> None:
    words = ["--lab", "--fault", "images.download_corrupted", "-k", "images"]
    running = start(tmp_path, "run", "essex/devstack-single", *words)
    done = running.end()
    assert done.code == 1, done.text
    assert re.search(r"^ NO-GO +devstack-single", done.out, re.MULTILINE)
    assert "glance" in done.out
    found = verdicts(running.folder)
    failed = {key for key, verdict in found.items() if verdict == "fail"}
    assert failed == {"images.download", "images.members"}
    assert running.left() == []


def test_a_whole_cloud_on_one_machine_is_go(side_by_side: dict[str, Running]) -> None:
    done = side_by_side["devstack-single"].over()
    assert done.code == 0, done.text
    assert re.search(r"^ GO +devstack-single", done.out, re.MULTILINE)


def test_an_interrupted_run_ends_early_and_leaves_nothing_running(tmp_path: Path) -> None:
    runs = []
    for number in (signal.SIGTERM, signal.SIGINT):
        home = tmp_path / number.name
        home.mkdir()
        runs.append((number, start(home, "run", "essex/devstack-single", "--lab")))
    for number, running in runs:
        running.until("[ 10/")
        assert running.left(patience=0) != []
        running.process.send_signal(number)
    for _, running in runs:
        done = running.end()
        assert done.code == 2, done.text
        assert "ended early" in done.out
        assert f"report: {running.folder / 'report.html'}" in done.out
        assert running.left() == []
        assert [*running.home.glob("deployday-lab-*")] == []
        again = start(running.home, "report").end()
        assert (again.code, "ended early" in again.out) == (2, True)
