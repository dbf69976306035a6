"""The index says what the folders say: whoever writes it, however it ended, whatever became of the file."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.history import index as index_module
from reports.history.index import Index
from reports.history.opening import FILE, LOCK, ask
from tests.reports.history.many import folder, write
from tests.reports.runs import RUNS
from tests.reports.test_versions import KEPT, kept

FORK = multiprocessing.get_context("fork")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
"""Swift's green threads, where some other test has loaded them, warn of every fork."""


def everything(index: Index) -> list[Any]:
    """All that can be asked of an index, without what tells in which order it was made."""
    told: list[Any] = [index.all_series(), index.facts()]
    for found in index.all_series():
        series = index.series(found.site, found.architecture)
        words = dict(index._db.execute("SELECT n, word FROM words"))
        contents = [[words.get(int(n), "") for n in row] for row in series.versions]
        found_steps = index.steps(found.site, found.architecture)
        steps = list(zip(found_steps.names, np.nan_to_num(found_steps.seconds, nan=-1).tolist(), strict=True))
        told += [series.runs, series.keys, series.verdicts.tolist(), contents]
        told += [np.nan_to_num(series.seconds, nan=-1).tolist(), sorted(steps)]
    return told


def ids(home: Path) -> list[str]:
    return ask(home, lambda index: [run.id for run in index.facts()])


def fresh(home: Path) -> list[Any]:
    """What an index says that has never seen anything else."""
    index = Index(home, ":memory:")
    try:
        index.refresh()
        return everything(index)
    finally:
        index.close()


def test_a_folder_without_runs_has_an_empty_index(tmp_path: Path) -> None:
    assert ids(tmp_path) == []
    assert ids(tmp_path / "not there") == []
    assert not (tmp_path / "not there").exists()


def test_a_run_is_kept_as_its_files_tell_it(tmp_path: Path) -> None:
    write(tmp_path, 1, {"compute.boot": ("fail", 4.5), "hosts.clock[a]": ("pass", 0.25)}, tags=["nightly"])
    [run] = ask(tmp_path, lambda index: index.facts())
    assert (run.site, run.architecture, run.verdict, run.tags) == ("rack7", "six-node", "GO", ("nightly",))
    assert (run.verified, run.total, run.wall, run.counts) == (90, 100, 4.75, {"fail": 1, "pass": 1})
    series = ask(tmp_path, lambda index: index.series("rack7", "six-node"))
    assert series.keys[:2] == ["compute.boot", "hosts.clock[a]"]
    assert {"run/wall time", "run/coverage", "run/objectives.boot"} == set(series.keys[2:])
    assert series.seconds[0, :2].tolist() == [4.5, 0.25]
    steps = ask(tmp_path, lambda index: index.steps("rack7", "six-node"))
    assert sorted(steps.names) == [("hosts.clock[a]", "boot a server"), ("hosts.clock[a]", "wait for it")]


def test_a_real_report_of_each_version_is_taken_in(tmp_path: Path) -> None:
    for number, path in enumerate(KEPT):
        run = write(tmp_path, number)
        run.report_json.write_bytes(kept(path))
    told = ask(tmp_path, lambda index: index.facts())
    assert [(run.why, run.verdict) for run in told] == [("", "GO")] * len(KEPT)
    assert all(run.counts["pass"] > 50 for run in told)


def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    write(tmp_path, 1)
    assert len(ids(tmp_path)) == 1
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in (FILE, LOCK)} == {0o600}


def test_a_second_question_reads_no_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 1)
    assert len(ids(tmp_path)) == 1
    monkeypatch.setattr(index_module, "read_entry", lambda folder: pytest.fail(f"{folder.id} was read again"))
    assert len(ids(tmp_path)) == 1


def test_what_is_judged_again_is_taken_in_again_and_what_is_gone_is_gone(tmp_path: Path) -> None:
    first, second = write(tmp_path, 1), write(tmp_path, 2)
    assert len(ids(tmp_path)) == 2
    report = json.loads(first.report_json.read_text())
    first.report_json.write_text(json.dumps({**report, "verdict": "NO-GO"}))
    shutil.rmtree(second.path)
    assert ask(tmp_path, lambda index: [(run.id, run.verdict) for run in index.facts()]) == [
        (first.id, "NO-GO")
    ]
    assert ask(tmp_path, everything) == fresh(tmp_path)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_without_a_report_is_judged_from_its_record(tmp_path: Path, name: str) -> None:
    run = RUNS[name](tmp_path)
    target = folder(tmp_path, 1)
    shutil.move(run.path, target.path)
    [told] = ask(tmp_path, lambda index: index.facts())
    wanted = {"go": "GO", "keystone-dead": "NO-GO", "deviating": "NO-GO", "killed": "COULD NOT JUDGE"}
    assert told.verdict == wanted[name]
    assert told.early is (name == "killed")
    assert not target.report_json.exists()


def test_a_run_that_still_goes_is_none_yet(tmp_path: Path) -> None:
    run = write(tmp_path, 1)
    run.report_json.unlink()
    seen = ask(
        tmp_path, lambda index: (index.facts(), [each.id for each in index.running]), alive=lambda _: True
    )
    assert seen == ([], [run.id])
    assert [each.why for each in ask(tmp_path, lambda index: index.facts())] == [
        "not there: this is no run, or it stopped before it began"
    ] or ids(tmp_path) == [run.id]


BROKEN = {
    "empty": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "invalid UTF-8": b'{"report": 1, "verdict": "\xff\xfe"}',
    "newer": b'{"report": 99, "verdict": "GO", "ended_early": false, "run": {}, "scenarios": [],'
    b' "coverage": {"verified": 1, "total": 1}, "timings": {"wall": 1}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_run_that_cannot_be_read_hides_no_other_and_says_why(tmp_path: Path, name: str) -> None:
    write(tmp_path, 1)
    run = write(tmp_path, 2)
    run.report_json.write_bytes(BROKEN[name])
    broken, good = ask(tmp_path, lambda index: index.facts())
    assert good.verdict == "GO"
    assert (broken.id, broken.verdict, broken.site) == (run.id, "", "rack7")
    assert broken.why
    assert broken.why.isprintable()


def test_numbers_that_are_none_do_no_harm(tmp_path: Path) -> None:
    run = write(tmp_path, 1)
    text = (
        run.report_json.read_text()
        .replace('"wall": 3.0', '"wall": NaN')
        .replace('"duration": 3.0', '"duration": 1e400')
    )
    run.report_json.write_text(text)
    series = ask(tmp_path, lambda index: index.series("rack7", "six-node"))
    assert np.isfinite(series.seconds).all()


# the file


def spoil(data: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "not a database": b"no database at all " * 500,
        "cut short": data[: len(data) // 2],
        "zeros in the middle": data[:4096] + bytes(len(data) - 8192) + data[-4096:],
        "another program's": another(),
        "an older version's": older(data),
    }


def another() -> bytes:
    db = sqlite3.connect(":memory:")
    db.executescript("CREATE TABLE runs (a); PRAGMA user_version = 7;")
    return db.serialize()


def older(data: bytes) -> bytes:
    """The user's version stands at byte 60 (sqlite.org/fileformat.html, 1.3)."""
    return data[:60] + bytes(4) + data[64:]


@pytest.mark.parametrize("how", sorted(spoil(another())))
def test_a_spoilt_index_is_made_anew_without_a_word(
    tmp_path: Path, how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(40):
        write(tmp_path, number)
    before = ask(tmp_path, everything)
    data = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(spoil(data)[how])
    assert ask(tmp_path, everything) == before
    assert ask(tmp_path, everything) == before
    assert capfd.readouterr() == ("", "")
    db = sqlite3.connect(tmp_path / FILE)
    assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert db.execute("SELECT count(*) FROM runs").fetchone() == (40,)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sheets SET results = x'0102'",
        "UPDATE runs SET facts = '{}'",
        "DELETE FROM words",
        "DROP TABLE words",
    ],
)
def test_rows_that_we_did_not_write_are_no_rows(tmp_path: Path, damage: str) -> None:
    for number in range(3):
        write(tmp_path, number)
    before = ask(tmp_path, everything)
    db = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    db.execute(damage)
    db.close()
    assert ask(tmp_path, everything) == before


def test_where_nothing_can_be_written_a_question_is_answered_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1)
    real = os.open

    def refused(path: Any, flags: int, *more: Any, **others: Any) -> int:
        if str(path).endswith((FILE, LOCK)):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, *more, **others)

    monkeypatch.setattr(os, "open", refused)
    assert len(ids(tmp_path)) == 1
    assert not (tmp_path / FILE).exists()


def test_a_file_system_without_shared_memory_keeps_sqlites_own_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Index, "_log_ahead", lambda self: None)
    write(tmp_path, 1)
    before = ask(tmp_path, everything)
    assert not (tmp_path / f"{FILE}-wal").exists()
    assert before == fresh(tmp_path)


# several at once


def together(count: int, work: Callable[[int], None]) -> None:
    children = [FORK.Process(target=work, args=(n,)) for n in range(count)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0] * count


def test_two_that_index_at_once_lose_nothing(tmp_path: Path) -> None:
    for number in range(150):
        write(tmp_path, number, {f"compute.boot[{number % 7}]": ("pass", 1.0 + number)})

    def work(n: int) -> None:
        assert len(ids(tmp_path)) == 150

    together(3, work)
    assert ask(tmp_path, everything) == fresh(tmp_path)


def test_runs_that_come_while_others_look_are_all_seen_in_the_end(tmp_path: Path) -> None:
    def work(n: int) -> None:
        for number in range(25):
            write(tmp_path, 1000 * n + number)
            assert folder(tmp_path, 1000 * n + number).id in ids(tmp_path)

    together(3, work)
    assert len(ids(tmp_path)) == 75
    assert ask(tmp_path, everything) == fresh(tmp_path)


def test_runs_that_go_while_others_look_break_nothing(tmp_path: Path) -> None:
    for number in range(90):
        write(tmp_path, number)

    def work(n: int) -> None:
        for number in range(n * 30, n * 30 + 30):
            shutil.rmtree(folder(tmp_path, number).path)
            ids(tmp_path)

    together(3, work)
    assert ids(tmp_path) == []


def test_two_that_find_it_spoilt_make_it_anew_once(tmp_path: Path) -> None:
    for number in range(60):
        write(tmp_path, number)
    before = ask(tmp_path, everything)
    (tmp_path / FILE).write_bytes(b"spoilt" * 1000)

    def work(n: int) -> None:
        assert ask(tmp_path, everything) == before

    together(4, work)
    assert ask(tmp_path, everything) == before


def test_killed_while_it_indexes_the_next_one_goes_on(tmp_path: Path) -> None:
    for number in range(200):
        write(tmp_path, number)
    seen = 0
    for _ in range(20):
        ready, tell = os.pipe()

        def work(n: int, tell: int = tell) -> None:
            ask(tmp_path, lambda index: None, progress=lambda done, of: os.write(tell, b"."))

        child = FORK.Process(target=work, args=(0,))
        child.start()
        os.close(tell)
        os.read(ready, 1)  # a batch is in, the next one on its way
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        os.close(ready)
        db = sqlite3.connect(tmp_path / FILE)
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        (count,) = db.execute("SELECT count(*) FROM runs").fetchone()
        db.close()
        assert count >= seen
        seen = count
        if seen == 200:
            break
    assert seen > 0
    assert ask(tmp_path, everything) == fresh(tmp_path)


def test_the_lock_of_one_that_was_killed_is_free(tmp_path: Path) -> None:
    write(tmp_path, 1)
    assert len(ids(tmp_path)) == 1
    with (tmp_path / LOCK).open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# whatever happens, the index is what the folders are

STEP = st.tuples(st.sampled_from(["write", "remove", "again", "ask", "spoil"]), st.integers(0, 5))
VERDICT = st.sampled_from(["pass", "fail", "unknown", "blocked", "out_of_reach", "no such word"])
TOLD = st.dictionaries(st.text(min_size=1, max_size=12), st.tuples(VERDICT, st.floats(0, 1e5)), max_size=4)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEP, TOLD), max_size=12))
def test_an_index_that_grew_is_the_one_made_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[tuple[str, int], dict[str, tuple[str, float]]]],
) -> None:
    home = tmp_path_factory.mktemp("runs")
    for (what, number), told in steps:
        path = folder(home, number).path
        if what in ("remove", "again"):
            shutil.rmtree(path, ignore_errors=True)
        if what in ("write", "again") and not path.exists():
            write(home, number, told)
        if what == "spoil":
            (home / FILE).write_bytes(b"spoilt")
        if what == "ask":
            assert ask(home, everything) == fresh(home)
    assert ask(home, everything) == fresh(home)
