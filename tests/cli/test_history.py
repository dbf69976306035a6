"""``deployday history`` as a command: what it says, to people and to programs, and what it removes."""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from harness.ledger import Ledger
from tests.cli.conftest import Here
from tests.reports.history.many import write
from tests.reports.test_hostile import CONTROL, NASTY

HOME = Path("var/runs")


def asked(deployday: Here, *words: str) -> str:
    done = deployday("history", *words)
    assert done.code == 0, done.text
    assert done.err == ""
    return done.out


@pytest.fixture
def nightly(deployday: Here) -> list[RunFolder]:
    """Forty nights: slower since the 25th, when the description changed; one scenario flips."""
    return [
        write(
            HOME,
            night,
            {
                "compute.boot": ("pass", (4.0 if night >= 25 else 2.0) + night % 5 / 100),
                "volumes.attach": ("fail" if night % 9 == 4 else "pass", 1.0 + night % 7 / 50),
                "hosts.clock[node-1]": ("pass", 0.2 + night % 3 / 100),
            },
            print_="f2" if night >= 25 else "f1",
            verdict="NO-GO" if night % 9 == 4 else "GO",
            tags=["nightly", "sunday"] if night % 7 == 0 else ["nightly"],
        )
        for night in range(40)
    ]


def test_list_is_newest_first_and_marks_where_the_description_changed(
    deployday: Here, nightly: list[RunFolder]
) -> None:
    lines = asked(deployday, "list").splitlines()
    assert len(lines) == 20
    assert [line[:4] for line in lines] == [run.short for run in nightly[:19:-1]]
    assert re.match(r"0027 +\S+ \S+ +GO +90/100 +\S+ s +0\.1\.0 +#nightly", lines[0])
    assert [line[:4] for line in lines if "Δ" in line] == [nightly[25].short]


def test_list_can_be_narrowed(deployday: Here, nightly: list[RunFolder]) -> None:
    assert len(asked(deployday, "list", "--last", "3").splitlines()) == 3
    assert len(asked(deployday, "list", "--last", "0").splitlines()) == 40
    assert (
        len(asked(deployday, "list", "--last", "0", "--tag", "nightly", "--tag", "sunday").splitlines()) == 6
    )
    assert asked(deployday, "list", "--site", "elsewhere") == "no run is like that\n"
    write(HOME, 99, site="lab")
    assert "lab · six-node" in asked(deployday, "list", "--last", "2")


def test_a_run_that_still_goes_stands_first(deployday: Here, nightly: list[RunFolder]) -> None:
    nightly[-1].report_json.unlink()
    with nightly[-1].lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert asked(deployday, "list", "--last", "1").splitlines()[0].split() == ["0027", "still", "goes"]
        assert json.loads(asked(deployday, "list", "--json"))[0] == {"id": nightly[-1].id, "running": True}


def test_show_draws_a_scenario(deployday: Here, nightly: list[RunFolder]) -> None:
    told = asked(deployday, "show", "compute.boot").splitlines()
    assert told[0] == "rack7 · six-node, 40 runs"
    [bars] = [line.split()[1] for line in told if line.startswith("  seconds")]
    assert bars[0] == "▁"
    assert bars[-1] == "█"
    [mark] = [line for line in told if line.startswith("  changed")]
    assert mark.index("Δ") - len("  verdict  ") == 25
    assert "✗" in asked(deployday, "show", "volumes.attach")
    wrong = deployday("history", "show", "compute.bot")
    assert wrong.code == 3
    assert "did you mean compute.boot?" in wrong.err


def test_trend_dates_the_step_and_says_what_changed(deployday: Here, nightly: list[RunFolder]) -> None:
    told = asked(deployday, "trend")
    assert f"run {nightly[25].short}, before it {nightly[24].short}" in told
    assert re.search(r"slower +compute\.boot  2\.0 s → 4\.0 s \(\+99%\)", told)
    assert "the description" in told
    assert "hosts.clock" not in told
    [point] = json.loads(asked(deployday, "trend", "--json"))["points"]
    assert point["run"] == nightly[25].id
    assert point["changes"][0]["after"] == nightly[25].id
    assert (
        asked(deployday, "trend", "--last", "10").splitlines()[1] == "Nothing changed its level in 10 runs."
    )


def test_flaky_tells_rate_interval_and_since_when(deployday: Here, nightly: list[RunFolder]) -> None:
    told = asked(deployday, "flaky")
    assert re.search(r"volumes\.attach  4 of 40 runs did not pass: 10% \(4% to 23%\)", told)
    assert "8 flips since 2026-" in told
    assert "compute.boot" not in told
    [one] = json.loads(asked(deployday, "flaky", "--json"))["flaky"]
    assert one["since"] == nightly[4].id


def test_durations_tell_where_the_time_goes(deployday: Here, nightly: list[RunFolder]) -> None:
    lines = asked(deployday, "durations", "--top", "2").splitlines()
    assert lines[2].endswith("compute.boot")
    assert lines[-1].endswith("wait for it")
    told = json.loads(asked(deployday, "durations", "--json"))
    assert sum(row["share"] for row in told["scenarios"]) == pytest.approx(1, abs=1e-4)


def test_without_runs_every_question_says_what_to_do(deployday: Here) -> None:
    for words in (["show", "a.b"], ["trend"], ["flaky"], ["durations"]):
        done = deployday("history", *words)
        assert done.code == 3
        assert "there is no run yet" in done.err
    assert asked(deployday, "list") == "no run is like that\n"
    assert not HOME.exists()


def test_json_is_ascii_and_the_rest_holds_nothing_that_steers_a_terminal(deployday: Here) -> None:
    for night in range(12):
        report = {"scenarios": [_nasty(text, night) for text in NASTY], "verdict": NASTY[3]}
        write(
            HOME,
            night,
            report=report,
            site="rack7",
            tags=NASTY,
            version=NASTY[5],
            arch=NASTY[4],
            print_=NASTY[3],
        )
    (write(HOME, 50).report_json).write_bytes(b'{"report": "\xff\x1b[31m"}')
    for words in (
        ["list"],
        ["show", NASTY[0]],
        ["trend"],
        ["flaky"],
        ["durations"],
        ["prune", "--keep", "1"],
    ):
        told = deployday("history", *words)
        assert CONTROL.search(told.out + told.err) is None, (words, told.text)
    for words in (["list"], ["trend"], ["flaky"], ["durations"]):
        data = asked(deployday, *words, "--json")
        assert data.isascii()
        json.loads(data)


def _nasty(text: str, night: int) -> dict[str, object]:
    step = {"number": 1, "title": text, "seconds": 1.0}
    verdict = "pass" if night % 2 else "fail"
    return {"key": text, "verdict": verdict, "duration": 1.0, "steps": [step], "version": text}


# prune


def names() -> set[str]:
    return {path.name for path in HOME.iterdir() if path.is_dir()}


def test_prune_tells_and_removes_nothing_without_yes(deployday: Here, nightly: list[RunFolder]) -> None:
    told = asked(deployday, "prune", "--keep", "30")
    assert told.count("would go") == 10
    assert "--yes does it" in told
    assert len(names()) == 40


def test_prune_keeps_the_newest(deployday: Here, nightly: list[RunFolder]) -> None:
    assert asked(deployday, "prune", "--keep", "30", "--yes").count("removed") == 10
    assert names() == {run.id for run in nightly[10:]}
    assert len(asked(deployday, "list", "--last", "0").splitlines()) == 30


def test_prune_never_takes_what_is_needed(deployday: Here, nightly: list[RunFolder]) -> None:
    """The last GO, one that still goes, one that left a server, one that may be starting."""
    for run in nightly[4:]:
        report = json.loads(run.report_json.read_text())
        run.report_json.write_text(json.dumps({**report, "verdict": "NO-GO"}))
    with Ledger(nightly[0].ledger).creating("server", name="deployday-0000-server-1"):
        pass
    starting = RunFolder(HOME / "20260101T000000-rack7-abcd")
    starting.path.mkdir()
    with nightly[1].lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        told = asked(deployday, "prune", "--keep", "1", "--older-than", "1h", "--max-size", "1", "--yes")
    left = {nightly[0].id, nightly[1].id, nightly[3].id, starting.id}
    assert names() == left
    for why in (
        "the last GO of its series",
        "it still goes",
        "1 of its things are left: deployday clean",
        "starting",
    ):
        assert why in told
    os.utime(starting.path, (time.time() - 7200, time.time() - 7200))
    asked(deployday, "prune", "--older-than", "1h", "--yes")
    assert names() == {nightly[0].id, nightly[3].id}


def test_prune_needs_a_bound_that_makes_sense(deployday: Here, nightly: list[RunFolder]) -> None:
    for words in ([], ["--keep", "0"], ["--older-than", "soon"], ["--max-size", "big"]):
        assert deployday("history", "prune", "--yes", *words).code == 3
    assert len(names()) == 40


def test_what_a_killed_prune_left_is_removed_by_the_next(deployday: Here, nightly: list[RunFolder]) -> None:
    nightly[0].path.rename(HOME / f".removing-{nightly[0].id}")
    assert len(asked(deployday, "list", "--last", "0").splitlines()) == 39
    asked(deployday, "prune", "--keep", "50", "--yes")
    assert not list(HOME.glob(".removing-*"))


def test_prune_follows_no_link(deployday: Here, nightly: list[RunFolder], tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x" * 1000)
    (nightly[0].path / "hosts").symlink_to(precious)
    asked(deployday, "prune", "--keep", "1", "--yes")
    assert (precious / "file").exists()
