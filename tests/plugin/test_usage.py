"""What is refused before any cloud is touched, and that other people's test runs are left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evidence import RunFolder, read_record
from harness.lease import held

Drive = Callable[..., Any]

HEAD = "import pytest\nfrom harness.testing import scenario\n"


def story(declared: str, name: str = "test_one", arguments: str = "cloud", mark: str = "") -> str:
    return f'{mark}\n@scenario({declared})\ndef {name}({arguments}):\n    """A title."""\n'


REFUSED = [
    (story('"a.a", gate="compute", needs=("a.b",)'), "a.a needs 'a.b': no such scenario"),
    (
        story('"a.a", gate="compute", needs=("b.b",)')
        + story('"b.b", gate="compute", needs=("a.a",)', "test_two"),
        "scenarios wait for each other: a.a → b.b → a.a",
    ),
    (
        story('"a.a", gate="compute"') + story('"a.a", gate="compute"', "test_two"),
        "the id a.a stands already at",
    ),
    (story('"a.a", gate="compute", servers=9'), "a.a runs more servers at once than the budget allows"),
    (story('"a.a", gate="compute"', mark="@pytest.mark.xfail"), "a scenario cannot carry xfail"),
    (
        story('"a.a", gate="compute"', arguments="cloud, n", mark='@pytest.mark.parametrize("n", [1, 2])'),
        "a scenario has no parameters but its subjects",
    ),
    (story('"a.a", gate="compute"') + "def test_plain(): pass\n", "only scenarios can run against a cloud"),
]


def test_senseless_suites_are_usage_errors_and_nothing_is_written(drive: Drive) -> None:
    for source, message in REFUSED:
        ran = drive(source=HEAD + source)
        assert ran.result.ret == pytest.ExitCode.USAGE_ERROR, message
        assert message in ran.result.stderr.str()
        assert not ran.folder.path.exists()


def test_with_workers_a_senseless_suite_is_refused_alike(drive: Drive) -> None:
    ran = drive("-n", "2", source=HEAD + REFUSED[0][0])
    assert ran.result.ret == pytest.ExitCode.USAGE_ERROR
    assert REFUSED[0][1] in ran.result.stderr.str()
    ran = drive("-n", "2", source="import no_such_module\n")
    assert ran.result.ret == pytest.ExitCode.INTERRUPTED
    ran.result.stdout.fnmatch_lines(["*No module named 'no_such_module'*", "*1 error*"])
    assert not ran.folder.path.exists()


@pytest.mark.parametrize("source", ["def test_broken(:\n", HEAD + story('"a.a", gate="computer"')])
def test_a_suite_that_cannot_be_read_is_shown_not_planned(drive: Drive, source: str) -> None:
    ran = drive(source=source)
    assert ran.result.ret == pytest.ExitCode.INTERRUPTED
    assert not ran.folder.path.exists()


def test_a_need_in_a_file_that_was_not_given_is_named(drive: Drive) -> None:
    ran = drive("test_suite.py::test_show")
    assert ran.result.ret == pytest.ExitCode.USAGE_ERROR
    message = ran.result.stderr.str()
    assert "server.shown needs 'server.booted': no such scenario" in message
    assert "give the whole suite and select with -k" in message


def test_listing_touches_nothing(drive: Drive) -> None:
    ran = drive("--collect-only", "-q", "-n", "2")
    assert ran.result.ret == 0
    ran.result.stdout.fnmatch_lines(["test_suite.py::test_hosts[[]storage-1]", "*test_clean"])
    assert not ran.folder.path.exists()


def test_scenarios_without_a_cloud_are_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HEAD + story('"a.a", gate="compute"'))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "say which cloud, --site SITE or --arch ARCH --cloud NAME" in result.stderr.str()


def test_options_that_exclude_each_other_are_refused(pytester: pytest.Pytester) -> None:
    for words, message in (
        (("--site", "x.yaml", "--cloud", "y"), "leave --arch and --cloud away"),
        (("--arch", "essex/six-node"), "--arch needs --cloud NAME"),
        (("--site", "no-such.yaml"), "there is no such site file"),
    ):
        result = pytester.runpytest_inprocess(*words)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert message in result.stderr.str()


def test_other_projects_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def cloud():
            return "mine"

        def pytest_configure(config):
            config.addinivalue_line("markers", "scenario: mine too")
        """
    )
    pytester.makepyfile(
        """
        import sys
        import pytest

        @pytest.mark.scenario("x")
        @pytest.mark.parametrize("subject", [1, 2])
        def test_mine(cloud, subject):
            assert cloud == "mine"
            assert "harness.plan" not in sys.modules

        @pytest.mark.xfail
        def test_xfail():
            assert 0
        """
    )
    result = pytester.runpytest_subprocess("-p", "harness.plugin", "--strict-markers", "-n", "1", "-x")
    result.assert_outcomes(passed=2, xfailed=1)
    assert "deployday: " not in result.stdout.str()


def test_workers_hold_the_lock_and_die_with_the_main_process(drive: Drive, pytester: pytest.Pytester) -> None:
    drive("--collect-only", api="print(); time.sleep(60)")
    run = RunFolder(pytester.path / "killed")
    words = ["-p", "harness.plugin", "-p", "xdist.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    words += ["--arch", "essex/six-node", "--cloud", "fake", "--run-dir", str(run.path), "-n", "2"]
    command = [sys.executable, "-m", "pytest", *words]
    with subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.DEVNULL) as main:
        try:
            _until(lambda: sum(_sleeps(run)) == 2)
            assert held(run.lock)
        finally:
            main.send_signal(signal.SIGKILL)
    _until(lambda: not held(run.lock))
    assert "server.booted" not in {row["scenario"] for row in read_record(run.events)}


def _sleeps(run: RunFolder) -> list[bool]:
    rows = read_record(run.events)
    begun = [row for row in rows if row["kind"] == "scenario" and row["phase"] == "start"]
    return [str(row["scenario"]).startswith("api.answers") for row in begun]


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_installed_suite_runs_by_its_package_name(drive: Drive, pytester: pytest.Pytester) -> None:
    drive("--collect-only")
    package = pytester.path / "lib" / "some_stories"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (pytester.path / "test_suite.py").rename(package / "test_suite.py")
    folder, elsewhere = pytester.path / "run", pytester.path / "elsewhere"
    elsewhere.mkdir()
    (pytester.path / "conftest.py").rename(package / "conftest.py")
    words = [
        "--pyargs",
        "some_stories",
        "-c",
        os.devnull,
        "--rootdir",
        str(elsewhere),
        "--import-mode=importlib",
    ]
    words += ["-p", "harness.plugin", "-p", "xdist.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    words += [
        "--arch",
        "essex/six-node",
        "--cloud",
        "fake",
        "--run-dir",
        str(folder),
        "-n",
        "2",
        "-p",
        "no:locust",
    ]
    path = os.pathsep.join([str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-P", "-m", "pytest", *words]
    found = subprocess.run(
        command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert len({row["scenario"] for row in read_record(RunFolder(folder).events)} - {None}) == 22
    assert not list(Path(elsewhere).iterdir()) or (elsewhere / "closed").exists()


def test_tags_are_kept_once_each_and_in_order(drive: Drive) -> None:
    ran = drive(
        "--tag=nightly", "--tag=rack:7", "--tag=nightly", source=HEAD + story('"a.a", gate="compute"')
    )
    assert json.loads(ran.folder.run.read_text())["tags"] == ["nightly", "rack:7"]


def test_a_tag_that_could_steer_a_terminal_is_refused(drive: Drive) -> None:
    for tag in ("\x1b[31mred", "", "two words", "x" * 61, "-k"):
        ran = drive(f"--tag={tag}", source=HEAD + story('"a.a", gate="compute"'))
        assert ran.result.ret == pytest.ExitCode.USAGE_ERROR, tag
        assert "not a tag" in ran.result.stderr.str()
        assert not ran.folder.path.exists()
