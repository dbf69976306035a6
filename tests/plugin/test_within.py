"""``--within``: what there is time for is told, the last story is cut, the clean-up always has its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.arch import ClauseTable
from harness.evidence import judge, read_json

Drive = Callable[..., Any]
SUITE = '''
import time
from harness.testing import scenario

@scenario("token.given", gate="preflight", cost=0.1)
def test_token(cloud):
    """A token is given."""

@scenario("a.hangs", gate="rings", cost=0.1)
def test_hangs(cloud):
    """It waits for what never comes."""
    time.sleep(40)

@scenario("a.after", gate="rings", needs=("a.hangs",), cost=0.1)
def test_after(cloud):
    """It needs what never came."""

@scenario("b.long", gate="compute", cost=500.0)
def test_long(cloud):
    """It takes long."""

@scenario("b.after", gate="guests", needs=("b.long",), cost=0.1)
def test_b_after(cloud):
    """It needs what takes long."""

@scenario("c.quick", gate="volumes", cost=0.1)
def test_quick(cloud):
    """It is quick, and the last one that there is time for."""
    cloud.run.stories_until = time.time() + 0.3

@scenario("cleanup.resources", gate="cleanup", after_all=True, cost=0.1)
def test_clean(cloud):
    """What was made is removed."""
'''


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_run_ends_in_time_and_says_what_it_left_out(drive: Drive, workers: tuple[str, ...]) -> None:
    ran = drive("--within", "90s", *workers, source=SUITE)
    assert ran.keys("completed") == {"token.given", "c.quick", "cleanup.resources"}
    assert ran.keys("left_out") == {"a.hangs", "a.after", "b.long", "b.after"}
    assert ran.verdicts["b.long"]["reason"] == "left out: --within 90s"
    assert ran.verdicts["a.hangs"]["reason"] == "ran out of the run's time"
    assert ran.phases == ["start", "accounts", "wall", "end"]
    [wall] = [row for row in ran.rows if row.get("phase") == "wall"]
    assert ran.rows[-1]["t"] < wall["ends"]
    assert (wall["within"], wall["reserve"], wall["spare"]) == ("90s", 7.0, 2)
    table = ClauseTable.from_json(read_json(ran.folder.architecture))
    judged = judge(table, ran.plan.values(), ran.rows)
    assert judged.exit_code == 2
    assert "within 90s: 4 left out" in judged.banner
    assert any("left out" in sentence for sentence in judged.because)
    ran.result.stdout.fnmatch_lines(["*left out: --within 90s: 4 scenarios*"])


def test_what_is_left_out_prevents_go_even_where_it_need_not_hold(drive: Drive) -> None:
    source = SUITE.replace("time.sleep(40)", "pass").replace('"b.long", gate', '"b.long", level="info", gate')
    ran = drive("--within", "90s", source=source.replace('"b.after", gate', '"b.after", level="info", gate'))
    assert ran.keys("left_out") == {"b.long", "b.after"}
    judged = judge(ClauseTable.from_json(read_json(ran.folder.architecture)), ran.plan.values(), ran.rows)
    assert judged.because[0] == "2 scenarios were left out: b.long; b.after (--within 90s)."


def test_what_seemed_too_long_is_told_where_there_is_time_after_all(drive: Drive) -> None:
    story = '@scenario("q.n{0}", gate="objects", cost=20.0)\ndef test_q{0}(cloud):\n    "Quick after all."\n'
    source = SUITE.replace("time.sleep(40)", "pass").replace("cloud.run", "# cloud.run")
    source = source.replace("cost=500.0", "cost=60.0") + "\n".join(story.format(n) for n in range(12))
    ran = drive("--within", "150s", source=source)
    [wall] = [row for row in ran.rows if row.get("phase") == "wall"]
    assert wall["spare"] == 8
    assert ran.keys("left_out") == set()
    assert len(ran.keys("completed")) == 19


def test_too_little_is_wrong_usage_and_says_the_least(drive: Drive) -> None:
    ran = drive("--within", "5s", source=SUITE)
    assert ran.result.ret == pytest.ExitCode.USAGE_ERROR
    ran.result.stderr.fnmatch_lines(["*too little*", "*expected: *s or more*", "*found: 5s*"])
    assert not ran.folder.run.exists()


def test_what_is_no_time_is_wrong_usage(drive: Drive) -> None:
    ran = drive("--within", "soon", source=SUITE)
    assert ran.result.ret == pytest.ExitCode.USAGE_ERROR
    ran.result.stderr.fnmatch_lines(["*not a time*"])


def test_time_that_is_over_already_counts(drive: Drive) -> None:
    ran = drive("--within", "1h", "--began", str(time.time() - 3596), source=SUITE)
    assert ran.result.ret == pytest.ExitCode.USAGE_ERROR
