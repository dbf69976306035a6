"""Rows are whole, whoever writes them and however the writers end."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.evidence import Recorder, Tail, read_record, reader, row_id


def test_rows_carry_scenario_and_step_and_are_cited_by_worker_and_number(tmp_path: Path) -> None:
    with Recorder(tmp_path / "e", worker="gw1") as recorder:
        assert recorder.write("run", phase="start") == "gw1:1"
        recorder.scenario, recorder.step = "compute.boot", 2
        assert recorder.write("check", sentence="x", ok=True, cites=["gw1:1"]) == "gw1:2"
    first, second = read_record(tmp_path / "e")
    assert (first["scenario"], first["step"], first["phase"]) == (None, None, "start")
    assert (second["scenario"], second["step"], second["cites"]) == ("compute.boot", 2, ["gw1:1"])
    assert row_id(second) == "gw1:2"
    assert abs(second["t"] - time.time()) < 60
    assert second["mono"] >= first["mono"]
    assert (tmp_path / "e").stat().st_mode & 0o077 == 0


def test_a_second_process_of_a_worker_goes_on_counting(tmp_path: Path) -> None:
    for expected in ("main:1", "main:2", "main:3"):
        with Recorder(tmp_path / "e") as recorder:
            assert recorder.write("run") == expected


def test_one_row_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write = os.write
    with Recorder(tmp_path / "e") as recorder:
        monkeypatch.setattr(os, "write", lambda file, data: sizes.append(len(data)) or write(file, data))
        recorder.write("check", found=["x" * 1000] * 300)
    assert sizes == [(tmp_path / "e").stat().st_size]
    assert sizes[0] > 300_000


def _many(path: Path, worker: str, rows: int) -> None:
    chance = random.Random(worker)
    with Recorder(path, worker=worker) as recorder:
        for number in range(rows):
            text = [worker * 5000] * chance.randrange(1, 15)
            recorder.write(
                "check", number=number, digest=hashlib.sha256(repr(text).encode()).hexdigest(), found=text
            )


def test_four_processes_tear_no_row(tmp_path: Path) -> None:
    path, rows = tmp_path / "e", 150
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_many, args=(path, f"gw{n}", rows)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    tail = Tail(path)
    read = tail.read()
    assert (len(read), tail.torn, tail.unfinished) == (4 * rows, 0, False)
    assert max(len(line) for line in path.read_bytes().splitlines()) > 150_000
    for row in read:
        assert hashlib.sha256(repr(row["found"]).encode()).hexdigest() == row["digest"]
    assert [row_id(row) for row in read_record(path)] == [
        f"gw{n}:{i}" for n in range(4) for i in range(1, rows + 1)
    ]


def test_threads_of_one_recorder_tear_no_row(tmp_path: Path) -> None:
    with Recorder(tmp_path / "e") as recorder:
        threads = [
            threading.Thread(target=lambda: [recorder.write("check", n=n) for n in range(100)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [row["seq"] for row in read_record(tmp_path / "e")] == list(range(1, 401))


def test_killed_writers_leave_a_record_that_reads(tmp_path: Path) -> None:
    path = tmp_path / "e"
    context = multiprocessing.get_context("spawn")
    for round_ in range(5):
        victims = [context.Process(target=_many, args=(path, f"gw{round_}{n}", 10_000)) for n in range(2)]
        for victim in victims:
            victim.start()
        time.sleep(0.05 + 0.02 * round_)
        for victim in victims:
            os.kill(victim.pid or 0, signal.SIGKILL)
            victim.join()
    with Recorder(path) as recorder:
        recorder.write("run", phase="end")
    rows = read_record(path)
    assert rows[-1]["phase"] == "end"
    assert all(hashlib.sha256(repr(r["found"]).encode()).hexdigest() == r["digest"] for r in rows[:-1])


def _written(path: Path, count: int) -> bytes:
    with Recorder(path) as recorder:
        for number in range(count):
            recorder.write("check", sentence='an {"t": in it', number=number)
    return re.sub(rb'"(t|mono)":[0-9.]+', rb'"\1":1.5', path.read_bytes())


@given(data=st.data())
def test_a_record_cut_anywhere_loses_the_cut_row_only(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / "e"
    whole = _written(path, 4)
    lines = whole.splitlines(keepends=True)
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    sizes = [sum(map(len, lines[: n + 1])) for n in range(4)]
    complete = sum(cut >= size - 1 for size in sizes)
    assert [row["number"] for row in read_record(path)] == list(range(complete))
    with Recorder(path, worker="later") as recorder:
        recorder.write("run", phase="end")
    assert [row.get("number") for row in read_record(path)] == [None, *range(complete)]


@given(cut=st.integers(1, 60))
def test_a_row_glued_to_a_torn_one_is_read(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("glued") / "e"
    first, second = _written(path, 2).splitlines(keepends=True)
    path.write_bytes(first[:cut] + second)
    tail = Tail(path)
    assert [row["number"] for row in tail.read()] == [1]
    assert tail.torn == 1


@given(st.binary(max_size=300))
def test_any_bytes_read_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "e"
    good = _written(path, 1)
    path.write_bytes(data + b"\n" + good)
    assert [row["number"] for row in read_record(path)][-1:] == [0]


def test_the_reader_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "e"
    good = _written(path, 3)
    monkeypatch.setattr(reader, "LONGEST_ROW", 4096)
    path.write_bytes(b'{"t":1,"x":"' + b"y" * 3_000_000 + b'"}\n' + good)
    assert len(read_record(path)) == 3
    monkeypatch.setattr(reader, "MOST_ROWS", 2)
    with pytest.raises(UsageError, match="too long to be a record"):
        read_record(path)


def test_a_row_too_long_to_be_read_is_not_written(tmp_path: Path) -> None:
    with Recorder(tmp_path / "e") as recorder:
        with pytest.raises(ValueError, match="cannot be recorded"):
            recorder.write("check", found=["x" * 60_000] * 300)
        recorder.write("check", number=1)
    assert [row["number"] for row in read_record(tmp_path / "e")] == [1]


def test_a_full_disk_is_told_and_the_next_row_stands_on_its_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    with Recorder(tmp_path / "e") as recorder:
        with monkeypatch.context() as patch:
            patch.setattr(
                os,
                "write",
                lambda file, data: (
                    write(file, data[: len(data) // 2]) if len(data) > 1 else write(file, data)
                ),
            )
            with pytest.raises(OSError, match="disk full"):
                recorder.write("check", number=1)
        recorder.write("check", number=2)
    assert [row["number"] for row in read_record(tmp_path / "e")] == [2]


def test_following_a_record_gives_each_row_once(tmp_path: Path) -> None:
    path = tmp_path / "e"
    tail = Tail(path)
    assert tail.read() == []
    whole = _written(path, 3)
    path.write_bytes(whole[:100])
    seen = tail.read()
    path.write_bytes(whole[:-5])
    seen += tail.read()
    path.write_bytes(whole)
    seen += tail.read()
    assert [row["number"] for row in seen] == [0, 1, 2]


def test_small_bodies_stay_and_large_ones_keep_head_digest_and_length(tmp_path: Path) -> None:
    large, binary = "é" * 3000, bytes(range(256)) * 20
    with Recorder(tmp_path / "e") as recorder:
        recorder.write("exchange", request={"headers": {}, "body": b"{}"}, response={"body": large.encode()})
        recorder.write("exchange", request={"body": None}, response=None)
        recorder.write("command", stdout=binary, stderr="x" * 2048)
        recorder.write("check", sentence="y" * 100_000)
    first, second, command, check = read_record(tmp_path / "e")
    assert first["request"]["body"] == "{}"
    body = first["response"]["body"]
    assert (body["head"], body["len"]) == ("é" * 2048, 6000)
    assert body["digest"] == hashlib.sha256(large.encode()).hexdigest()
    assert (second["request"]["body"], second["response"]) == (None, None)
    assert command["stdout"]["encoding"] == "base64"
    assert command["stdout"]["digest"] == hashlib.sha256(binary).hexdigest()
    assert command["stderr"] == "x" * 2048
    assert check["sentence"]["len"] == 100_000


def test_odd_values_can_be_recorded(tmp_path: Path) -> None:
    with Recorder(tmp_path / "e") as recorder:
        recorder.write("check", found=Path("/a"), sentence="\ud800 \u2028 \x00", number=float("inf"))
    (row,) = read_record(tmp_path / "e")
    assert row["found"] == "/a"
    assert json.dumps(row)
